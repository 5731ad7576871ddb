// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Versions of a course, and who goes on in which.
struct CourseVersionRoutes: Sendable {
    let versions: CourseVersions

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/versions",
                "List the versions of a course that I may see",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/versions",
                "Draft the next version of a course",
                access: .permission(.courseCreate),
                status: .created,
                problems: [
                    .courseNotFound, .forbidden, .versionInProgress, .templateState, .tooManyEntries, .slugTaken,
                ],
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/versions/{version}/migration-preview",
                "Show what learners of another version would keep in this one",
                access: .permission(.enrollmentManage),
                problems: [.courseNotFound, .forbidden, .versionNotFound, .versionNotCurrent, .invalidCursor],
                caching: .revalidated,
                handler: preview
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/versions/{version}/migrate",
                "Move learners of an earlier version to the one that is offered",
                access: .permission(.enrollmentManage),
                problems: [.courseNotFound, .forbidden, .versionNotFound, .versionNotCurrent, .courseFull],
                handler: migrate
            ),
            Route(
                .post,
                "/api/v1/enrollments/{enrollmentId}/migrate",
                "Go on in the version of the course that is offered now",
                access: .signedIn,
                problems: [
                    .enrollmentNotFound, .enrollmentCompleted, .enrollmentClosed, .alreadyEnrolled, .courseFull,
                    .courseNotPublished,
                ],
                handler: migrateMine
            ),
        ]
    }

    private func list(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseVersionBody>> {
        let found = try await versions.list(of: input.path.courseId, reader: context.reader)
        return .ok(ListBody(items: found.map(CourseVersionBody.init), nextCursor: nil))
    }

    private func create(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        try await context.idempotently { session in
            let body = CourseBody(try await versions.create(after: input.path.courseId, session: session))
            return .created(body, at: "/api/v1/courses/\(body.id)", etag: body.etag)
        }
    }

    private func preview(
        _ input: Input<CourseVersionPath, MigrationPreviewQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<VersionMoveBody>> {
        let page = try await versions.preview(
            of: input.path.courseId,
            from: input.query.from,
            to: input.path.version,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(VersionMoveBody.init), nextCursor: context.cursor(page.next)))
    }

    private func migrate(
        _ input: Input<CourseVersionPath, Nothing, LearnerMigrationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<VersionMovesBody> {
        let moves = try await context.transaction { session in
            try await versions.migrate(
                input.body.learners,
                of: input.path.courseId,
                from: input.body.from,
                to: input.path.version,
                session: session
            )
        }
        return .ok(VersionMovesBody(moves))
    }

    private func migrateMine(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EnrollmentBody> {
        let place = try await context.transaction { session in
            try await versions.migrate(input.path.enrollmentId, session: session)
        }
        return .ok(EnrollmentBody(place))
    }
}

extension ProblemCode {
    static let versionInUse = ProblemCode(
        "VERSION_IN_USE",
        409,
        en: "This version replaced another one, or learners were moved to it; archive it instead.",
        es: "Esta versión sustituyó a otra, o se trasladó a estudiantes a ella; archívela.",
        ar: "حلّت هذه النسخة محل أخرى أو نُقل إليها متعلمون؛ أرشفها بدلًا من حذفها."
    )
    static let versionInProgress = ProblemCode(
        "VERSION_IN_PROGRESS",
        409,
        en: "The course was never published, or another version of it is being written or offered.",
        es: "El curso nunca se publicó, u otra versión se está escribiendo u ofreciendo.",
        ar: "لم يُنشر المقرر قط، أو توجد نسخة أخرى منه قيد الإعداد أو معروضة."
    )
    static let versionNotFound = ProblemCode(
        "VERSION_NOT_FOUND",
        404,
        en: "The course has no such version.",
        es: "El curso no tiene esa versión.",
        ar: "لا توجد نسخة كهذه من المقرر."
    )
    static let versionNotCurrent = ProblemCode(
        "VERSION_NOT_CURRENT",
        409,
        en: "Learners move from an earlier version to the one that is offered.",
        es: "Los alumnos pasan de una versión anterior a la que se ofrece.",
        ar: "ينتقل المتعلمون من نسخة أقدم إلى النسخة المعروضة."
    )
    static let courseSuperseded = ProblemCode(
        "COURSE_SUPERSEDED",
        409,
        en: "A later version took this course's place; it stays archived.",
        es: "Una versión posterior ocupó el lugar de este curso; sigue archivado.",
        ar: "حلّت نسخة أحدث محل هذا المقرر؛ ويبقى مؤرشفاً."
    )
}
