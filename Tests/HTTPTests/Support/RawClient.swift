// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop

/// A client that sends whatever bytes it is told to and shows what comes back.
///
/// SAFETY: touched on its loop only; every method moves there first.
final class RawClient: EventHandler, @unchecked Sendable {
    /// What happened while waiting.
    enum Ending: Equatable { case satisfied, closed, timedOut }

    private let loop: EventLoop
    private var socket: Socket
    private var registration: Registration?
    private(set) var received: [UInt8] = []
    private(set) var isClosed = false
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var waiter: CheckedContinuation<Void, Never>?
    private var isPaused: Bool

    private init(loop: EventLoop, socket: consuming Socket, isPaused: Bool) {
        self.loop = loop
        self.socket = socket
        self.isPaused = isPaused
    }

    static func connect(_ port: UInt16, on loop: EventLoop = Loops.clients, isPaused: Bool = false) async throws
        -> RawClient
    {
        try await withTaskExecutorPreference(loop) {
            let client = RawClient(
                loop: loop,
                socket: try Socket.connect(to: "127.0.0.1", port: port),
                isPaused: isPaused
            )
            client.socket.setNoDelay()
            client.registration = try loop.register(
                client.socket.descriptor,
                for: [.read, .write, .edgeTriggered],
                client
            )
            return client
        }
    }

    func handle(_ events: Events) {
        if !isPaused { read() }
        wake()
    }

    private func read() {
        while !isClosed {
            switch socket.read(into: &buffer) {
            case .moved(let count): received.append(contentsOf: buffer[..<count])
            case .wouldBlock: return
            case .ended, .failed: isClosed = true
            }
        }
    }

    private func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Sends everything, or as much as the server takes before it closes.
    func send(_ bytes: [UInt8]) async {
        await withTaskExecutorPreference(loop) {
            var sent = 0
            while sent < bytes.count {
                switch self.socket.write(bytes, in: sent..<bytes.count) {
                case .moved(let count): sent += count
                case .wouldBlock: await withCheckedContinuation { self.waiter = $0 }
                case .ended, .failed: return
                }
            }
        }
    }

    func finishSending() async {
        await withTaskExecutorPreference(loop) { self.socket.shutdownWrite() }
    }

    /// Reads from now on.
    func resume() async {
        await withTaskExecutorPreference(loop) {
            self.isPaused = false
            self.read()
        }
    }

    /// Waits until what was received satisfies a condition, the server closes, or time is up.
    @discardableResult
    func wait(
        _ limit: Duration = .seconds(10),
        until condition: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async -> Ending {
        await withTaskExecutorPreference(loop) {
            var isLate = false
            let timer = self.loop.schedule(after: limit) {
                isLate = true
                self.wake()
            }
            defer { self.loop.cancel(timer) }
            while true {
                if condition(self.received) { return .satisfied }
                if self.isClosed { return .closed }
                if isLate { return .timedOut }
                await withCheckedContinuation { self.waiter = $0 }
            }
        }
    }

    /// What was received, as text.
    var text: String {
        get async {
            await withTaskExecutorPreference(loop) { String(decoding: self.received, as: UTF8.self) }
        }
    }

    /// What was received.
    var bytes: [UInt8] {
        get async { await withTaskExecutorPreference(loop) { self.received } }
    }

    var count: Int {
        get async { await withTaskExecutorPreference(loop) { self.received.count } }
    }

    func close(reset: Bool = false) async {
        await withTaskExecutorPreference(loop) {
            self.registration?.cancel()
            if reset { self.socket.resetOnClose() }
            self.socket.close()
            self.isClosed = true
        }
    }
}
