// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Lists a course's assignments, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - lesson: Only those of this lesson.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most assignments to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page without criteria, the oldest first; drafts are in it for staff.
    /// - Throws: `AssignmentError.courseNotFound`; `.enrollmentNeeded` and `.paymentNeeded` without entitlement; `.invalidPosition`.
    public func list(
        in course: Course.ID,
        lesson: Lesson.ID? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<Assignment> {
        let after = try Self.place(position, "assignments", Assignment.self)
        let standing = try await standing(in: .course(course), or: .courseNotFound, reader: reader)
        guard standing.isStaff || standing.isEntitled else {
            throw standing.facts.isFree ? .enrollmentNeeded : .paymentNeeded
        }
        return try await AssignmentError.translating {
            let statement = SQL.listAssignments(
                of: course,
                lesson: lesson,
                showsDrafts: standing.isStaff,
                after: after,
                limit: limit.withProbe
            )
            let assignments = try await reader.read(statement).map(Assignment.init(row:))
            return Page(cutting: assignments, limit: limit.count) { assignment in
                PagePosition(order: "assignments", id: assignment.id.uuid)
            }
        }
    }

    /// Reads an assignment with the criteria of its rubric, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The assignment.
    /// - Throws: `AssignmentError.notFound` if there is none, they are not entitled to the course, or it is a draft and they are not
    ///   its staff.
    public func fetch(_ id: Assignment.ID, reader: TenantReader) async throws(AssignmentError) -> Assignment {
        try await find(id, reader: reader).assignment
    }

    /// Reads a submission with what is said to it, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The submission.
    ///   - reader: Who reads in which tenant: the learner, or somebody who may grade; who grades sees no drafts.
    /// - Returns: The submission as they may see it.
    /// - Throws: `AssignmentError.submissionNotFound`.
    public func submission(
        _ id: Submission.ID,
        reader: TenantReader
    ) async throws(AssignmentError) -> SubmissionView {
        let principal = reader.principal
        let place = AssignmentPlace.submission(id)
        return try await AssignmentError.translating {
            let rows = try await reader.read([
                .selectSubmission(id, for: principal.user), .selectCourse(of: place),
                .selectPlace(of: principal.user, in: place), .listComments(of: id), .listFiles(of: id),
                .listMembers(of: [id]),
            ])
            let (submission, audience) = try Self.readable(rows[0], rows[1], rows[2], for: principal)
            return try SubmissionView(
                submission,
                comments: Self.comments(rows[3]),
                files: Self.files(rows[4]),
                members: rows[5].map(SubmissionMember.init(row:)),
                for: audience
            )
        }
    }

    /// Reads a submission that the principal may know of: the learner, a member of its group, or somebody who may grade, who sees no drafts.
    static func readable(
        _ submission: Rows,
        _ course: Rows,
        _ place: Rows,
        for principal: Principal
    ) throws -> (submission: Submission, audience: SubmissionView.Audience) {
        guard let row = submission.only,
            let standing = try AssignmentStanding(course: course, place: place, for: principal)
        else { throw AssignmentError.submissionNotFound }
        let submission = try Submission(row: row)
        guard submission.isOwn || (standing.mayGrade && submission.status != .draft) else {
            throw AssignmentError.submissionNotFound
        }
        return (submission, submission.isOwn ? .learner : .grader)
    }

    /// Lists what was handed in last by each learner, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - status: Only those in this state; those that are `submitted` wait for a grader.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most submissions to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first, without texts.
    /// - Throws: `AssignmentError.notFound`; `.forbidden` without `assignment:grade` on the course; `.invalidPosition`.
    public func submissions(
        of id: Assignment.ID,
        status: Submission.Status? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<SubmissionView> {
        let after = try Self.place(position, "submissions", Submission.self)
        try await find(id, reader: reader).standing.requireGrader(or: .notFound)
        return try await AssignmentError.translating {
            let statement = SQL.listSubmissions(
                of: id,
                status: status,
                for: reader.principal.user,
                after: after,
                limit: limit.withProbe
            )
            let views = try await reader.read(statement).map { row in
                let submission = try Submission(row: row)
                return SubmissionView(submission, for: submission.isOwn ? .learner : .grader)
            }
            return Page(cutting: views, limit: limit.count) { view in
                PagePosition(order: "submissions", id: view.submission.id.uuid)
            }
        }
    }

    /// Lists one's own submissions of an assignment, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The last hundred, the last first, without texts.
    /// - Throws: `AssignmentError.notFound`.
    public func ownSubmissions(
        of id: Assignment.ID,
        reader: TenantReader
    ) async throws(AssignmentError) -> [SubmissionView] {
        _ = try await find(id, reader: reader)
        guard let user = reader.principal.user else { throw .notFound }
        return try await AssignmentError.translating {
            try await reader.read(.listOwnSubmissions(of: user, in: id)).map { row in
                SubmissionView(try Submission(row: row), for: .learner)
            }
        }
    }

    /// Lists one's own submissions in a course, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most submissions to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first, without texts.
    /// - Throws: `AssignmentError.courseNotFound`; `.invalidPosition`.
    public func ownSubmissions(
        in course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<SubmissionView> {
        let after = try Self.place(position, "own-submissions", Submission.self)
        _ = try await standing(in: .course(course), or: .courseNotFound, reader: reader)
        guard let user = reader.principal.user else { throw .courseNotFound }
        return try await AssignmentError.translating {
            let statement = SQL.listOwnSubmissions(of: user, inCourse: course, after: after, limit: limit.withProbe)
            let views = try await reader.read(statement).map { row in
                SubmissionView(try Submission(row: row), for: .learner)
            }
            return Page(cutting: views, limit: limit.count) { view in
                PagePosition(order: "own-submissions", id: view.submission.id.uuid)
            }
        }
    }

    /// Lists who has an extension in an assignment, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most extensions to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page in the order of the learners' identifiers.
    /// - Throws: `AssignmentError.notFound`; `.forbidden` without `assignment:grade` on the course; `.invalidPosition`.
    public func extensions(
        in id: Assignment.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AssignmentError) -> Page<AssignmentExtension> {
        let after = try Self.place(position, "extensions", Principal.self)
        try await find(id, reader: reader).standing.requireGrader(or: .notFound)
        return try await AssignmentError.translating {
            let rows = try await reader.read(.listExtensions(of: id, after: after, limit: limit.withProbe))
            let granted = try rows.map(AssignmentExtension.init(row:))
            return Page(cutting: granted, limit: limit.count) { granted in
                PagePosition(order: "extensions", id: granted.user.uuid)
            }
        }
    }

    func find(
        _ id: Assignment.ID,
        reader: TenantReader
    ) async throws(AssignmentError) -> (assignment: Assignment, standing: AssignmentStanding) {
        let rows = try await AssignmentError.translating {
            try await reader.read([
                .selectAssignment(of: .assignment(id)), .selectCourse(of: .assignment(id)),
                .selectPlace(of: reader.principal.user, in: .assignment(id)),
            ])
        }
        return try Self.assignment(rows[0], rows[1], rows[2], for: reader.principal)
    }

    /// What the principal is in a course that they know of.
    func standing(
        in place: AssignmentPlace,
        or hidden: AssignmentError,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> AssignmentStanding {
        let principal = session.principal
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
            ])
            guard let standing = try AssignmentStanding(course: rows[0], place: rows[1], for: principal),
                standing.isKnown
            else { throw hidden }
            return standing
        }
    }

    func standing(
        in place: AssignmentPlace,
        or hidden: AssignmentError,
        reader: TenantReader
    ) async throws(AssignmentError) -> AssignmentStanding {
        let principal = reader.principal
        return try await AssignmentError.translating {
            let rows = try await reader.read([
                .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
            ])
            guard let standing = try AssignmentStanding(course: rows[0], place: rows[1], for: principal),
                standing.isKnown
            else { throw hidden }
            return standing
        }
    }

    /// Reads an assignment that the principal may know of.
    static func assignment(
        _ assignment: Rows,
        _ course: Rows,
        _ place: Rows,
        for principal: Principal
    ) throws(AssignmentError) -> (assignment: Assignment, standing: AssignmentStanding) {
        do {
            guard let row = assignment.only, case let assignment = try Assignment(row: row),
                let standing = try AssignmentStanding(course: course, place: place, for: principal),
                standing.maySee(assignment)
            else { throw AssignmentError.notFound }
            return (assignment, standing)
        } catch let error as DatabaseError {
            throw AssignmentError(error)
        } catch {
            throw .notFound
        }
    }

    static func place<Entity>(
        _ position: PagePosition?,
        _ order: String,
        _ entity: Entity.Type
    ) throws(AssignmentError) -> Identifier<Entity>? {
        guard let position else { return nil }
        guard position.order == order else { throw .invalidPosition }
        return Identifier(position.id)
    }
}
