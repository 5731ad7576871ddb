// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization
internal import Testing

@Suite struct SidePoolTests {
    @Test func `a closure runs off the loop and its caller continues on it`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let pool = try SidePool(threads: 2, queueLimit: 8)
        let loop = group.loops[0]
        let task = Task(executorPreference: loop) {
            let off = try await pool.run { EventLoop.current == nil }
            return (off, loop.isCurrent)
        }
        let (off, back) = try await task.value
        #expect(off)
        #expect(back)
    }

    @Test func `what the closure throws reaches the caller`() async throws {
        struct Refusal: Error {}
        let pool = try SidePool(threads: 1, queueLimit: 1)
        await #expect(throws: Refusal.self) { try await pool.run { throw Refusal() } }
    }

    @Test func `a full queue refuses at once`() async throws {
        let pool = try SidePool(threads: 1, queueLimit: 1)
        let gate = Mutex(())
        let refused = gate.withLock { _ in
            (0..<5).map { _ in pool.submit { gate.withLock { _ in } } }.filter { !$0 }.count
        }
        #expect(refused == 3)
    }
}
