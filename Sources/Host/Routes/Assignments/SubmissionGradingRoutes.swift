// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Everybody's submissions and who has more time, for those who grade.
struct SubmissionGradingRoutes: Sendable {
    let assignments: Assignments
    private static let grading: [ProblemCode] = [.submissionNotFound, .forbidden]

    var routes: [Route] { grading + extensions }

    private var grading: [Route] {
        [
            Route(
                .get,
                "/api/v1/assignments/{assignmentId}/submissions",
                "List what was handed in, also what waits for a grader",
                access: .permission(.assignmentGrade),
                problems: [.assignmentNotFound, .forbidden, .invalidCursor],
                handler: list
            ),
            Route(
                .get,
                "/api/v1/submissions/{submissionId}/similarity",
                "Show what a submission has in common with other learners'",
                access: .permission(.assignmentGrade),
                problems: Self.grading,
                handler: showSimilarity
            ),
            Route(
                .put,
                "/api/v1/submissions/{submissionId}/grade",
                "Grade a submission",
                access: .permission(.assignmentGrade),
                problems: Self.grading + [.submissionSuperseded, .preconditionFailed],
                handler: grade
            ),
            Route(
                .post,
                "/api/v1/submissions/{submissionId}/return",
                "Return a submission, so that its learner hands in again",
                access: .permission(.assignmentGrade),
                problems: Self.grading + [.submissionSuperseded, .gradeReleased, .preconditionFailed],
                handler: sendBack
            ),
            Route(
                .post,
                "/api/v1/submissions/{submissionId}/comments",
                "Say something to a part of a text",
                access: .permission(.assignmentGrade),
                status: .created,
                problems: Self.grading + [.assignmentLimitReached],
                idempotency: .accepted,
                handler: comment
            ),
            Route(
                .delete,
                "/api/v1/submissions/{submissionId}/comments/{commentId}",
                "Take back what was said to a part of a text",
                access: .permission(.assignmentGrade),
                status: .noContent,
                problems: Self.grading + [.submissionCommentNotFound],
                handler: withdrawComment
            ),
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/release-grades",
                "Let learners see grades that are held",
                access: .permission(.assignmentGrade),
                problems: [.assignmentNotFound, .forbidden],
                rate: .expensive,
                handler: release
            ),
        ]
    }

    private var extensions: [Route] {
        [
            Route(
                .get,
                "/api/v1/assignments/{assignmentId}/extensions",
                "List who has more time or submissions",
                access: .permission(.assignmentGrade),
                problems: [.assignmentNotFound, .forbidden, .invalidCursor],
                handler: listExtensions
            ),
            Route(
                .put,
                "/api/v1/assignments/{assignmentId}/extensions/{userId}",
                "Give a learner more time or submissions",
                access: .permission(.assignmentGrade),
                problems: [.assignmentNotFound, .assignmentLearnerNotFound, .forbidden],
                handler: extend
            ),
            Route(
                .delete,
                "/api/v1/assignments/{assignmentId}/extensions/{userId}",
                "Take more time or submissions back",
                access: .permission(.assignmentGrade),
                status: .noContent,
                problems: [.assignmentNotFound, .assignmentLearnerNotFound, .forbidden],
                handler: withdraw
            ),
        ]
    }

    private func list(
        _ input: Input<AssignmentPath, SubmissionListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<SubmissionSummaryBody>> {
        let page = try await assignments.submissions(
            of: input.path.assignmentId,
            status: input.query.status,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map(SubmissionSummaryBody.init), nextCursor: context.cursor(page.next))
        )
    }

    private func showSimilarity(
        _ input: Input<SubmissionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionSimilarityBody> {
        let similarity = try await assignments.similarity(of: input.path.submissionId, reader: context.reader)
        return .ok(SubmissionSimilarityBody(similarity: similarity))
    }

    private func grade(
        _ input: Input<SubmissionPath, Nothing, SubmissionGradeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionBody> {
        let (id, assessment) = (input.path.submissionId, input.body.assessment)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await assignments.grade(id, assessment, expecting: version, session: session)
            }
        )
    }

    private func sendBack(
        _ input: Input<SubmissionPath, Nothing, SubmissionReturnRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionBody> {
        let (id, feedback) = (input.path.submissionId, input.body.feedback)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await assignments.sendBack(id, feedback: feedback, expecting: version, session: session)
            }
        )
    }

    private func comment(
        _ input: Input<SubmissionPath, Nothing, SubmissionCommentRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionCommentBody> {
        let (id, wish) = (input.path.submissionId, input.body)
        return try await context.idempotently { session in
            let comment = try await assignments.comment(wish.body, at: wish.range, to: id, session: session)
            return .created(
                SubmissionCommentBody(comment),
                at: "/api/v1/submissions/\(id)/comments/\(comment.id)"
            )
        }
    }

    private func withdrawComment(
        _ input: Input<SubmissionCommentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await assignments.withdraw(path.commentId, from: path.submissionId, session: session)
        }
        return .noContent
    }

    private func release(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GradeReleaseBody> {
        let id = input.path.assignmentId
        let release = try await context.transaction { try await assignments.releaseGrades(of: id, session: $0) }
        return .ok(GradeReleaseBody(release: release))
    }

    private func listExtensions(
        _ input: Input<AssignmentPath, AssignmentPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<AssignmentExtensionBody>> {
        let page = try await assignments.extensions(
            in: input.path.assignmentId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map(AssignmentExtensionBody.init), nextCursor: context.cursor(page.next))
        )
    }

    private func extend(
        _ input: Input<AssignmentExtensionPath, Nothing, AssignmentExtensionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<AssignmentExtensionBody> {
        let (path, granted) = (input.path, input.body.granted)
        let given = try await context.transaction { session in
            try await assignments.extend(granted, for: path.userId, in: path.assignmentId, session: session)
        }
        return .ok(AssignmentExtensionBody(given))
    }

    private func withdraw(
        _ input: Input<AssignmentExtensionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await assignments.withdraw(extensionOf: path.userId, in: path.assignmentId, session: session)
        }
        return .noContent
    }

    private func reply(_ view: SubmissionView) -> Reply<SubmissionBody> {
        let body = SubmissionBody(view)
        return .ok(body, etag: body.etag)
    }
}
