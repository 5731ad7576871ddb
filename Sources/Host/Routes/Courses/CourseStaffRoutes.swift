// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Who has a role in a course.
struct CourseStaffRoutes: Sendable {
    let courses: Courses

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/staff",
                "List who has a role in a course",
                access: .permission(.courseRead),
                problems: [.courseNotFound, .forbidden],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/staff/{userId}",
                "Give somebody a role in a course",
                access: .permission(.courseUpdate),
                problems: [.courseNotFound, .forbidden, .unknownInstructor, .instructorCount, .tooManyEntries],
                handler: put
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/staff/{userId}",
                "Take somebody's role in a course from them",
                access: .permission(.courseRead),
                status: .noContent,
                problems: [.courseNotFound, .forbidden, .staffNotFound, .instructorCount],
                handler: remove
            ),
        ]
    }

    private func list(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseStaffBody>> {
        let staff = try await courses.staff(of: input.path.courseId, reader: context.reader)
        return .ok(ListBody(items: staff.map(CourseStaffBody.init), nextCursor: nil))
    }

    private func put(
        _ input: Input<CourseStaffPath, Nothing, CourseRoleRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseStaffBody>> {
        let staff = try await context.transaction { session in
            try await courses.setRole(
                input.body.role,
                of: input.path.userId,
                in: input.path.courseId,
                session: session
            )
        }
        return .ok(ListBody(items: staff.map(CourseStaffBody.init), nextCursor: nil))
    }

    private func remove(
        _ input: Input<CourseStaffPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await courses.removeStaff(input.path.userId, from: input.path.courseId, session: session)
        }
        return .noContent
    }
}

/// `/courses/{courseId}/staff/{userId}`.
struct CourseStaffPath: PathParameters {
    let courseId: Course.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        userId = fields.required("userId", .id())
    }
}

/// `PUT /api/v1/courses/{courseId}/staff/{userId}`.
struct CourseRoleRequest: RequestBody {
    let role: CourseRole

    init(fields: inout FieldReader) {
        role = fields.required("role", .choice(CourseRole.instructor))
    }
}

/// Somebody with a role in a course.
struct CourseStaffBody: ResponseBody {
    let member: CourseStaffMember

    init(_ member: CourseStaffMember) {
        self.member = member
    }

    static var example: CourseStaffBody { CourseStaffBody(CourseStaffMember(User.ID.example, .assistant)) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", member.user)
            object.field("role", member.role.rawValue)
        }
    }
}
