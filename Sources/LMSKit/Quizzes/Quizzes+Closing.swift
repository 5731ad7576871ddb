// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What follows from a quiz once its scores may be seen.
extension Quizzes {
    /// The most learners whose lesson one call completes.
    static let settledAtATime = 200
    /// How long a quiz without an end of its own is left alone while somebody's attempt goes on.
    static let attemptWait: TimeInterval = 900

    /// Lets follow from a quiz what was kept until its scores may be seen: learners see their grades, and whoever passed has completed its
    /// lesson.
    ///
    /// Doing it again changes nothing. At most 200 lessons are completed in one call.
    ///
    /// - Parameters:
    ///   - id: The quiz; its course, it and the places of those who passed are locked.
    ///   - session: The tenant's open transaction, that of the job.
    /// - Returns: When to come again; `nil` if there is nothing left to do.
    /// - Throws: `QuizError.database`.
    public func settle(_ id: Quiz.ID, session: borrowing TenantSession) async throws(QuizError) -> Date? {
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await session.batch([
                .lockCourse(ofQuiz: id), .lockQuiz(id), .selectQuiz(id), .selectLastEnd(of: id),
            ])
            guard let row = rows[2].only else { return nil }
            let quiz = try Quiz(row: row)
            guard quiz.status != .draft, quiz.settings.scoreReveal != .never else { return nil }
            guard quiz.shows(quiz.settings.scoreReveal, at: now) else {
                let lastEnd: Date? = if let row = rows[3].only { try row[0] } else { nil }
                return quiz.nextSettling(at: now, lastEnd: lastEnd)
            }
            // Where scores are shown at once grades were, and somebody may have decided otherwise since.
            if quiz.settings.scoreReveal == .afterClose { try await showGrades(of: quiz, at: now, session: session) }
            guard let lesson = quiz.settings.lesson, quiz.settings.passPercentage != nil else { return nil }
            let passed = try await session.execute(.listPassedPlaces(in: id, at: now, limit: Self.settledAtATime + 1))
            let places: [Enrollment.ID] = try passed.map { try $0[0] }
            let principal = session.principal
            var statements: [SQL] = []
            for place in places.prefix(Self.settledAtATime) {
                statements.append(.lockEnrollment(place, owner: nil))
                statements.append(.completeByWork(lesson, on: place, by: principal, at: now))
                session.announce(.news(of: place.uuid))
            }
            if !statements.isEmpty {
                try await session.batch(statements)
                session.announce(.news(of: quiz.course.uuid))
            }
            return places.count > Self.settledAtATime ? now : nil
        }
    }

    /// Has `settle` done when the quiz is closed, or soon if its scores may be seen already; not where they never may.
    func settleLater(_ quiz: Quiz, at now: Date, session: borrowing TenantSession) async throws {
        guard quiz.status != .draft else { return }
        let due: Date? =
            switch quiz.settings.scoreReveal {
            case .never: nil
            case .afterSubmit: now
            case .afterClose: quiz.isClosed(at: now) ? now : quiz.nextSettling(at: now, lastEnd: nil)
            }
        if let due { try await session.execute(.enqueueJob(.quizClosing, quiz.id.uuid, at: due)) }
    }
}

extension Quiz {
    /// When to look again whether it is closed; `nil` if nothing but a change of the quiz closes it.
    fileprivate func nextSettling(at now: Date, lastEnd: Date?) -> Date? {
        // The jobs that close attempts come first.
        let pause = QuizAttempt.patience + 1
        if let lastStart, now <= lastStart.addingTimeInterval(QuizAttempt.patience), status != .archived {
            return lastStart.addingTimeInterval(pause)
        }
        guard hasOpenAttempts, status == .archived || lastStart != nil else { return nil }
        let next = lastEnd?.addingTimeInterval(pause) ?? now.addingTimeInterval(Quizzes.attemptWait)
        return max(next, now.addingTimeInterval(pause))
    }
}

extension SQL {
    static func lockCourse(ofQuiz id: Quiz.ID) -> SQL {
        "SELECT FROM courses WHERE id = (SELECT course_id FROM quizzes WHERE id = \(id)) FOR NO KEY UPDATE"
    }

    /// When the last attempt ends that goes on; NULL if one of them has no end.
    fileprivate static func selectLastEnd(of quiz: Quiz.ID) -> SQL {
        """
        SELECT CASE WHEN bool_and(ends_at IS NOT NULL) THEN max(ends_at) END FROM quiz_attempts
        WHERE quiz_id = \(quiz) AND status = 'in_progress'
        """
    }

    /// The places of those who passed a quiz and have not completed its lesson, where nothing else is left to do, in the order in which
    /// places are locked.
    fileprivate static func listPassedPlaces(in quiz: Quiz.ID, at instant: Date, limit: Int) -> SQL {
        """
        SELECT e.id FROM quizzes q
            JOIN courses c ON c.id = q.course_id AND c.status IN ('published', 'archived')
            JOIN lessons l ON l.id = q.lesson_id AND l.status = 'published'
            JOIN enrollments e ON e.course_id = q.course_id AND e.status IN ('active', 'completed')
        WHERE q.id = \(quiz) AND q.pass_percentage IS NOT NULL
            AND EXISTS (SELECT FROM quiz_attempts a WHERE a.quiz_id = q.id AND a.user_id = e.user_id AND \(.isPassed))
            AND NOT EXISTS (SELECT FROM lesson_progress p
                WHERE p.enrollment_id = e.id AND p.lesson_id = l.id AND p.completed_at IS NOT NULL)
            AND NOT \(.waitsForWork(at: instant))
        ORDER BY e.id LIMIT \(limit)
        """
    }

    /// Whether attempt `a` passed quiz `q`, by the points themselves: a rounded percentage lets pass who did not.
    private static var isPassed: SQL {
        """
        (a.status = 'graded' AND a.score * 100 >= q.pass_percentage * a.max_score AND (a.max_score > 0 OR q.pass_percentage = 0))
        """
    }

    /// Whether a published quiz completes lesson `l` and has not done so for place `e`: `Quiz.completesLesson` for all its attempts.
    ///
    /// Where scores come with the end of the quiz it waits until then, whoever passed: that it does not would say who did.
    static func waitsForQuiz(at instant: Date) -> SQL {
        """
        EXISTS (SELECT FROM quizzes q WHERE q.lesson_id = l.id AND q.status = 'published' AND NOT EXISTS (
            SELECT FROM quiz_attempts a WHERE a.quiz_id = q.id AND a.enrollment_id = e.id AND a.status <> 'in_progress'
                AND (q.pass_percentage IS NULL OR q.score_reveal = 'never'
                    OR \(.isPassed) AND (q.score_reveal = 'after_submit' OR \(.isClosed(at: instant))))))
        """
    }

    /// Whether published quiz `q` is closed: `Quiz.isClosed`.
    private static func isClosed(at instant: Date) -> SQL {
        """
        (\(instant.addingTimeInterval(-QuizAttempt.patience)) > greatest(q.closes_at, \(.lastExtension))
            AND NOT \(.hasOpenAttempts))
        """
    }
}
