// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A bank of questions.
struct QuestionBankBody: ResponseBody {
    let bank: QuestionBank

    init(_ bank: QuestionBank) {
        self.bank = bank
    }

    static var example: QuestionBankBody {
        QuestionBankBody(
            QuestionBank(
                id: .example,
                course: .example,
                title: "Proofs",
                description: "For the second chapter",
                questions: 12,
                version: 1,
                createdAt: .exampleTime
            )
        )
    }

    var etag: ETag { ETag(version: bank.version, of: bank.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", bank.id)
            object.field("courseId", bank.course)
            object.field("title", bank.title)
            object.field("description", bank.description)
            object.field("questions", bank.questions)
            object.field("version", bank.version)
            object.field("createdAt", bank.createdAt)
            object.field("updatedAt", bank.updatedAt)
        }
    }
}

/// A question with its key, for staff.
struct BankQuestionBody: ResponseBody {
    let id: BankQuestion.ID
    let bank: QuestionBank.ID
    let course: Course.ID
    let version: Int
    let content: JSONText
    let tags: [String]
    let isRetired: Bool
    let revision: Int
    let createdAt: Date
    let writtenAt: Date

    init(_ question: BankQuestion) {
        id = question.id
        bank = question.bank
        course = question.course
        version = question.version
        content = question.content.json
        tags = question.tags
        isRetired = question.isRetired
        revision = question.revision
        createdAt = question.createdAt
        writtenAt = question.writtenAt
    }

    private init() {
        (id, bank, course, version) = (.example, .example, .example, 2)
        content = JSONText(
            Array(#"{"version":1,"kind":"true_false","prompt":"<p>Is 2 prime?</p>","points":1,"answer":true}"#.utf8)
        )
        (tags, isRetired, revision) = (["primes"], false, 3)
        (createdAt, writtenAt) = (.exampleTime, .exampleTime)
    }

    static var example: BankQuestionBody { BankQuestionBody() }

    var etag: ETag { ETag(version: revision, of: id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("bankId", bank)
            object.field("courseId", course)
            object.field("version", version)
            object.field("content", content)
            object.field("tags", tags)
            object.field("isRetired", isRetired)
            object.field("revision", revision)
            object.field("createdAt", createdAt)
            object.field("writtenAt", writtenAt)
        }
    }
}

/// A quiz, without its questions.
struct QuizBody: ResponseBody {
    let quiz: Quiz

    init(_ quiz: Quiz) {
        self.quiz = quiz
    }

    static var example: QuizBody { QuizBody(.example(isWhole: true)) }
    static var variations: [QuizBody] { [QuizBody(.example(isWhole: false))] }

    var etag: ETag { ETag(version: quiz.version, of: quiz.id, showing: self) }

    func write(to json: inout JSONWriter) {
        let settings = quiz.settings
        json.object { object in
            object.field("id", quiz.id)
            object.field("courseId", quiz.course)
            object.field("lessonId", settings.lesson)
            object.field("title", settings.title)
            object.field("instructions", settings.instructions)
            object.field("status", quiz.status.rawValue)
            object.field("questions", quiz.questions)
            object.field("points", quiz.points)
            object.field("timeLimitSeconds", settings.timeLimitSeconds)
            object.field("graceSeconds", settings.graceSeconds)
            object.field("attemptLimit", settings.attemptLimit)
            object.field("attemptPolicy", settings.attemptPolicy.rawValue)
            object.field("opensAt", settings.opensAt)
            object.field("closesAt", settings.closesAt)
            object.field("shufflesQuestions", settings.shufflesQuestions)
            object.field("shufflesOptions", settings.shufflesOptions)
            object.field("scoreReveal", settings.scoreReveal.rawValue)
            object.field("feedbackReveal", settings.feedbackReveal.rawValue)
            object.field("answerReveal", settings.answerReveal.rawValue)
            object.field("passPercentage", settings.passPercentage)
            object.field("version", quiz.version)
            object.field("createdAt", quiz.createdAt)
            object.field("updatedAt", quiz.updatedAt)
            object.field("publishedAt", quiz.publishedAt)
        }
    }
}

/// What a quiz asks.
struct QuizSlotsBody: ResponseBody {
    let slots: [QuizSlot]

    static var example: QuizSlotsBody {
        QuizSlotsBody(slots: [
            QuizSlot(.question(.example)), QuizSlot(.draw(3, from: .example, tag: "proofs"), points: Points(2)),
        ])
    }
    static var variations: [QuizSlotsBody] { [QuizSlotsBody(slots: [QuizSlot(.draw(1, from: .example, tag: nil))])] }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("slots", slots.map(SlotBody.init)) }
    }
}

