// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSTestSupport

/// Programs of others that the tests talk to.
enum PeerPrograms {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../..").standardizedFileURL

    private static let installed = Result {
        let status = try run("/usr/bin/env", ["bash", root.appending(path: "scripts/peers").path]).status
        guard status == 0 else { throw TestFailure("scripts/peers failed: it needs python3-venv and PyPI") }
    }

    /// A program of `.lms-peers`, which is installed if it is not there.
    static func installed(_ name: String) throws -> URL {
        try installed.get()
        return root.appending(path: ".lms-peers/bin/\(name)")
    }

    /// A port that is free at this moment.
    static func freePort() throws -> UInt16 {
        var listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        defer { listener.close() }
        return listener.port
    }

    /// Runs a program to its end.
    ///
    /// - Returns: What it wrote, and its exit code.
    static func run(_ path: String, _ arguments: [String], input: String = "") throws -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let (output, source) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = output
        process.standardInput = source
        try process.run()
        source.fileHandleForWriting.write(Data(input.utf8))
        try source.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }
}
