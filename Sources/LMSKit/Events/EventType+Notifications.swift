// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// Somebody has something to tell many: one event for all of them.
    ///
    /// Payload: `announcementId`, `audience` (`all`, `role`, `course` or `users`).
    public static let announcementCreated = EventType("announcement.created", .notifications)
    /// Somebody, who is the aggregate, was told something, but for announcements.
    ///
    /// Payload: `notificationId`, `userId`, `position`, `notificationType`.
    public static let notificationCreated = EventType("notification.created", .notifications)
}
