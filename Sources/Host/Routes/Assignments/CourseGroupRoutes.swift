// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Groups of learners, who hand in together.
struct CourseGroupRoutes: Sendable {
    let assignments: Assignments

    var routes: [Route] { sets + groups }

    private var sets: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/group-sets",
                "List a course's sets of groups",
                access: .signedIn,
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                handler: listSets
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/group-sets",
                "Make a set of groups",
                access: .permission(.assignmentManage),
                status: .created,
                problems: [.courseNotFound, .forbidden, .assignmentLimitReached],
                idempotency: .accepted,
                handler: makeSet
            ),
            Route(
                .get,
                "/api/v1/group-sets/{groupSetId}",
                "Show a set of groups",
                access: .signedIn,
                problems: [.groupSetNotFound],
                handler: showSet
            ),
            Route(
                .patch,
                "/api/v1/group-sets/{groupSetId}",
                "Rename a set of groups",
                access: .permission(.assignmentManage),
                problems: [.groupSetNotFound, .forbidden, .preconditionFailed],
                handler: renameSet
            ),
            Route(
                .delete,
                "/api/v1/group-sets/{groupSetId}",
                "Delete a set of groups that no assignment is for",
                access: .permission(.assignmentManage),
                status: .noContent,
                problems: [.groupSetNotFound, .forbidden, .preconditionFailed, .groupSetInUse],
                handler: deleteSet
            ),
        ]
    }

    private var groups: [Route] {
        [
            Route(
                .get,
                "/api/v1/group-sets/{groupSetId}/groups",
                "List the groups of a set",
                access: .signedIn,
                problems: [.groupSetNotFound, .invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/group-sets/{groupSetId}/groups",
                "Make a group",
                access: .permission(.assignmentManage),
                status: .created,
                problems: [
                    .groupSetNotFound, .assignmentLearnerNotFound, .forbidden, .groupNameTaken, .inAnotherGroup,
                    .assignmentLimitReached,
                ],
                idempotency: .accepted,
                handler: make
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/groups/mine",
                "List the groups of a course that I am in",
                access: .signedIn,
                problems: [.courseNotFound],
                handler: listOwn
            ),
            Route(
                .get,
                "/api/v1/groups/{groupId}",
                "Show a group",
                access: .signedIn,
                problems: [.groupNotFound],
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/groups/{groupId}",
                "Rename a group, or set who is in it",
                access: .permission(.assignmentManage),
                problems: [
                    .groupNotFound, .assignmentLearnerNotFound, .forbidden, .preconditionFailed, .groupNameTaken,
                    .inAnotherGroup,
                ],
                handler: change
            ),
            Route(
                .delete,
                "/api/v1/groups/{groupId}",
                "Delete a group that began nothing",
                access: .permission(.assignmentManage),
                status: .noContent,
                problems: [.groupNotFound, .forbidden, .preconditionFailed, .groupInUse],
                handler: delete
            ),
        ]
    }

    private func listSets(
        _ input: Input<AssignmentCoursePath, AssignmentPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<GroupSetBody>> {
        let page = try await assignments.groupSets(
            of: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(GroupSetBody.init), nextCursor: context.cursor(page.next)))
    }

    private func makeSet(
        _ input: Input<AssignmentCoursePath, Nothing, GroupSetRequest>,
        _ context: RequestContext
    ) async throws -> Reply<GroupSetBody> {
        let (course, title) = (input.path.courseId, input.body.title)
        return try await context.idempotently { session in
            let set = try await assignments.makeGroupSet(title, in: course, session: session)
            let body = GroupSetBody(set)
            return .created(body, at: "/api/v1/group-sets/\(set.id)", etag: body.etag)
        }
    }

    private func showSet(
        _ input: Input<GroupSetPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GroupSetBody> {
        let body = GroupSetBody(try await assignments.groupSet(input.path.groupSetId, reader: context.reader))
        return .ok(body, etag: body.etag)
    }

    private func renameSet(
        _ input: Input<GroupSetPath, Nothing, GroupSetRequest>,
        _ context: RequestContext
    ) async throws -> Reply<GroupSetBody> {
        let (id, title) = (input.path.groupSetId, input.body.title)
        let version = try context.expectedVersion(of: id)
        let set = try await context.transaction { session in
            try await assignments.renameGroupSet(id, title, expecting: version, session: session)
        }
        let body = GroupSetBody(set)
        return .ok(body, etag: body.etag)
    }

    private func deleteSet(
        _ input: Input<GroupSetPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.groupSetId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { try await assignments.deleteGroupSet(id, expecting: version, session: $0) }
        return .noContent
    }

    private func list(
        _ input: Input<GroupSetPath, AssignmentPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseGroupBody>> {
        let page = try await assignments.groups(
            of: input.path.groupSetId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(CourseGroupBody.init), nextCursor: context.cursor(page.next)))
    }

    private func make(
        _ input: Input<GroupSetPath, Nothing, CourseGroupRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CourseGroupBody> {
        let (set, wish) = (input.path.groupSetId, input.body)
        return try await context.idempotently { session in
            let group = try await assignments.makeGroup(wish.name, of: wish.members, in: set, session: session)
            let body = CourseGroupBody(group)
            return .created(body, at: "/api/v1/groups/\(group.id)", etag: body.etag)
        }
    }

    private func listOwn(
        _ input: Input<AssignmentCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseGroupBody>> {
        let groups = try await assignments.ownGroups(in: input.path.courseId, reader: context.reader)
        return .ok(ListBody(items: groups.map(CourseGroupBody.init), nextCursor: nil))
    }

    private func show(
        _ input: Input<CourseGroupPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseGroupBody> {
        let body = CourseGroupBody(try await assignments.group(input.path.groupId, reader: context.reader))
        return .ok(body, etag: body.etag)
    }

    private func change(
        _ input: Input<CourseGroupPath, Nothing, CourseGroupUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<CourseGroupBody> {
        let (id, changes) = (input.path.groupId, input.body.changes)
        let version = try context.expectedVersion(of: id)
        let group = try await context.transaction { session in
            try await assignments.change(id, changes, expecting: version, session: session)
        }
        let body = CourseGroupBody(group)
        return .ok(body, etag: body.etag)
    }

    private func delete(
        _ input: Input<CourseGroupPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.groupId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { try await assignments.delete(id, expecting: version, session: $0) }
        return .noContent
    }
}

extension ProblemCode {
    static let groupSetNotFound = ProblemCode(
        "GROUP_SET_NOT_FOUND",
        404,
        en: "There is no such set of groups.",
        es: "No existe ese conjunto de grupos.",
        ar: "لا توجد قائمة مجموعات كهذه."
    )
    static let groupNotFound = ProblemCode(
        "GROUP_NOT_FOUND",
        404,
        en: "There is no such group.",
        es: "No existe ese grupo.",
        ar: "لا توجد مجموعة كهذه."
    )
    static let groupNeeded = ProblemCode(
        "GROUP_NEEDED",
        409,
        en: "The assignment is for groups, and you are in none of them; ask whoever teaches the course.",
        es: "La tarea es para grupos y usted no está en ninguno; pregunte a quien imparte el curso.",
        ar: "الواجب للمجموعات ولست في أي منها؛ اسأل من يدرّس الدورة."
    )
    static let groupSetInUse = ProblemCode(
        "GROUP_SET_IN_USE",
        409,
        en: "An assignment is for the groups of the set, so it stays.",
        es: "Una tarea es para los grupos del conjunto, así que se conserva.",
        ar: "هناك واجب لمجموعات هذه القائمة، فتبقى."
    )
    static let groupInUse = ProblemCode(
        "GROUP_IN_USE",
        409,
        en: "The group began or handed in, so it stays; set who is in it instead.",
        es: "El grupo ya empezó o entregó, así que se conserva; cambie sus miembros.",
        ar: "بدأت المجموعة أو سلّمت، فتبقى؛ غيّر أعضاءها بدلًا من ذلك."
    )
    static let groupNameTaken = ProblemCode(
        "GROUP_NAME_TAKEN",
        409,
        en: "Another group of the set has this name.",
        es: "Otro grupo del conjunto ya tiene este nombre.",
        ar: "هذا الاسم مستخدم لمجموعة أخرى في القائمة."
    )
    static let inAnotherGroup = ProblemCode(
        "IN_ANOTHER_GROUP",
        409,
        en: "A learner is in another group of the set; take them out there first.",
        es: "Un alumno está en otro grupo del conjunto; quítelo primero de él.",
        ar: "أحد المتعلمين في مجموعة أخرى من القائمة؛ أخرجه منها أولًا."
    )
}
