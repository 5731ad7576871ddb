// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What learners hand in.
struct SubmissionRoutes: Sendable {
    let assignments: Assignments

    var routes: [Route] {
        [
            Route(
                .put,
                "/api/v1/assignments/{assignmentId}/draft",
                "Save what I am about to hand in",
                access: .permission(.progressWrite),
                problems: [.assignmentNotFound, .assignmentTakesNoText, .preconditionFailed]
                    + AssignmentError.takingProblems,
                // Every code point of the longest text may be sent as an escaped pair of surrogates.
                bodyLimit: 640 * 1_024,
                handler: save
            ),
            Route(
                .post,
                "/api/v1/submissions/{submissionId}/submit",
                "Hand a draft in with its files, once",
                access: .permission(.progressWrite),
                problems: [.submissionNotFound, .submissionEmpty, .assignmentTakesNoText, .previousSubmissionUngraded]
                    + AssignmentError.takingProblems + AssignmentError.fileProblems,
                handler: submit
            ),
            Route(
                .get,
                "/api/v1/submissions/{submissionId}",
                "Show a submission with its files and what is said to it",
                access: .signedIn,
                problems: [.submissionNotFound],
                handler: show
            ),
            Route(
                .get,
                "/api/v1/assignments/{assignmentId}/submissions/mine",
                "List my submissions of an assignment",
                access: .signedIn,
                problems: [.assignmentNotFound],
                handler: listOwn
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/submissions/mine",
                "List my submissions in a course",
                access: .signedIn,
                problems: [.courseNotFound, .invalidCursor],
                handler: listOwnInCourse
            ),
        ]
    }

    private func save(
        _ input: Input<AssignmentPath, Nothing, SubmissionDraftRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionBody> {
        let (id, draft) = (input.path.assignmentId, input.body)
        let version = try context.expectedVersion(of: id)
        let view = try await context.transaction { session in
            try await assignments.save(
                draft.text,
                sequence: draft.sequence,
                for: id,
                expecting: version,
                session: session
            )
        }
        let body = SubmissionBody(view)
        return .ok(body, etag: body.etag)
    }

    private func submit(
        _ input: Input<SubmissionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionBody> {
        let id = input.path.submissionId
        return .ok(
            SubmissionBody(try await context.transaction { try await assignments.submit(id, session: $0) })
        )
    }

    private func show(
        _ input: Input<SubmissionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SubmissionBody> {
        let body = SubmissionBody(
            try await assignments.submission(input.path.submissionId, reader: context.reader)
        )
        return .ok(body, etag: body.etag)
    }

    private func listOwn(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<SubmissionSummaryBody>> {
        let own = try await assignments.ownSubmissions(of: input.path.assignmentId, reader: context.reader)
        return .ok(ListBody(items: own.map(SubmissionSummaryBody.init), nextCursor: nil))
    }

    private func listOwnInCourse(
        _ input: Input<AssignmentCoursePath, AssignmentPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<SubmissionSummaryBody>> {
        let page = try await assignments.ownSubmissions(
            in: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map(SubmissionSummaryBody.init), nextCursor: context.cursor(page.next))
        )
    }
}
