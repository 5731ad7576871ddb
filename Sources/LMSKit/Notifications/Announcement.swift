// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Something that somebody tells many at once.
public struct Announcement: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Announcement>
    /// The identifier.
    public let id: ID
    /// Who tells it, while they are a member.
    public let author: User.ID?
    /// What is told, and to whom.
    public let content: NewAnnouncement
    /// How far it is.
    public let status: Status
    /// How many were to be told when it was made.
    public let expected: Int
    /// How many were told.
    public let notified: Int
    /// When it was made, UTC.
    public let createdAt: Date
    /// Until when it is of use, UTC.
    public let expiresAt: Date
    /// When it ended, UTC.
    public let finishedAt: Date?

    /// Puts an announcement together.
    package init(
        id: ID,
        author: User.ID?,
        content: NewAnnouncement,
        status: Status,
        expected: Int,
        notified: Int,
        createdAt: Date,
        expiresAt: Date,
        finishedAt: Date?
    ) {
        self.id = id
        self.author = author
        self.content = content
        self.status = status
        self.expected = expected
        self.notified = notified
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.finishedAt = finishedAt
    }

    /// How far an announcement is.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Nobody was told yet.
        case queued
        /// Some were told.
        case running
        /// All were told.
        case finished
        /// It was stopped; those who were told keep it.
        case canceled
    }

    /// Who is told.
    public enum Audience: Sendable, Hashable {
        /// Every active member.
        case all
        /// Everybody with a role.
        case role(Role.Name)
        /// Everybody who learns in a course or has completed it.
        case course(Course.ID)
        /// These, 100 at most.
        case users([User.ID])

        /// The name in the database.
        public var kind: String {
            switch self {
            case .all: "all"
            case .role: "role"
            case .course: "course"
            case .users: "users"
            }
        }
    }
}

/// What somebody wants to tell many.
public struct NewAnnouncement: Sendable {
    /// Who is told.
    public let audience: Announcement.Audience
    /// What they are told, by language; it stands as it is.
    public let texts: [Language: NotificationText]
    /// Where it leads.
    public let link: NotificationLink?
    /// By which channels, where a user did not turn them off.
    public let channels: Set<NotificationChannel>
    /// How much it matters.
    public let priority: NotificationPriority
    /// For how many days it is of use, 1–365.
    public let days: Int

    /// Describes what to tell.
    ///
    /// - Parameters:
    ///   - audience: Who is told.
    ///   - texts: What they are told, by language.
    ///   - link: Where it leads.
    ///   - channels: By which channels.
    ///   - priority: How much it matters.
    ///   - days: For how many days it is of use, 1–365.
    public init(
        to audience: Announcement.Audience,
        _ texts: [Language: NotificationText],
        link: NotificationLink? = nil,
        channels: Set<NotificationChannel> = NotificationType.announcement.defaultChannels,
        priority: NotificationPriority = .medium,
        days: Int = NotificationType.announcement.days
    ) {
        self.audience = audience
        self.texts = texts
        self.link = link
        self.channels = channels
        self.priority = priority
        self.days = days
    }

    /// The texts as they are stored.
    var stored: JSONText {
        var json = JSONWriter()
        json.object { object in
            for (language, text) in texts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                object.field(named: language.rawValue, StoredText(text: text))
            }
        }
        return JSONText(json.bytes)
    }

    /// The text in a language, or in the tenant's, or in any.
    func text(in language: Language) -> NotificationText? {
        texts[language] ?? Language.allCases.lazy.compactMap { texts[$0] }.first
    }

    private struct StoredText: JSONWritable {
        let text: NotificationText

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("title", text.title)
                object.field("message", text.message)
            }
        }
    }
}

/// How an announcement would look, and how many it would reach.
public struct AnnouncementPreview: Sendable {
    /// What members with each language would read.
    public let texts: [Language: NotificationText]
    /// How many would be told now.
    public let expected: Int

    package init(texts: [Language: NotificationText], expected: Int) {
        self.texts = texts
        self.expected = expected
    }
}
