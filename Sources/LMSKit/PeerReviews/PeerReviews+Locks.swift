// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension PeerReviews {
    /// An assignment whose row is locked, and who locked it.
    struct Locked: Sendable {
        let assignment: Assignment
        let standing: AssignmentStanding
        let reviewing: PeerReviewing?
    }

    /// Locks an assignment that the principal may see.
    func lock(_ id: Assignment.ID, session: borrowing TenantSession) async throws -> Locked {
        let place = AssignmentPlace.assignment(id)
        let rows = try await session.batch([
            .lockAssignment(id), .selectAssignment(of: place), .selectCourse(of: place),
            .selectPlace(of: session.principal.user, in: place), .selectPeerReviewing(of: place),
        ])
        let (assignment, standing) = try Assignments.assignment(rows[1], rows[2], rows[3], for: session.principal)
        return Locked(
            assignment: assignment,
            standing: standing,
            reviewing: try rows[4].only.map(PeerReviewing.init(row:))
        )
    }

    /// Locks an assignment for who may change how it is reviewed, as long as that can be changed.
    func lockUnallocated(
        _ id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws -> Locked {
        try Self.requireUnallocated(try await lock(id, session: session), expecting: version)
    }

    /// Locks an assignment for who may choose its examples: of what is handed in only those know who may grade it.
    func lockForExamples(_ id: Assignment.ID, session: borrowing TenantSession) async throws -> Locked {
        let locked = try await lock(id, session: session)
        guard locked.standing.mayGrade else { throw AssignmentError.notFound }
        return try Self.requireUnallocated(locked)
    }

    private static func requireUnallocated(_ locked: Locked, expecting version: Int? = nil) throws -> Locked {
        try locked.standing.requireManager(or: .notFound)
        let current = locked.reviewing?.version ?? 0
        if let version, version != current { throw AssignmentError.versionMismatch(current: current) }
        guard locked.reviewing?.allocatedAt == nil else { throw PeerReviewError.allocated }
        return locked
    }

    /// Runs statements and reads how the reviewing stands then.
    func run(_ statements: [SQL], on locked: Locked, session: borrowing TenantSession) async throws -> PeerReviewState {
        let reading = Self.selectState(of: locked.assignment.id)
        let rows = try await session.batch(statements + reading)
        return try Self.state(Array(rows.suffix(reading.count)), locked.standing)
    }

    /// What `state(_:_:)` reads.
    static func selectState(of id: Assignment.ID) -> [SQL] {
        [.selectPeerReviewing(of: .assignment(id)), .listExamples(of: id), .countReviews(of: id)]
    }

    /// Reads how a reviewing stands, as far as somebody may see it.
    static func state(_ rows: [Rows], _ standing: AssignmentStanding) throws -> PeerReviewState {
        guard let row = rows[0].only, case let reviewing = try PeerReviewing(row: row) else {
            throw PeerReviewError.notFound
        }
        let isStaff = standing.mayManage || standing.mayGrade
        return PeerReviewState(
            reviewing,
            examples: isStaff ? try rows[1].map(PeerReviewExample.init(row:)) : [],
            counts: isStaff && reviewing.allocatedAt != nil
                ? try rows[2].only.map(PeerReviewState.Counts.init(row:)) : nil
        )
    }

    /// What is given for a work: levels where there is a rubric, else points.
    static func given(
        _ result: SubmissionAssessment.Result,
        for assignment: Assignment
    ) throws(AssignmentError) -> (points: Points, judgments: [RubricJudgment]) {
        switch result {
        case .levels(let levels): return (try assignment.criteria.points(for: levels), levels)
        case .points(let points):
            guard assignment.criteria.isEmpty else { throw .invalidLevels }
            let worth = assignment.settings.points
            guard points >= .zero, points <= worth else { throw .invalidPoints(limit: worth) }
            return (points, [])
        }
    }

    /// What was handed in last and by whom, of those who have a place in the course that counts.
    func works(of id: Assignment.ID, session: borrowing TenantSession) async throws -> [PeerAllocation.Work] {
        let limit = Self.submissionLimit
        let counted: Int = try await session.execute(.countLatest(of: id)).only?[0] ?? 0
        guard counted <= limit else { throw PeerReviewError.tooMany(limit: limit) }
        return try await session.execute(.listWorks(of: id)).map { row in
            PeerAllocation.Work(submission: try row[0], authors: try row[1], isReviewed: try row[2])
        }
    }

    /// Something that happened to the reviewing of an assignment, whose row is locked.
    func event(_ type: EventType, of assignment: Assignment, due: Date? = nil, at now: Date) -> Event {
        var payload = [JSONMember("assignmentId", assignment.id), JSONMember("courseId", assignment.course)]
        if let lesson = assignment.settings.lesson { payload.append(JSONMember("lessonId", lesson)) }
        payload.append(JSONMember("title", text: assignment.settings.title))
        if let due { payload.append(JSONMember("dueAt", due)) }
        return Event(assignments.identifiers.next(), type, of: assignment.id, payload: payload, at: now)
    }
}
