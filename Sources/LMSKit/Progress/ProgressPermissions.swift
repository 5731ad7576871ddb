// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Report progress; `own` is one's own.
    public static let progressWrite = Permission("progress:write")
}
