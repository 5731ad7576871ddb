// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Places in courses: taken, given up, listed.
struct EnrollmentRoutes: Sendable {
    let lms: LMSKit.LMS

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/enrollments",
                "Enroll in a course",
                access: .permission(.enrollmentCreate),
                status: .created,
                problems: [.courseNotFound, .alreadyEnrolled, .courseFull],
                idempotency: .accepted,
                handler: enroll
            ),
            Route(
                .get,
                "/api/v1/enrollments",
                "List your enrollments",
                access: .signedIn,
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: listOwn
            ),
            Route(
                .get,
                "/api/v1/enrollments/me",
                "List your enrollments",
                access: .signedIn,
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: listOwn
            ),
            Route(
                .get,
                "/api/v1/enrollments/{enrollmentId}",
                "Show an enrollment",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .delete,
                "/api/v1/enrollments/{enrollmentId}",
                "Leave a course",
                access: .signedIn,
                status: .noContent,
                problems: [.enrollmentNotFound, .enrollmentClosed],
                handler: drop
            ),
            Route(
                .get,
                "/api/v1/enrollments/me/course/{courseId}",
                "Show your place in a course",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                caching: .revalidated,
                handler: showOwn
            ),
            Route(
                .get,
                "/api/v1/enrollments/course/{courseId}/entitlement",
                "How much of a course you may read",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: entitlement
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/enrollments",
                "List who takes a course",
                access: .permission(.enrollmentRead),
                problems: [.courseNotFound, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/enrollments/statistics",
                "How a course goes",
                access: .permission(.enrollmentRead),
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: statistics
            ),
        ]
    }

    private func enroll(
        _ input: Input<Nothing, Nothing, NewEnrollment>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        try await context.idempotently { session in
            guard let user = context.principal.user else { throw EnrollmentError.forbidden }
            let enrollment = try await lms.enrollments.enroll(user, in: input.body.courseId, session: session)
            return .created(EnrollmentBody(enrollment), at: "/api/v1/enrollments/\(enrollment.id)")
        }
    }

    private func listOwn(
        _ input: Input<Nothing, EnrollmentQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EnrollmentBody>> {
        let (page, _) = try await lms.enrollments.list(
            status: input.query.status,
            after: try input.query.page.position(context),
            limit: input.query.page.limit,
            reader: context.reader
        )
        return .ok(ListBody(page, context) { EnrollmentBody($0.enrollment) })
    }

    private func show(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        let listing = try await lms.enrollments.fetch(input.path.enrollmentId, reader: context.reader)
        return .ok(EnrollmentBody(listing.enrollment))
    }

    private func showOwn(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        let listing = try await lms.enrollments.fetchMine(in: input.path.courseId, reader: context.reader)
        return .ok(EnrollmentBody(listing.enrollment))
    }

    private func drop(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            _ = try await lms.enrollments.drop(input.path.enrollmentId, session: session)
        }
        return .noContent
    }

    private func entitlement(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EntitlementBody> {
        .ok(EntitlementBody(try await lms.entitlements.check(input.path.courseId, reader: context.reader)))
    }

    private func list(
        _ input: Input<EnrolledCoursePath, EnrollmentQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<ParticipantBody>> {
        let page = try await lms.enrollments.list(
            in: input.path.courseId,
            status: input.query.status,
            after: try input.query.page.position(context),
            limit: input.query.page.limit,
            reader: context.reader
        )
        return .ok(ListBody(page, context, ParticipantBody.init))
    }

    private func statistics(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentStatisticsBody> {
        let figures = try await lms.enrollments.statistics(of: input.path.courseId, reader: context.reader)
        return .ok(EnrollmentStatisticsBody(figures: figures))
    }
}
