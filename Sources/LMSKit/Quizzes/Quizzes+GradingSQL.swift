// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Gives a question of an attempt the score that somebody decided on.
    ///
    /// The attempt's version is another one after it also where the sum stays: whoever read the attempt before did not see this.
    static func gradeQuestion(
        _ question: BankQuestion.ID,
        of attempt: QuizAttempt.ID,
        score: Points,
        comment: String?,
        by grader: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        WITH g AS (
            UPDATE quiz_attempt_questions
            SET score = \(score.millionths), needs_grading = false, comment = \(comment), graded_by = \(grader), graded_at = \(instant)
            WHERE attempt_id = \(attempt) AND question_id = \(question)
            RETURNING attempt_id
        )
        UPDATE quiz_attempts a SET version = a.version + 1 FROM g WHERE a.id = g.attempt_id
        """
    }

    /// Sums up what attempts that are locked earned.
    static func recountAttempts(_ ids: [QuizAttempt.ID], at instant: Date) -> SQL {
        """
        UPDATE quiz_attempts a SET
            score = greatest(0, least(t.score, a.max_score)),
            status = CASE WHEN t.waits THEN 'submitted' ELSE 'graded' END,
            graded_at = CASE WHEN NOT t.waits THEN coalesce(a.graded_at, \(instant)) END,
            version = a.version + 1
        FROM (SELECT attempt_id, coalesce(sum(score), 0)::bigint AS score, bool_or(needs_grading) AS waits
              FROM quiz_attempt_questions WHERE attempt_id = ANY(\(ids)) GROUP BY attempt_id) t
        WHERE a.id = t.attempt_id AND a.status <> 'in_progress'
            AND (a.score, a.status) IS DISTINCT FROM
                (greatest(0, least(t.score, a.max_score)), CASE WHEN t.waits THEN 'submitted' ELSE 'graded' END)
        """
    }

    /// Locks the places of those whose submitted attempts a newer key grades, in one order.
    static func lockStalePlaces(of quiz: Quiz.ID, question: BankQuestion.ID?, limit: Int) -> SQL {
        """
        SELECT a.id FROM enrollments e JOIN quiz_attempts a ON a.enrollment_id = e.id
        WHERE a.id IN (
            SELECT a.id FROM quiz_attempts a
            WHERE a.quiz_id = \(quiz) AND a.status <> 'in_progress' AND EXISTS (
                SELECT FROM quiz_attempt_questions t JOIN bank_questions b ON b.id = t.question_id
                WHERE t.attempt_id = a.id AND (\(question) IS NULL OR t.question_id = \(question))
                    AND t.graded_at IS NULL AND t.graded_version < b.version)
            ORDER BY a.id LIMIT \(limit))
        ORDER BY e.id FOR NO KEY UPDATE OF e
        """
    }

    static func lockAttempts(_ ids: [QuizAttempt.ID]) -> SQL {
        "SELECT FROM quiz_attempts WHERE id = ANY(\(ids)) ORDER BY id FOR NO KEY UPDATE"
    }

    static func selectAttempts(_ ids: [QuizAttempt.ID]) -> SQL {
        """
        SELECT a.id, a.quiz_id, a.course_id, a.enrollment_id, a.user_id, u.display_name, a.number, a.status, a.seed, a.started_at,
            a.deadline_at, a.ends_at, a.submitted_at, a.closing, a.is_late, a.score, a.max_score, a.graded_at, a.version
        FROM quiz_attempts a JOIN users u ON u.id = a.user_id WHERE a.id = ANY(\(ids)) ORDER BY a.id
        """
    }

    static func selectQuestion(_ question: BankQuestion.ID, ofCourseOf quiz: Quiz.ID) -> SQL {
        """
        SELECT b.id FROM bank_questions b JOIN quizzes q ON q.course_id = b.course_id
        WHERE b.id = \(question) AND q.id = \(quiz)
        """
    }

    /// The first questions of attempts that a newer key grades, with that key, in the order of the attempts: 500 at most, and no more than
    /// four megabytes of them but for the last one.
    static func listStaleQuestions(of attempts: [QuizAttempt.ID], question: BankQuestion.ID?) -> SQL {
        """
        SELECT s.attempt_id, s.question_id, s.points, s.answer, s.score, s.graded_version, s.number, s.content
        FROM (
            SELECT p.*, sum(p.bytes) OVER (ORDER BY p.attempt_id, p.position) - p.bytes AS bytes_before
            FROM (
                SELECT t.attempt_id, t.question_id, t.position, t.points, t.answer, t.score, t.graded_version, v.number, v.content,
                    coalesce(octet_length(t.answer::text), 0) + octet_length(v.content::text) AS bytes
                FROM quiz_attempt_questions t JOIN bank_questions b ON b.id = t.question_id
                    JOIN question_versions v ON v.question_id = b.id AND v.number = b.version
                WHERE t.attempt_id = ANY(\(attempts)) AND (\(question) IS NULL OR t.question_id = \(question))
                    AND t.graded_at IS NULL AND t.graded_version < b.version
                ORDER BY t.attempt_id, t.position LIMIT 500
            ) p
        ) s
        WHERE s.bytes_before < 4194304 ORDER BY s.attempt_id, s.position
        """
    }

    /// Gives questions what a newer key says, a JSON array of objects; the versions of their attempts are other ones after it.
    static func regradeQuestions(_ grades: JSONText) -> SQL {
        """
        WITH t AS (
            UPDATE quiz_attempt_questions t
            SET score = (g.value ->> 'score')::bigint, needs_grading = (g.value ->> 'needsGrading')::boolean,
                result = g.value -> 'result', graded_version = (g.value ->> 'version')::integer
            FROM jsonb_array_elements(\(grades)) AS g (value)
            WHERE t.attempt_id = (g.value ->> 'attempt')::uuid AND t.question_id = (g.value ->> 'id')::uuid
            RETURNING t.attempt_id
        )
        UPDATE quiz_attempts a SET version = a.version + 1 WHERE a.id IN (SELECT attempt_id FROM t)
        """
    }

    /// Records changes of scores, a JSON array of objects.
    static func insertScoreChanges(
        _ changes: JSONText,
        of quiz: Quiz.ID,
        cause: QuizScoreChange.Cause,
        by grader: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO quiz_score_changes (id, quiz_id, attempt_id, question_id, cause, version_before, version_after, score_before,
            score_after, total_before, total_after, changed_at, changed_by)
        SELECT (c.value ->> 'id')::uuid, \(quiz), a.id, (c.value ->> 'question')::uuid, \(cause),
            (c.value ->> 'versionBefore')::integer, (c.value ->> 'versionAfter')::integer, (c.value ->> 'scoreBefore')::bigint,
            (c.value ->> 'scoreAfter')::bigint, (c.value ->> 'totalBefore')::bigint, a.score, \(instant), \(grader)
        FROM jsonb_array_elements(\(changes)) AS c (value) JOIN quiz_attempts a ON a.id = (c.value ->> 'attempt')::uuid
        """
    }

    static func listScoreChanges(of quiz: Quiz.ID, after: QuizScoreChange.ID?, limit: Int) -> SQL {
        """
        SELECT id, attempt_id, question_id, cause, score_before, score_after, total_before, total_after, changed_at, changed_by
        FROM quiz_score_changes WHERE quiz_id = \(quiz) AND (\(after) IS NULL OR id < \(after)) ORDER BY id DESC LIMIT \(limit)
        """
    }
}
