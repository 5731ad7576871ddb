// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Glibc

/// A signal that the process reacts to.
public enum Signal: Sendable {
    /// SIGTERM: stop in order.
    case terminate
    /// SIGINT: Ctrl-C.
    case interrupt
    /// SIGHUP: the terminal is gone, or: read the configuration again.
    case hangUp
    /// SIGCHLD: a child process ended.
    case childEnded

    var number: Int32 {
        switch self {
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangUp: SIGHUP
        case .childEnded: SIGCHLD
        }
    }
}

extension EventLoop {
    /// Has a closure run on the loop whenever the process gets a signal; on the loop only.
    ///
    /// One receiver per signal in a process: the last one wins. Several signals in a row may be one call.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - body: The closure. It must not block.
    /// - Throws: `SystemError` if the process has no descriptors left.
    public func onSignal(_ signal: Signal, _ body: @escaping () -> Void) throws(SystemError) {
        let receiver = try SignalReceiver(signal: signal, body)
        _ = try register(receiver.descriptor, for: .read, receiver)
        let failed = clms_signal_forward(signal.number, receiver.descriptor)
        guard failed == 0 else { throw SystemError(code: failed, call: "sigaction") }
    }

    /// Makes writing to a closed connection an error and not the end of the process.
    public static func ignoreBrokenPipes() {
        clms_signal_ignore_broken_pipe()
    }
}

/// The eventfd that a signal handler writes to.
///
/// It stays open with the process, as the handler may run at any time.
private final class SignalReceiver: EventHandler {
    let descriptor: Int32
    private let body: () -> Void

    init(signal: Signal, _ body: @escaping () -> Void) throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError(call: "eventfd") }
        self.body = body
    }

    func handle(_ events: Events) {
        var count: UInt64 = 0
        guard unsafe read(descriptor, &count, 8) == 8 else { return }
        body()
    }
}
