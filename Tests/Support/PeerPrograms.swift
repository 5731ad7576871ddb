// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop

/// Programs of others that the tests talk to.
public enum PeerPrograms {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    private static let isInstalled = Result {
        let installation = try Program.run("bash", [file("scripts/peers")])
        guard installation.status == 0 else {
            throw TestFailure("scripts/peers failed, it needs python3-venv and PyPI: \(installation.text)")
        }
    }

    /// The path of a file of this project.
    ///
    /// - Parameter path: Its path from the project's root.
    /// - Returns: All of it.
    public static func file(_ path: String) -> String { root.appending(path: path).path }

    /// A program of `.lms-peers`, which is installed if it is not there.
    ///
    /// - Parameter name: Its name.
    /// - Returns: Its path.
    /// - Throws: If it cannot be installed.
    public static func installed(_ name: String) throws -> String {
        try isInstalled.get()
        return file(".lms-peers/bin/\(name)")
    }

    /// Starts a service of `Tests/Peers`, which ends when nobody has it any more, also if the tests are killed.
    ///
    /// - Parameters:
    ///   - name: The file of the service.
    ///   - arguments: Its arguments.
    /// - Returns: The service and the port that it listens on.
    /// - Throws: If it does not start.
    public static func service(_ name: String, _ arguments: [String]) throws -> (program: Program, port: UInt16) {
        let script = ["-W", "ignore", file("Tests/Peers/\(name)")]
        let program = try Program(installed("python"), script + arguments, input: .open(), hasErrors: false)
        let line = try program.waitHere(for: "\n")
        guard let match = line.firstMatch(of: /ready (\d+)/), let port = UInt16(match.1) else {
            throw TestFailure("\(name) did not start: \(line)")
        }
        return (program, port)
    }

    /// A port that is free at this moment.
    ///
    /// - Returns: The port.
    /// - Throws: `SystemError` if there is none.
    public static func freePort() throws -> UInt16 {
        var listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        defer { listener.close() }
        return listener.port
    }
}
