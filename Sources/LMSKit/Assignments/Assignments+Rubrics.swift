// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// The most rubrics that a course may have.
    public static let rubricLimit = 500

    /// Writes a rubric.
    ///
    /// - Parameters:
    ///   - title: The title, 1–200 characters.
    ///   - criteria: What is judged, 1–20; their best levels sum up to more than 0 and at most 20,000 points.
    ///   - course: The course, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The rubric.
    /// - Throws: `AssignmentError.courseNotFound`; `.forbidden` without `assignment:manage` on the course; `.tooMany`; `.invalid`.
    public func writeRubric(
        _ title: String,
        _ criteria: [RubricCriterion],
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Rubric {
        try await standing(in: .course(course), or: .courseNotFound, session: session).requireManager(
            or: .courseNotFound
        )
        try Self.require(criteria)
        let (id, now): (Rubric.ID, Date) = (identifiers.next(), clock.now())
        return try await AssignmentError.translating {
            let counted = try await session.batch([.lockCourse(of: .course(course)), .countRubrics(of: course)])
            let count: Int = try counted[1].only?[0] ?? 0
            guard count < Self.rubricLimit else { throw AssignmentError.tooMany(limit: Self.rubricLimit) }
            let rows = try await session.batch([
                .insertRubric(id, title, in: course, at: now),
                .insertVersion(of: id, Self.json(criteria), points: criteria.points, at: now), .selectRubric(id),
            ])
            guard let row = rows[2].only else { throw AssignmentError.rubricNotFound }
            return try Rubric(row: row)
        }
    }

    /// Gives a rubric other content as a new version; assignments keep the version that they chose until they choose it again.
    ///
    /// - Parameters:
    ///   - id: The rubric, whose row is locked.
    ///   - title: The title.
    ///   - criteria: What is judged.
    ///   - version: The version that the caller read, or `nil` to come after whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The rubric; the same if nothing is different.
    /// - Throws: `AssignmentError.rubricNotFound`; `.forbidden`; `.versionMismatch`; `.invalid`.
    public func rewriteRubric(
        _ id: Rubric.ID,
        _ title: String,
        _ criteria: [RubricCriterion],
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Rubric {
        try await standing(in: .rubric(id), or: .rubricNotFound, session: session).requireManager(or: .rubricNotFound)
        try Self.require(criteria)
        let now = clock.now()
        return try await AssignmentError.translating {
            guard let row = try await session.batch([.lockRubric(id), .selectRubric(id)])[1].only else {
                throw AssignmentError.rubricNotFound
            }
            let rubric = try Rubric(row: row)
            if let version, version != rubric.version {
                throw AssignmentError.versionMismatch(current: rubric.version)
            }
            guard rubric.title != title || rubric.criteria != criteria else { return rubric }
            let rows = try await session.batch([
                .updateRubric(id, title, at: now),
                .insertVersion(of: id, Self.json(criteria), points: criteria.points, at: now), .selectRubric(id),
            ])
            guard let row = rows[2].only else { throw AssignmentError.rubricNotFound }
            return try Rubric(row: row)
        }
    }

    /// Lists a course's rubrics, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most rubrics to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first.
    /// - Throws: `AssignmentError.courseNotFound`; `.forbidden` without `assignment:manage` and `assignment:grade` on the course;
    ///   `.invalidPosition`.
    public func rubrics(
        of course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<Rubric> {
        let after = try Self.place(position, "rubrics", Rubric.self)
        let standing = try await standing(in: .course(course), or: .courseNotFound, reader: reader)
        guard standing.mayManage || standing.mayGrade else { throw standing.isStaff ? .forbidden : .courseNotFound }
        return try await AssignmentError.translating {
            let rows = try await reader.read(.listRubrics(of: course, after: after, limit: limit.withProbe))
            return Page(cutting: try rows.map(Rubric.init(row:)), limit: limit.count) { rubric in
                PagePosition(order: "rubrics", id: rubric.id.uuid)
            }
        }
    }

    /// Reads a rubric, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The rubric.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The rubric in its last version.
    /// - Throws: `AssignmentError.rubricNotFound`; `.forbidden` without `assignment:manage` and `assignment:grade` on its course.
    public func rubric(_ id: Rubric.ID, reader: TenantReader) async throws(AssignmentError) -> Rubric {
        let standing = try await standing(in: .rubric(id), or: .rubricNotFound, reader: reader)
        guard standing.mayManage || standing.mayGrade else { throw standing.isStaff ? .forbidden : .rubricNotFound }
        return try await AssignmentError.translating {
            guard let row = try await reader.read(.selectRubric(id)).only else { throw AssignmentError.rubricNotFound }
            return try Rubric(row: row)
        }
    }

    private static func json(_ criteria: [RubricCriterion]) -> JSONText {
        var json = JSONWriter(capacity: 2_048)
        json.value(criteria)
        return JSONText(json.bytes)
    }

    private static func require(_ criteria: [RubricCriterion]) throws(AssignmentError) {
        guard (1...RubricCriterion.limit).contains(criteria.count),
            criteria.allSatisfy({ (1...RubricCriterion.levelLimit).contains($0.levels.count) })
        else { throw .invalid(constraint: "rubric_versions_criteria_ck") }
    }
}
