// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/notifications/{notificationId}`.
struct NotificationPath: PathParameters {
    let notificationId: UserNotification.ID

    init(fields: inout FieldReader) {
        notificationId = fields.required("notificationId", .id())
    }
}

/// Whose notifications are meant.
struct NotifiedUserPath: PathParameters {
    let userId: User.ID

    init(fields: inout FieldReader) {
        userId = fields.required("userId", .id())
    }
}

/// The query of a list of notifications.
struct NotificationListQuery: QueryParameters {
    let query: NotificationQuery
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        query = NotificationQuery(
            isUnread: fields.optional("unread", .flag, default: false),
            type: fields.optional("type", .choice(NotificationType.enrollment))
        )
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/notifications/mark-as-read`: some, or all up to a position.
struct MarkAsReadRequest: RequestBody {
    let marked: Notifications.Marked

    init(fields: inout FieldReader) {
        let ids = fields.optional("notificationIds", .list(.id(UserNotification.self), 1...100))
        let isAll = fields.optional("all", .flag, default: false)
        let place = fields.optional("upTo", .integer(0...Int.max))
        if (ids == nil) != isAll { fields.refuse("notificationIds", .required) }
        marked = ids.map { .these($0) } ?? .all(upTo: place)
    }
}
