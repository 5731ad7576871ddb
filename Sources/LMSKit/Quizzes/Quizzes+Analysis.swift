// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// How the questions of a quiz worked, from the first graded attempt of each learner.
public struct QuizAnalysis: Sendable {
    /// The questions that were asked, in the order of `analysis.items`.
    public let questions: [BankQuestion.ID]
    /// The statistics.
    public let analysis: ItemAnalysis
    /// Whether there are more learners than were counted.
    public let isSample: Bool

    package init(questions: [BankQuestion.ID], analysis: ItemAnalysis, isSample: Bool) {
        self.questions = questions
        self.analysis = analysis
        self.isSample = isSample
    }
}

extension Quizzes {
    /// The most answers that one analysis reads.
    public static let analyzedAnswers = 40_000

    /// The most answers, given or not, that one analysis computes with.
    static let analyzedCells = 1_000_000
    /// The most questions that one analysis is of.
    static let analyzedQuestions = 2_000
    /// How many answers are read at once, and how many questions.
    private static let (answerPage, questionPage) = (2_000, 20)

    /// Says how the questions of a quiz worked.
    ///
    /// What is asked and answered is read in pages, and of it only what is counted: no texts.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The statistics; of the learners who came first by identifier, if there are more answers than are read.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course.
    public func analyze(_ id: Quiz.ID, reader: TenantReader) async throws(QuizError) -> QuizAnalysis {
        let (quiz, standing) = try await find(id, reader: reader)
        try standing.requireGrader(or: .notFound)
        let limit = Self.analyzedAnswers / max(quiz.questions, 1)
        return try await QuizError.translating {
            let found = try await reader.read(.listFirstAttempts(of: id, limit: limit + 1))
            var attempts: [QuizAttempt.ID] = try found.prefix(limit).map { try $0[0] }
            let rows = try await reader.read(.listAskedQuestions(in: attempts, limit: Self.analyzedQuestions))
            var asked = try rows.map(AskedQuestion.init(row:))
            // Where questions are drawn from large banks most learners were not asked most questions.
            attempts = Array(attempts.prefix(max(1, Self.analyzedCells / max(asked.count, 1))))
            for start in stride(from: 0, to: asked.count, by: Self.questionPage) {
                let page = start..<min(start + Self.questionPage, asked.count)
                try await readOptions(of: &asked, in: page, reader)
            }
            let answers = try await answers(in: attempts, to: asked, each: max(quiz.questions, 1), reader)
            let analysis = ItemAnalysis(
                zip(asked, answers).map { question, answers in
                    ItemAnalysis.Question(maximum: question.points, options: question.options, answers: answers)
                }
            )
            guard let analysis else { throw QuizError.notFound }
            let isSample = found.count > attempts.count || asked.count == Self.analyzedQuestions
            return QuizAnalysis(questions: asked.map(\.id), analysis: analysis, isSample: isSample)
        }
    }

    private func readOptions(of asked: inout [AskedQuestion], in page: Range<Int>, _ reader: TenantReader) async throws
    {
        let rows = try await reader.read(.listChoices(among: asked[page].map(\.id)))
        for row in rows {
            let id: BankQuestion.ID = try row[0]
            let content = try QuestionContent(column: row[1])
            guard let index = asked[page].firstIndex(where: { $0.id == id }) else { continue }
            asked[index].kind = content.kind.name
            switch content.kind {
            case .singleChoice(let options), .multipleChoice(let options):
                asked[index].options = options.map { option in
                    let item = QuestionItem(id: option.item.id, text: QuestionText(stored: ""))
                    return ChoiceOption(item, option.isCorrect ? .correct : .wrong)
                }
            default: break
            }
        }
    }

    /// For each question the answers of all attempts.
    private func answers(
        in attempts: [QuizAttempt.ID],
        to asked: [AskedQuestion],
        each count: Int,
        _ reader: TenantReader
    ) async throws -> [[ItemAnalysis.Answer?]] {
        var answers = [[ItemAnalysis.Answer?]](
            repeating: Array(repeating: nil, count: attempts.count),
            count: asked.count
        )
        let places = Dictionary(attempts.enumerated().map { ($1, $0) }) { first, _ in first }
        let columns = Dictionary(asked.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let step = max(1, Self.answerPage / count)
        for start in stride(from: 0, to: attempts.count, by: step) {
            let page = Array(attempts[start..<min(start + step, attempts.count)])
            for row in try await reader.read(.listAnswers(of: page)) {
                let (attempt, question): (QuizAttempt.ID, BankQuestion.ID) = (try row[0], try row[1])
                guard let place = places[attempt], let column = columns[question] else { continue }
                let stored: JSONText? = try row[3]
                var chosen: Set<QuestionItem.ID> = []
                if let stored, let kind = asked[column].kind,
                    case .choices(let options) = try QuestionAnswer.read(column: stored, kind: kind)
                {
                    chosen = options
                }
                let score = Points(millionths: try row[2])
                answers[column][place] = ItemAnalysis.Answer(score: score, chosen: chosen)
            }
        }
        return answers
    }
}

/// A question that was asked; its kind and options only where it is a choice.
private struct AskedQuestion {
    let id: BankQuestion.ID
    let points: Points
    var kind: QuestionKind.Name?
    var options: [ChoiceOption] = []

    init(row: Row) throws(DatabaseError) {
        id = try row[0]
        points = Points(millionths: try row[1])
    }
}

extension SQL {
    fileprivate static func listFirstAttempts(of quiz: Quiz.ID, limit: Int) -> SQL {
        """
        SELECT DISTINCT ON (user_id) id FROM quiz_attempts WHERE quiz_id = \(quiz) AND status = 'graded'
        ORDER BY user_id, number LIMIT \(limit)
        """
    }

    fileprivate static func listAskedQuestions(in attempts: [QuizAttempt.ID], limit: Int) -> SQL {
        """
        SELECT question_id, max(points) FROM quiz_attempt_questions
        WHERE attempt_id = ANY(\(attempts)) GROUP BY question_id ORDER BY question_id LIMIT \(limit)
        """
    }

    /// Those of some questions that are choices, in their newest versions.
    fileprivate static func listChoices(among questions: [BankQuestion.ID]) -> SQL {
        """
        SELECT b.id, v.content FROM bank_questions b JOIN question_versions v ON v.question_id = b.id AND v.number = b.version
        WHERE b.id = ANY(\(questions)) AND v.kind IN ('single_choice', 'multiple_choice')
        """
    }

    fileprivate static func listAnswers(of attempts: [QuizAttempt.ID]) -> SQL {
        """
        SELECT t.attempt_id, t.question_id, t.score, CASE WHEN v.kind IN ('single_choice', 'multiple_choice') THEN t.answer END
        FROM quiz_attempt_questions t
            JOIN question_versions v ON v.question_id = t.question_id AND v.number = t.question_version
        WHERE t.attempt_id = ANY(\(attempts)) AND t.score IS NOT NULL
        """
    }
}
