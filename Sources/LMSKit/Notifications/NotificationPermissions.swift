// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Permission {
    /// Send announcements; `own` is to the learners of the courses one teaches.
    public static let notificationSend = Permission("notification:send")
    /// Change the words of notifications.
    public static let notificationTemplate = Permission("notification:template")
    /// See what others were told and what became of it.
    public static let notificationLog = Permission("notification:log")
}
