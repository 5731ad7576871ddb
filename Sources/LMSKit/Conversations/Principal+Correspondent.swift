// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension Principal {
    /// Who writes and reads messages: the person alone, never an operator who acts as them.
    ///
    /// Out of line for the reason that `user` is.
    var correspondent: ID? {
        @inline(never) get { impersonator == nil ? user : nil }
    }
}
