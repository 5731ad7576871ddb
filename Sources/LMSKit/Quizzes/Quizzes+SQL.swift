// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Quiz(row:)` reads, of quizzes called `q`.
    private static var quizColumns: SQL {
        """
        q.id, q.course_id, q.status, q.title, q.instructions, q.lesson_id, q.time_limit_seconds, q.grace_seconds,
        q.attempt_limit, q.attempt_policy, q.opens_at, q.closes_at, q.shuffles_questions, q.shuffles_options,
        q.score_reveal, q.feedback_reveal, q.answer_reveal, q.pass_percentage,
        (SELECT coalesce(sum(s.draw_count), 0)::bigint FROM quiz_slots s WHERE s.quiz_id = q.id),
        (SELECT coalesce(sum(s.draw_count * s.points), 0)::bigint FROM quiz_slots s WHERE s.quiz_id = q.id),
        q.version, q.created_at, q.updated_at, q.published_at,
        \(.lastExtension), \(.hasOpenAttempts), \(.isMutedQuiz)
        """
    }

    /// Until when somebody begins an attempt of quiz `q` who was given more time; NULL if nobody was.
    static var lastExtension: SQL { "(SELECT max(x.closes_at) FROM quiz_extensions x WHERE x.quiz_id = q.id)" }

    /// Whether somebody takes quiz `q`.
    static var hasOpenAttempts: SQL {
        "EXISTS (SELECT FROM quiz_attempts o WHERE o.quiz_id = q.id AND o.status = 'in_progress')"
    }

    /// Whether the gradebook keeps learners from what they have of quiz `q`.
    ///
    /// Where scores are not shown at once the quiz mutes its item itself, and that says nothing besides.
    static var isMutedQuiz: SQL {
        """
        CASE q.score_reveal WHEN 'after_submit' THEN \(.isMuted(.quiz, "q.id", in: "q.course_id"))
            ELSE \(.isMuted(course: "q.course_id")) END
        """
    }

    static func selectQuiz(_ id: Quiz.ID) -> SQL {
        "SELECT \(.quizColumns) FROM quizzes q WHERE q.id = \(id)"
    }

    static func selectQuiz(of attempt: QuizAttempt.ID) -> SQL {
        "SELECT \(.quizColumns) FROM quizzes q WHERE q.id = (SELECT quiz_id FROM quiz_attempts WHERE id = \(attempt))"
    }

    /// A quiz, its slots and its extensions are changed under this lock; it holds up who begins an attempt.
    static func lockQuiz(_ id: Quiz.ID) -> SQL {
        "SELECT FROM quizzes WHERE id = \(id) FOR NO KEY UPDATE"
    }

    /// Keeps a quiz as it is; learners do not hold each other up.
    static func shareQuiz(_ id: Quiz.ID) -> SQL {
        "SELECT FROM quizzes WHERE id = \(id) FOR SHARE"
    }

    static func shareQuiz(of attempt: QuizAttempt.ID) -> SQL {
        "SELECT FROM quizzes WHERE id = (SELECT quiz_id FROM quiz_attempts WHERE id = \(attempt)) FOR SHARE"
    }

    static func listQuizzes(of course: Course.ID, showsDrafts: Bool, after: Quiz.ID?, limit: Int) -> SQL {
        """
        SELECT \(.quizColumns) FROM quizzes q
        WHERE q.course_id = \(course) AND (\(showsDrafts) OR q.status <> 'draft') AND (\(after) IS NULL OR q.id > \(after))
        ORDER BY q.id LIMIT \(limit)
        """
    }

    static func selectQuizLesson(_ id: Lesson.ID, of course: Course.ID) -> SQL {
        "SELECT true FROM lessons WHERE id = \(id) AND course_id = \(course)"
    }

    static func insertQuiz(_ id: Quiz.ID, _ settings: QuizSettings, in course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO quizzes (id, course_id, lesson_id, title, instructions, time_limit_seconds, grace_seconds, attempt_limit,
            attempt_policy, opens_at, closes_at, shuffles_questions, shuffles_options, score_reveal, feedback_reveal,
            answer_reveal, pass_percentage, created_at, updated_at)
        VALUES (\(id), \(course), \(settings.lesson), \(settings.title), \(settings.instructions),
            \(settings.timeLimitSeconds), \(settings.graceSeconds), \(settings.attemptLimit), \(settings.attemptPolicy),
            \(settings.opensAt), \(settings.closesAt), \(settings.shufflesQuestions), \(settings.shufflesOptions),
            \(settings.scoreReveal), \(settings.feedbackReveal), \(settings.answerReveal), \(settings.passPercentage),
            \(instant), \(instant))
        """
    }

    static func updateQuiz(_ id: Quiz.ID, _ settings: QuizSettings, at instant: Date) -> SQL {
        """
        UPDATE quizzes SET lesson_id = \(settings.lesson), title = \(settings.title), instructions = \(settings.instructions),
            time_limit_seconds = \(settings.timeLimitSeconds), grace_seconds = \(settings.graceSeconds),
            attempt_limit = \(settings.attemptLimit), attempt_policy = \(settings.attemptPolicy),
            opens_at = \(settings.opensAt), closes_at = \(settings.closesAt),
            shuffles_questions = \(settings.shufflesQuestions), shuffles_options = \(settings.shufflesOptions),
            score_reveal = \(settings.scoreReveal), feedback_reveal = \(settings.feedbackReveal),
            answer_reveal = \(settings.answerReveal), pass_percentage = \(settings.passPercentage),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func setQuizStatus(_ id: Quiz.ID, _ status: Quiz.Status, at instant: Date) -> SQL {
        """
        UPDATE quizzes SET status = \(status), published_at = coalesce(published_at, \(instant)),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func selectAnyAttempt(of quiz: Quiz.ID) -> SQL {
        "SELECT true FROM quiz_attempts WHERE quiz_id = \(quiz) LIMIT 1"
    }

    static func listSlots(of quiz: Quiz.ID) -> SQL {
        "SELECT question_id, bank_id, tag, draw_count, points FROM quiz_slots WHERE quiz_id = \(quiz) ORDER BY position"
    }

    static func deleteSlots(of quiz: Quiz.ID) -> SQL {
        "DELETE FROM quiz_slots WHERE quiz_id = \(quiz)"
    }

    static func insertSlot(_ slot: QuizSlot, at position: Int, of quiz: Quiz.ID, in course: Course.ID) -> SQL {
        """
        INSERT INTO quiz_slots (quiz_id, course_id, position, question_id, bank_id, tag, draw_count, points)
        VALUES (\(quiz), \(course), \(position), \(slot.question), \(slot.bank), \(slot.tag), \(slot.count),
            \(slot.points.millionths))
        """
    }

    static func touchQuiz(_ id: Quiz.ID, at instant: Date) -> SQL {
        "UPDATE quizzes SET version = version + 1, updated_at = \(instant) WHERE id = \(id)"
    }

    /// The questions that each slot has to choose from, in the order of the slots.
    static func listCandidates(of quiz: Quiz.ID) -> SQL {
        """
        SELECT c.position, c.points, c.draw_count, c.id, c.version FROM (
            SELECT s.position, s.points, s.draw_count, b.id, b.version
            FROM quiz_slots s JOIN bank_questions b ON b.id = s.question_id
            WHERE s.quiz_id = \(quiz)
            UNION ALL
            SELECT s.position, s.points, s.draw_count, b.id, b.version
            FROM quiz_slots s JOIN bank_questions b ON b.bank_id = s.bank_id
            WHERE s.quiz_id = \(quiz) AND NOT b.is_retired AND (s.tag IS NULL OR s.tag = ANY(b.tags))
        ) c ORDER BY c.position, c.id
        """
    }

    static func listExtensions(of quiz: Quiz.ID) -> SQL {
        """
        SELECT x.user_id, u.display_name, x.extra_seconds, x.extra_attempts, x.closes_at, x.reason, x.granted_at
        FROM quiz_extensions x JOIN users u ON u.id = x.user_id
        WHERE x.quiz_id = \(quiz) ORDER BY x.user_id LIMIT 1000
        """
    }

    static func selectExtension(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        """
        SELECT x.user_id, u.display_name, x.extra_seconds, x.extra_attempts, x.closes_at, x.reason, x.granted_at
        FROM quiz_extensions x JOIN users u ON u.id = x.user_id WHERE x.quiz_id = \(quiz) AND x.user_id = \(user)
        """
    }

    /// Returns no row unless the learner has a place in the quiz's course.
    static func putExtension(
        of user: Principal.ID,
        in quiz: Quiz.ID,
        _ granted: NewQuizExtension,
        by grantor: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO quiz_extensions (quiz_id, user_id, extra_seconds, extra_attempts, closes_at, reason, granted_at, granted_by)
        SELECT q.id, e.user_id, \(granted.extraSeconds), \(granted.extraAttempts), \(granted.closesAt), \(granted.reason),
            \(instant), \(grantor)
        FROM quizzes q JOIN enrollments e ON e.course_id = q.course_id AND e.user_id = \(user)
        WHERE q.id = \(quiz) AND e.status IN ('active', 'completed')
        ON CONFLICT ON CONSTRAINT quiz_extensions_key DO UPDATE
        SET extra_seconds = excluded.extra_seconds, extra_attempts = excluded.extra_attempts, closes_at = excluded.closes_at,
            reason = excluded.reason, granted_at = excluded.granted_at, granted_by = excluded.granted_by
        RETURNING user_id
        """
    }

    static func deleteExtension(of user: Principal.ID, in quiz: Quiz.ID) -> SQL {
        "DELETE FROM quiz_extensions WHERE quiz_id = \(quiz) AND user_id = \(user) RETURNING user_id"
    }
}

extension QuizSlot {
    var question: BankQuestion.ID? { if case .question(let id) = source { id } else { nil } }
    var bank: QuestionBank.ID? { if case .draw(_, let bank, _) = source { bank } else { nil } }
    var tag: String? { if case .draw(_, _, let tag) = source { tag } else { nil } }
    var count: Int { if case .draw(let count, _, _) = source { count } else { 1 } }
}
