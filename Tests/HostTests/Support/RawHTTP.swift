// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop

/// A client that sends one message to this machine and reads until the end.
enum RawHTTP {
    /// Asks for a path at a host.
    ///
    /// - Returns: The whole reply; empty if nobody answers.
    static func get(_ path: String, host: String, port: UInt16, fields: [String] = []) -> String {
        let lines = ["GET \(path) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields
        do {
            return try send(lines.joined(separator: "\r\n") + "\r\n\r\n", to: port)
        } catch {
            return ""
        }
    }

    /// Sends a message.
    ///
    /// - Returns: Everything that came back within 20 s.
    /// - Throws: `SystemError` if nobody listens.
    static func send(_ message: String, to port: UInt16) throws -> String {
        String(decoding: try exchange(message, with: port), as: UTF8.self)
    }

    /// Sends a message.
    ///
    /// - Returns: Everything that came back within 20 s, byte by byte.
    /// - Throws: `SystemError` if nobody listens.
    static func exchange(_ message: String, with port: UInt16) throws -> [UInt8] {
        var socket = try Socket.connect(to: "127.0.0.1", port: port)
        defer { socket.close() }
        let bytes = Array(message.utf8)
        var sent = 0
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while isReady(socket.descriptor, for: sent < bytes.count ? POLLOUT : POLLIN) {
            if sent < bytes.count {
                switch socket.write(bytes, in: sent..<bytes.count) {
                case .moved(let count): sent += count
                case .wouldBlock: break
                default: return []
                }
                continue
            }
            switch socket.read(into: &buffer) {
            case .moved(let count): reply += buffer[..<count]
            case .wouldBlock: continue
            default: return reply
            }
        }
        return reply
    }

    private static func isReady(_ descriptor: Int32, for event: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return unsafe poll(&wanted, 1, 20_000) == 1
    }
}
