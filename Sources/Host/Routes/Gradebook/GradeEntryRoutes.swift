// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What learners get, and what it comes to.
struct GradeEntryRoutes: Sendable {
    let gradebook: Gradebook

    var routes: [Route] { reading + writing }

    private var reading: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/grades",
                "List a course's learners with all of their grades",
                access: .permission(.gradeRead),
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                handler: grid
            ),
            Route(
                .get,
                "/api/v1/enrollments/{enrollmentId}/grades",
                "Show the grades of my place in a course, or of a learner's in a course that I teach",
                access: .signedIn,
                problems: [.enrollmentNotFound],
                handler: mine
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/grades/{userId}/history",
                "List what was done to a learner's grades",
                access: .permission(.gradeRead),
                problems: [.courseNotFound, .learnerNotFound, .forbidden, .invalidCursor],
                handler: history
            ),
        ]
    }

    private var writing: [Route] {
        [
            Route(
                .put,
                "/api/v1/grade-items/{gradeItemId}/grades",
                "Enter what many learners get",
                access: .permission(.gradeWrite),
                problems: [.gradeItemNotFound, .preconditionFailed] + GradeEntryRoutes.entryProblems,
                handler: enterMany
            ),
            Route(
                .put,
                "/api/v1/grade-items/{gradeItemId}/grades/{userId}",
                "Enter what a learner gets",
                access: .permission(.gradeWrite),
                problems: [.gradeItemNotFound, .preconditionFailed] + GradeEntryRoutes.entryProblems,
                handler: enter
            ),
            Route(
                .put,
                "/api/v1/grade-items/{gradeItemId}/grades/{userId}/override",
                "Put points in the place of a learner's score, or take that back",
                access: .permission(.gradeManage),
                problems: [
                    .gradeItemNotFound, .learnerNotFound, .forbidden, .scoreTooHigh, .preconditionFailed,
                ],
                handler: override
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/grades/{userId}/override",
                "Put a percentage in the place of a learner's course grade, or take that back",
                access: .permission(.gradeManage),
                problems: [.courseNotFound, .learnerNotFound, .forbidden, .preconditionFailed],
                handler: overrideCourse
            ),
        ]
    }

    private static let entryProblems: [ProblemCode] = [
        .learnerNotFound, .forbidden, .scoreTooHigh, .unsoundGrade, .scoredElsewhere,
    ]

    private func grid(
        _ input: Input<GradedCoursePath, GradeGridQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GradeGridBody> {
        let grid = try await gradebook.grid(
            of: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            GradeGridBody(
                items: grid.book.items,
                learners: grid.page.items,
                nextCursor: context.cursor(grid.page.next)
            )
        )
    }

    private func mine(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MyGradesBody> {
        let found = try await gradebook.fetch(input.path.enrollmentId, reader: context.reader)
        return .ok(MyGradesBody(items: found.book.items, learner: found.grades))
    }

    private func history(
        _ input: Input<GradedLearnerPath, GradeHistoryQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<GradeChangeBody>> {
        let page = try await gradebook.history(
            of: input.path.userId,
            in: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(GradeChangeBody.init), nextCursor: context.cursor(page.next)))
    }

    private func enterMany(
        _ input: Input<GradeItemPath, Nothing, GradesRequest>,
        _ context: RequestContext
    ) async throws -> Reply<EnteredGradesBody> {
        let item = input.path.gradeItemId
        let version = try context.expectedVersion(of: item)
        let entries = input.body.grades.map {
            GradeEntry(item: item, learner: $0.userId, status: $0.status, score: $0.score, version: $0.version)
        }
        let entered = try await context.transaction { session in
            try await gradebook.enter(entries, for: item, expecting: version, session: session)
        }
        return .ok(EnteredGradesBody(entered: entered.count, changed: entered.count { $0.isChanged }))
    }

    private func enter(
        _ input: Input<GradePath, Nothing, GradeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<LearnerGradesBody> {
        let (item, learner) = (input.path.gradeItemId, input.path.userId)
        let version = try context.expectedVersion(of: item)
        let entry = GradeEntry(item: item, learner: learner, status: input.body.status, score: input.body.score)
        let grades = try await context.transaction { session in
            try await gradebook.enter(entry, expecting: version, session: session)
        }
        return reply(grades, item)
    }

    private func override(
        _ input: Input<GradePath, Nothing, GradeOverrideRequest>,
        _ context: RequestContext
    ) async throws -> Reply<LearnerGradesBody> {
        let item = input.path.gradeItemId
        let version = try context.expectedVersion(of: item)
        let grades = try await context.transaction { session in
            try await gradebook.override(
                input.body.score,
                of: input.path.userId,
                in: item,
                because: input.body.reason,
                expecting: version,
                session: session
            )
        }
        return reply(grades, item)
    }

    private func overrideCourse(
        _ input: Input<GradedLearnerPath, Nothing, CourseGradeOverrideRequest>,
        _ context: RequestContext
    ) async throws -> Reply<LearnerGradesBody> {
        let version = try context.expectedVersion(of: input.path.userId)
        let grades = try await context.transaction { session in
            try await gradebook.override(
                input.body.percentage,
                of: input.path.userId,
                in: input.path.courseId,
                because: input.body.reason,
                expecting: version,
                session: session
            )
        }
        let body = LearnerGradesBody(grades)
        return .ok(body, etag: body.overrideTag)
    }

    private func reply(_ grades: LearnerGrades, _ item: GradeItem.ID) -> Reply<LearnerGradesBody> {
        let body = LearnerGradesBody(grades)
        return .ok(body, etag: body.etag(of: item))
    }
}