private struct SlotBody: JSONWritable {
    let slot: QuizSlot

    func write(to json: inout JSONWriter) {
        json.object { object in
            switch slot.source {
            case .question(let id):
                object.field("questionId", id)
            case .draw(let count, let bank, let tag):
                object.field("bankId", bank)
                object.field("tag", tag)
                object.field("count", count)
            }
            object.field("points", slot.points)
        }
    }
}

/// An extension.
struct QuizExtensionBody: ResponseBody {
    let granted: QuizExtension

    init(_ granted: QuizExtension) {
        self.granted = granted
    }

    static var example: QuizExtensionBody { QuizExtensionBody(.example(closesAt: .exampleTime)) }
    static var variations: [QuizExtensionBody] { [QuizExtensionBody(.example(closesAt: nil))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", granted.user)
            object.field("displayName", granted.displayName)
            object.field("extraSeconds", granted.extraSeconds)
            object.field("extraAttempts", granted.extraAttempts)
            object.field("closesAt", granted.closesAt)
            object.field("reason", granted.reason)
            object.field("grantedAt", granted.grantedAt)
        }
    }
}

/// What a regrading came to.
struct QuizRegradeBody: ResponseBody {
    let regrade: QuizRegrade

    static var example: QuizRegradeBody {
        QuizRegradeBody(
            regrade: QuizRegrade(
                attempts: 24,
                changes: 9,
                totalBefore: Points(180),
                totalAfter: Points(189),
                hasMore: false
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("attempts", regrade.attempts)
            object.field("changes", regrade.changes)
            object.field("totalBefore", regrade.totalBefore)
            object.field("totalAfter", regrade.totalAfter)
            object.field("hasMore", regrade.hasMore)
        }
    }
}

/// A change of a score.
struct QuizScoreChangeBody: ResponseBody {
    let change: QuizScoreChange

    init(_ change: QuizScoreChange) {
        self.change = change
    }

    static var example: QuizScoreChangeBody { QuizScoreChangeBody(.example(changedBy: .example)) }
    static var variations: [QuizScoreChangeBody] { [QuizScoreChangeBody(.example(changedBy: nil))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", change.id)
            object.field("attemptId", change.attempt)
            object.field("questionId", change.question)
            object.field("cause", change.cause.rawValue)
            object.field("scoreBefore", change.scoreBefore)
            object.field("scoreAfter", change.scoreAfter)
            object.field("totalBefore", change.totalBefore)
            object.field("totalAfter", change.totalAfter)
            object.field("changedAt", change.changedAt)
            object.field("changedBy", change.changedBy)
        }
    }
}

extension Quiz {
    fileprivate static func example(isWhole: Bool) -> Quiz {
        var settings = QuizSettings(title: "The second proof")
        if isWhole {
            settings.instructions = "No notes."
            settings.lesson = .example
            settings.timeLimitSeconds = 1_200
            settings.graceSeconds = 10
            settings.attemptLimit = 2
            settings.opensAt = .exampleTime
            settings.closesAt = Date.exampleTime.addingTimeInterval(86_400)
            settings.passPercentage = 60
        }
        return Quiz(
            id: .example,
            course: .example,
            status: isWhole ? .published : .draft,
            settings: settings,
            questions: 4,
            points: Points(7),
            createdAt: .exampleTime,
            publishedAt: isWhole ? .exampleTime : nil
        )
    }
}

extension QuizExtension {
    fileprivate static func example(closesAt: Date?) -> QuizExtension {
        QuizExtension(
            user: .example,
            displayName: "Ada Lovelace",
            extraSeconds: 300,
            extraAttempts: 0,
            closesAt: closesAt,
            reason: "Dyslexia",
            grantedAt: .exampleTime
        )
    }
}

extension QuizScoreChange {
    fileprivate static func example(changedBy: Principal.ID?) -> QuizScoreChange {
        QuizScoreChange(
            id: .example,
            attempt: .example,
            question: .example,
            cause: .regrade,
            score: (.zero, Points(1)),
            total: (Points(5), Points(6)),
            changedAt: .exampleTime,
            changedBy: changedBy
        )
    }
}

extension Date {
    /// When everything happened in examples.
    static let exampleTime = Date(timeIntervalSince1970: 1_800_000_000)
}
