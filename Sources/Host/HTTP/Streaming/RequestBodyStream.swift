// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// The body of one request on a connection, from its first byte until the request is answered.
///
/// SAFETY: everything mutable is touched on the connection's loop only; `next` and `collect` move there first.
final class RequestBodyStream: @unchecked Sendable {
    let declaredLength: Int?
    let loop: EventLoop
    var decoder: BodyDecoder
    /// The connection, until the request is answered: a later reader must not get at the next request's bytes.
    private(set) var connection: Connection?
    /// Whether the client waits for 100 before it sends the body.
    var awaitsContinue: Bool
    /// Why reading ended before the end.
    private(set) var failure: HTTPBodyError?
    /// The tick at which the whole body has to be there.
    var totalDeadline = UInt32.max
    private var waiter: CheckedContinuation<Void, Never>?

    init(connection: Connection, head: RequestHead, limits: HTTPLimits) {
        self.connection = connection
        loop = connection.lane.loop
        decoder = BodyDecoder(framing: head.framing, limits: limits)
        declaredLength = decoder.remaining
        awaitsContinue = head.flags.contains(.expectsContinue)
    }

    var isWaiting: Bool { waiter != nil }
    /// Whether reading failed, so that where the next request begins is unknown.
    private(set) var isBroken = false

    /// Whether what is left of it waits in the connection; `false` where that cannot be seen.
    var hasArrived: Bool {
        guard loop.isCurrent else { return false }
        guard let left = decoder.remaining else { return false }
        return left == 0 || connection.map { $0.pending.count - $0.pendingStart >= left } ?? false
    }

    func next() async throws(HTTPBodyError) -> [UInt8]? {
        guard loop.isCurrent else { return try await onLoop { () throws(HTTPBodyError) in try await self.next() } }
        while true {
            if let failure { throw failure }
            guard !decoder.isComplete else { return nil }
            guard let connection else { throw .disconnected }
            if let piece = connection.takeBody(self) { return piece }
            if failure != nil || decoder.isComplete { continue }
            guard waiter == nil else { throw .disconnected }
            await withCheckedContinuation { waiter = $0 }
        }
    }

    func collect(limit: Int) async throws(HTTPBodyError) -> [UInt8] {
        guard loop.isCurrent else {
            return try await onLoop { () throws(HTTPBodyError) in try await self.collect(limit: limit) }
        }
        if let length = decoder.remaining, length > limit { throw tooLarge(limit) }
        guard var whole = try await next() else { return [] }
        while true {
            guard whole.count <= limit else { throw tooLarge(limit) }
            guard !decoder.isComplete, let piece = try await next() else { return whole }
            whole.append(contentsOf: piece)
        }
    }

    private func tooLarge(_ limit: Int) -> HTTPBodyError {
        let error = HTTPBodyError.tooLarge(limitInBytes: limit)
        fail(error)
        return error
    }

    /// Ends reading with an error, and wakes the reader.
    func fail(_ error: HTTPBodyError) {
        if failure == nil {
            failure = error
            isBroken = true
        }
        wake()
    }

    /// Wakes the reader, because something arrived.
    func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }

    /// The request is answered; whoever still reads gets `.disconnected`.
    func detach() {
        connection = nil
        if failure == nil, !decoder.isComplete { failure = .disconnected }
        wake()
    }

    private func onLoop<R: Sendable>(
        _ body: @Sendable () async throws(HTTPBodyError) -> R
    ) async throws(HTTPBodyError) -> R {
        try await withTaskExecutorPreference(loop, operation: body)
    }
}
