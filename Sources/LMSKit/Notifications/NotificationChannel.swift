// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A way by which people are told something.
public enum NotificationChannel: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// The list on the platform's own pages.
    case inApp = "in_app"
    /// Mail.
    case email
    /// Messages to browsers and telephones.
    case push
    /// Text messages to telephones.
    case sms
}

/// How much something matters.
public enum NotificationPriority: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// It can wait for weeks.
    case low
    /// It can wait for days.
    case medium
    /// It should be seen today.
    case high
    /// It should be seen now: it comes through quiet hours and is in no digest.
    case urgent
}
