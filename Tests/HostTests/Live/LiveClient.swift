// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTestSupport

/// A client that keeps its connection and waits for what comes.
///
/// SAFETY: touched on its loop only; every method moves there first.
final class LiveClient: EventHandler, @unchecked Sendable {
    private let loop: EventLoop
    private var socket: Socket
    private var registration: Registration?
    private var received: [UInt8] = []
    private var isClosed = false
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var waiter: CheckedContinuation<Void, Never>?

    private init(loop: EventLoop, socket: consuming Socket) {
        self.loop = loop
        self.socket = socket
    }

    static func connect(_ port: UInt16, on loop: EventLoop) async throws -> LiveClient {
        try await withTaskExecutorPreference(loop) {
            let client = LiveClient(loop: loop, socket: try Socket.connect(to: "127.0.0.1", port: port))
            client.registration = try loop.register(
                client.socket.descriptor,
                for: [.read, .write, .edgeTriggered],
                client
            )
            return client
        }
    }

    func handle(_ events: Events) {
        reading: while !isClosed {
            switch socket.read(into: &buffer) {
            case .moved(let count): received.append(contentsOf: buffer[..<count])
            case .wouldBlock: break reading
            case .ended, .failed: isClosed = true
            }
        }
        wake()
    }

    private func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }

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

    /// Waits until what was received satisfies a condition, or the connection ends.
    ///
    /// - Returns: Whether it does.
    @discardableResult
    func wait(
        _ limit: Duration = .seconds(20),
        for condition: @escaping @Sendable ([UInt8]) -> Bool
    ) async -> Bool {
        await withTaskExecutorPreference(loop) {
            var isLate = false
            let timer = self.loop.schedule(after: limit) {
                isLate = true
                self.wake()
            }
            defer { self.loop.cancel(timer) }
            while true {
                if condition(self.received) { return true }
                if self.isClosed || isLate { return false }
                await withCheckedContinuation { self.waiter = $0 }
            }
        }
    }

    /// Waits for a text in what was received.
    @discardableResult
    func wait(_ limit: Duration = .seconds(20), forText text: String) async -> Bool {
        await wait(limit) { String(decoding: $0, as: UTF8.self).contains(text) }
    }

    /// Waits until the server ends the connection.
    func waitForEnd() async -> Bool {
        _ = await wait { _ in false }
        return await withTaskExecutorPreference(loop) { self.isClosed }
    }

    var bytes: [UInt8] {
        get async { await withTaskExecutorPreference(loop) { self.received } }
    }

    var text: String {
        get async { String(decoding: await bytes, as: UTF8.self) }
    }

    func close() async {
        await withTaskExecutorPreference(loop) {
            self.registration?.cancel()
            self.socket.close()
            self.isClosed = true
        }
    }
}
