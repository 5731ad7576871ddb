// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux

extension EventLoop {
    /// Runs a closure after a while; on the loop only.
    ///
    /// - Parameters:
    ///   - delay: The least time to wait; rounded up to a millisecond.
    ///   - body: The closure. It must not block.
    /// - Returns: The timer, to cancel it.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        assert(isCurrent)
        return timers.insert(deadline: clms_monotonic() &+ delay.nanoseconds, body)
    }

    /// Forgets a timer; on the loop only.
    ///
    /// - Parameter timer: The timer. Nothing happens if it fired already.
    public func cancel(_ timer: LoopTimer) {
        assert(isCurrent)
        timers.remove(timer)
    }

    func fireTimers() {
        guard let first = timers.nextDeadline else { return }
        let now = clms_monotonic()
        guard first <= now else { return }
        // A body that schedules a timer for "now" waits for the next turn, because its deadline is after `now`.
        while let body = timers.popDue(at: now) { body() }
    }

    /// Suspends the calling task; from any thread.
    ///
    /// - Parameter duration: The least time to wait.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        let sleeper = Sleeper(loop: self)
        await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                unsafe sleeper.start(duration, continuation)
            }
        } onCancel: {
            execute { sleeper.wake() }
        }
        if Task.isCancelled { throw CancellationError() }
    }

    /// The monotonic time in nanoseconds.
    public static var now: UInt64 { clms_monotonic() }
}

/// One suspended `sleep`.
///
/// SAFETY: the mutable state is touched on the loop only.
@safe private final class Sleeper: @unchecked Sendable {
    private let loop: EventLoop
    private var continuation: UnsafeContinuation<Void, Never>?
    private var timer: LoopTimer?
    private var isWoken = false

    init(loop: EventLoop) {
        self.loop = loop
    }

    func start(_ duration: Duration, _ continuation: UnsafeContinuation<Void, Never>) {
        if loop.isCurrent {
            unsafe arm(duration, continuation)
        } else {
            loop.execute { unsafe self.arm(duration, continuation) }
        }
    }

    private func arm(_ duration: Duration, _ continuation: UnsafeContinuation<Void, Never>) {
        if isWoken { return unsafe continuation.resume() }
        unsafe self.continuation = continuation
        timer = loop.schedule(after: duration) { self.wake() }
    }

    func wake() {
        isWoken = true
        if let timer { loop.cancel(timer) }
        let waiting = unsafe continuation
        unsafe continuation = nil
        unsafe waiting?.resume()
    }
}

extension Duration {
    /// The duration in nanoseconds, at least 0 and at most some 292 years.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return 9_000_000_000_000_000_000 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
