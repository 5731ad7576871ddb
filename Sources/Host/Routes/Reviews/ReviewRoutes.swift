// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What learners think of courses.
struct ReviewRoutes: Sendable {
    let reviews: Reviews
    let enrollments: Enrollments

    var routes: [Route] { ofCourses + single }

    private var ofCourses: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/reviews",
                "List a course's reviews with its rating",
                access: .publicRead,
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/reviews",
                "Review a course that I learn in",
                access: .permission(.reviewWrite),
                status: .created,
                problems: ReviewError.writingProblems,
                idempotency: .accepted,
                handler: write
            ),
            Route(
                .post,
                "/api/v1/enrollments/{enrollmentId}/review",
                "Review the course of my enrollment",
                access: .permission(.reviewWrite),
                status: .created,
                problems: ReviewError.writingProblems,
                idempotency: .accepted,
                handler: writeFromEnrollment
            ),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get,
                "/api/v1/reviews/{reviewId}",
                "Show a review",
                access: .publicRead,
                problems: [.reviewNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .put,
                "/api/v1/reviews/{reviewId}",
                "Replace the words of my review",
                access: .permission(.reviewWrite),
                problems: [.reviewNotFound, .forbidden, .preconditionFailed],
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/reviews/{reviewId}",
                "Delete my review, or one that is mine to moderate",
                access: .signedIn,
                status: .noContent,
                problems: [.reviewNotFound, .forbidden],
                handler: delete
            ),
            Route(
                .patch,
                "/api/v1/reviews/{reviewId}/status",
                "Approve, reject or hide a review",
                access: .permission(.reviewModerate),
                problems: [.reviewNotFound, .preconditionFailed],
                handler: moderate
            ),
            vote(.put, "Say that a review was helpful", .helpful),
            vote(.delete, "Take back that a review was helpful", .none),
        ]
    }

    private func vote(_ method: HTTPMethod, _ summary: String, _ vote: Reviews.Vote) -> Route {
        Route(
            method,
            "/api/v1/reviews/{reviewId}/helpful",
            summary,
            access: .permission(.reviewWrite),
            problems: [.reviewNotFound, .ownReview]
        ) {
            (input: Input<ReviewPath, Nothing, Nothing>, context: RequestContext) async throws -> Reply<ReviewBody> in
            reply(
                try await context.transaction { session in
                    try await reviews.vote(vote, for: input.path.reviewId, session: session)
                }
            )
        }
    }

    private func list(
        _ input: Input<ReviewedCoursePath, ReviewListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ReviewListBody> {
        let query = input.query
        let listing = try await reviews.list(
            of: input.path.courseId,
            status: query.status,
            order: query.order,
            after: try context.position(query.cursor),
            limit: query.limit,
            reader: context.reader
        )
        return .ok(ReviewListBody(listing, nextCursor: context.cursor(listing.page.next)))
    }

    private func write(
        _ input: Input<ReviewedCoursePath, Nothing, ReviewRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ReviewBody> {
        let mine = try await enrollments.fetchMine(in: input.path.courseId, reader: context.reader)
        return try await write(input.body.draft, from: mine.enrollment.id, context)
    }

    private func writeFromEnrollment(
        _ input: Input<EnrollmentPath, Nothing, ReviewRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ReviewBody> {
        try await write(input.body.draft, from: input.path.enrollmentId, context)
    }

    private func write(
        _ draft: ReviewDraft,
        from enrollment: Enrollment.ID,
        _ context: RequestContext
    ) async throws -> Reply<ReviewBody> {
        try await context.idempotently { session in
            let body = ReviewBody(try await reviews.write(draft, from: enrollment, session: session))
            return .created(body, at: "/api/v1/reviews/\(body.review.id)", etag: body.etag)
        }
    }

    private func show(
        _ input: Input<ReviewPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ReviewBody> {
        reply(try await reviews.fetch(input.path.reviewId, reader: context.reader))
    }

    private func update(
        _ input: Input<ReviewPath, Nothing, ReviewRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ReviewBody> {
        let id = input.path.reviewId
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await reviews.update(id, input.body.draft, expecting: version, session: session)
            }
        )
    }

    private func delete(
        _ input: Input<ReviewPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await reviews.delete(input.path.reviewId, session: $0) }
        return .noContent
    }

    private func moderate(
        _ input: Input<ReviewPath, Nothing, ReviewModeration>,
        _ context: RequestContext
    ) async throws -> Reply<ReviewBody> {
        let id = input.path.reviewId
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await reviews.moderate(id, as: input.body.status, expecting: version, session: session)
            }
        )
    }

    private func reply(_ review: Review) -> Reply<ReviewBody> {
        let body = ReviewBody(review)
        return .ok(body, etag: body.etag)
    }
}
