// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What those who teach do about learners' reviews of each other's work.
struct PeerReviewStaffRoutes: Sendable {
    let reviews: PeerReviews
    private static let changing: [ProblemCode] = [
        .assignmentNotFound, .forbidden, .preconditionFailed, .peerReviewAllocated,
    ]

    var routes: [Route] { settings + allocation + results }

    private var settings: [Route] {
        [
            Route(
                .get,
                "/api/v1/assignments/{assignmentId}/peer-review",
                "Show how learners review each other's work",
                access: .signedIn,
                problems: [.assignmentNotFound, .peerReviewNotFound],
                handler: show
            ),
            Route(
                .put,
                "/api/v1/assignments/{assignmentId}/peer-review",
                "Have learners review each other's work",
                access: .permission(.assignmentManage),
                problems: Self.changing,
                handler: set
            ),
            Route(
                .delete,
                "/api/v1/assignments/{assignmentId}/peer-review",
                "Have learners not review each other's work after all",
                access: .permission(.assignmentManage),
                status: .noContent,
                problems: Self.changing + [.peerReviewNotFound],
                handler: remove
            ),
            Route(
                .put,
                "/api/v1/assignments/{assignmentId}/peer-review/examples/{submissionId}",
                "Make a submission an example that reviewers review first",
                access: .permission(.assignmentManage),
                problems: [
                    .assignmentNotFound, .submissionNotFound, .peerReviewNotFound, .forbidden, .peerReviewAllocated,
                    .submissionSuperseded, .assignmentLimitReached,
                ],
                handler: setExample
            ),
            Route(
                .delete,
                "/api/v1/assignments/{assignmentId}/peer-review/examples/{submissionId}",
                "Make a submission no example any more",
                access: .permission(.assignmentManage),
                status: .noContent,
                problems: [.assignmentNotFound, .submissionNotFound, .forbidden, .peerReviewAllocated],
                handler: removeExample
            ),
        ]
    }

