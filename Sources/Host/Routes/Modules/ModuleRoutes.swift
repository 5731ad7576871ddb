// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The modules of a course, and its curriculum as a whole.
struct ModuleRoutes: Sendable {
    let courses: Courses
    let modules: Modules
    let lessons: Lessons

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/modules",
                "List a course's modules with their lessons",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/modules",
                "Add a module",
                access: .permission(.courseUpdate),
                status: .created,
                problems: CourseError.curriculumProblems,
                idempotency: .accepted,
                handler: add
            ),
            Route(
                .patch,
                "/api/v1/courses/{courseId}/modules/{moduleId}",
                "Change a module",
                access: .permission(.courseUpdate),
                problems: CourseError.curriculumProblems,
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/modules/{moduleId}",
                "Delete a module with its lessons",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: CourseError.curriculumProblems,
                handler: delete
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/modules/reorder",
                "Give modules new places",
                access: .permission(.courseUpdate),
                status: .noContent,
                problems: CourseError.curriculumProblems,
                handler: reorder
            ),
            sync(.put),
            sync(.post),
        ]
    }

    private func sync(_ method: HTTPMethod) -> Route {
        Route(
            method,
            "/api/v1/courses/{courseId}/curriculum/sync",
            "Make the curriculum exactly this one",
            access: .permission(.courseUpdate),
            problems: CourseError.curriculumProblems,
            bodyLimit: 4 * 1024 * 1024
        ) {
            (input: Input<CoursePath, Nothing, CurriculumRequest>, context: RequestContext)
                async throws -> Reply<CourseDetailBody> in
            let id = input.path.courseId
            let version = try context.expectedVersion(of: id)
            let outline = try await context.transaction { session in
                try await lessons.sync(input.body.draft, to: id, expecting: version, session: session)
            }
            let body = CourseDetailBody(outline)
            return .ok(body, etag: body.etag)
        }
    }

    private func list(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ModuleListBody> {
        let outline = try await courses.outline(of: .id(input.path.courseId), reader: context.reader)
        return .ok(ModuleListBody(items: outline.modules.map(ModuleBody.init)))
    }

    private func add(
        _ input: Input<CoursePath, Nothing, NewModuleRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ModuleBody> {
        let (id, body) = (input.path.courseId, input.body)
        return try await context.idempotently { session in
            let module = try await modules.add(titled: body.title, at: body.position, to: id, session: session)
            return .created(
                ModuleBody(module, lessons: []),
                at: "/api/v1/courses/\(id)/modules/\(module.id)"
            )
        }
    }

    private func update(
        _ input: Input<ModulePath, Nothing, ModuleUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<ModuleSummaryBody> {
        let version = try context.expectedVersion(of: input.path.courseId)
        let module = try await context.transaction { session in
            try await modules.update(
                input.path.moduleId,
                of: input.path.courseId,
                title: input.body.title,
                position: input.body.position,
                release: input.body.release,
                expecting: version,
                session: session
            )
        }
        return .ok(ModuleSummaryBody(module))
    }

    private func delete(
        _ input: Input<ModulePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let (id, course) = (input.path.moduleId, input.path.courseId)
        let version = try context.expectedVersion(of: course)
        try await context.transaction { session in
            try await modules.delete(id, of: course, expecting: version, session: session)
        }
        return .noContent
    }

    private func reorder(
        _ input: Input<CoursePath, Nothing, ModuleOrder>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let course = input.path.courseId
        let version = try context.expectedVersion(of: course)
        try await context.transaction { session in
            try await modules.reorder(input.body.placements, of: course, expecting: version, session: session)
        }
        return .noContent
    }
}
