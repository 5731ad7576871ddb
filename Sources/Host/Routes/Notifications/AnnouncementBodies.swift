// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/notifications/announcements/{announcementId}`.
struct AnnouncementPath: PathParameters {
    let announcementId: Announcement.ID

    init(fields: inout FieldReader) {
        announcementId = fields.required("announcementId", .id())
    }
}

/// The texts of an announcement, by language.
struct AnnouncementTextsRequest: FieldStructure {
    let texts: [Language: NotificationText]

    init(fields: inout FieldReader) {
        var texts: [Language: NotificationText] = [:]
        for language in Language.allCases {
            texts[language] = fields.optional(language.rawValue, .object(NotificationTextRequest.self))?.text
        }
        self.texts = texts
    }
}

/// `POST /api/v1/notifications/announcements`.
struct AnnouncementRequest: RequestBody {
    let announcement: NewAnnouncement

    init(fields: inout FieldReader) {
        let audience = fields.required("audience", .choice(AnnouncementAudience.course))
        let role = fields.optional("role", .roleName)
        let course = fields.optional("courseId", .id(Course.self))
        if role == nil, audience == .role { fields.refuse("role", .required) }
        if course == nil, audience == .course { fields.refuse("courseId", .required) }
        let texts = fields.required("texts", .object(AnnouncementTextsRequest.self)).texts
        let who: Announcement.Audience =
            switch (audience, role, course) {
            case (.role, .some(let role), _): .role(role)
            case (.course, _, .some(let course)): .course(course)
            default: .all
            }
        announcement = NewAnnouncement(to: who, texts, how: AnnouncementWay(&fields))
    }
}

/// Who an announcement may be to.
enum AnnouncementAudience: String, CaseIterable {
    case all, role, course
}

/// `POST /api/v1/notifications`: to named users, in the organization's language.
struct DirectNotificationRequest: RequestBody {
    let users: [User.ID]
    let text: NotificationText
    let way: AnnouncementWay

    init(fields: inout FieldReader) {
        users = fields.required("userIds", .list(.id(Principal.self), 1...100))
        text = NotificationTextRequest(fields: &fields).text
        way = AnnouncementWay(&fields)
    }

    func announcement(in language: Language) -> NewAnnouncement {
        NewAnnouncement(to: .users(users), [language: text], how: way)
    }
}

/// How something is told.
struct AnnouncementWay {
    let link: NotificationLink?
    let channels: [NotificationChannel]
    let priority: NotificationPriority
    let days: Int

    init(_ fields: inout FieldReader) {
        link = fields.optional("link", .notificationLink)
        channels = fields.optional(
            "channels",
            .list(.choice(NotificationChannel.inApp), 1...4),
            default: [.inApp, .email, .push]
        )
        priority = fields.optional("priority", .choice(NotificationPriority.medium), default: .medium)
        days = fields.optional("days", .integer(1...365), default: NotificationType.announcement.days)
    }
}

extension NewAnnouncement {
    fileprivate init(
        to audience: Announcement.Audience,
        _ texts: [Language: NotificationText],
        how way: AnnouncementWay
    ) {
        self.init(
            to: audience,
            texts,
            link: way.link,
            channels: Set(way.channels),
            priority: way.priority,
            days: way.days
        )
    }
}

/// The query of a list of announcements.
struct AnnouncementListQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

extension FieldRule where Self == ParsedRule<NotificationLink> {
    /// A path of the tenant's pages, or an `https` address.
    static var notificationLink: ParsedRule<NotificationLink> {
        .parsed(format: "link", 1...500, example: "/courses", placeholder: .home) { NotificationLink($0) }
    }
}

/// An announcement and how far it is.
struct AnnouncementBody: ResponseBody {
    let announcement: Announcement
    /// What became of its deliveries; `nil` where that is not counted.
    var tally: [NotificationTally]?

    init(_ announcement: Announcement, tally: [NotificationTally]? = nil) {
        self.announcement = announcement
        self.tally = tally
    }

    static var example: AnnouncementBody {
        AnnouncementBody(
            .example(.course(.example), link: .home, author: .example, isFinished: true),
            tally: [NotificationTally(channel: .email, status: .sent, count: 2)]
        )
    }
    static var variations: [AnnouncementBody] {
        [
            AnnouncementBody(.example(.all, link: nil, author: nil, isFinished: false)),
            AnnouncementBody(.example(.role(Role.Name(.student)), link: nil, author: nil, isFinished: false)),
        ]
    }

    func write(to json: inout JSONWriter) {
        let content = announcement.content
        json.object { object in
            object.field("id", announcement.id)
            object.field("authorId", announcement.author)
            object.field("audience", content.audience.kind)
            object.field("role", content.audience.roleName)
            object.field("courseId", content.audience.courseID)
            object.field("texts", Texts(texts: content.texts))
            object.field("link", content.link?.description)
            object.field("channels", NotificationChannel.allCases.filter(content.channels.contains).map(\.rawValue))
            object.field("priority", content.priority.rawValue)
            object.field("status", announcement.status.rawValue)
            object.field("expected", announcement.expected)
            object.field("notified", announcement.notified)
            object.field("createdAt", announcement.createdAt)
            object.field("expiresAt", announcement.expiresAt)
            object.field("finishedAt", announcement.finishedAt)
            if let tally { object.field("deliveries", tally.map(Tally.init)) }
        }
    }

    private struct Tally: JSONWritable {
        let tally: NotificationTally

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("channel", tally.channel.rawValue)
                object.field("status", tally.status.rawValue)
                object.field("count", tally.count)
            }
        }
    }

    /// Texts by language.
    struct Texts: JSONWritable {
        let texts: [Language: NotificationText]

        func write(to json: inout JSONWriter) {
            json.object { object in
                for language in Language.allCases {
                    guard let text = texts[language] else { continue }
                    object.field(named: language.rawValue, NotificationTextBody(text: text))
                }
            }
        }
    }
}

/// How an announcement would look.
struct AnnouncementPreviewBody: ResponseBody {
    let preview: AnnouncementPreview

    static var example: AnnouncementPreviewBody {
        let text = NotificationText("No lessons on Friday", "We are at a fair.")
        return AnnouncementPreviewBody(
            preview: AnnouncementPreview(texts: [.english: text, .spanish: text, .arabic: text], expected: 120)
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("texts", AnnouncementBody.Texts(texts: preview.texts))
            object.field("expected", preview.expected)
        }
    }
}

extension Announcement {
    fileprivate static func example(
        _ audience: Audience,
        link: NotificationLink?,
        author: User.ID?,
        isFinished: Bool
    ) -> Announcement {
        let text = NotificationText("No lessons on Friday", "We are at a fair.")
        let texts: [Language: NotificationText] =
            isFinished ? [.english: text, .spanish: text, .arabic: text] : [.english: text]
        return Announcement(
            id: .example,
            author: author,
            content: NewAnnouncement(to: audience, texts, link: link),
            status: isFinished ? .finished : .queued,
            expected: 120,
            notified: isFinished ? 120 : 0,
            createdAt: .exampleOfNotifications,
            expiresAt: .exampleOfNotifications.addingTimeInterval(7_776_000),
            finishedAt: isFinished ? .exampleOfNotifications : nil
        )
    }
}

extension Announcement.Audience {
    fileprivate var roleName: String? {
        if case .role(let role) = self { role.description } else { nil }
    }

    fileprivate var courseID: Course.ID? {
        if case .course(let course) = self { course } else { nil }
    }
}
