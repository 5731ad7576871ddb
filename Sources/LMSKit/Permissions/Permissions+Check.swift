// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Permissions {
    /// Says whether a user may do something, by the very checks that the features make when it is done.
    ///
    /// - Parameters:
    ///   - permission: What they would do.
    ///   - object: To what; `nil` to ask whether they may do it to anything.
    ///   - user: Who.
    ///   - reader: Who asks, in which tenant.
    /// - Returns: The verdict.
    /// - Throws: `PermissionError.notFound`; `.objectNotFound` if the one who asks may not see the object;
    ///   `.notOfThisKind`.
    public func check(
        _ permission: Permission,
        on object: PermissionObject? = nil,
        by user: User.ID,
        reader: TenantReader
    ) async throws(PermissionError) -> PermissionVerdict {
        let asker = reader.principal
        try Permissions.requireAsking(about: user, asker)
        if let object, !object.isMeant(by: permission) { throw .notOfThisKind }
        return try await PermissionError.translating {
            let isOwn = user == asker.user
            let now = clock.now()
            let known = SQL.selectPermissionSources(of: user)
            let replies = try await reader.read(
                known + (object?.statements(for: user, at: now) ?? [])
                    + (isOwn ? [] : object?.statements(for: asker.user, at: now) ?? [])
            )
            guard let sources = try PermissionSources(replies[..<known.count]) else { throw PermissionError.notFound }
            let principal = isOwn ? asker : Principal(.user(user), grants: sources.grants)
            var isAllowed = principal.grants.scope(of: permission) != nil
            var role: CourseRole?
            if let object {
                let found = Array(replies[known.count...])
                let count = object.statements(for: user, at: now).count
                let theirs = try ObjectRows(object, Array(found.prefix(count)))
                let askers = isOwn ? theirs : try ObjectRows(object, Array(found.dropFirst(count)))
                guard try askers.isKnown(to: asker) else { throw PermissionError.objectNotFound }
                role = try theirs.courseRole(of: principal)
                isAllowed = try theirs.allow(permission, to: principal)
            }
            isAllowed = isAllowed && sources.isActive
            let scope = principal.grants.scope(of: permission)
            let reason: PermissionVerdict.Reason =
                switch (sources.isActive, isAllowed, scope) {
                case (false, _, _): .inactive
                case (true, true, .any): .any
                case (true, true, .own): Permissions.isOwn(object, permission, role, principal) ? .own : .entitled
                case (true, true, nil): .entitled
                case (true, false, nil): .notHeld
                case (true, false, _): .notOwn
                }
            return PermissionVerdict(
                permission: permission,
                isAllowed: isAllowed,
                reason: reason,
                sources: sources.sources(of: permission),
                courseRole: role
            )
        }
    }

    /// Whether the object is own for the permission, so that it is not only allowed for another reason.
    private static func isOwn(
        _ object: PermissionObject?,
        _ permission: Permission,
        _ role: CourseRole?,
        _ principal: Principal
    ) -> Bool {
        switch object {
        case nil, .user, .enrollment: true
        case .course, .lesson, .review: principal.may(permission, as: role)
        }
    }
}

extension PermissionObject {
    /// Whether a permission says something of objects of this kind.
    func isMeant(by permission: Permission) -> Bool {
        switch self {
        case .course:
            [
                .courseRead, .courseUpdate, .courseDelete, .coursePublish, .courseImport, .enrollmentRead,
                .reviewModerate,
            ].contains(permission)
        case .lesson: [.courseRead, .courseUpdate].contains(permission)
        case .enrollment: permission == .enrollmentRead
        case .review: permission == .reviewModerate
        case .user: [.userRead, .userUpdate, .userDeactivate, .roleAssign].contains(permission)
        }
    }

    /// What the features read to decide about the object for somebody.
    func statements(for user: Principal.ID?, at instant: Date) -> [SQL] {
        switch self {
        case .course(let id): [.selectCourse(id), .selectEnrollmentStatus(of: user, in: id)]
        case .lesson(let id): [.selectLessonWithAccess(id, for: user, at: instant)]
        case .enrollment(let id): [.selectEnrollment(id, for: user)]
        case .review(let id): [.selectReview(id), .selectCourse(of: id)]
        case .user(let id): [.selectUser(id)]
        }
    }
}

/// What was read of an object for somebody, and the features' own rules over it.
private struct ObjectRows {
    let object: PermissionObject
    let rows: [Rows]

    init(_ object: PermissionObject, _ rows: [Rows]) throws {
        guard rows.first?.only != nil else { throw PermissionError.objectNotFound }
        self.object = object
        self.rows = rows
    }

    /// Whether somebody may know that there is the object.
    func isKnown(to principal: Principal) throws -> Bool {
        switch object {
        case .course: try EntitlementPolicy.level(courseFacts(principal), for: principal) != .none
        case .lesson:
            try isAllowed {
                try readLesson(as: principal)
            } besides: {
                $0 == .lessonNotFound
            }
        case .enrollment: try isVisibleEnrollment(to: principal)
        case .review: try ReviewPolicy.maySee(review, in: course(1), principal)
        case .user(let id): principal.may(.userRead, owner: id)
        }
    }

    func allow(_ permission: Permission, to principal: Principal) throws -> Bool {
        switch object {
        case .course where permission == .courseRead:
            try EntitlementPolicy.level(courseFacts(principal), for: principal) != .none
        case .course:
            try isAllowed {
                try CoursePolicy.require(permission, on: try course(0), by: principal)
            } besides: { _ in
                true
            }
        case .lesson where permission == .courseRead:
            try isAllowed {
                try readLesson(as: principal)
            } besides: { _ in
                true
            }
        case .lesson: principal.may(permission, as: try lesson.1.role)
        case .enrollment: try isVisibleEnrollment(to: principal)
        case .review: try ReviewPolicy.mayModerate(in: course(1), principal)
        case .user(let id): principal.may(permission, owner: id)
        }
    }

    func courseRole(of principal: Principal) throws -> CourseRole? {
        switch object {
        case .course: try course(0).role(of: principal)
        case .lesson: try lesson.1.role
        case .review: try course(1).role(of: principal)
        case .enrollment, .user: nil
        }
    }

    /// Runs a feature's check: `false` where it refuses in a way that counts, `true` where it refuses in another or not.
    private func isAllowed(
        _ check: () throws -> Void,
        besides counts: (CourseError) -> Bool
    ) throws -> Bool {
        do {
            try check()
            return true
        } catch let refusal as CourseError {
            return !counts(refusal)
        }
    }

    private func readLesson(as principal: Principal) throws {
        let (lesson, facts) = try lesson
        _ = try EntitlementPolicy.require(facts, lesson: lesson, for: principal)
    }

    private func isVisibleEnrollment(to principal: Principal) throws -> Bool {
        do {
            _ = try Enrollments.visible(rows[0], to: principal)
            return true
        } catch EnrollmentError.notFound {
            return false
        }
    }

    private func courseFacts(_ principal: Principal) throws -> AccessFacts {
        let status: Enrollment.Status? = try rows[1].only.map { row in try row[0] }
        return AccessFacts(of: try course(0), for: principal, enrollment: status)
    }

    private func course(_ index: Int) throws -> Course { try Course(row: try row(index)) }

    private var lesson: (Lesson, AccessFacts) {
        get throws { try AccessFacts.withLesson(try row(0)) }
    }

    private var review: Review {
        get throws { try Review(row: try row(0)) }
    }

    private func row(_ index: Int) throws -> Row {
        guard let row = rows[index].only else { throw PermissionError.objectNotFound }
        return row
    }
}
