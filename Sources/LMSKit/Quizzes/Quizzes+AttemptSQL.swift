// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Whether the lesson of a quiz is there for `user`; no row for a quiz without one.
    static func selectAvailability(ofQuiz id: Quiz.ID, for user: Principal.ID, at instant: Date) -> SQL {
        .selectAvailability(ofLesson: "(SELECT lesson_id FROM quizzes WHERE id = \(id))", for: user, at: instant)
    }

    /// Comes before every lock of an attempt: whatever changes a learner's attempts, or what they come to, holds the learner's place.
    static func lockPlace(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        """
        SELECT FROM enrollments WHERE user_id = \(user) AND course_id = (SELECT course_id FROM quizzes WHERE id = \(quiz))
        FOR NO KEY UPDATE
        """
    }

    static func lockPlace(of attempt: QuizAttempt.ID, owner: Principal.ID?) -> SQL {
        """
        SELECT FROM enrollments
        WHERE id = (SELECT enrollment_id FROM quiz_attempts
                    WHERE id = \(attempt) AND (\(owner) IS NULL OR user_id = \(owner)))
        FOR NO KEY UPDATE
        """
    }

    /// Everything of an attempt is changed under this lock.
    static func lockAttempt(_ id: QuizAttempt.ID, owner: Principal.ID?) -> SQL {
        """
        SELECT FROM quiz_attempts WHERE id = \(id) AND (\(owner) IS NULL OR user_id = \(owner)) FOR NO KEY UPDATE
        """
    }

    /// Comes before the lock of a place that is left: an attempt that ends needs its quiz as it is.
    static func shareQuizzes(ofCourseOf place: Enrollment.ID) -> SQL {
        """
        SELECT FROM quizzes WHERE course_id = (SELECT course_id FROM enrollments WHERE id = \(place)) AND status <> 'draft'
        ORDER BY id FOR SHARE
        """
    }

    static func lockOpenAttempts(of place: Enrollment.ID) -> SQL {
        """
        SELECT id FROM quiz_attempts WHERE enrollment_id = \(place) AND status = 'in_progress' ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// What `QuizAttempt(row:)` reads, of attempts called `a`.
    private static var attempts: SQL {
        """
        SELECT a.id, a.quiz_id, a.course_id, a.enrollment_id, a.user_id, u.display_name, a.number, a.status, a.seed, a.started_at,
            a.deadline_at, a.ends_at, a.submitted_at, a.closing, a.is_late, a.score, a.max_score, a.graded_at, a.version
        FROM quiz_attempts a JOIN users u ON u.id = a.user_id
        """
    }

    static func selectAttempt(_ id: QuizAttempt.ID) -> SQL {
        "\(.attempts) WHERE a.id = \(id)"
    }

    static func selectAttemptNews(_ id: QuizAttempt.ID, owner: Principal.ID) -> SQL {
        """
        SELECT a.status, a.deadline_at, a.ends_at, a.closing,
            (SELECT count(*) FROM quiz_attempt_questions t WHERE t.attempt_id = a.id AND t.answer IS NOT NULL)
        FROM quiz_attempts a WHERE a.id = \(id) AND a.user_id = \(owner)
        """
    }

    static func selectOpenAttempt(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        "\(.attempts) WHERE a.quiz_id = \(quiz) AND a.user_id = \(user) AND a.status = 'in_progress'"
    }

    static func countAttempts(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        "SELECT count(*) FROM quiz_attempts WHERE quiz_id = \(quiz) AND user_id = \(user)"
    }

    static func listOwnAttempts(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        "\(.attempts) WHERE a.quiz_id = \(quiz) AND a.user_id = \(user) ORDER BY a.number DESC LIMIT 100"
    }

    static func listAttempts(
        of quiz: Quiz.ID,
        status: QuizAttempt.Status?,
        after: QuizAttempt.ID?,
        limit: Int
    ) -> SQL {
        """
        \(.attempts) WHERE a.quiz_id = \(quiz) AND (\(status) IS NULL OR a.status = \(status))
            AND (\(after) IS NULL OR a.id > \(after))
        ORDER BY a.id LIMIT \(limit)
        """
    }

    /// What `QuizAttemptQuestion(row:)` reads, in the order of the attempt.
    static func listQuestions(of attempt: QuizAttempt.ID) -> SQL {
        """
        SELECT t.question_id, t.position, t.points, v.content, g.content, t.answer, t.sequence, t.answered_at, t.result, t.score,
            t.needs_grading, t.comment, t.graded_at, \(.answerFiles)
        FROM quiz_attempt_questions t
            JOIN question_versions v ON v.question_id = t.question_id AND v.number = t.question_version
            LEFT JOIN question_versions g
                ON g.question_id = t.question_id AND g.number = t.graded_version AND t.graded_version <> t.question_version
        WHERE t.attempt_id = \(attempt) ORDER BY t.position
        """
    }

    /// What an attempt of the owner's asks in one question.
    static func selectContent(of question: BankQuestion.ID, in attempt: QuizAttempt.ID, owner: Principal.ID) -> SQL {
        """
        SELECT v.content FROM quiz_attempts a
            LEFT JOIN quiz_attempt_questions t ON t.attempt_id = a.id AND t.question_id = \(question)
            LEFT JOIN question_versions v ON v.question_id = t.question_id AND v.number = t.question_version
        WHERE a.id = \(attempt) AND a.user_id = \(owner)
        """
    }

    /// Begins an attempt with its questions, a JSON array of objects with `id`, `version` and `points`.
    static func insertAttempt(_ new: NewQuizAttempt, questions: JSONText) -> SQL {
        """
        WITH a AS (
            INSERT INTO quiz_attempts (id, quiz_id, course_id, enrollment_id, user_id, number, seed, started_at, deadline_at,
                ends_at, max_score, time_limit_seconds)
            SELECT \(new.id), q.id, q.course_id, \(new.enrollment), \(new.user), \(new.number), \(new.seed.stored), \(new.startedAt),
                \(new.deadlineAt), \(new.endsAt), \(new.maxScore.millionths), q.time_limit_seconds
            FROM quizzes q WHERE q.id = \(new.quiz)
            RETURNING id
        )
        INSERT INTO quiz_attempt_questions (attempt_id, question_id, question_version, position, points)
        SELECT a.id, (n.value ->> 'id')::uuid, (n.value ->> 'version')::integer, n.position, (n.value ->> 'points')::bigint
        FROM a, jsonb_array_elements(\(questions)) WITH ORDINALITY AS n (value, position)
        """
    }

    /// Saves an answer unless a later one is there or the attempt is over, and says what counts now.
    ///
    /// Returns no row for an attempt that is none or not the owner's; its columns after the second are NULL if it does not ask the
    /// question. Comes after `lockAttempt`, in the same transaction.
    static func saveAnswer(
        _ answer: QuestionAnswer?,
        to question: BankQuestion.ID,
        sequence: Int,
        in id: QuizAttempt.ID,
        owner: Principal.ID,
        at instant: Date
    ) -> SQL {
        """
        WITH s AS (
            UPDATE quiz_attempt_questions t
            SET answer = \(answer?.stored), sequence = \(sequence), answered_at = \(instant)
            FROM quiz_attempts a
            WHERE a.id = \(id) AND a.user_id = \(owner) AND a.status = 'in_progress'
                AND (a.ends_at IS NULL OR \(instant) <= a.ends_at)
                AND t.attempt_id = a.id AND t.question_id = \(question) AND t.sequence < \(sequence)
            RETURNING t.sequence, t.answered_at
        )
        SELECT a.status, a.ends_at, t.question_id, coalesce(s.sequence, t.sequence), coalesce(s.answered_at, t.answered_at),
               s.sequence IS NOT NULL OR t.answer IS NOT DISTINCT FROM \(answer?.stored)::jsonb
        FROM quiz_attempts a LEFT JOIN quiz_attempt_questions t ON t.attempt_id = a.id AND t.question_id = \(question)
            LEFT JOIN s ON true
        WHERE a.id = \(id) AND a.user_id = \(owner)
        """
    }

    /// Ends an attempt with what each question earned, a JSON array of objects with `id`, `score`, `needsGrading` and `result`.
    static func closeAttempt(
        _ id: QuizAttempt.ID,
        grades: JSONText,
        submittedAt: Date,
        by closing: QuizAttempt.Closing,
        isLate: Bool,
        at instant: Date
    ) -> SQL {
        """
        WITH n AS (
            SELECT (g.value ->> 'id')::uuid AS id, (g.value ->> 'score')::bigint AS score,
                (g.value ->> 'needsGrading')::boolean AS needs_grading, g.value -> 'result' AS result
            FROM jsonb_array_elements(\(grades)) AS g (value)
        ), t AS (
            UPDATE quiz_attempt_questions t
            SET score = n.score, needs_grading = n.needs_grading, result = n.result, graded_version = t.question_version
            FROM n WHERE t.attempt_id = \(id) AND t.question_id = n.id
        )
        UPDATE quiz_attempts a SET
            status = CASE WHEN n.waits THEN 'submitted' ELSE 'graded' END,
            graded_at = CASE WHEN NOT n.waits THEN \(instant)::timestamptz END,
            score = greatest(0, least(n.score, a.max_score)),
            submitted_at = \(submittedAt), closing = \(closing), is_late = \(isLate), version = a.version + 1
        FROM (SELECT coalesce(sum(score), 0)::bigint AS score, coalesce(bool_or(needs_grading), false) AS waits FROM n) n
        WHERE a.id = \(id) AND a.status = 'in_progress'
        """
    }

    /// Brings what learners have of a quiz up to date; whoever calls holds their places in the course, and the quiz's row.
    static func refreshResults(of users: [Principal.ID]?, in quiz: Quiz.ID, at instant: Date) -> SQL {
        """
        INSERT INTO quiz_results AS r (quiz_id, user_id, score, max_score, attempts, is_provisional, updated_at)
        SELECT q.id, a.user_id,
            CASE q.attempt_policy
                WHEN 'best' THEN max(a.score)
                WHEN 'average' THEN round(avg(a.score))::bigint
                WHEN 'first' THEN (array_agg(a.score ORDER BY a.number))[1]
                ELSE (array_agg(a.score ORDER BY a.number DESC))[1] END,
            max(a.max_score), count(*), bool_or(a.status = 'submitted'), \(instant)
        FROM quizzes q JOIN quiz_attempts a ON a.quiz_id = q.id
        WHERE q.id = \(quiz) AND a.status <> 'in_progress' AND (\(users) IS NULL OR a.user_id = ANY(\(users)))
        GROUP BY q.id, a.user_id
        ON CONFLICT ON CONSTRAINT quiz_results_key DO UPDATE
        SET score = excluded.score, max_score = excluded.max_score, attempts = excluded.attempts,
            is_provisional = excluded.is_provisional, updated_at = excluded.updated_at
        WHERE (r.score, r.max_score, r.attempts, r.is_provisional)
            IS DISTINCT FROM (excluded.score, excluded.max_score, excluded.attempts, excluded.is_provisional)
        """
    }

    static func selectResult(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        """
        SELECT r.user_id, u.display_name, r.score, r.max_score, r.attempts, r.is_provisional, r.updated_at
        FROM quiz_results r JOIN users u ON u.id = r.user_id WHERE r.quiz_id = \(quiz) AND r.user_id = \(user)
        """
    }

    static func listResults(of quiz: Quiz.ID, after: Principal.ID?, limit: Int) -> SQL {
        """
        SELECT r.user_id, u.display_name, r.score, r.max_score, r.attempts, r.is_provisional, r.updated_at
        FROM quiz_results r JOIN users u ON u.id = r.user_id
        WHERE r.quiz_id = \(quiz) AND (\(after) IS NULL OR r.user_id > \(after)) ORDER BY r.user_id LIMIT \(limit)
        """
    }

    /// Moves the deadlines of attempts that go on to where the end of the quiz and the learners' extensions put them, and returns which
    /// moved.
    ///
    /// An attempt keeps the time limit that it began with. One whose time is over by that ends now, and what was saved until now counts.
    /// Where an end comes earlier another job comes with it; one that comes too early waits by itself. The quiz's row is locked, so that
    /// nobody submits meanwhile.
    static func moveDeadlines(in quiz: Quiz.ID, of learner: Principal.ID?, at instant: Date) -> SQL {
        let statement: SQL = """
            WITH n AS (
                SELECT a.id, a.ends_at AS former, q.grace_seconds * interval '1 second' AS grace,
                    CASE WHEN d.deadline < \(instant)::timestamptz THEN least(a.deadline_at, \(instant)::timestamptz)
                        ELSE d.deadline END AS deadline
                FROM quizzes q JOIN quiz_attempts a ON a.quiz_id = q.id
                    LEFT JOIN quiz_extensions x ON x.quiz_id = q.id AND x.user_id = a.user_id
                    CROSS JOIN LATERAL (SELECT least(
                        a.started_at + (a.time_limit_seconds + coalesce(x.extra_seconds, 0)) * interval '1 second',
                        CASE WHEN q.closes_at IS NOT NULL THEN greatest(q.closes_at, x.closes_at) END) AS deadline) d
                WHERE q.id = \(quiz) AND a.status = 'in_progress' AND (\(learner)::uuid IS NULL OR a.user_id = \(learner))
            ), m AS (
                UPDATE quiz_attempts a SET deadline_at = n.deadline, ends_at = n.deadline + n.grace, version = a.version + 1
                FROM n WHERE a.id = n.id AND a.status = 'in_progress' AND a.deadline_at IS DISTINCT FROM n.deadline
                RETURNING a.id, a.ends_at, n.former
            )
            SELECT m.id, CASE WHEN m.ends_at < coalesce(m.former, 'infinity')
                THEN cell.enqueue_job(\(JobKind.quizDeadline), m.id, m.ends_at + \(Int(QuizAttempt.patience)) * interval '1 second') END
            FROM m
            """
        return statement.announcing(.jobs)
    }
}

/// What begins an attempt.
struct NewQuizAttempt {
    let id: QuizAttempt.ID
    let quiz: Quiz.ID
    let enrollment: Enrollment.ID
    let user: Principal.ID
    let number: Int
    let seed: ShuffleSeed
    let startedAt: Date
    let deadlineAt: Date?
    let endsAt: Date?
    let maxScore: Points
}
