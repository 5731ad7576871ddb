// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit

/// The text that scanners find on purpose (EICAR), in parts, so that no scanner finds it here.
public enum EICAR {
    /// The text.
    public static let bytes = Array(
        (#"X5O!P%@AP[4\PZX54(P^)7CC)7}$"# + "EICAR-STANDARD" + "-ANTIVIRUS-TEST-FILE!$H+H*").utf8
    )
    /// What a `ClamdServer` calls it: signatures that are not ClamAV's own are marked so.
    public static let name = "Lms.Test.EICAR.UNOFFICIAL"
}

/// A clamd of a test's own: it knows one signature, and listens on a socket and on loopback.
public final class ClamdServer: Sendable {
    /// Where its socket is.
    public let path: String
    /// The port it listens on.
    public let port: UInt16
    /// The longest content that it takes, in bytes.
    public static let contentLimit = 1 << 20
    private let directory: URL
    private let program: Program

    /// Starts it and waits until it is ready.
    ///
    /// - Throws: If it does not start.
    public init() throws {
        // A socket's path may have 107 bytes.
        directory = URL(filePath: "/tmp/lms-clamd-\(UUID().uuidString)")
        let database = directory.appending(path: "database")
        try FileManager.default.createDirectory(at: database, withIntermediateDirectories: true)
        path = directory.appending(path: "clamd.sock").path
        port = try RedisServer.freePort()
        let digits = EICAR.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try "Lms.Test.EICAR:0:*:\(digits)\n".write(
            to: database.appending(path: "lms.ndb"),
            atomically: true,
            encoding: .utf8
        )
        let configuration = """
            Foreground yes
            LocalSocket \(path)
            TCPSocket \(port)
            TCPAddr 127.0.0.1
            DatabaseDirectory \(database.path)
            TemporaryDirectory \(directory.path)
            StreamMaxLength 1M
            SelfCheck 0
            MaxThreads 4

            """
        let file = directory.appending(path: "clamd.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        program = try Program("clamd", ["-c", file.path], environment: [:])
        _ = try program.waitHere(for: "Self checking")
    }

    /// Ends it.
    public func stop() {
        program.destroy()
        try? FileManager.default.removeItem(at: directory)  // a temporary directory that stays does no harm
    }
}
