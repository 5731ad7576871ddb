// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Testing

@Suite struct TimerTests {
    @Test func `timers fire in the order of their deadlines`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let order: [Int] = await withCheckedContinuation { continuation in
            loop.execute {
                let order = Order()
                // Far apart, for a machine that stops this thread between two of them.
                for delay in [225, 75, 175, 25, 125] {
                    loop.schedule(after: .milliseconds(delay)) { order.values.append(delay) }
                }
                loop.schedule(after: .milliseconds(300)) { continuation.resume(returning: order.values) }
            }
        }
        #expect(order == [25, 75, 125, 175, 225])
    }

    @Test func `a cancelled timer does not fire and others do`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let fired: [Int] = await withCheckedContinuation { continuation in
            loop.execute {
                let order = Order()
                let timers = (0..<20).map { index in
                    loop.schedule(after: .milliseconds(500 - 25 * index)) { order.values.append(index) }
                }
                for index in stride(from: 0, to: 20, by: 2) {
                    loop.cancel(timers[index])
                    loop.cancel(timers[index])
                }
                loop.schedule(after: .milliseconds(550)) { continuation.resume(returning: order.values) }
            }
        }
        #expect(fired == Array(stride(from: 19, to: 0, by: -2)))
    }

    @Test func `sleeping takes at least its time`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let before = EventLoop.now
        try await group.loops[0].sleep(for: .milliseconds(15))
        #expect(EventLoop.now - before >= 15_000_000)
    }

    @Test func `cancelling a sleeping task wakes it`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let sleeping = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(3600)) }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
    }
}

/// SAFETY: used on one loop only.
private final class Order: @unchecked Sendable {
    var values: [Int] = []
}
