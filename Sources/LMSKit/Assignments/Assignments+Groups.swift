// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// The most sets of groups in a course.
    public static let groupSetLimit = 50
    /// The most groups in a set.
    public static let groupLimit = 500

    /// Lists a course's sets of groups, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most sets to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first.
    /// - Throws: `AssignmentError.courseNotFound`; `.forbidden` for who is not the course's staff; `.invalidPosition`.
    public func groupSets(
        of course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<GroupSet> {
        let after = try Self.place(position, "group-sets", GroupSet.self)
        let standing = try await standing(in: .course(course), or: .courseNotFound, reader: reader)
        guard standing.mayManage || standing.mayGrade else { throw .forbidden }
        return try await AssignmentError.translating {
            let statement = SQL.listGroupSets(of: course, after: after, limit: limit.withProbe)
            let sets = try await reader.read(statement).map(GroupSet.init(row:))
            return Page(cutting: sets, limit: limit.count) { PagePosition(order: "group-sets", id: $0.id.uuid) }
        }
    }

    /// Shows a set, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The set.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The set.
    /// - Throws: `AssignmentError.groupSetNotFound`, also for who may neither manage assignments nor grade them there.
    public func groupSet(_ id: GroupSet.ID, reader: TenantReader) async throws(AssignmentError) -> GroupSet {
        let (principal, place) = (reader.principal, AssignmentPlace.groupSet(id))
        return try await AssignmentError.translating {
            let rows = try await reader.read([
                .selectGroupSet(id), .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
            ])
            guard let row = rows[0].only,
                let standing = try AssignmentStanding(course: rows[1], place: rows[2], for: principal),
                standing.mayManage || standing.mayGrade
            else { throw AssignmentError.groupSetNotFound }
            return try GroupSet(row: row)
        }
    }

    /// Makes a set without groups.
    ///
    /// - Parameters:
    ///   - title: The title, 1–200 characters.
    ///   - course: The course, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The set.
    /// - Throws: `AssignmentError.courseNotFound`; `.forbidden` without `assignment:manage` on the course; `.tooMany`; `.invalid`.
    public func makeGroupSet(
        _ title: String,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> GroupSet {
        try await standing(in: .course(course), or: .courseNotFound, session: session).requireManager(
            or: .courseNotFound
        )
        let (id, now): (GroupSet.ID, Date) = (identifiers.next(), clock.now())
        return try await AssignmentError.translating {
            let counted = try await session.batch([.lockCourse(of: .course(course)), .countGroupSets(of: course)])
            let count: Int = try counted[1].only?[0] ?? 0
            guard count < Self.groupSetLimit else { throw AssignmentError.tooMany(limit: Self.groupSetLimit) }
            let rows = try await session.batch([.insertGroupSet(id, title, in: course, at: now), .selectGroupSet(id)])
            guard let row = rows[1].only else { throw AssignmentError.groupSetNotFound }
            return try GroupSet(row: row)
        }
    }

    /// Gives a set another title.
    ///
    /// - Parameters:
    ///   - id: The set, whose row is locked.
    ///   - title: The title, 1–200 characters.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The set.
    /// - Throws: `AssignmentError.groupSetNotFound`; `.forbidden`; `.versionMismatch`; `.invalid`.
    public func renameGroupSet(
        _ id: GroupSet.ID,
        _ title: String,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> GroupSet {
        let set = try await lock(id, session: session)
        if let version, version != set.version { throw .versionMismatch(current: set.version) }
        return try await AssignmentError.translating {
            guard let row = try await session.batch([.renameGroupSet(id, title), .selectGroupSet(id)])[1].only else {
                throw AssignmentError.groupSetNotFound
            }
            return try GroupSet(row: row)
        }
    }

    /// Deletes a set with its groups.
    ///
    /// - Parameters:
    ///   - id: The set, whose row is locked.
    ///   - version: The version that the caller read, or `nil` to delete whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.groupSetNotFound`; `.forbidden`; `.versionMismatch`; `.groupSetInUse` if an assignment is for its
    ///   groups.
    public func deleteGroupSet(
        _ id: GroupSet.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        let set = try await lock(id, session: session)
        if let version, version != set.version { throw .versionMismatch(current: set.version) }
        do {
            try await session.execute(.deleteGroupSet(id))
        } catch {
            if case .constraint(.foreignKey, name: "assignments_group_set_id_fk") = error { throw .groupSetInUse }
            throw AssignmentError(error)
        }
    }

    /// Lists the groups of a set with who is in them, in two round trips.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most groups to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first.
    /// - Throws: `AssignmentError.groupSetNotFound`, also for who is not the course's staff; `.invalidPosition`.
    public func groups(
        of set: GroupSet.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<CourseGroup> {
        let after = try Self.place(position, "groups", CourseGroup.self)
        let standing = try await standing(in: .groupSet(set), or: .groupSetNotFound, reader: reader)
        guard standing.mayManage || standing.mayGrade else { throw .groupSetNotFound }
        return try await AssignmentError.translating {
            let statement = SQL.listGroups(of: set, after: after, limit: limit.withProbe)
            let groups = try await reader.read(statement).map(CourseGroup.init(row:))
            return Page(cutting: groups, limit: limit.count) { PagePosition(order: "groups", id: $0.id.uuid) }
        }
    }

    /// Lists the groups of a course in which the reader is, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: One of each set at most.
    /// - Throws: `AssignmentError.courseNotFound`.
    public func ownGroups(
        in course: Course.ID,
        reader: TenantReader
    ) async throws(AssignmentError) -> [CourseGroup] {
        _ = try await standing(in: .course(course), or: .courseNotFound, reader: reader)
        guard let user = reader.principal.user else { throw .courseNotFound }
        return try await AssignmentError.translating {
            try await reader.read(.listOwnGroups(of: user, in: course, limit: Self.groupSetLimit)).map(
                CourseGroup.init(row:)
            )
        }
    }

    /// Reads a group with who is in it, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The group.
    ///   - reader: Who reads in which tenant: the course's staff, or who is in the group.
    /// - Returns: The group.
    /// - Throws: `AssignmentError.groupNotFound`.
    public func group(_ id: CourseGroup.ID, reader: TenantReader) async throws(AssignmentError) -> CourseGroup {
        let (principal, place) = (reader.principal, AssignmentPlace.group(id))
        return try await AssignmentError.translating {
            let rows = try await reader.read([
                .selectGroup(id), .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
            ])
            guard let row = rows[0].only,
                let standing = try AssignmentStanding(course: rows[1], place: rows[2], for: principal),
                case let group = try CourseGroup(row: row),
                standing.mayManage || standing.mayGrade
                    || group.members.contains(where: { $0.user == principal.user })
            else { throw AssignmentError.groupNotFound }
            return group
        }
    }

    /// Makes a group.
    ///
    /// - Parameters:
    ///   - name: The name, 1–100 characters.
    ///   - members: Who is in it, at most 50 learners who have a place in the course and are in no other group of the set.
    ///   - set: The set, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The group.
    /// - Throws: `AssignmentError.groupSetNotFound`; `.forbidden` without `assignment:manage` on the course; `.groupNameTaken`;
    ///   `.learnerNotFound`; `.inAnotherGroup`; `.tooMany`; `.invalid`.
    public func makeGroup(
        _ name: String,
        of members: [Principal.ID],
        in set: GroupSet.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> CourseGroup {
        let set = try await lock(set, session: session)
        guard set.groupCount < Self.groupLimit else { throw .tooMany(limit: Self.groupLimit) }
        let (id, now): (CourseGroup.ID, Date) = (identifiers.next(), clock.now())
        _ = try await AssignmentError.translating {
            try await session.execute(.insertGroup(id, name, in: set, at: now))
        }
        return try await put(members, into: id, session: session)
    }

    /// Changes a group's name, or who is in it; what was handed in stays with those who were in it then.
    ///
    /// - Parameters:
    ///   - id: The group, whose set's row is locked.
    ///   - changes: What becomes of it.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The group.
    /// - Throws: `AssignmentError.groupNotFound`; `.forbidden`; `.versionMismatch`; `.groupNameTaken`; `.learnerNotFound`;
    ///   `.inAnotherGroup`; `.tooMany`; `.invalid`.
    public func change(
        _ id: CourseGroup.ID,
        _ changes: CourseGroupChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> CourseGroup {
        let group = try await lock(id, expecting: version, session: session)
        let name = changes.name.applied(to: group.name)
        _ = try await AssignmentError.translating { try await session.execute(.changeGroup(id, name: name)) }
        return try await put(changes.members.applied(to: group.members.map(\.user)), into: id, session: session)
    }

    /// Deletes a group that began nothing.
    ///
    /// - Parameters:
    ///   - id: The group, whose set's row is locked.
    ///   - version: The version that the caller read, or `nil` to delete whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.groupNotFound`; `.forbidden`; `.versionMismatch`; `.groupInUse`.
    public func delete(
        _ id: CourseGroup.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        _ = try await lock(id, expecting: version, session: session)
        _ = try await AssignmentError.translating { try await session.execute(.deleteGroup(id)) }
    }

    /// Sets who is in a group.
    private func put(
        _ users: [Principal.ID],
        into id: CourseGroup.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> CourseGroup {
        let users = Set(users)
        guard users.count <= CourseGroup.memberLimit else { throw .tooMany(limit: CourseGroup.memberLimit) }
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .removeMembers(of: id, besides: Array(users)), .insertMembers(Array(users), into: id),
                .countMembers(of: id), .selectGroup(id),
                audit.recording(AuditEvent("course.group_changed", on: id), by: session.principal),
            ])
            guard try rows[2].only?[0] == users.count else { throw AssignmentError.learnerNotFound }
            guard let row = rows[3].only else { throw AssignmentError.groupNotFound }
            return try CourseGroup(row: row)
        }
    }

    /// Locks a set for who may change it.
    private func lock(_ id: GroupSet.ID, session: borrowing TenantSession) async throws(AssignmentError) -> GroupSet {
        let (principal, place) = (session.principal, AssignmentPlace.groupSet(id))
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .lockGroupSet(id), .selectGroupSet(id), .selectCourse(of: place),
                .selectPlace(of: principal.user, in: place),
            ])
            guard let row = rows[1].only,
                let standing = try AssignmentStanding(course: rows[2], place: rows[3], for: principal)
            else { throw AssignmentError.groupSetNotFound }
            try standing.requireManager(or: .groupSetNotFound)
            return try GroupSet(row: row)
        }
    }

    /// Locks a group's set for who may change it.
    private func lock(
        _ id: CourseGroup.ID,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> CourseGroup {
        let (principal, place) = (session.principal, AssignmentPlace.group(id))
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .lockGroupSet(of: id), .selectGroup(id), .selectCourse(of: place),
                .selectPlace(of: principal.user, in: place),
            ])
            guard let row = rows[1].only,
                let standing = try AssignmentStanding(course: rows[2], place: rows[3], for: principal)
            else { throw AssignmentError.groupNotFound }
            try standing.requireManager(or: .groupNotFound)
            let group = try CourseGroup(row: row)
            if let version, version != group.version { throw AssignmentError.versionMismatch(current: group.version) }
            return group
        }
    }
}
