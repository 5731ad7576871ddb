// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Having courses approved before they are published.
struct ApprovalRoutes: Sendable {
    let approvals: Approvals

    var routes: [Route] { ofCourses + ofTenant }

    private var ofCourses: [Route] {
        [
            Route(
                .post,
                "/api/v1/courses/{courseId}/approvals",
                "Submit a course for approval",
                access: .permission(.courseUpdate),
                status: .created,
                problems: [
                    .courseNotFound, .forbidden, .preconditionFailed, .courseNotSubmittable, .courseAlreadySubmitted,
                ],
                idempotency: .accepted,
                handler: submit
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/approvals",
                "List what was submitted of a course and decided",
                access: .permission(.courseRead),
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                caching: .revalidated,
                handler: listHistory
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/approvals/decision",
                "Publish a submitted course, or give it back",
                access: .permission(.coursePublish),
                problems: [.courseNotFound, .forbidden, .ownCourse, .courseNotSubmitted, .submissionOutdated],
                handler: decide
            ),
        ]
    }

    private var ofTenant: [Route] {
        [
            Route(
                .get,
                "/api/v1/course-approvals",
                "List the courses that wait for a decision",
                access: .permission(.coursePublish),
                problems: [.forbidden, .invalidCursor],
                caching: .revalidated,
                handler: listWaiting
            ),
            Route(
                .get,
                "/api/v1/course-approvals/rule",
                "Show whether courses are published after an approval only",
                access: .permission(.courseUpdate),
                caching: .revalidated,
                handler: showRule
            ),
            Route(
                .put,
                "/api/v1/course-approvals/rule",
                "Say whether courses are published after an approval only",
                access: .permission(.tenantUpdate),
                problems: [.forbidden, .preconditionFailed],
                handler: setRule
            ),
        ]
    }

    private func submit(
        _ input: Input<CoursePath, Nothing, SubmissionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CourseSubmissionBody> {
        let id = input.path.courseId
        let version = try context.expectedVersion(of: id)
        return try await context.idempotently { session in
            let made = try await approvals.submit(id, note: input.body.note, expecting: version, session: session)
            return .created(CourseSubmissionBody(made), at: "/api/v1/courses/\(id)/approvals")
        }
    }

    private func listHistory(
        _ input: Input<CoursePath, SubmissionQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseSubmissionBody>> {
        let page = try await approvals.history(
            of: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(CourseSubmissionBody.init), nextCursor: context.cursor(page.next)))
    }

    private func decide(
        _ input: Input<CoursePath, Nothing, DecisionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CourseSubmissionBody> {
        let decided = try await context.transaction { session in
            try await approvals.decide(input.body.decision, on: input.path.courseId, session: session)
        }
        return .ok(CourseSubmissionBody(decided))
    }

    private func listWaiting(
        _ input: Input<Nothing, SubmissionQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseSubmissionBody>> {
        let page = try await approvals.waiting(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(CourseSubmissionBody.init), nextCursor: context.cursor(page.next)))
    }

    private func showRule(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ApprovalRuleBody> {
        reply(try await approvals.rule(reader: context.reader), context)
    }

    private func setRule(
        _ input: Input<Nothing, Nothing, ApprovalRuleRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ApprovalRuleBody> {
        let version = try context.expectedVersion(of: context.tenant.id)
        return reply(
            try await context.transaction { session in
                try await approvals.setRule(isRequired: input.body.isRequired, expecting: version, session: session)
            },
            context
        )
    }

    private func reply(_ rule: CourseApprovalRule, _ context: RequestContext) -> Reply<ApprovalRuleBody> {
        let body = ApprovalRuleBody(rule: rule, tenant: context.tenant.id)
        return .ok(body, etag: body.etag)
    }
}
