// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What happened, as a fact that others may react to: `resource.verb`, such as `enrollment.created`.
///
/// Each module names its own; see the extensions in LMSKit.
public struct EventType: Sendable, Hashable {
    /// The name, in lower case with one dot.
    public let name: String
    /// Which stream it belongs to.
    public let topic: EventTopic
    /// The version of the payload's schema; a change that readers must know of makes a new one.
    public let version: Int

    /// Names a type.
    ///
    /// - Parameters:
    ///   - name: The name, `resource.verb`.
    ///   - topic: Which stream it belongs to.
    ///   - version: The version of the payload's schema.
    public init(_ name: StaticString, _ topic: EventTopic, version: Int = 1) {
        self.name = name.description
        self.topic = topic
        self.version = version
    }
}

/// A stream of events that is kept for a time of its own.
public enum EventTopic: String, Sendable, Hashable, CaseIterable {
    /// People and their accounts.
    case users
    /// Courses, their modules and lessons.
    case courses
    /// Places in courses, and progress.
    case enrollments
    /// Files and media.
    case content
    /// Assignments and quizzes.
    case assignments
    /// Payments and invoices.
    case payments
    /// Notifications.
    case notifications
    /// Conversations and discussions.
    case messages

    /// How long events are kept, in days.
    public var retentionDays: Int {
        switch self {
        case .payments: 14
        case .notifications: 1
        default: 7
        }
    }
}
