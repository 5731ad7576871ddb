// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Review courses and vote for reviews; `own` is with one's own enrollment.
    public static let reviewWrite = Permission("review:write")
    /// Approve, reject and hide reviews; `own` is in the courses one teaches.
    public static let reviewModerate = Permission("review:moderate")
}
