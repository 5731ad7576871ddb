// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What becomes of the problems of an imported course: a quiz for each lesson that has some, and a question for each of their inputs.
struct ImportedQuizzes {
    /// Where a lesson stands.
    struct Place: Hashable {
        let module: Int
        let lesson: Int
    }

    /// A problem's place in a lesson: in front of which block.
    struct BlockPlace: Hashable {
        let place: Place
        let block: Int
    }

    /// The quizzes, in the order of the lessons.
    private(set) var quizzes: [(place: Place, quiz: ImportedQuiz)] = []
    private var places: Set<Place> = []
    private var blocks: [BlockPlace: LessonBlock] = [:]

    /// Converts a course's problems.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - sanitizer: Makes markup harmless, and names files by their new addresses.
    ///   - service: Says which expressions can be used.
    ///   - report: Is told of each problem that stays as it was, with the reason, and of what questions do not keep.
    init(
        _ course: ImportedCourse,
        sanitizer: HTMLSanitizer,
        for service: Quizzes,
        report: inout CourseImportReport
    ) {
        for (number, module) in course.modules.enumerated() {
            for (index, lesson) in module.lessons.enumerated() {
                convert(lesson, at: Place(module: number, lesson: index), sanitizer, service, &report)
            }
        }
        report.quizzes = quizzes.count
        report.questions = quizzes.reduce(0) { $0 + $1.quiz.questions.count }
    }

    private mutating func convert(
        _ lesson: ImportedLesson,
        at place: Place,
        _ sanitizer: HTMLSanitizer,
        _ service: Quizzes,
        _ report: inout CourseImportReport
    ) {
        var quiz = ImportedQuiz(id: service.identifiers.next(), title: lesson.fullTitle)
        for (index, block) in lesson.blocks.enumerated() {
            guard case .problem(_, let source) = block.content else { continue }
            do throws(OLXProblemRefusal) {
                let problem = try OLXProblem(source: source, sanitizer: sanitizer)
                let questions = try problem.usable(after: quiz.questions.count, by: service)
                    .map { ImportedQuiz.Question(id: service.identifiers.next(), content: $0) }
                quiz.questions += questions
                quiz.limitAttempts(to: problem.attemptLimit)
                blocks[BlockPlace(place: place, block: index)] = .quiz(quiz.id, asking: questions.map(\.id))
                if !problem.losses.isEmpty {
                    let lost = problem.losses.map(\.rawValue).sorted().joined(separator: ", ")
                    report.add(.reducedBlock, block.path, "not kept: " + lost)
                }
            } catch {
                report.add(.unconvertedProblem, block.path, "\(error.reason.rawValue): \(error.detail)")
            }
        }
        guard !quiz.questions.isEmpty else { return }
        quizzes.append((place, quiz))
        places.insert(place)
    }

    /// Whether a lesson has a quiz.
    func hasQuiz(at place: Place) -> Bool { places.contains(place) }

    /// What stands in a lesson in the place of a problem; `nil` for one that stays as it was.
    func block(_ index: Int, at place: Place) -> LessonBlock? { blocks[BlockPlace(place: place, block: index)] }
}

/// The questions of a lesson that came from outside.
struct ImportedQuiz: Sendable {
    let id: Quiz.ID
    let title: String
    var questions: [Question] = []
    /// The least that any of its problems allows.
    private(set) var attemptLimit: Int?

    struct Question: Sendable {
        let id: BankQuestion.ID
        let content: QuestionContent
    }

    init(id: Quiz.ID, title: String) {
        self.id = id
        // A quiz's title has three characters at least.
        self.title = title.unicodeScalars.count < 3 ? "Quiz \(title)" : title
    }

    mutating func limitAttempts(to limit: Int?) {
        guard let limit else { return }
        attemptLimit = min(attemptLimit ?? limit, limit)
    }
}

extension OLXProblem {
    /// The most bytes of a question; what the database adds to its text has room in its own limit.
    private static let contentLimit = 400_000

    /// The questions, if a quiz that has so many already can ask them.
    fileprivate func usable(after count: Int, by service: Quizzes) throws(OLXProblemRefusal) -> [QuestionContent] {
        guard count + questions.count <= QuizSlot.limit else {
            throw OLXProblemRefusal(.invalid, "the lesson has more than \(QuizSlot.limit) questions")
        }
        for content in questions {
            guard content.points <= QuizSlot.pointLimit else {
                throw OLXProblemRefusal(.invalid, "is worth more than \(QuizSlot.pointLimit) points")
            }
            guard content.json.bytes.count <= Self.contentLimit else {
                throw OLXProblemRefusal(.invalid, "is longer than \(Self.contentLimit) bytes")
            }
            guard service.canUse(content) else {
                throw OLXProblemRefusal(.expression, "has a regular expression that cannot be used")
            }
        }
        return questions
    }
}

extension LessonBlock {
    /// Where a lesson's quiz asks some of its questions; the key is with the quiz and not here.
    fileprivate static func quiz(_ id: Quiz.ID, asking questions: [BankQuestion.ID]) -> LessonBlock {
        var json = JSONWriter(capacity: 128)
        json.object { object in
            object.field("quizId", id)
            object.field("questionIds", questions)
        }
        return .problem(kind: LessonBlock.quizFormat, source: String(decoding: json.bytes, as: UTF8.self))
    }
}
