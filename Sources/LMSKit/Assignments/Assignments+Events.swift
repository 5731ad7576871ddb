// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// How long before an assignment is due learners are reminded.
    static let notice: TimeInterval = 24 * 3_600

    /// Reminds the learners of an assignment that is due within a day, once for each due date; for the job that comes then.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: When to come again, if it is due later now; `nil` if there is nothing left to do.
    /// - Throws: `AssignmentError.database`.
    public func remind(
        of id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Date? {
        let (now, place) = (clock.now(), AssignmentPlace.assignment(id))
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .lockAssignment(id), .selectAssignment(of: place), .selectCourse(of: place),
            ])
            guard let row = rows[1].only, let courseRow = rows[2].only else { return nil }
            let assignment = try Assignment(row: row)
            guard assignment.status == .published, try Course(row: courseRow).status == .published,
                let due = assignment.settings.dueAt, due > now, assignment.remindedOf != due
            else { return nil }
            let first = due.addingTimeInterval(-Self.notice)
            guard first <= now else { return first }
            try await session.batch([
                .noteReminder(id, of: due),
                .recordEvent(event(.assignmentDueSoon, of: assignment, at: now), by: session.principal),
            ])
            return nil
        }
    }

    /// What has the learners reminded of a due date to come.
    static func reminding(of id: Assignment.ID, due: Date?, at now: Date) -> [SQL] {
        guard let due, due > now else { return [] }
        return [.enqueueJob(.assignmentReminder, id.uuid, at: max(now, due.addingTimeInterval(-notice)))]
    }

    /// Something that happened to an assignment, whose row is locked.
    func event(_ type: EventType, of assignment: Assignment, at now: Date) -> Event {
        var payload = [JSONMember("assignmentId", assignment.id), JSONMember("courseId", assignment.course)]
        if let lesson = assignment.settings.lesson { payload.append(JSONMember("lessonId", lesson)) }
        payload.append(JSONMember("title", text: assignment.settings.title))
        if let due = assignment.settings.dueAt { payload.append(JSONMember("dueAt", due)) }
        return Event(identifiers.next(), type, of: assignment.id, payload: payload, at: now)
    }

    /// That a learner handed in.
    ///
    /// The title is in it only where graders may know who did: with it they are told.
    func submission(of draft: Submission, by user: Principal.ID, _ assignment: Assignment, at now: Date) -> Event {
        var payload = [
            JSONMember("submissionId", draft.id), JSONMember("assignmentId", assignment.id),
            JSONMember("courseId", assignment.course), JSONMember("userId", user),
            JSONMember("submittedAt", now),
        ]
        if !assignment.settings.isBlind { payload.append(JSONMember("title", text: assignment.settings.title)) }
        return Event(identifiers.next(), .submissionReceived, of: draft.id, payload: payload, at: now)
    }

    /// That a learner may see a grade.
    func graded(
        _ submission: Submission,
        of user: Principal.ID,
        _ assignment: Assignment,
        points: Points,
        at now: Date
    ) -> Event {
        var payload = [
            JSONMember("submissionId", submission.id), JSONMember("assignmentId", assignment.id),
            JSONMember("courseId", assignment.course), JSONMember("userId", user),
            JSONMember(name: "score", value: .number(points.description)),
            JSONMember(name: "maxScore", value: .number(assignment.settings.points.description)),
            JSONMember("title", text: assignment.settings.title),
        ]
        if let lesson = assignment.settings.lesson { payload.append(JSONMember("lessonId", lesson)) }
        return Event(identifiers.next(), .assignmentGraded, of: submission.id, payload: payload, at: now)
    }
}
