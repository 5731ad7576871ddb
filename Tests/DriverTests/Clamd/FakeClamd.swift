// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTestSupport
import Synchronization

/// What stands on a Unix socket in the place of a clamd, and does what it is told to with each connection.
final class FakeClamd: Sendable {
    let path = "/tmp/lms-fake-\(UUID().uuidString).sock"
    private let listener: Int32

    /// Starts to listen.
    ///
    /// - Parameter script: What is done with a connection, on a thread of its own; it is closed then.
    /// - Throws: If the socket cannot be made.
    init(_ script: @escaping @Sendable (Talk) -> Void) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let failed = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                unsafe bind(listener, name, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard failed == 0, listen(listener, 16) == 0 else { throw TestFailure("no socket at \(path)") }
        Thread.detachNewThread {
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                Thread.detachNewThread {
                    script(Talk(descriptor: descriptor))
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    /// Ends the waiting for connections.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        unsafe unlink(path)
    }

    /// One connection, from the other end.
    struct Talk: Sendable {
        let descriptor: Int32

        /// So many bytes, or those that came before the client hung up.
        func read(_ count: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while bytes.count < count {
                let moved = unsafe recv(descriptor, &buffer, min(buffer.count, count - bytes.count), 0)
                guard moved > 0 else { break }
                bytes += buffer[..<moved]
            }
            return bytes
        }

        /// A command, up to its NUL.
        func command() -> String {
            var bytes: [UInt8] = []
            while case let next = read(1), let byte = next.first, byte != 0 { bytes.append(byte) }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// The chunks of a content, up to the empty one.
        func chunks() -> [[UInt8]] {
            var chunks: [[UInt8]] = []
            while case let head = read(4), head.count == 4 {
                let count = head.reduce(0) { $0 << 8 | Int($1) }
                guard count > 0 else { break }
                chunks.append(read(count))
            }
            return chunks
        }

        func write(_ bytes: [UInt8]) {
            _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }

        /// Does nothing until the client hangs up.
        func hold() {
            var wanted = pollfd(fd: descriptor, events: 0, revents: 0)
            _ = unsafe poll(&wanted, 1, 60_000)
        }
    }
}
