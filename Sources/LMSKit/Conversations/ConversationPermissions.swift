// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Write direct messages; `own` is to those one shares a course with, `any` to everybody of the tenant.
    public static let messageWrite = Permission("message:write")
    /// Decide on reports of direct messages; `own` is in conversations about the courses one teaches or assists in.
    ///
    /// Nobody reads the conversations of others: a moderator sees the message that was reported.
    public static let messageModerate = Permission("message:moderate")
}
