// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
public import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Has contents looked through by ClamAV's daemon, over its own protocol (clamd(8), INSTREAM).
public final class ClamdScanner: MalwareScanner {
    private let address: ClamdAddress
    private let loop: EventLoop
    private let pool: SidePool
    private let limits: Limits
    private let running = Mutex(0)

    /// How much may happen at a time, and how long it may take.
    public struct Limits: Sendable {
        /// How many contents are looked through at a time; who comes meanwhile is told to come again.
        public var concurrent = 4
        /// How long connecting may take.
        public var connect = Duration.seconds(5)
        /// How long clamd may take to accept more of a content.
        public var stall = Duration.seconds(30)
        /// How long it may think about one that is complete; it gives up by itself after 120 s unless told otherwise.
        public var answer = Duration.seconds(150)
        /// How long all of it may take.
        public var total = Duration.seconds(1_800)

        /// The limits unless others are set.
        public init() {}
    }

    /// Prepares it; nothing is connected.
    ///
    /// - Parameters:
    ///   - address: Where the daemon listens.
    ///   - loop: Where its connections are.
    ///   - pool: The threads that look up its name.
    ///   - limits: How much may happen at a time, and how long it may take.
    public init(at address: ClamdAddress, on loop: EventLoop, pool: SidePool, limits: Limits = Limits()) {
        self.address = address
        self.loop = loop
        self.pool = pool
        self.limits = limits
    }

    /// Looks through a content as it comes.
    public func scan(_ content: any BlobSource) async throws(MalwareScannerError) -> MalwareVerdict {
        let isFree = running.withLock { running in
            guard running < limits.concurrent else { return false }
            running += 1
            return true
        }
        guard isFree else { throw .busy }
        defer { running.withLock { $0 -= 1 } }
        return try await connected { connection throws(MalwareScannerError) in
            let isWhole = try await Self.send(content, to: connection)
            return try await connection.answer().verdict(isWhole: isWhole)
        }
    }

    /// Asks whether it answers (`PING`).
    public func probe() async throws(MalwareScannerError) {
        var limits = limits
        limits.total = limits.connect
        try await connected(limits) { connection throws(MalwareScannerError) in
            _ = try await connection.send(Array("zPING\0".utf8))
            guard try await connection.answer().text == "PONG" else { throw .failed(reason: "it is no clamd") }
        }
    }

    /// Sends a content in chunks, each after its length in four bytes, and an empty one.
    ///
    /// - Returns: Whether all was sent before there was an answer.
    private static func send(
        _ content: any BlobSource,
        to connection: ClamdConnection
    ) async throws(MalwareScannerError) -> Bool {
        guard try await connection.send(Array("zINSTREAM\0".utf8)) else { return false }
        while let piece = try await next(of: content) {
            var start = 0
            while start < piece.count {
                let count = min(chunk, piece.count - start)
                let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
                guard try await connection.send(length + piece[start..<start + count]) else { return false }
                start += count
            }
        }
        return try await connection.send([0, 0, 0, 0])
    }

    /// How much is sent after one length.
    private static let chunk = 256 * 1024

    private static func next(of content: any BlobSource) async throws(MalwareScannerError) -> [UInt8]? {
        do throws(BlobError) {
            return try await content.next()
        } catch {
            throw .content(error)
        }
    }

    private func connected<Value: Sendable>(
        _ limits: Limits? = nil,
        _ body: @Sendable (ClamdConnection) async throws(MalwareScannerError) -> Value
    ) async throws(MalwareScannerError) -> Value {
        let limits = limits ?? self.limits
        let (loop, place) = (loop, address.place)
        let addresses = try await resolved()
        return try await withTaskExecutorPreference(loop) { () async throws(MalwareScannerError) -> Value in
            let connection = try await Self.open(place, at: addresses, on: loop, limits)
            defer { connection.close() }
            return try await body(connection)
        }
    }

    private static func open(
        _ place: ClamdAddress.Place,
        at addresses: [String],
        on loop: EventLoop,
        _ limits: Limits
    ) async throws(MalwareScannerError) -> ClamdConnection {
        switch place {
        case .path(let path): return try .open(path: path, on: loop, limits)
        case .server(_, let port):
            var failure = MalwareScannerError.unreachable(reason: "no address")
            for address in addresses {
                do throws(MalwareScannerError) {
                    return try await .open(address: address, port: port, on: loop, limits)
                } catch {
                    failure = error
                }
            }
            throw failure
        }
    }

    /// The addresses of the server's name.
    private func resolved() async throws(MalwareScannerError) -> [String] {
        guard case .server(let host, _) = address.place else { return [] }
        guard NetworkAddress(host) == nil else { return [host] }
        do {
            return try await pool.run { try HostName.addresses(of: host) }
        } catch {
            throw .unreachable(reason: "the host name does not resolve")
        }
    }
}
