// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Learners' places in courses.
struct EnrollmentRoutes: Sendable {
    let enrollments: Enrollments
    let entitlements: Entitlements
    let progress: ProgressRecords

    var routes: [Route] { own + ofCourses }

    private var own: [Route] {
        [
            Route(
                .post,
                "/api/v1/enrollments",
                "Enroll in a course",
                access: .permission(.enrollmentCreate),
                status: .created,
                problems: [
                    .courseNotFound, .alreadyEnrolled, .courseFull, .courseNotPublished, .userUnknown,
                    .prerequisitesMissing, .cohortNotFound, .cohortOver, .cohortFull,
                ],
                idempotency: .accepted,
                handler: enroll
            ),
            myList("/api/v1/enrollments"),
            myList("/api/v1/enrollments/me"),
            Route(
                .get,
                "/api/v2/enrollments/me",
                "List my enrollments with the lessons to go on with",
                access: .signedIn,
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: listMineWithNextLesson
            ),
            Route(
                .get,
                "/api/v1/enrollments/me/course/{courseId}",
                "Show my enrollment in a course",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                caching: .revalidated,
                handler: showMine
            ),
            Route(
                .get,
                "/api/v1/enrollments/{enrollmentId}",
                "Show an enrollment with its lessons",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                caching: .revalidated,
                keys: .holding(.enrollmentRead),
                handler: show
            ),
            Route(
                .delete,
                "/api/v1/enrollments/{enrollmentId}",
                "Drop an enrollment",
                access: .signedIn,
                status: .noContent,
                problems: [.enrollmentNotFound, .forbidden, .enrollmentCompleted, .enrollmentClosed],
                keys: .holding(.enrollmentManage),
                handler: drop
            ),
        ]
    }

    private var ofCourses: [Route] {
        [
            Route(
                .post,
                "/api/v1/courses/{courseId}/enroll",
                "Enroll in this course",
                access: .permission(.enrollmentCreate),
                status: .created,
                problems: [
                    .courseNotFound, .alreadyEnrolled, .courseFull, .courseNotPublished, .prerequisitesMissing,
                ],
                idempotency: .accepted,
                handler: enrollHere
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/enroll",
                "Drop my enrollment in this course",
                access: .signedIn,
                status: .noContent,
                problems: [.enrollmentNotFound, .enrollmentCompleted, .enrollmentClosed],
                handler: dropHere
            ),
            learners("/api/v1/courses/{courseId}/enrollments"),
            learners("/api/v1/enrollments/course/{courseId}"),
            Route(
                .get,
                "/api/v1/enrollments/course/{courseId}/stats",
                "Count a course's learners",
                access: .permission(.enrollmentRead),
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: showStatistics
            ),
            Route(
                .get,
                "/api/v1/enrollments/course/{courseId}/entitlement",
                "Show how much of a course I may read",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: showEntitlement
            ),
            Route(
                .get,
                "/api/v1/users/{userId}/enrollments",
                "List a user's enrollments",
                access: .signedIn,
                problems: [.forbidden, .invalidCursor],
                caching: .revalidated,
                keys: .holding(.enrollmentRead),
                handler: listOfUser
            ),
        ]
    }

    private func myList(_ path: StaticString) -> Route {
        Route(
            .get,
            path,
            "List my enrollments",
            access: .signedIn,
            problems: [.invalidCursor],
            caching: .revalidated,
            handler: listMine
        )
    }

    private func learners(_ path: StaticString) -> Route {
        Route(
            .get,
            path,
            "List a course's learners",
            access: .permission(.enrollmentRead),
            problems: [.courseNotFound, .invalidCursor],
            caching: .revalidated,
            handler: listLearners
        )
    }

    private func enroll(
        _ input: Input<Nothing, Nothing, EnrollmentRequest>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        let body = input.body
        let user = try body.user ?? context.ownID
        return try await enroll(user, in: body.course, joining: body.cohort, because: body.overrideReason, context)
    }

    private func enrollHere(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        try await enroll(try context.ownID, in: input.path.courseId, context)
    }

    private func enroll(
        _ user: Principal.ID,
        in course: Course.ID,
        joining cohort: Cohort.ID? = nil,
        because reason: String? = nil,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        try await context.idempotently { session in
            let enrollment = try await enrollments.enroll(
                user,
                in: course,
                joining: cohort,
                waivingPrerequisitesBecause: reason,
                session: session
            )
            return .created(EnrollmentBody(enrollment), at: "/api/v1/enrollments/\(enrollment.id)")
        }
    }

    private func listMine(
        _ input: Input<Nothing, EnrollmentListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EnrollmentBody>> {
        try await list(of: try context.ownID, input.query, context)
    }

    private func listOfUser(
        _ input: Input<UserPath, EnrollmentListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EnrollmentBody>> {
        try await list(of: input.path.userId, input.query, context)
    }

    private func list(
        of user: Principal.ID,
        _ query: EnrollmentListQuery,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EnrollmentBody>> {
        let page = try await enrollments.list(
            of: user,
            status: query.status,
            after: try context.position(query.cursor),
            limit: query.limit,
            reader: context.reader
        ).page
        return .ok(ListBody(items: page.items.map(EnrollmentBody.init), nextCursor: context.cursor(page.next)))
    }

    private func listMineWithNextLesson(
        _ input: Input<Nothing, EnrollmentListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentDataBody> {
        let (page, total) = try await enrollments.list(
            of: try context.ownID,
            status: input.query.status,
            detail: .withNextLesson,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        let items = page.items.map(NextLessonEnrollmentBody.init)
        return .ok(EnrollmentDataBody(items: items, total: total, nextCursor: context.cursor(page.next)))
    }

    private func showMine(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        .ok(EnrollmentBody(try await enrollments.fetchMine(in: input.path.courseId, reader: context.reader)))
    }

    private func show(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentDetailBody> {
        let progress = try await progress.fetch(input.path.enrollmentId, reader: context.reader)
        return .ok(
            EnrollmentDetailBody(
                enrollment: EnrollmentBody(progress.listing),
                lessons: progress.steps.compactMap(\.progress).map(LessonProgressBody.init)
            )
        )
    }

    private func drop(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            _ = try await enrollments.drop(input.path.enrollmentId, session: session)
        }
        return .noContent
    }

    private func dropHere(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let mine = try await enrollments.fetchMine(in: input.path.courseId, reader: context.reader)
        try await context.transaction { session in
            _ = try await enrollments.drop(mine.enrollment.id, session: session)
        }
        return .noContent
    }

    private func listLearners(
        _ input: Input<EnrolledCoursePath, EnrollmentListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EnrollmentBody>> {
        let page = try await enrollments.list(
            in: input.path.courseId,
            status: input.query.status,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(EnrollmentBody.init), nextCursor: context.cursor(page.next)))
    }

    private func showStatistics(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentStatisticsBody> {
        let statistics = try await enrollments.statistics(of: input.path.courseId, reader: context.reader)
        return .ok(EnrollmentStatisticsBody(statistics: statistics))
    }

    private func showEntitlement(
        _ input: Input<EnrolledCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EntitlementBody> {
        let entitlement = try await entitlements.check(input.path.courseId, reader: context.reader)
        return .ok(
            EntitlementBody(
                user: context.principal.user,
                course: entitlement.course,
                level: entitlement.level,
                isEnrolled: entitlement.isEnrolled,
                reason: entitlement.reason
            )
        )
    }
}
