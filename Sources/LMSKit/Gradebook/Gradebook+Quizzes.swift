// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
package import LMSTenancy

/// What quizzes tell the gradebook besides what assignments tell it too.
extension Gradebook {
    /// Returns the statement that records what learners have of a quiz, as `recording(_:isLate:of:for:by:)` does for one.
    ///
    /// What waits for somebody who grades it is left as it was. A grade is late where the attempt is that counts: every best one, the
    /// first, the last, or any for the average.
    ///
    /// - Parameters:
    ///   - quiz: The quiz; nothing is recorded if it has no item.
    ///   - learners: The learners, whose places the caller has locked; `nil` for all.
    ///   - principal: Who acts.
    /// - Returns: A statement for a batch, after the one that brings the results up to date.
    package func recordingResults(of quiz: Quiz.ID, _ learners: [Principal.ID]?, by principal: Principal) -> SQL {
        .recordGrades(.quizGradeEntries(of: quiz, learners), from: .subject, by: principal, at: clock.now())
    }

    /// Lets learners see the grades of a quiz or an assignment, or keeps them from it, as that says itself.
    ///
    /// Releasing tells each learner whose grade they could not see before. Doing either again changes nothing, and leaves what somebody
    /// decided in the gradebook meanwhile.
    ///
    /// - Parameters:
    ///   - subject: The quiz or the assignment.
    ///   - visibility: Which of both.
    ///   - course: Its course, whose row the caller has locked; the places of those who are told are locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: `DatabaseError` if the server refused it.
    package func show(
        _ subject: GradeSubject,
        _ visibility: Visibility,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        let now = clock.now()
        let muting = SQL.muteGradeItem(of: subject, isMuted: visibility == .muted, at: now)
        guard try await session.execute(muting).affected > 0 else { return }
        var statements = [recordingUpdate(of: course, by: session.principal)]
        if visibility == .released {
            statements += [
                .lockPlacesToRelease(of: course, .subject(subject)),
                .releaseGrades(of: course, .subject(subject), by: session.principal, at: now),
            ]
        }
        try await session.batch(statements)
    }
}

extension SQL {
    /// Entries for `recordGrades`: the results of a quiz that wait for nobody.
    fileprivate static func quizGradeEntries(of quiz: Quiz.ID, _ learners: [Principal.ID]?) -> SQL {
        """
        SELECT i.id AS item_id, r.user_id, CASE WHEN l.is_late THEN 'late' ELSE 'graded' END AS status,
               r.score * 0.000001 AS score
        FROM quizzes q
        JOIN grade_items i ON i.kind = 'quiz' AND i.subject_id = q.id
        JOIN quiz_results r ON r.quiz_id = q.id
        CROSS JOIN LATERAL (
            SELECT CASE q.attempt_policy
                WHEN 'best' THEN bool_and(a.is_late) FILTER (WHERE a.score = r.score)
                WHEN 'average' THEN bool_or(a.is_late)
                WHEN 'first' THEN (array_agg(a.is_late ORDER BY a.number))[1]
                ELSE (array_agg(a.is_late ORDER BY a.number DESC))[1] END AS is_late
            FROM quiz_attempts a WHERE a.quiz_id = q.id AND a.user_id = r.user_id AND a.status <> 'in_progress'
        ) l
        WHERE q.id = \(quiz) AND NOT r.is_provisional AND (\(learners) IS NULL OR r.user_id = ANY(\(learners)))
        """
    }

    fileprivate static func muteGradeItem(of subject: GradeSubject, isMuted: Bool, at instant: Date) -> SQL {
        """
        UPDATE grade_items SET is_muted = \(isMuted), version = version + 1, updated_at = \(instant)
        WHERE kind = \(subject.kind) AND subject_id = \(subject.id) AND is_muted <> \(isMuted)
        """
    }
}
