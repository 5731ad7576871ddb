// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What somebody tells many at once.
struct AnnouncementRoutes: Sendable {
    let notifications: Notifications

    private static let refusals: [ProblemCode] = [.forbidden, .notificationTextNeeded, .notificationTextInvalid]

    var routes: [Route] { making + made }

    private var making: [Route] {
        [
            Route(
                .post,
                "/api/v1/notifications",
                "Tell named users something",
                access: .permission(.notificationSend),
                status: .created,
                problems: Self.refusals + [.notFound],
                idempotency: .accepted,
                handler: tell
            ),
            Route(
                .post,
                "/api/v1/notifications/announcements",
                "Tell everybody, a role or the learners of a course something",
                access: .permission(.notificationSend),
                status: .created,
                problems: Self.refusals + [.courseNotFound],
                idempotency: .accepted,
                handler: announce
            ),
            Route(
                .post,
                "/api/v1/notifications/announcements/preview",
                "Show how an announcement would look and how many it would reach",
                access: .permission(.notificationSend),
                problems: Self.refusals + [.courseNotFound],
                rate: .expensive,
                handler: preview
            ),
        ]
    }

    private var made: [Route] {
        [
            Route(
                .get,
                "/api/v1/notifications/announcements",
                "List my announcements, or everybody's",
                access: .permission(.notificationSend),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .get,
                "/api/v1/notifications/announcements/{announcementId}",
                "Show an announcement, how far it is and what became of its deliveries",
                access: .permission(.notificationSend),
                problems: [.announcementNotFound],
                handler: show
            ),
            Route(
                .post,
                "/api/v1/notifications/announcements/{announcementId}/cancel",
                "Stop an announcement; those who were told keep it",
                access: .permission(.notificationSend),
                problems: [.announcementNotFound, .announcementEnded],
                handler: cancel
            ),
        ]
    }

    private func tell(
        _ input: Input<Nothing, Nothing, DirectNotificationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<AnnouncementBody> {
        let language = Language(rawValue: context.tenant.settings.locale) ?? .english
        return try await announce(input.body.announcement(in: language), context)
    }

    private func announce(
        _ input: Input<Nothing, Nothing, AnnouncementRequest>,
        _ context: RequestContext
    ) async throws -> Reply<AnnouncementBody> {
        try await announce(input.body.announcement, context)
    }

    private func announce(
        _ new: NewAnnouncement,
        _ context: RequestContext
    ) async throws -> Reply<AnnouncementBody> {
        let tenant = context.tenant
        return try await context.idempotently { session in
            let announcement = try await notifications.announce(new, at: tenant, session: session)
            return .created(
                AnnouncementBody(announcement),
                at: "/api/v1/notifications/announcements/\(announcement.id)"
            )
        }
    }

    private func preview(
        _ input: Input<Nothing, Nothing, AnnouncementRequest>,
        _ context: RequestContext
    ) async throws -> Reply<AnnouncementPreviewBody> {
        let tenant = context.tenant
        let preview = try await context.transaction { session in
            try await notifications.preview(input.body.announcement, at: tenant, session: session)
        }
        return .ok(AnnouncementPreviewBody(preview: preview))
    }

    private func list(
        _ input: Input<Nothing, AnnouncementListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<AnnouncementBody>> {
        let page = try await notifications.announcements(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        let items = page.items.map { AnnouncementBody($0) }
        return .ok(ListBody(items: items, nextCursor: context.cursor(page.next)))
    }

    private func show(
        _ input: Input<AnnouncementPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<AnnouncementBody> {
        let id = input.path.announcementId
        let announcement = try await notifications.announcement(id, reader: context.reader)
        let tally = try await context.transaction { session in try await notifications.tally(of: id, session: session) }
        return .ok(AnnouncementBody(announcement, tally: tally))
    }

    private func cancel(
        _ input: Input<AnnouncementPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<AnnouncementBody> {
        let canceled = try await context.transaction { session in
            try await notifications.cancel(input.path.announcementId, session: session)
        }
        return .ok(AnnouncementBody(canceled))
    }
}