    private var allocation: [Route] {
        [
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/peer-review/allocate",
                "Draw who reviews whose work, once",
                access: .permission(.assignmentManage),
                problems: [
                    .assignmentNotFound, .peerReviewNotFound, .forbidden, .assignmentNotPublished,
                    .peerReviewTooEarly, .peerReviewClosed, .peerReviewTooFew, .assignmentLimitReached,
                ],
                rate: .expensive,
                handler: allocate
            ),
            Route(
                .put,
                "/api/v1/submissions/{submissionId}/peer-reviewers/{userId}",
                "Have somebody review a submission besides those who were drawn",
                access: .permission(.assignmentManage),
                problems: [
                    .submissionNotFound, .peerReviewNotFound, .peerReviewerNotFound, .forbidden,
                    .peerReviewNotAllocated, .peerReviewClosed, .peerReviewOwnWork, .peerReviewExample,
                    .assignmentLimitReached,
                ],
                handler: assign
            ),
            Route(
                .post,
                "/api/v1/peer-reviews/{peerReviewId}/cancel",
                "Take back a review that is not completed",
                access: .permission(.assignmentManage),
                problems: [.peerReviewNotFound, .forbidden, .peerReviewCompleted],
                handler: cancel
            ),
            Route(
                .post,
                "/api/v1/peer-reviews/{peerReviewId}/withdraw",
                "Take a completed review out of its learner's sight",
                access: .permission(.assignmentGrade),
                problems: [.peerReviewNotFound, .forbidden, .peerReviewNotCompleted],
                handler: withdraw
            ),
        ]
    }

    private var results: [Route] {
        [
            Route(
                .get,
                "/api/v1/assignments/{assignmentId}/peer-review/submissions",
                "List what was handed in with how its reviews stand",
                access: .permission(.assignmentGrade),
                problems: [.assignmentNotFound, .forbidden, .invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/peer-review/release",
                "Let learners see what their peers say",
                access: .permission(.assignmentGrade),
                problems: [.assignmentNotFound, .peerReviewNotFound, .forbidden, .peerReviewNotAllocated],
                handler: release
            ),
            Route(
                .post,
                "/api/v1/submissions/{submissionId}/peer-grade",
                "Grade a submission with what its peers give it",
                access: .permission(.assignmentGrade),
                problems: [
                    .submissionNotFound, .peerReviewNotFound, .forbidden, .submissionSuperseded, .preconditionFailed,
                    .peerReviewNotAllocated, .peerReviewAdvisory, .peerReviewOpen, .peerReviewNoResult,
                ],
                handler: grade
            ),
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/peer-review/grades",
                "Grade what waits for a grader with what the peers give it",
                access: .permission(.assignmentGrade),
                problems: [
                    .assignmentNotFound, .peerReviewNotFound, .forbidden, .peerReviewNotAllocated,
                    .peerReviewAdvisory, .peerReviewOpen,
                ],
                rate: .expensive,
                handler: gradeAll
            ),
        ]
    }

    private func show(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewStateBody> {
        reply(try await reviews.state(of: input.path.assignmentId, reader: context.reader))
    }

    private func set(
        _ input: Input<AssignmentPath, Nothing, PeerReviewSettingsRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewStateBody> {
        let (id, settings) = (input.path.assignmentId, input.body.settings)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await reviews.set(settings, for: id, expecting: version, session: session)
            }
        )
    }

    private func remove(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.assignmentId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { try await reviews.remove(from: id, expecting: version, session: $0) }
        return .noContent
    }

    private func setExample(
        _ input: Input<PeerReviewExamplePath, Nothing, PeerReviewExampleRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewStateBody> {
        let (path, result) = (input.path, input.body.result)
        return reply(
            try await context.transaction { session in
                try await reviews.setExample(path.submissionId, result, of: path.assignmentId, session: session)
            }
        )
    }

    private func removeExample(
        _ input: Input<PeerReviewExamplePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await reviews.removeExample(path.submissionId, of: path.assignmentId, session: session)
        }
        return .noContent
    }

    private func allocate(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewStateBody> {
        let id = input.path.assignmentId
        return reply(try await context.transaction { try await reviews.allocate(id, session: $0) })
    }

    private func assign(
        _ input: Input<PeerReviewerPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerAllocationBody> {
        let path = input.path
        let task = try await context.transaction { session in
            try await reviews.assign(path.userId, to: path.submissionId, session: session)
        }
        return .ok(PeerAllocationBody(task))
    }

    private func cancel(
        _ input: Input<PeerReviewPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerAllocationBody> {
        let id = input.path.peerReviewId
        let task = try await context.transaction { try await reviews.cancel(id, session: $0) }
        return .ok(PeerAllocationBody(task))
    }

    private func withdraw(
        _ input: Input<PeerReviewPath, Nothing, PeerReviewWithdrawalRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PeerAllocationBody> {
        let (id, reason) = (input.path.peerReviewId, input.body.reason)
        let task = try await context.transaction { session in
            try await reviews.withdraw(id, because: reason, session: session)
        }
        return .ok(PeerAllocationBody(task))
    }

    private func list(
        _ input: Input<AssignmentPath, AssignmentPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<PeerReviewedSubmissionBody>> {
        let page = try await reviews.submissions(
            of: input.path.assignmentId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map(PeerReviewedSubmissionBody.init), nextCursor: context.cursor(page.next))
        )
    }

    private func release(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewStateBody> {
        let id = input.path.assignmentId
        return reply(try await context.transaction { try await reviews.release(id, session: $0) })
    }

    private func grade(
        _ input: Input<SubmissionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionBody> {
        let id = input.path.submissionId
        let version = try context.expectedVersion(of: id)
        let view = try await context.transaction { session in
            try await reviews.grade(id, expecting: version, session: session)
        }
        let body = SubmissionBody(view)
        return .ok(body, etag: body.etag)
    }

    private func gradeAll(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerGradingBody> {
        let id = input.path.assignmentId
        return .ok(
            PeerGradingBody(grading: try await context.transaction { try await reviews.gradeAll(of: id, session: $0) })
        )
    }

    private func reply(_ state: PeerReviewState) -> Reply<PeerReviewStateBody> {
        let body = PeerReviewStateBody(state)
        return .ok(body, etag: body.etag)
    }
}
