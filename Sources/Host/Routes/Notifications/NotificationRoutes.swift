// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What people are told, how, and how they have it stopped.
struct NotificationRoutes: Sendable {
    let notifications: Notifications

    var routes: [Route] {
        let others = [
            AnnouncementRoutes(notifications: notifications).routes,
            NotificationPreferenceRoutes(notifications: notifications).routes,
            NotificationTemplateRoutes(notifications: notifications).routes,
            NotificationLogRoutes(notifications: notifications).routes,
            UnsubscribeRoutes(notifications: notifications).routes,
        ]
        return lists + single + others.flatMap(\.self)
    }

    private var lists: [Route] {
        [
            Route(
                .get,
                "/api/v1/notifications",
                "List my notifications, the newest first",
                access: .signedIn,
                problems: [.notificationsOfUsersOnly, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .get,
                "/api/v1/notifications/unread-count",
                "Count what I have not read",
                access: .signedIn,
                problems: [.notificationsOfUsersOnly],
                caching: .revalidated,
                handler: countUnread
            ),
            Route(
                .get,
                "/api/v1/notifications/summary",
                "Count my notifications by type",
                access: .signedIn,
                problems: [.notificationsOfUsersOnly],
                caching: .revalidated,
                handler: count
            ),
            Route(
                .post,
                "/api/v1/notifications/mark-as-read",
                "Mark several of my notifications as read, or all",
                access: .signedIn,
                problems: [.notificationsOfUsersOnly],
                handler: markSeveral
            ),
            Route(
                .get,
                "/api/v1/notifications/user/{userId}",
                "List a user's notifications",
                access: .signedIn,
                problems: [.notFound, .invalidCursor],
                caching: .revalidated,
                handler: listOfUser
            ),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get,
                "/api/v1/notifications/{notificationId}",
                "Show one of my notifications",
                access: .signedIn,
                problems: [.notificationNotFound],
                caching: .revalidated,
                handler: show
            ),
            marking(.post, "Mark one of my notifications as read"),
            marking(.patch, "Mark one of my notifications as read, as the mobile client does"),
            marking(.put, "Mark one of my notifications as read, as older clients do"),
            Route(
                .delete,
                "/api/v1/notifications/{notificationId}",
                "Delete one of my notifications",
                access: .signedIn,
                status: .noContent,
                problems: [.notificationNotFound],
                handler: delete
            ),
        ]
    }

    private func marking(_ method: HTTPMethod, _ summary: String) -> Route {
        Route(
            method,
            "/api/v1/notifications/{notificationId}/read",
            summary,
            access: .signedIn,
            problems: [.notificationNotFound]
        ) {
            (input: Input<NotificationPath, Nothing, Nothing>, context: RequestContext) async throws
                -> Reply<NotificationBody> in
            let voice = context.voice
            return .ok(
                NotificationBody(
                    try await context.transaction { session in
                        try await notifications.markRead(input.path.notificationId, in: voice, session: session)
                    }
                )
            )
        }
    }

    private func list(
        _ input: Input<Nothing, NotificationListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<NotificationBody>> {
        try await list(input.query, of: nil, context)
    }

    private func listOfUser(
        _ input: Input<NotifiedUserPath, NotificationListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<NotificationBody>> {
        try await list(input.query, of: input.path.userId, context)
    }

    private func list(
        _ query: NotificationListQuery,
        of user: User.ID?,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<NotificationBody>> {
        let page = try await notifications.list(
            query.query,
            of: user,
            in: context.voice,
            after: try context.position(query.cursor),
            limit: query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(NotificationBody.init), nextCursor: context.cursor(page.next)))
    }

    private func countUnread(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UnreadCountBody> {
        .ok(UnreadCountBody(count: try await notifications.countUnread(reader: context.reader)))
    }

    private func count(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<NotificationCountsBody> {
        .ok(NotificationCountsBody(counts: try await notifications.count(reader: context.reader)))
    }

    private func markSeveral(
        _ input: Input<Nothing, Nothing, MarkAsReadRequest>,
        _ context: RequestContext
    ) async throws -> Reply<MarkedReadBody> {
        let result = try await context.transaction { session in
            let (marked, unread) = try await notifications.markRead(input.body.marked, session: session)
            return MarkedReadBody(marked: marked, unread: unread)
        }
        return .ok(result)
    }

    private func show(
        _ input: Input<NotificationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<NotificationBody> {
        let notification = try await notifications.fetch(
            input.path.notificationId,
            in: context.voice,
            reader: context.reader
        )
        return .ok(NotificationBody(notification))
    }

    private func delete(
        _ input: Input<NotificationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await notifications.delete(input.path.notificationId, session: $0) }
        return .noContent
    }
}

extension RequestContext {
    /// How whoever asks is told things.
    var voice: NotificationVoice { NotificationVoice(language: language, organization: tenant.name) }
}
