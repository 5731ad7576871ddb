// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Synchronization

/// A thread of our own: joined, or left to end by itself.
struct Thread: Sendable {
    private let handle: UInt

    /// Starts a thread that nobody joins.
    static func detach(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        _ = try start(name: name, isJoined: false, body)
    }

    /// Starts a thread.
    ///
    /// The closure is not a literal in a `@MainActor` context: it is made here, in a nonisolated function.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        handle = try Self.start(name: name, isJoined: true, body)
    }

    private static func start(
        name: String,
        isJoined: Bool,
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> UInt {
        var handle: UInt = 0
        let retained = unsafe Unmanaged.passRetained(Box(body))
        let failed =
            if isJoined {
                unsafe clms_thread_start(&handle, name, threadEntry, retained.toOpaque())
            } else {
                unsafe clms_thread_start(nil, name, threadEntry, retained.toOpaque())
            }
        guard failed == 0 else {
            unsafe retained.release()
            throw SystemError(code: failed, call: "pthread_create")
        }
        return handle
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
