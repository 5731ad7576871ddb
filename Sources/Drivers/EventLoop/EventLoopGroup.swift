// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Event loops with a thread each.
public final class EventLoopGroup: Sendable {
    /// The loops, in order.
    public let loops: [EventLoop]
    private let threads: Mutex<[Thread]>
    private let turn = Atomic<Int>(0)

    /// Makes loops and starts their threads.
    ///
    /// - Parameters:
    ///   - count: How many, at least 1.
    ///   - name: The start of the threads' names.
    /// - Throws: `SystemError` if the system has no descriptors or threads left.
    public init(count: Int, name: String = "loop") throws(SystemError) {
        var loops: [EventLoop] = []
        for index in 0..<max(1, count) { loops.append(try EventLoop(name: "\(name)-\(index)")) }
        self.loops = loops
        var started: [Thread] = []
        do {
            for loop in loops { started.append(try Thread(name: loop.name) { loop.run() }) }
        } catch {
            for loop in loops { loop.stop() }
            for thread in started { thread.join() }
            threads = Mutex([])
            throw error
        }
        threads = Mutex(started)
    }

    /// Returns the loops one after another.
    ///
    /// - Returns: The next loop.
    public func next() -> EventLoop {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
    }

    /// Tells all loops to stop after what is queued.
    public func stop() {
        for loop in loops { loop.stop() }
    }

    /// Waits until the threads have ended; not from one of the loops.
    public func join() {
        let ending = threads.withLock { threads in
            let ending = threads
            threads = []
            return ending
        }
        for thread in ending { thread.join() }
    }
}
