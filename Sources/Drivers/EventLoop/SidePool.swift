// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc
internal import Synchronization

/// A few threads for what would block a loop: password hashing, name resolution, connecting, file reads.
public final class SidePool: Sendable {
    /// The queue was full; nothing was run.
    public struct Busy: Error, Sendable {}

    private let queue: Queue

    /// Starts the threads; they end when the pool is released.
    ///
    /// - Parameters:
    ///   - threads: How many closures run at a time.
    ///   - queueLimit: How many more may wait.
    ///   - name: The threads' name.
    /// - Throws: `SystemError` if the system has no threads left.
    public init(threads: Int, queueLimit: Int, name: String = "side") throws(SystemError) {
        let queue = Queue(limit: queueLimit + max(1, threads))
        self.queue = queue
        for index in 0..<max(1, threads) { try Thread.detach(name: "\(name)-\(index)") { queue.work() } }
    }

    deinit {
        queue.close()
    }

    /// Runs a closure on one of the threads; the caller continues where it was.
    ///
    /// Cancelling the caller does not interrupt the closure.
    ///
    /// - Parameter body: The closure, which may block.
    /// - Returns: What it returned.
    /// - Throws: `Busy` if the queue is full; otherwise what the closure threw.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = queue.add { continuation.resume(with: Result { try body() }) }
            if !accepted { continuation.resume(throwing: Busy()) }
        }
    }

    /// Runs a closure on one of the threads and does not wait for it.
    ///
    /// - Parameter body: The closure, which may block.
    /// - Returns: Whether the queue had room for it.
    @discardableResult
    public func submit(_ body: @escaping @Sendable () -> Void) -> Bool {
        queue.add(body)
    }
}

/// The closures that wait and those that run.
///
/// SAFETY: `waiting`, `running` and `isClosed` are touched under `mutex` only.
@safe private final class Queue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let limit: Int
    private var waiting: [@Sendable () -> Void] = []
    private var head = 0
    private var running = 0
    private var isClosed = false

    init(limit: Int) {
        self.limit = limit
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(arrival, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(arrival)
        unsafe pthread_mutex_destroy(mutex)
        unsafe arrival.deallocate()
        unsafe mutex.deallocate()
    }

    func add(_ body: @escaping @Sendable () -> Void) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        guard !isClosed, waiting.count - head + running < limit else { return false }
        waiting.append(body)
        unsafe pthread_cond_signal(arrival)
        return true
    }

    func close() {
        unsafe pthread_mutex_lock(mutex)
        isClosed = true
        unsafe pthread_cond_broadcast(arrival)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// What a thread does: runs closures until the pool is closed and none is left.
    func work() {
        while let body = take() {
            body()
            unsafe pthread_mutex_lock(mutex)
            running -= 1
            unsafe pthread_mutex_unlock(mutex)
        }
    }

    private func take() -> (@Sendable () -> Void)? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while head == waiting.count {
            if isClosed { return nil }
            unsafe pthread_cond_wait(arrival, mutex)
        }
        let body = waiting[head]
        head += 1
        running += 1
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        }
        return body
    }
}
