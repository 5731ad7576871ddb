// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import Synchronization

/// A Redis server of a test's own, on loopback, which it may stop, pause and start again on the same port.
public final class RedisServer: Sendable {
    /// The port it listens on.
    public let port: UInt16
    private let options: [String]
    private let running = Mutex<Program?>(nil)
    private let directory: URL

    /// Starts a server and waits until it accepts connections.
    ///
    /// - Parameters:
    ///   - options: More of its options.
    ///   - port: The port; a free one unless said.
    /// - Throws: If it does not start.
    public init(_ options: [String] = [], port: UInt16? = nil) throws {
        self.options = options
        self.port = try port ?? RedisServer.freePort()
        directory = FileManager.default.temporaryDirectory.appending(path: "lms-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: directory)  // a temporary directory that stays does no harm
    }

    /// Its URL.
    public var url: String { "redis://127.0.0.1:\(port)" }

    /// A port that nobody has at this moment, nor its cluster bus port.
    ///
    /// Both are below those that the system gives to outgoing connections, which could take them meanwhile.
    ///
    /// - Throws: `SystemError` if there is none in 100 tries.
    public static func freePort() throws -> UInt16 {
        var last: any Error = TestFailure("no port is free")
        for _ in 0..<100 {
            let port = UInt16.random(in: 10_000..<20_000)
            do {
                for port in [port, port + 10_000] {
                    var listener = try Listener(host: "127.0.0.1", port: port, sharing: .exclusive)
                    listener.close()
                }
                return port
            } catch {
                last = error
            }
        }
        throw last
    }

    /// Starts it again after `stop()`.
    ///
    /// - Throws: If it does not start.
    public func start() throws {
        let program = try Program(
            "redis-server",
            ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.path]
                + options
        )
        _ = try program.waitHere(for: "Ready to accept connections")
        running.withLock { $0 = program }
    }

    /// Ends it at once; what it held is gone.
    public func stop() {
        let program = running.withLock { running in
            defer { running = nil }
            return running
        }
        program?.resume()
        program?.destroy()
    }

    /// Lets it hang: connections stay and nothing is answered.
    public func pause() { running.withLock { $0 }?.pause() }

    /// Lets it go on.
    public func resume() { running.withLock { $0 }?.resume() }
}
