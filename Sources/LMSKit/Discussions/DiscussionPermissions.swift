// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Write in discussions of courses; `own` is in the courses that one learns or teaches in.
    public static let discussionWrite = Permission("discussion:write")
    /// Announce, pin, lock, hide, and decide on reports; `own` is in the courses one teaches or assists in.
    public static let discussionModerate = Permission("discussion:moderate")
}
