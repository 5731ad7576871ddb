// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc

/// Which signals reach this process.
public enum SignalMask {
    /// Lets every signal through, for this thread and those that it makes.
    ///
    /// A program inherits the mask of the thread that started it (POSIX `exec`), and worker threads block everything: a server
    /// that was started from one would never see SIGTERM. Call it first in `main`.
    public static func clear() {
        var none = sigset_t()
        _ = unsafe sigemptyset(&none)
        _ = unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
    }
}
