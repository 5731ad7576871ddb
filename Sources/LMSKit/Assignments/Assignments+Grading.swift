// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// The most held grades that one call releases.
    public static let releasedAtATime = 200

    /// Grades what a learner or a group handed in last; who grades again replaces the grade, and every member has it.
    ///
    /// Where grades are not held, or this one was released before, the gradebook is told in the same transaction.
    ///
    /// - Parameters:
    ///   - id: The submission; the places of whose it is are locked.
    ///   - assessment: What it is given; what lateness costs is taken off here.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission as its grader sees it.
    /// - Throws: `AssignmentError.submissionNotFound`; `.forbidden` without `assignment:grade` on the course, and for one's own;
    ///   `.versionMismatch`; `.superseded`; `.invalidPoints`; `.invalidLevels`; `.invalid`.
    public func grade(
        _ id: Submission.ID,
        _ assessment: SubmissionAssessment,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionView {
        let (now, principal) = (clock.now(), session.principal)
        let (submission, assignment) = try await lockForGrading(id, expecting: version, session: session)
        guard submission.isLatest else { throw .superseded }
        let settings = assignment.settings
        let earned: Points
        var judgments: [RubricJudgment] = []
        switch assessment.result {
        case .points(let points): earned = points
        case .levels(let levels): (earned, judgments) = (try assignment.criteria.points(for: levels), levels)
        }
        guard earned >= .zero, earned <= settings.points else { throw .invalidPoints(limit: settings.points) }
        let isSame =
            submission.grade?.earned == earned && submission.grade?.judgments == judgments
            && submission.feedback == assessment.feedback
        let releasedAt = submission.releasedAt ?? (settings.release == .atOnce ? now : nil)
        return try await AssignmentError.translating {
            if !isSame {
                let rows = try await session.batch([
                    .grade(
                        id,
                        earned: earned,
                        points: settings.points(of: earned, daysLate: submission.daysLate),
                        levels: judgments.isEmpty ? nil : Self.json(judgments),
                        feedback: assessment.feedback,
                        releasedAt: releasedAt,
                        by: principal.user,
                        at: now
                    ),
                    audit.recording(AuditEvent("submission.graded", on: id), by: principal),
                    .selectSubmission(id, for: nil), .listMembers(of: [id]),
                ])
                guard let row = rows[2].only else { throw AssignmentError.submissionNotFound }
                let graded = try Submission(row: row)
                let members = try rows[3].map(SubmissionMember.init(row:))
                if graded.releasedAt != nil {
                    try await session.batch(telling(members, of: graded, assignment, at: now, session: session))
                }
                for member in members { session.announce(.news(of: member.user.uuid)) }
            }
            return try await view(of: id, session: session)
        }
    }

    /// Returns a submission, so that its learner hands in again, however often they did.
    ///
    /// - Parameters:
    ///   - id: The submission, the last of the learner's, whose grade they do not know; the places of whose it is are locked.
    ///   - feedback: What is to be done, 1–10,000 characters, which the learner sees at once, as they do what is said to parts.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission as its grader sees it.
    /// - Throws: As `grade`; `AssignmentError.alreadyReleased`.
    public func sendBack(
        _ id: Submission.ID,
        feedback: String,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionView {
        let (now, principal) = (clock.now(), session.principal)
        let (submission, _) = try await lockForGrading(id, expecting: version, session: session)
        guard submission.isLatest else { throw .superseded }
        guard submission.releasedAt == nil else { throw .alreadyReleased }
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .sendBack(id, feedback: feedback, by: principal.user, at: now),
                audit.recording(AuditEvent("submission.returned", on: id), by: principal), .listMembers(of: [id]),
            ])
            for member in try rows[2].map(SubmissionMember.init(row:)) {
                session.announce(.news(of: member.user.uuid))
            }
            return try await view(of: id, session: session)
        }
    }

    /// Says something to a part of a text.
    ///
    /// - Parameters:
    ///   - body: What is said, 1–2,000 characters.
    ///   - range: The part: characters of the text, counted in Unicode code points.
    ///   - id: The submission; the places of whose it is are locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The comment.
    /// - Throws: `AssignmentError.submissionNotFound`; `.forbidden` as `grade`; `.invalidRange`; `.tooMany`; `.invalid`.
    public func comment(
        _ body: String,
        at range: Range<Int>,
        to id: Submission.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionComment {
        let (submission, _) = try await lockForGrading(id, session: session)
        guard range.lowerBound >= 0, !range.isEmpty, range.upperBound <= submission.text.unicodeScalars.count else {
            throw .invalidRange
        }
        let (now, principal) = (clock.now(), session.principal)
        let comment = SubmissionComment(id: identifiers.next(), range: range, body: body, createdAt: now)
        let rows = try await AssignmentError.translating {
            try await session.execute(
                .insertComment(comment.id, at: range, body, to: id, by: principal.user, at: now)
            )
        }
        guard rows.only != nil else { throw .tooMany(limit: SubmissionComment.limit) }
        return comment
    }

    /// Takes back what was said to a part of a text.
    ///
    /// - Parameters:
    ///   - comment: The comment, any grader's.
    ///   - id: The submission; the places of whose it is are locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.submissionNotFound`; `.forbidden` as `grade`; `.commentNotFound`.
    public func withdraw(
        _ comment: SubmissionComment.ID,
        from id: Submission.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        _ = try await lockForGrading(id, session: session)
        let rows = try await AssignmentError.translating {
            try await session.execute(.deleteComment(comment, of: id))
        }
        guard rows.only != nil else { throw .commentNotFound }
    }

    /// Lets learners see grades that are held, and tells the gradebook of them; doing it again changes nothing.
    ///
    /// At most 200 are released in one call, so that no transaction takes long.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked, as are the learners' places.
    ///   - session: The tenant's open transaction.
    /// - Returns: What it came to.
    /// - Throws: `AssignmentError.notFound`; `.forbidden` without `assignment:grade` on the course.
    public func releaseGrades(
        of id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> GradeRelease {
        let assignment = try await lockForExtending(id, session: session)
        let (now, principal, limit) = (clock.now(), session.principal, Self.releasedAtATime)
        return try await AssignmentError.translating {
            // The assignment's lock keeps them as they are: whoever hands in or grades shares it.
            let found = try await session.execute(.listHeld(of: id, limit: limit + 1))
            let held: [Submission.ID] = try found.prefix(limit).map { try $0[0] }
            guard !held.isEmpty else { return GradeRelease(released: 0, hasMore: false) }
            let rows = try await session.batch([
                .lockPlaces(ofMembersOf: held), .release(held, at: now), .selectSubmissions(held, for: nil),
                .listMembers(of: held),
                audit.recording(AuditEvent("assignment.grades_released", on: id), by: principal),
            ])
            let released = Set(try rows[1].map { row throws(DatabaseError) -> Submission.ID in try row[0] })
            let members = Dictionary(grouping: try rows[3].map(SubmissionMember.init(row:)), by: \.submission)
            var statements: [SQL] = []
            for submission in try rows[2].map(Submission.init(row:)) where released.contains(submission.id) {
                let members = members[submission.id] ?? []
                statements += telling(members, of: submission, assignment, at: now, session: session)
                for member in members { session.announce(.news(of: member.user.uuid)) }
            }
            try await session.batch(statements)
            return GradeRelease(released: released.count, hasMore: found.count > limit)
        }
    }

    /// What tells the gradebook and whoever listens of a grade that its learners may see, whose places are locked.
    private func telling(
        _ members: [SubmissionMember],
        of submission: Submission,
        _ assignment: Assignment,
        at now: Date,
        session: borrowing TenantSession
    ) -> [SQL] {
        guard let grade = submission.grade else { return [] }
        var statements: [SQL] = []
        for member in members {
            statements += gradebook.recording(
                grade.points,
                isLate: submission.daysLate > 0,
                of: member.user,
                for: Self.subject(assignment.id),
                by: session.principal
            )
            let event = graded(submission, of: member.user, assignment, points: grade.points, at: now)
            statements.append(.recordEvent(event, by: session.principal))
            if assignment.settings.completion == .grade {
                statements += completing(member, of: assignment, at: now, session: session)
            }
        }
        return statements
    }

    /// Locks the places of whose submission it is, for who may grade it: never one's own, or one's group's.
    private func lockForGrading(
        _ id: Submission.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> (submission: Submission, assignment: Assignment) {
        let (principal, place) = (session.principal, AssignmentPlace.submission(id))
        return try await AssignmentError.translating {
            let locks = [.shareAssignment(of: place)] + SQL.lockMembers(of: id)
            let rows = try await session.batch(
                locks + [
                    .selectSubmission(id, for: principal.user), .selectAssignment(of: place),
                    .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
                ]
            ).suffix(4).map(\.self)
            guard let row = rows[0].only, let assignmentRow = rows[1].only,
                let standing = try AssignmentStanding(course: rows[2], place: rows[3], for: principal)
            else { throw AssignmentError.submissionNotFound }
            let submission = try Submission(row: row)
            guard !submission.isOwn else { throw AssignmentError.forbidden }
            guard standing.mayGrade, submission.status != .draft else { throw AssignmentError.submissionNotFound }
            if let version, version != submission.version {
                throw AssignmentError.versionMismatch(current: submission.version)
            }
            return (submission, try Assignment(row: assignmentRow))
        }
    }

    private func view(of id: Submission.ID, session: borrowing TenantSession) async throws -> SubmissionView {
        let principal = session.principal
        guard let row = try await session.execute(.selectSubmission(id, for: principal.user)).only else {
            throw AssignmentError.submissionNotFound
        }
        return try await view(try Submission(row: row), for: .grader, session: session)
    }

    static func json(_ judgments: [RubricJudgment]) -> JSONText {
        var json = JSONWriter(capacity: 512)
        json.value(judgments)
        return JSONText(json.bytes)
    }
}
