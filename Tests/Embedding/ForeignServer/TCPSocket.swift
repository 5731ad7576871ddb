// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Glibc

/// A blocking TCP socket of this machine, closed when nobody holds it any more.
final class TCPSocket: Sendable {
    /// A system call that failed.
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32, call: String) throws(Failure) {
        guard descriptor >= 0 else { throw Failure(call: call, code: errno) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens a port that the system chooses.
    static func listening() throws(Failure) -> TCPSocket {
        let made = try TCPSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), call: "socket")
        try made.call("bind") { bind(made.descriptor, $0, $1) }
        guard listen(made.descriptor, 64) == 0 else { throw Failure(call: "listen", code: errno) }
        return made
    }

    /// Connects to a port.
    static func connected(to port: UInt16) throws(Failure) -> TCPSocket {
        let made = try TCPSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), call: "socket")
        try made.call("connect", port: port) { connect(made.descriptor, $0, $1) }
        return made
    }

    /// The port it listens on.
    var port: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Waits for a connection; `nil` once the socket is shut down.
    func accept() -> TCPSocket? {
        try? TCPSocket(Glibc.accept(descriptor, nil, nil), call: "accept")  // any failure ends this example's server
    }

    /// Reads up to the empty line, and no more than a head may have.
    func readHead() -> String { read(upTo: 16_384) { $0.hasSuffix("\r\n\r\n") } }

    /// Reads until the peer closes.
    func readAll() -> String { read(upTo: 1 << 20) { _ in false } }

    /// Writes a text; a peer that has gone is not waited for.
    func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            bytes = bytes.dropFirst(sent)
        }
    }

    /// Ends both directions, which wakes whoever waits.
    func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func read(upTo limit: Int, until isWhole: (String) -> Bool) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < limit, !isWhole(String(decoding: bytes, as: UTF8.self)) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func call(
        _ name: String,
        port: UInt16 = 0,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(Failure) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(call: name, code: errno) }
    }
}
