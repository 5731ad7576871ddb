// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization
internal import Testing

@Suite struct EventLoopTests {
    @Test func `a spawned task stays on its loop across suspensions`() async throws {
        let group = try EventLoopGroup(count: 2)
        defer { group.stop() }
        let loop = group.loops[0]
        let seen: [Bool] = await withCheckedContinuation { continuation in
            loop.spawn {
                var seen = [loop.isCurrent]
                await Task.yield()
                seen.append(loop.isCurrent)
                await Nested().step()
                seen.append(loop.isCurrent)
                async let concurrent = isCurrent(loop)
                seen.append(await concurrent)
                seen.append(EventLoop.current === loop)
                continuation.resume(returning: seen)
            }
        }
        #expect(seen == [true, true, true, true, true])
    }

    @Test func `a continuation resumed by another loop comes back to its own`() async throws {
        let group = try EventLoopGroup(count: 2)
        defer { group.stop() }
        let (first, second) = (group.loops[0], group.loops[1])
        let (there, back): (Bool, Bool) = await withCheckedContinuation { outcome in
            first.spawn {
                let there = await withCheckedContinuation { continuation in
                    second.execute { continuation.resume(returning: second.isCurrent) }
                }
                outcome.resume(returning: (there, first.isCurrent))
            }
        }
        #expect(there)
        #expect(back)
    }

    @Test func `an immediate task runs inside the call until it suspends`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let log: [String] = await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                loop.spawnImmediately {
                    log.add("body")
                    await Task.yield()
                    log.add(loop.isCurrent ? "resumed here" : "resumed elsewhere")
                    continuation.resume(returning: log.lines)
                }
                log.add("caller")
            }
        }
        #expect(log == ["body", "caller", "resumed here"])
    }

    @Test func `jobs do not starve timers`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let fired = Atomic<Bool>(false)
        await withCheckedContinuation { continuation in
            loop.spawn {
                loop.schedule(after: .milliseconds(1)) { fired.store(true, ordering: .relaxed) }
                while !fired.load(ordering: .relaxed) { await Task.yield() }
                continuation.resume()
            }
        }
        let didFire = fired.load(ordering: .relaxed)
        #expect(didFire)
    }

    @Test func `a turn-end handler runs after the jobs of the turn`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let log: [String] = await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                loop.atTurnEnd(Ending { continuation.resume(returning: log.lines + ["end"]) })
                loop.spawn { log.add("job") }
            }
        }
        #expect(log == ["job", "end"])
    }

    @Test func `stopping ends the threads after what is queued`() throws {
        let group = try EventLoopGroup(count: 2)
        let count = Atomic<Int>(0)
        for loop in group.loops {
            for _ in 0..<100 { loop.execute { count.add(1, ordering: .relaxed) } }
        }
        group.stop()
        group.join()
        let total = count.load(ordering: .relaxed)
        #expect(total == 200)
    }

    @Test func `closures posted from many threads all run`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        let sum = await withTaskGroup(of: Int.self) { tasks in
            for index in 0..<1_000 {
                tasks.addTask {
                    await withCheckedContinuation { done in loop.execute { done.resume(returning: index) } }
                }
            }
            return await tasks.reduce(0, +)
        }
        #expect(sum == 499_500)
    }
}

private actor Nested {
    func step() async { await Task.yield() }
}

private func isCurrent(_ loop: EventLoop) async -> Bool { loop.isCurrent }

/// SAFETY: used on one loop only.
private final class Log: @unchecked Sendable {
    private(set) var lines: [String] = []
    func add(_ line: String) { lines.append(line) }
}

private final class Ending: TurnEndHandler {
    private let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
    func turnDidEnd() { body() }
}
