// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The lessons of a course and what is in them.
struct LessonRoutes: Sendable {
    let lessons: Lessons

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/lessons/{lessonId}",
                "Read a lesson",
                access: .publicRead,
                problems: [.lessonNotFound, .enrollmentNeeded, .paymentNeeded, .notYetAvailable],
                caching: .revalidated,
                handler: read
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/lessons/{lessonId}/content",
                "Replace what is in a lesson",
                access: .permission(.courseUpdate),
                problems: CourseError.curriculumProblems,
                bodyLimit: 4 * 1024 * 1024,
                handler: setContent
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/modules/{moduleId}/lessons",
                "Add a lesson",
                access: .permission(.courseUpdate),
                status: .created,
                problems: CourseError.curriculumProblems,
                idempotency: .accepted,
                handler: add
            ),
            Route(
                .patch,
                "/api/v1/courses/{courseId}/modules/{moduleId}/lessons/{lessonId}",
                "Change a lesson or move it to another module",
                access: .permission(.courseUpdate),
                problems: CourseError.curriculumProblems,
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/modules/{moduleId}/lessons/{lessonId}",
                "Delete a lesson",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: CourseError.curriculumProblems,
                handler: delete
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/modules/{moduleId}/lessons/reorder",
                "Give lessons of a module new places",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: CourseError.curriculumProblems,
                handler: reorder
            ),
        ]
    }

    private func read(
        _ input: Input<LessonPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<LessonContentBody> {
        let content = try await lessons.read(input.path.lessonId, of: input.path.courseId, reader: context.reader)
        let body = LessonContentBody(content)
        return .ok(body, etag: body.etag)
    }

    private func setContent(
        _ input: Input<LessonPath, Nothing, LessonContentRequest>,
        _ context: RequestContext
    ) async throws -> Reply<LessonContentBody> {
        let path = input.path
        let version = try context.expectedVersion(of: path.lessonId)
        let content = try await context.transaction { session in
            try await lessons.setContent(
                input.body.blocks,
                of: path.lessonId,
                of: path.courseId,
                expecting: version,
                session: session
            )
        }
        let body = LessonContentBody(content)
        return .ok(body, etag: body.etag)
    }

    private func add(
        _ input: Input<ModulePath, Nothing, NewLessonRequest>,
        _ context: RequestContext
    ) async throws -> Reply<LessonBody> {
        let (course, module) = (input.path.courseId, input.path.moduleId)
        return try await context.idempotently { session in
            let lesson = try await lessons.add(input.body.lesson, to: module, of: course, session: session)
            let body = LessonBody(lesson)
            return .created(body, at: "/api/v1/courses/\(course)/lessons/\(lesson.id)", etag: body.etag)
        }
    }

    private func update(
        _ input: Input<ModuleLessonPath, Nothing, LessonUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<LessonBody> {
        let path = input.path
        let version = try context.expectedVersion(of: path.lessonId)
        let lesson = try await context.transaction { session in
            try await lessons.update(
                path.lessonId,
                in: path.moduleId,
                of: path.courseId,
                input.body.changes,
                expecting: version,
                session: session
            )
        }
        let body = LessonBody(lesson)
        return .ok(body, etag: body.etag)
    }

    private func delete(
        _ input: Input<ModuleLessonPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        let version = try context.expectedVersion(of: path.lessonId)
        try await context.transaction { session in
            try await lessons.delete(
                path.lessonId,
                in: path.moduleId,
                of: path.courseId,
                expecting: version,
                session: session
            )
        }
        return .noContent
    }

    private func reorder(
        _ input: Input<ModulePath, Nothing, LessonOrder>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        let version = try context.expectedVersion(of: path.courseId)
        try await context.transaction { session in
            try await lessons.reorder(
                input.body.placements,
                in: path.moduleId,
                of: path.courseId,
                expecting: version,
                session: session
            )
        }
        return .noContent
    }
}
