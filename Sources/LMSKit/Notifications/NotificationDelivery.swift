// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How a notification went out by one channel.
public struct NotificationDelivery: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<NotificationDelivery>
    /// The identifier.
    public let id: ID
    /// What was to go out.
    public let notification: UserNotification.ID
    /// Who it was for.
    public let user: User.ID
    /// What it was about.
    public let type: NotificationType
    /// The channel.
    public let channel: NotificationChannel
    /// What became of it.
    public let status: Status
    /// Why it failed or was left out, or what it waits for: a code.
    public let reason: String?
    /// When it was planned, UTC.
    public let createdAt: Date
    /// Not before this, UTC.
    public let dueAt: Date
    /// When nothing was left to do, UTC.
    public let finishedAt: Date?
    /// Every try, in order.
    public let attempts: [NotificationAttempt]

    /// Puts a delivery together.
    package init(
        id: ID,
        notification: UserNotification.ID,
        user: User.ID,
        type: NotificationType,
        channel: NotificationChannel,
        status: Status,
        reason: String?,
        createdAt: Date,
        dueAt: Date,
        finishedAt: Date?,
        attempts: [NotificationAttempt]
    ) {
        self.id = id
        self.notification = notification
        self.user = user
        self.type = type
        self.channel = channel
        self.status = status
        self.reason = reason
        self.createdAt = createdAt
        self.dueAt = dueAt
        self.finishedAt = finishedAt
        self.attempts = attempts
    }
}

extension NotificationDelivery {
    /// The states of a delivery.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It waits, or is on its way.
        case pending
        /// It was handed over.
        case sent
        /// It was tried and will never arrive.
        case failed
        /// It was left out on purpose.
        case suppressed
    }

    /// Why a delivery was left out, or what it waits for.
    public struct Reason: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
        /// The code.
        public let description: String

        /// Names a reason.
        ///
        /// - Parameter code: Lower-case words with underscores, 60 characters at most.
        public init(_ code: StaticString) {
            description = code.description
        }

        /// The user turned the channel off.
        public static let turnedOff = Reason("turned_off")
        /// Mail to the user's address came back.
        public static let bouncing = Reason("bouncing")
        /// The user did not ask for text messages.
        public static let notOptedIn = Reason("not_opted_in")
        /// The user showed no telephone number to be theirs.
        public static let noPhone = Reason("no_phone")
        /// The user has no device that takes messages.
        public static let noSubscription = Reason("no_subscription")
        /// The user is not a member any more, or is suspended.
        public static let notActive = Reason("not_active")
        /// The user deleted it before.
        public static let deleted = Reason("deleted")
        /// It came too late to be of use.
        public static let expired = Reason("expired")
        /// It waits for the user's digest.
        public static let digest = Reason("digest")
        /// It waits for the end of the user's quiet hours.
        public static let quietHours = Reason("quiet_hours")
        /// Whoever takes messages of this channel refused it for good.
        public static let refused = Reason("refused")

        /// The type of the column.
        public static var databaseType: DatabaseType { .text }
        /// The value as it is sent.
        public var databaseValue: DatabaseValue { .text(description) }
        /// Reads a column of that type.
        public init(column: Column) throws(DatabaseError) {
            description = try String(column: column)
        }
    }
}

/// One try to hand a notification over.
public struct NotificationAttempt: Sendable, Hashable {
    /// What became of a try.
    public enum Outcome: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It was handed over.
        case sent
        /// It will never be taken.
        case failed
        /// It is tried again.
        case retry
    }

    /// Its number, from 1.
    public let number: Int
    /// When it was made, UTC.
    public let attemptedAt: Date
    /// What became of it.
    public let outcome: Outcome
    /// Why, as a code; `nil` if it was handed over.
    public let reason: String?
    /// Where it went, of several places that the channel has; see `PushSubscription`.
    public let target: UUID?

    package init(number: Int, attemptedAt: Date, outcome: Outcome, reason: String?, target: UUID?) {
        self.number = number
        self.attemptedAt = attemptedAt
        self.outcome = outcome
        self.reason = reason
        self.target = target
    }
}
