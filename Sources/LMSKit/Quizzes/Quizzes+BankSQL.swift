// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What a statement finds the course by.
enum QuizPlace: Sendable {
    case course(Course.ID)
    case bank(QuestionBank.ID)
    case question(BankQuestion.ID)
    case quiz(Quiz.ID)
    case attempt(QuizAttempt.ID)

    /// An expression of the course.
    var course: SQL {
        switch self {
        case .course(let id): "\(id)"
        case .bank(let id): "(SELECT course_id FROM question_banks WHERE id = \(id))"
        case .question(let id): "(SELECT course_id FROM bank_questions WHERE id = \(id))"
        case .quiz(let id): "(SELECT course_id FROM quizzes WHERE id = \(id))"
        case .attempt(let id): "(SELECT course_id FROM quiz_attempts WHERE id = \(id))"
        }
    }
}

extension SQL {
    static func selectCourse(of place: QuizPlace) -> SQL {
        "SELECT \(.courseColumns) FROM courses c WHERE c.id = \(place.course)"
    }

    /// The place of somebody in a course: its identifier and its status.
    static func selectQuizPlace(of user: Principal.ID?, in place: QuizPlace) -> SQL {
        "SELECT id, status FROM enrollments WHERE user_id = \(user) AND course_id = \(place.course)"
    }

    private static var bankColumns: SQL {
        """
        b.id, b.course_id, b.title, b.description,
        (SELECT count(*) FROM bank_questions n WHERE n.bank_id = b.id AND NOT n.is_retired), b.version, b.created_at, b.updated_at
        """
    }

    static func selectBank(_ id: QuestionBank.ID) -> SQL {
        "SELECT \(.bankColumns) FROM question_banks b WHERE b.id = \(id)"
    }

    /// A bank gets questions, and is changed, under this lock.
    static func lockBank(_ id: QuestionBank.ID) -> SQL {
        "SELECT FROM question_banks WHERE id = \(id) FOR NO KEY UPDATE"
    }

    static func listBanks(of course: Course.ID, after: QuestionBank.ID?, limit: Int) -> SQL {
        """
        SELECT \(.bankColumns) FROM question_banks b WHERE b.course_id = \(course) AND (\(after) IS NULL OR b.id > \(after))
        ORDER BY b.id LIMIT \(limit)
        """
    }

    static func insertBank(
        _ id: QuestionBank.ID,
        _ title: String,
        _ description: String,
        in course: Course.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO question_banks (id, course_id, title, description, created_at, updated_at)
        VALUES (\(id), \(course), \(title), \(description), \(instant), \(instant))
        """
    }

    static func updateBank(_ id: QuestionBank.ID, title: String?, description: String?, at instant: Date) -> SQL {
        """
        UPDATE question_banks SET title = coalesce(\(title), title), description = coalesce(\(description), description),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    /// What `BankQuestion(row:)` reads, of questions called `b` in versions called `v`.
    private static var questionColumns: SQL {
        """
        b.id, b.bank_id, b.course_id, v.number, v.content, b.tags, b.is_retired, b.revision, b.created_at, v.written_at
        """
    }

    static func selectQuestion(_ id: BankQuestion.ID) -> SQL {
        """
        SELECT \(.questionColumns)
        FROM bank_questions b JOIN question_versions v ON v.question_id = b.id AND v.number = b.version WHERE b.id = \(id)
        """
    }

    static func lockQuestion(_ id: BankQuestion.ID) -> SQL {
        "SELECT FROM bank_questions WHERE id = \(id) FOR NO KEY UPDATE"
    }

    static func listQuestions(
        of bank: QuestionBank.ID,
        tag: String?,
        after: BankQuestion.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.questionColumns)
        FROM bank_questions b JOIN question_versions v ON v.question_id = b.id AND v.number = b.version
        WHERE b.bank_id = \(bank) AND (\(tag) IS NULL OR \(tag) = ANY(b.tags)) AND (\(after) IS NULL OR b.id > \(after))
        ORDER BY b.id LIMIT \(limit)
        """
    }

    /// The last hundred.
    static func listVersions(of question: BankQuestion.ID) -> SQL {
        """
        SELECT \(.questionColumns)
        FROM bank_questions b JOIN question_versions v ON v.question_id = b.id
        WHERE b.id = \(question) ORDER BY v.number DESC LIMIT 100
        """
    }

    static func countQuestions(of bank: QuestionBank.ID) -> SQL {
        "SELECT count(*) FROM bank_questions WHERE bank_id = \(bank)"
    }

    static func insertQuestion(
        _ id: BankQuestion.ID,
        tags: [String],
        in bank: QuestionBank.ID,
        of course: Course.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO bank_questions (id, bank_id, course_id, tags, created_at, updated_at)
        VALUES (\(id), \(bank), \(course), \(tags), \(instant), \(instant))
        """
    }

    static func insertVersion(
        _ number: Int,
        of question: BankQuestion.ID,
        _ content: QuestionContent,
        by author: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO question_versions (question_id, number, kind, content, written_at, written_by)
        VALUES (\(question), \(number), \(content.kind.name.rawValue), \(content.json), \(instant), \(author))
        """
    }

    static func updateQuestion(
        _ id: BankQuestion.ID,
        version: Int,
        tags: [String]?,
        isRetired: Bool?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE bank_questions SET version = \(version), tags = coalesce(\(tags), tags),
            is_retired = coalesce(\(isRetired), is_retired), revision = revision + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }
}
