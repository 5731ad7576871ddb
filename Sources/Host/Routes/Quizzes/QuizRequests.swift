// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A course whose quizzes are meant.
struct QuizCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// `/question-banks/{bankId}`.
struct QuestionBankPath: PathParameters {
    let bankId: QuestionBank.ID

    init(fields: inout FieldReader) {
        bankId = fields.required("bankId", .id())
    }
}

/// `/questions/{questionId}`.
struct BankQuestionPath: PathParameters {
    let questionId: BankQuestion.ID

    init(fields: inout FieldReader) {
        questionId = fields.required("questionId", .id())
    }
}

/// `/quizzes/{quizId}`.
struct QuizPath: PathParameters {
    let quizId: Quiz.ID

    init(fields: inout FieldReader) {
        quizId = fields.required("quizId", .id())
    }
}

/// `/quizzes/{quizId}/extensions/{userId}`.
struct QuizExtensionPath: PathParameters {
    let quizId: Quiz.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        quizId = fields.required("quizId", .id())
        userId = fields.required("userId", .id())
    }
}

/// `/quiz-attempts/{attemptId}`.
struct QuizAttemptPath: PathParameters {
    let attemptId: QuizAttempt.ID

    init(fields: inout FieldReader) {
        attemptId = fields.required("attemptId", .id())
    }
}

/// A question of an attempt.
struct QuizAttemptQuestionPath: PathParameters {
    let attemptId: QuizAttempt.ID
    let questionId: BankQuestion.ID

    init(fields: inout FieldReader) {
        attemptId = fields.required("attemptId", .id())
        questionId = fields.required("questionId", .id())
    }
}

/// A file of an answer of an attempt.
struct QuizAnswerFilePath: PathParameters {
    let attemptId: QuizAttempt.ID
    let questionId: BankQuestion.ID
    let fileId: QuizAnswerFile.ID

    init(fields: inout FieldReader) {
        attemptId = fields.required("attemptId", .id())
        questionId = fields.required("questionId", .id())
        fileId = fields.required("fileId", .id())
    }
}

