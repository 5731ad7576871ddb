// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Whether somebody wants to be told of a type by a channel.
public struct NotificationPreference: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<NotificationPreference>
    /// The identifier.
    public let id: ID
    /// Who.
    public let user: User.ID
    /// What they chose.
    public let choice: NotificationChoice
    /// When they chose it last, UTC.
    public let updatedAt: Date

    /// Describes a preference.
    package init(id: ID, user: User.ID, choice: NotificationChoice, updatedAt: Date) {
        self.id = id
        self.user = user
        self.choice = choice
        self.updatedAt = updatedAt
    }
}

/// Whether a type goes by a channel, everywhere or in one course.
public struct NotificationChoice: Sendable, Hashable {
    /// The course; everywhere else if `nil`.
    public let course: Course.ID?
    /// The type.
    public let type: NotificationType
    /// The channel.
    public let channel: NotificationChannel
    /// Whether it goes that way.
    public let isEnabled: Bool

    /// Describes a choice.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - channel: The channel.
    ///   - isEnabled: Whether it goes that way.
    ///   - course: The course; everywhere else if `nil`.
    public init(
        _ type: NotificationType,
        by channel: NotificationChannel,
        isEnabled: Bool,
        in course: Course.ID? = nil
    ) {
        self.course = course
        self.type = type
        self.channel = channel
        self.isEnabled = isEnabled
    }

    /// Whether nothing that guards an account is turned off by it.
    var isAllowed: Bool { isEnabled || !type.isSecurity || !type.defaultChannels.contains(channel) }
}

/// A time of day, to the minute.
public struct MinuteOfDay: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
    /// Minutes since midnight, 0–1439.
    public let minutes: Int

    /// Makes a time of day.
    ///
    /// - Parameter minutes: Minutes since midnight; `nil` is returned beyond 0–1439.
    public init?(_ minutes: Int) {
        guard (0..<1440).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// Parses `HH:MM`.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)),
            let minute = Int(text.suffix(2)), (0..<24).contains(hour), (0..<60).contains(minute),
            bytes[0] != UInt8(ascii: "+"), bytes[3] != UInt8(ascii: "+")
        else { return nil }
        minutes = hour * 60 + minute
    }

    /// `HH:MM`.
    public var description: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }

    /// The type of the column.
    public static var databaseType: DatabaseType { .int }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { minutes.databaseValue }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard let time = MinuteOfDay(try Int(column: column)) else { throw column.undecodable(as: "a minute of a day") }
        self = time
    }
}

/// When somebody wants to be left alone, and whether their mail is collected.
public struct NotificationSchedule: Sendable, Hashable {
    /// How often mail is collected into one message.
    public enum Digest: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Never: each notification is a message of its own.
        case off
        /// Once a day.
        case daily
        /// Once a week.
        case weekly
    }

    /// When quiet hours begin, in which only what is urgent comes through; `nil` for none.
    public var quietFrom: MinuteOfDay?
    /// When they end, perhaps on the next day.
    public var quietUntil: MinuteOfDay?
    /// How often mail is collected.
    public var digest: Digest
    /// When it is sent then.
    public var digestAt: MinuteOfDay
    /// On which day of the week, if it is weekly: 1 is Monday (ISO 8601).
    public var digestWeekday: Int

    /// Describes a schedule.
    ///
    /// - Parameters:
    ///   - quietFrom: When quiet hours begin.
    ///   - quietUntil: When they end.
    ///   - digest: How often mail is collected.
    ///   - digestAt: When it is sent then.
    ///   - digestWeekday: On which day of the week, 1–7.
    public init(
        quietFrom: MinuteOfDay? = nil,
        quietUntil: MinuteOfDay? = nil,
        digest: Digest = .off,
        digestAt: MinuteOfDay? = nil,
        digestWeekday: Int = 1
    ) {
        self.quietFrom = quietFrom
        self.quietUntil = quietUntil
        self.digest = digest
        self.digestAt = digestAt ?? .morning
        self.digestWeekday = digestWeekday
    }

}

extension MinuteOfDay {
    /// 00:00.
    package static let midnight = MinuteOfDay(known: 0)
    /// 08:00.
    fileprivate static let morning = MinuteOfDay(known: 480)

    private init(known minutes: Int) {
        self.minutes = minutes
    }
}

/// What somebody chose, and what holds where they chose nothing.
public struct NotificationPreferences: Sendable {
    /// What they chose.
    public let items: [NotificationPreference]
    /// When they want to be left alone.
    public let schedule: NotificationSchedule
    /// The time zone of the schedule: their own, or the tenant's.
    public let timeZone: String

    package init(items: [NotificationPreference], schedule: NotificationSchedule, timeZone: String) {
        self.items = items
        self.schedule = schedule
        self.timeZone = timeZone
    }

    /// Whether a type goes by a channel where no course says otherwise.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - channel: The channel.
    /// - Returns: What they chose, or the type's default.
    public func isEnabled(_ type: NotificationType, by channel: NotificationChannel) -> Bool {
        let choices = items.map(\.choice)
        let chosen = choices.first { $0.course == nil && $0.type == type && $0.channel == channel }
        return chosen?.isEnabled ?? type.defaultChannels.contains(channel)
    }
}
