// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit

/// One connection to a clamd, for one command.
///
/// SAFETY: confined to its loop; its methods are called by a task that runs there.
final class ClamdConnection: EventHandler, @unchecked Sendable {
    private let loop: EventLoop
    private let limits: ClamdScanner.Limits
    private let deadline: ContinuousClock.Instant
    private var socket: Socket
    private var registration: Registration?
    private var events: Events = []
    private var waiter: CheckedContinuation<Void, Never>?
    private var hasEnded = false
    private var buffer = [UInt8](repeating: 0, count: 1_024)
    private(set) var reply = ClamdReply()

    private init(_ socket: consuming Socket, on loop: EventLoop, _ limits: ClamdScanner.Limits) {
        self.socket = socket
        self.loop = loop
        self.limits = limits
        deadline = .now + limits.total
    }

    /// Whether it has said what it has to say, or never will.
    private var isOver: Bool { reply.isOver || hasEnded }

    // MARK: Opening

    static func open(
        path: String,
        on loop: EventLoop,
        _ limits: ClamdScanner.Limits
    ) throws(MalwareScannerError) -> ClamdConnection {
        do throws(SystemError) {
            let connection = ClamdConnection(try Socket.connect(toPath: path), on: loop, limits)
            try connection.register()
            return connection
        } catch {
            throw .unreachable(reason: error.description)
        }
    }

    static func open(
        address: String,
        port: UInt16,
        on loop: EventLoop,
        _ limits: ClamdScanner.Limits
    ) async throws(MalwareScannerError) -> ClamdConnection {
        let connection: ClamdConnection
        do throws(SystemError) {
            connection = ClamdConnection(try Socket.connect(to: address, port: port), on: loop, limits)
            try connection.register()
        } catch {
            throw .unreachable(reason: error.description)
        }
        do throws(MalwareScannerError) {
            // Nothing is told of a socket that still connects.
            while connection.events.isDisjoint(with: [.writable, .error]) { try await connection.wait(limits.connect) }
            if let error = connection.socket.connectionError { throw .unreachable(reason: error.description) }
        } catch {
            connection.close()
            if case .failed(let reason) = error { throw .unreachable(reason: reason) }
            throw error
        }
        connection.socket.setNoDelay()
        return connection
    }

    private func register() throws(SystemError) {
        registration = try loop.register(socket.descriptor, for: [.read, .write, .edgeTriggered], self)
    }

    /// Ends it.
    func close() {
        registration?.cancel()
        registration = nil
        socket.close()
    }

    // MARK: Moving bytes

    /// Sends bytes, unless an answer comes before all of them are sent.
    ///
    /// - Returns: Whether all were sent.
    /// - Throws: `MalwareScannerError.failed` if they were not, and there is no answer.
    func send(_ bytes: [UInt8]) async throws(MalwareScannerError) -> Bool {
        var sent = 0
        while sent < bytes.count {
            receive()
            if isOver { return false }
            switch socket.write(bytes, in: sent..<bytes.count) {
            case .moved(let count): sent += count
            case .wouldBlock: try await wait(limits.stall)
            case .ended, .failed:
                // Who hangs up may have said why before.
                receive()
                hasEnded = true
            }
        }
        return true
    }

    /// Waits until the answer is whole, or the connection ends.
    func answer() async throws(MalwareScannerError) -> ClamdReply {
        receive()
        while !isOver {
            try await wait(limits.answer)
            receive()
        }
        return reply
    }

    private func receive() {
        while !isOver {
            switch socket.read(into: &buffer) {
            case .moved(let count): reply.append(buffer[..<count])
            case .wouldBlock: return
            case .ended, .failed: hasEnded = true
            }
        }
    }

    // MARK: Waiting

    func handle(_ events: Events) {
        self.events.formUnion(events)
        wake()
    }

    private func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }

    /// Waits until something happens on the socket.
    private func wait(_ limit: Duration) async throws(MalwareScannerError) {
        let left = min(limit, deadline - .now)
        guard left > .zero else { throw .failed(reason: "it takes too long") }
        var isLate = false
        let timer = loop.schedule(after: left) {
            isLate = true
            self.wake()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter = $0 }
        } onCancel: {
            loop.execute { self.wake() }
        }
        loop.cancel(timer)
        if isLate { throw .failed(reason: "it does not answer in time") }
        if Task.isCancelled { throw .failed(reason: "nobody waits for it any more") }
    }
}
