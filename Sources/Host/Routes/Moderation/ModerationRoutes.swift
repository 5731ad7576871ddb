// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What members report, and what becomes of it.
struct ModerationRoutes: Sendable {
    let moderation: Moderation

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/conversations/{conversationId}/messages/{messageId}/reports",
                "Report a message",
                access: .signedIn,
                status: .created,
                problems: [.messageNotFound],
                handler: reportMessage
            ),
            Route(
                .post,
                "/api/v1/threads/{threadId}/posts/{postId}/reports",
                "Report a post",
                access: .permission(.discussionWrite),
                status: .created,
                problems: [.threadNotFound, .postNotFound],
                handler: reportPost
            ),
            Route(
                .get,
                "/api/v1/moderation/reports",
                "List the reports that I decide on",
                access: .signedIn,
                problems: [.forbidden, .invalidCursor],
                handler: list
            ),
            Route(
                .get,
                "/api/v1/moderation/reports/{reportId}",
                "Show a report that I decide on",
                access: .signedIn,
                problems: [.reportNotFound],
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/moderation/reports/{reportId}",
                "Hide what was reported, or leave it",
                access: .signedIn,
                problems: [.reportNotFound],
                handler: decide
            ),
        ]
    }

    private func reportMessage(
        _ input: Input<DirectMessagePath, Nothing, ReportRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ReportReceiptBody> {
        let (path, body) = (input.path, input.body)
        let id = try await context.transaction { session in
            try await moderation.report(
                path.messageId,
                in: path.conversationId,
                because: body.reason,
                note: body.note,
                session: session
            )
        }
        return .created(ReportReceiptBody(id: id), at: "/api/v1/moderation/reports/\(id)")
    }

    private func reportPost(
        _ input: Input<DiscussionPostPath, Nothing, ReportRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ReportReceiptBody> {
        let (path, body) = (input.path, input.body)
        let id = try await context.transaction { session in
            try await moderation.report(
                path.postId,
                in: path.threadId,
                because: body.reason,
                note: body.note,
                session: session
            )
        }
        return .created(ReportReceiptBody(id: id), at: "/api/v1/moderation/reports/\(id)")
    }

    private func list(
        _ input: Input<Nothing, ModerationQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<ModerationReportBody>> {
        let page = try await moderation.list(
            input.query.status,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(ModerationReportBody.init), nextCursor: context.cursor(page.next)))
    }

    private func show(
        _ input: Input<ModerationReportPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ModerationReportBody> {
        .ok(ModerationReportBody(try await moderation.fetch(input.path.reportId, reader: context.reader)))
    }

    private func decide(
        _ input: Input<ModerationReportPath, Nothing, VerdictRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ModerationReportBody> {
        let (id, body) = (input.path.reportId, input.body)
        return try await context.transaction { session in
            let report = try await moderation.decide(id, body.verdict, because: body.reason, session: session)
            return .ok(ModerationReportBody(report))
        }
    }
}
