// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// Something that somebody was told.
struct NotificationBody: ResponseBody {
    let notification: UserNotification

    init(_ notification: UserNotification) {
        self.notification = notification
    }

    static var example: NotificationBody {
        NotificationBody(
            .example(link: "/courses/\(Course.ID.example)", course: .example, readAt: .exampleOfNotifications)
        )
    }
    static var variations: [NotificationBody] { [NotificationBody(.example(link: nil, course: nil, readAt: nil))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", notification.id)
            object.field("userId", notification.user)
            object.field("position", notification.position)
            object.field("type", notification.type.rawValue)
            object.field("priority", notification.priority.rawValue)
            object.field("title", notification.text.title)
            object.field("message", notification.text.message)
            object.field("link", notification.link)
            object.field("courseId", notification.course)
            object.field("read", notification.readAt != nil)
            object.field("createdAt", notification.createdAt)
            object.field("readAt", notification.readAt)
            object.field("expiresAt", notification.expiresAt)
        }
    }
}

/// How much somebody has not read.
struct UnreadCountBody: ResponseBody {
    let count: Int

    static var example: UnreadCountBody { UnreadCountBody(count: 3) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("count", count) }
    }
}

/// How many notifications somebody has.
struct NotificationCountsBody: ResponseBody {
    let counts: NotificationCounts

    static var example: NotificationCountsBody {
        NotificationCountsBody(counts: NotificationCounts(byType: [.init(type: .enrollment, unread: 1, all: 4)]))
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("unread", counts.unread)
            object.field("total", counts.all)
            object.field("byType", counts.byType.map(OfType.init))
        }
    }

    private struct OfType: JSONWritable {
        let counts: NotificationCounts.OfType

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("type", counts.type.rawValue)
                object.field("unread", counts.unread)
                object.field("total", counts.all)
            }
        }
    }
}

/// What became of marking several as read.
struct MarkedReadBody: ResponseBody {
    let marked: Int
    let unread: Int

    static var example: MarkedReadBody { MarkedReadBody(marked: 2, unread: 1) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("marked", marked)
            object.field("unread", unread)
        }
    }
}

extension UserNotification {
    fileprivate static func example(link: String?, course: Course.ID?, readAt: Date?) -> UserNotification {
        UserNotification(
            id: .example,
            user: .example,
            position: 7,
            type: .enrollment,
            priority: .medium,
            text: NotificationText("You are enrolled in Algebra", "Your place in Algebra is ready. You can start now."),
            link: link,
            course: course,
            createdAt: .exampleOfNotifications,
            expiresAt: Date(timeIntervalSince1970: 1_807_776_000),
            readAt: readAt
        )
    }
}

extension Date {
    /// What the reference shows.
    static var exampleOfNotifications: Date { Date(timeIntervalSince1970: 1_800_000_000) }
}
