// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Learners' reviews of each other's work: what reviewers do, and what is said to one's own work.
struct PeerReviewRoutes: Sendable {
    let reviews: PeerReviews
    let files: Files
    private static let reviewing: [ProblemCode] = [
        .peerReviewNotFound, .peerReviewCancelled, .peerReviewCalibrationNeeded,
    ]
    private static let writing: [ProblemCode] =
        reviewing + [.forbidden, .enrollmentNeeded, .paymentNeeded, .peerReviewClosed, .preconditionFailed]

    var routes: [Route] { own + PeerReviewStaffRoutes(reviews: reviews).routes }

    private var own: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/peer-reviews/mine",
                "List the reviews of others' work that I write",
                access: .signedIn,
                problems: [.courseNotFound, .invalidCursor],
                handler: list
            ),
            Route(
                .get,
                "/api/v1/peer-reviews/{peerReviewId}",
                "Show a review that I write, with the work that is reviewed",
                access: .signedIn,
                problems: Self.reviewing,
                handler: show
            ),
            Route(
                .get,
                "/api/v1/peer-reviews/{peerReviewId}/files/{fileId}",
                "Read a file of the work that I review",
                access: .signedIn,
                problems: Self.reviewing + [
                    .submissionFileNotFound, .fileNotFound, .rangeNotSatisfiable, .unavailable,
                ],
                caching: .revalidated,
                handler: readFile
            ),
            Route(
                .put,
                "/api/v1/peer-reviews/{peerReviewId}/draft",
                "Save what I say to the work that I review",
                access: .permission(.progressWrite),
                problems: Self.writing + [.peerReviewCompleted],
                handler: save
            ),
            Route(
                .post,
                "/api/v1/peer-reviews/{peerReviewId}/complete",
                "Complete a review, once",
                access: .permission(.progressWrite),
                problems: Self.writing + [.peerReviewEmpty],
                handler: complete
            ),
            Route(
                .get,
                "/api/v1/submissions/{submissionId}/peer-reviews",
                "Show what peers say to a submission",
                access: .signedIn,
                problems: [.submissionNotFound, .peerReviewNotFound],
                handler: showFeedback
            ),
        ]
    }

    private func list(
        _ input: Input<AssignmentCoursePath, PeerReviewListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<PeerReviewTaskSummaryBody>> {
        let page = try await reviews.reviews(
            in: input.path.courseId,
            of: input.query.assignment,
            status: input.query.status,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map(PeerReviewTaskSummaryBody.init), nextCursor: context.cursor(page.next))
        )
    }

    private func show(
        _ input: Input<PeerReviewPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewTaskBody> {
        let body = PeerReviewTaskBody(try await reviews.review(input.path.peerReviewId, reader: context.reader))
        return .ok(body, etag: body.etag)
    }

    private func readFile(
        _ input: Input<PeerReviewFilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let path = input.path
        let file = try await reviews.file(path.fileId, of: path.peerReviewId, reader: context.reader)
        let content = try await files.open(file, reader: context.reader)
        // Whatever it is: whoever reviews saves it before they open it.
        return try await context.giving(content, of: file.id, as: file.mediaType, named: file.name, isShown: false)
    }

    private func save(
        _ input: Input<PeerReviewPath, Nothing, PeerReviewDraftRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewTaskSummaryBody> {
        let (id, draft) = (input.path.peerReviewId, input.body.draft)
        let version = try context.expectedVersion(of: id)
        let task = try await context.transaction { session in
            try await reviews.save(draft, of: id, expecting: version, session: session)
        }
        let body = PeerReviewTaskSummaryBody(task)
        return .ok(body, etag: body.etag)
    }

    private func complete(
        _ input: Input<PeerReviewPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerReviewTaskSummaryBody> {
        let id = input.path.peerReviewId
        let version = try context.expectedVersion(of: id)
        let task = try await context.transaction { session in
            try await reviews.complete(id, expecting: version, session: session)
        }
        let body = PeerReviewTaskSummaryBody(task)
        return .ok(body, etag: body.etag)
    }

    private func showFeedback(
        _ input: Input<SubmissionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PeerFeedbackBody> {
        .ok(PeerFeedbackBody(try await reviews.feedback(to: input.path.submissionId, reader: context.reader)))
    }
}