/// Which page of a list.
struct QuizListQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Which questions of a bank.
struct BankQuestionListQuery: QueryParameters {
    let tag: String?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        tag = fields.optional("tag", .text(1...50, example: "proofs"))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Which attempts at a quiz.
struct QuizAttemptListQuery: QueryParameters {
    let status: QuizAttempt.Status?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        status = fields.optional("status", .choice(QuizAttempt.Status.submitted))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/courses/{courseId}/question-banks`.
struct NewQuestionBankRequest: RequestBody {
    let title: String
    let description: String

    init(fields: inout FieldReader) {
        title = fields.required("title", .text(1...200, example: "Proofs"))
        description = fields.optional("description", .multilineText(0...2000), default: "")
    }
}

/// `PATCH /api/v1/question-banks/{bankId}`: what is absent stays.
struct QuestionBankUpdate: RequestBody {
    let title: String?
    let description: String?

    init(fields: inout FieldReader) {
        title = fields.optional("title", .text(1...200, example: "Proofs"))
        description = fields.optional("description", .multilineText(0...2000))
    }
}

/// `POST /api/v1/question-banks/{bankId}/questions`.
struct NewQuestionRequest: RequestBody {
    let content: JSONValue
    let tags: [String]

    init(fields: inout FieldReader) {
        content = fields.required("content", .anything)
        tags = fields.optional("tags", .questionTags, default: [])
    }
}

/// `PATCH /api/v1/questions/{questionId}`: what is absent stays.
struct QuestionUpdate: RequestBody {
    let content: JSONValue?
    let tags: [String]?
    let isRetired: Bool?

    init(fields: inout FieldReader) {
        content = fields.optional("content", .anything)
        tags = fields.optional("tags", .questionTags)
        isRetired = fields.optional("isRetired", .flag)
    }
}

/// `POST /api/v1/courses/{courseId}/quizzes`.
struct NewQuizRequest: RequestBody {
    let settings: QuizSettings

    init(fields: inout FieldReader) {
        var settings = QuizSettings(title: fields.required("title", .quizTitle))
        QuizSettingsChanges(fields: &fields).apply(to: &settings)
        self.settings = settings
    }
}

/// `PATCH /api/v1/quizzes/{quizId}`: what is absent stays, and `null` takes a limit away.
struct QuizUpdate: RequestBody {
    private let title: String?
    private let changes: QuizSettingsChanges

    init(fields: inout FieldReader) {
        title = fields.optional("title", .quizTitle)
        changes = QuizSettingsChanges(fields: &fields)
    }

    func apply(to settings: inout QuizSettings) {
        if let title { settings.title = title }
        changes.apply(to: &settings)
    }
}

/// What becomes of which setting.
private struct QuizSettingsChanges: Sendable {
    let instructions: Change<String>
    let lesson: Change<Lesson.ID?>
    let timeLimitSeconds: Change<Int?>
    let graceSeconds: Change<Int>
    let attemptLimit: Change<Int?>
    let attemptPolicy: Change<Quiz.AttemptPolicy>
    let opensAt: Change<Date?>
    let closesAt: Change<Date?>
    let shufflesQuestions: Change<Bool>
    let shufflesOptions: Change<Bool>
    let scoreReveal: Change<Quiz.Reveal>
    let feedbackReveal: Change<Quiz.Reveal>
    let answerReveal: Change<Quiz.Reveal>
    let passPercentage: Change<Int?>

    init(fields: inout FieldReader) {
        instructions = fields.change("instructions", .multilineText(0...10_000))
        lesson = fields.clearableChange("lessonId", .id(Lesson.self))
        timeLimitSeconds = fields.clearableChange("timeLimitSeconds", .integer(10...2_592_000))
        graceSeconds = fields.change("graceSeconds", .integer(0...3_600))
        attemptLimit = fields.clearableChange("attemptLimit", .integer(1...1_000))
        attemptPolicy = fields.change("attemptPolicy", .choice(Quiz.AttemptPolicy.best))
        opensAt = fields.clearableChange("opensAt", .date)
        closesAt = fields.clearableChange("closesAt", .date)
        shufflesQuestions = fields.change("shufflesQuestions", .flag)
        shufflesOptions = fields.change("shufflesOptions", .flag)
        scoreReveal = fields.change("scoreReveal", .choice(Quiz.Reveal.afterSubmit))
        feedbackReveal = fields.change("feedbackReveal", .choice(Quiz.Reveal.afterSubmit))
        answerReveal = fields.change("answerReveal", .choice(Quiz.Reveal.afterSubmit))
        passPercentage = fields.clearableChange("passPercentage", .integer(0...100))
    }

    func apply(to settings: inout QuizSettings) {
        settings.instructions = instructions.applied(to: settings.instructions)
        settings.lesson = lesson.applied(to: settings.lesson)
        settings.timeLimitSeconds = timeLimitSeconds.applied(to: settings.timeLimitSeconds)
        settings.graceSeconds = graceSeconds.applied(to: settings.graceSeconds)
        settings.attemptLimit = attemptLimit.applied(to: settings.attemptLimit)
        settings.attemptPolicy = attemptPolicy.applied(to: settings.attemptPolicy)
        settings.opensAt = opensAt.applied(to: settings.opensAt)
        settings.closesAt = closesAt.applied(to: settings.closesAt)
        settings.shufflesQuestions = shufflesQuestions.applied(to: settings.shufflesQuestions)
        settings.shufflesOptions = shufflesOptions.applied(to: settings.shufflesOptions)
        settings.scoreReveal = scoreReveal.applied(to: settings.scoreReveal)
        settings.feedbackReveal = feedbackReveal.applied(to: settings.feedbackReveal)
        settings.answerReveal = answerReveal.applied(to: settings.answerReveal)
        settings.passPercentage = passPercentage.applied(to: settings.passPercentage)
    }
}

/// `PUT /api/v1/quizzes/{quizId}/slots`.
struct QuizSlotsRequest: RequestBody {
    let slots: [QuizSlot]

    init(fields: inout FieldReader) {
        let slots = fields.required("slots", .list(.object(QuizSlotRequest.self), 0...QuizSlot.limit))
        self.slots = slots.map(\.slot)
    }
}

/// A slot: `questionId`, or `bankId` with how many are drawn.
struct QuizSlotRequest: FieldStructure {
    let slot: QuizSlot

    init(fields: inout FieldReader) {
        let question = fields.optional("questionId", .id(BankQuestion.self))
        let bank = fields.optional("bankId", .id(QuestionBank.self))
        let tag = fields.optional("tag", .text(1...50, example: "proofs"))
        let count = fields.optional("count", .integer(1...QuizSlot.limit))
        let points = fields.optional("points", .quizPoints, default: Points(1))
        if let bank {
            if question != nil { fields.refuse("questionId", .unknownField) }
            slot = QuizSlot(.draw(count ?? 1, from: bank, tag: tag), points: points)
        } else {
            if question == nil { fields.refuse("questionId", .required) }
            if tag != nil { fields.refuse("tag", .unknownField) }
            if count != nil { fields.refuse("count", .unknownField) }
            slot = QuizSlot(.question(question ?? BankQuestion.ID(UUID(high: 0, low: 0))), points: points)
        }
    }
}

/// `PUT /api/v1/quizzes/{quizId}/extensions/{userId}`.
struct QuizExtensionRequest: RequestBody {
    let granted: NewQuizExtension

    init(fields: inout FieldReader) {
        var granted = NewQuizExtension(because: fields.required("reason", .text(1...500, example: "Dyslexia")))
        granted.extraSeconds = fields.optional("extraSeconds", .integer(0...2_592_000), default: 0)
        granted.extraAttempts = fields.optional("extraAttempts", .integer(0...1_000), default: 0)
        granted.closesAt = fields.optional("closesAt", .date)
        self.granted = granted
    }
}

/// `PUT /api/v1/quiz-attempts/{attemptId}/answers/{questionId}`.
struct QuizAnswerRequest: RequestBody {
    let answer: JSONValue
    let sequence: Int

    init(fields: inout FieldReader) {
        // An answer is taken back with `null`, which `required` would refuse.
        answer = fields.optional("answer", .anything) ?? .null
        sequence = fields.required("sequence", .sequence)
    }
}

/// `POST /api/v1/quiz-attempts/{attemptId}/submit`.
struct QuizSubmission: RequestBody {
    let answers: [SentAnswer]

    init(fields: inout FieldReader) {
        let sent = fields.optional("answers", .list(.object(SentAnswerRequest.self), 0...QuizSlot.limit), default: [])
        answers = sent.map(\.answer)
    }
}

/// An answer that comes with a submission.
struct SentAnswerRequest: FieldStructure {
    let answer: SentAnswer

    init(fields: inout FieldReader) {
        let question = fields.required("questionId", .id(BankQuestion.self))
        let value = fields.optional("answer", .anything) ?? .null
        answer = SentAnswer(question, value, sequence: fields.required("sequence", .sequence))
    }
}

/// `PUT /api/v1/quiz-attempts/{attemptId}/grades/{questionId}`.
struct QuizGradeRequest: RequestBody {
    let points: Points
    let comment: String?

    init(fields: inout FieldReader) {
        points = fields.required("points", .quizPoints)
        comment = fields.optional("comment", .multilineText(1...5_000, example: "Well argued."))
    }
}

/// `POST /api/v1/quizzes/{quizId}/regrade`.
struct QuizRegradeRequest: RequestBody {
    let question: BankQuestion.ID?

    init(fields: inout FieldReader) {
        question = fields.optional("questionId", .id(BankQuestion.self))
    }
}

extension FieldRule where Self == PointsRule {
    /// What a question is worth in a quiz, and what a grader gives.
    fileprivate static var quizPoints: PointsRule { PointsRule(range: 0...1_000) }
}

extension FieldRule where Self == IntegerRule {
    fileprivate static var sequence: IntegerRule { .integer(1...SentAnswer.sequenceLimit) }
}

extension FieldRule where Self == TextRule {
    fileprivate static var quizTitle: TextRule { .text(3...255, example: "The second proof") }
}

extension FieldRule where Self == ListRule<TextRule> {
    fileprivate static var questionTags: ListRule<TextRule> {
        .list(.text(1...50, example: "proofs"), 0...BankQuestion.tagLimit)
    }
}
