// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Synchronization

/// A thread of our own: joined, or left to end by itself.
struct Thread: Sendable {
    private let handle: UInt

    /// Starts a thread.
    ///
    /// The closure is not a literal in a `@MainActor` context: it is made here, in a nonisolated function.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = Box(body)
        var handle: UInt = 0
        let retained = unsafe Unmanaged.passRetained(box)
        let failed = unsafe clms_thread_start(&handle, name, threadEntry, retained.toOpaque())
        guard failed == 0 else {
            unsafe retained.release()
            throw SystemError(code: failed, call: "pthread_create")
        }
        self.handle = handle
    }

    /// Waits until the thread has ended; once.
    func join() {
        clms_thread_join(handle)
    }
}

private final class Box: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func threadEntry(_ argument: UnsafeMutableRawPointer?) {
    guard let argument = unsafe argument else { return }
    // SAFETY: the starter retained the box for this thread.
    let box = unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
    box.body()
}
