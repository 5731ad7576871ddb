// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Glibc

/// How this process ends.
public enum ProcessEnd {
    /// Ends the process at once, without the handlers that libraries have registered for `exit`.
    ///
    /// OpenSSL's frees there what threads that still end free as well. What was written to a buffer of stdio is lost.
    ///
    /// - Parameter status: What the shell is told.
    public static func now(_ status: Int32) -> Never {
        _exit(status)
    }
}
