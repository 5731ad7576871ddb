// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The runs of a course, and who takes part in which.
struct CohortRoutes: Sendable {
    let cohorts: Cohorts

    var routes: [Route] { ofCourses + members }

    private var ofCourses: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/cohorts",
                "List a course's cohorts",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/cohorts",
                "Add a cohort",
                access: .permission(.courseUpdate),
                status: .created,
                problems: [
                    .courseNotFound, .forbidden, .cohortNameTaken, .unknownCohortInstructor, .tooManyEntries,
                ],
                idempotency: .accepted,
                handler: add
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/cohorts/{cohortId}",
                "Replace what is said of a cohort",
                access: .permission(.courseUpdate),
                problems: CohortError.changeProblems,
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/cohorts/{cohortId}",
                "Delete a cohort in which nobody has a place",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: [.courseNotFound, .cohortNotFound, .forbidden, .preconditionFailed, .cohortInUse],
                handler: delete
            ),
        ]
    }

    private var members: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/cohorts/{cohortId}/members",
                "List the learners of a cohort",
                access: .permission(.enrollmentRead),
                problems: [.courseNotFound, .cohortNotFound, .forbidden, .invalidCursor],
                caching: .revalidated,
                handler: listMembers
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/cohorts/{cohortId}/members/{userId}",
                "Give a learner of the course a seat in a cohort",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: [.courseNotFound, .cohortNotFound, .memberNotFound, .forbidden, .cohortFull],
                handler: place
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/cohorts/{cohortId}/members/{userId}",
                "Take a learner out of a cohort",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: [.courseNotFound, .cohortNotFound, .memberNotFound, .forbidden],
                handler: remove
            ),
        ]
    }

    private func list(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CohortBody>> {
        let found = try await cohorts.list(of: input.path.courseId, reader: context.reader)
        return .ok(ListBody(items: found.map { CohortBody($0) }, nextCursor: nil))
    }

    private func add(
        _ input: Input<CoursePath, Nothing, CohortRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CohortBody> {
        let course = input.path.courseId
        return try await context.idempotently { session in
            let cohort = try await cohorts.add(input.body.draft, to: course, session: session)
            let body = CohortBody(cohort)
            return .created(body, at: "/api/v1/courses/\(course)/cohorts/\(cohort.id)", etag: body.etag)
        }
    }

    private func update(
        _ input: Input<CohortPath, Nothing, CohortRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CohortBody> {
        let (id, course) = (input.path.cohortId, input.path.courseId)
        let version = try context.expectedVersion(of: id)
        let cohort = try await context.transaction { session in
            try await cohorts.update(id, of: course, input.body.draft, expecting: version, session: session)
        }
        let body = CohortBody(cohort)
        return .ok(body, etag: body.etag)
    }

    private func delete(
        _ input: Input<CohortPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let (id, course) = (input.path.cohortId, input.path.courseId)
        let version = try context.expectedVersion(of: id)
        try await context.transaction { session in
            try await cohorts.delete(id, of: course, expecting: version, session: session)
        }
        return .noContent
    }

    private func listMembers(
        _ input: Input<CohortPath, CohortMemberQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EnrollmentBody>> {
        let page = try await cohorts.members(
            of: input.path.cohortId,
            in: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(EnrollmentBody.init), nextCursor: context.cursor(page.next)))
    }

    private func place(
        _ input: Input<CohortMemberPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await cohorts.place(path.userId, in: path.cohortId, of: path.courseId, session: session)
        }
        return .noContent
    }

    private func remove(
        _ input: Input<CohortMemberPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await cohorts.remove(path.userId, from: path.cohortId, of: path.courseId, session: session)
        }
        return .noContent
    }
}
