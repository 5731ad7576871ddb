// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// How notifications went out.
struct NotificationLogRoutes: Sendable {
    let notifications: Notifications

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/notifications/log",
                "List deliveries with every try, the newest first: mine, or everybody's",
                access: .signedIn,
                problems: [.notificationsOfUsersOnly, .notFound, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .get,
                "/api/v1/notifications/{notificationId}/deliveries",
                "Show how a notification went out, channel by channel",
                access: .signedIn,
                problems: [.notificationNotFound],
                caching: .revalidated,
                handler: show
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, NotificationLogRequest, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<NotificationDeliveryBody>> {
        let page = try await notifications.log(
            input.query.query,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        let items = page.items.map(NotificationDeliveryBody.init)
        return .ok(ListBody(items: items, nextCursor: context.cursor(page.next)))
    }

    private func show(
        _ input: Input<NotificationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<NotificationDeliveryBody>> {
        let deliveries = try await notifications.deliveries(of: input.path.notificationId, reader: context.reader)
        return .ok(ListBody(items: deliveries.map(NotificationDeliveryBody.init), nextCursor: nil))
    }
}

/// The query of the log.
struct NotificationLogRequest: QueryParameters {
    let query: NotificationLogQuery
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        query = NotificationLogQuery(
            user: fields.optional("userId", .id(Principal.self)),
            channel: fields.optional("channel", .choice(NotificationChannel.email)),
            status: fields.optional("status", .choice(NotificationDelivery.Status.sent))
        )
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// How a notification went out by one channel.
struct NotificationDeliveryBody: ResponseBody {
    let delivery: NotificationDelivery

    init(_ delivery: NotificationDelivery) {
        self.delivery = delivery
    }

    static var example: NotificationDeliveryBody {
        let attempt = NotificationAttempt(
            number: 1,
            attemptedAt: .exampleOfNotifications,
            outcome: .retry,
            reason: "smtp 421",
            target: Identifier<NotificationDelivery>.example.uuid
        )
        return example(.failed, reason: "refused", finishedAt: .exampleOfNotifications, [attempt])
    }
    static var variations: [NotificationDeliveryBody] {
        let attempt = NotificationAttempt(
            number: 1,
            attemptedAt: .exampleOfNotifications,
            outcome: .sent,
            reason: nil,
            target: nil
        )
        return [example(.pending, reason: nil, finishedAt: nil, [attempt])]
    }

    private static func example(
        _ status: NotificationDelivery.Status,
        reason: String?,
        finishedAt: Date?,
        _ attempts: [NotificationAttempt]
    ) -> NotificationDeliveryBody {
        NotificationDeliveryBody(
            NotificationDelivery(
                id: .example,
                notification: .example,
                user: .example,
                type: .enrollment,
                channel: .email,
                status: status,
                reason: reason,
                createdAt: .exampleOfNotifications,
                dueAt: .exampleOfNotifications,
                finishedAt: finishedAt,
                attempts: attempts
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", delivery.id)
            object.field("notificationId", delivery.notification)
            object.field("userId", delivery.user)
            object.field("type", delivery.type.rawValue)
            object.field("channel", delivery.channel.rawValue)
            object.field("status", delivery.status.rawValue)
            object.field("reason", delivery.reason)
            object.field("createdAt", delivery.createdAt)
            object.field("dueAt", delivery.dueAt)
            object.field("finishedAt", delivery.finishedAt)
            object.field("attempts", delivery.attempts.map(Attempt.init))
        }
    }

    private struct Attempt: JSONWritable {
        let attempt: NotificationAttempt

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("number", attempt.number)
                object.field("attemptedAt", attempt.attemptedAt)
                object.field("outcome", attempt.outcome.rawValue)
                object.field("reason", attempt.reason)
                object.field("target", attempt.target)
            }
        }
    }
}
