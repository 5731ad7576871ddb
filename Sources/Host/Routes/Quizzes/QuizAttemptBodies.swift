// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An attempt with its questions, as who asks may see it.
struct QuizAttemptBody: ResponseBody {
    let summary: QuizAttemptSummaryBody
    let questions: [QuizAttemptQuestionBody]

    init(_ view: QuizAttemptView) {
        summary = QuizAttemptSummaryBody(view)
        questions = view.questions.map(QuizAttemptQuestionBody.init)
    }

    private init(isWhole: Bool) {
        summary = QuizAttemptSummaryBody(isWhole: isWhole)
        questions = [QuizAttemptQuestionBody(isWhole: isWhole)] + (isWhole ? [QuizAttemptQuestionBody.withFile] : [])
    }

    static var example: QuizAttemptBody { QuizAttemptBody(isWhole: true) }
    static var variations: [QuizAttemptBody] { [QuizAttemptBody(isWhole: false)] }

    var etag: ETag { ETag(version: summary.attempt.version, of: summary.attempt.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            summary.writeMembers(to: &object)
            object.field("questions", questions)
        }
    }
}

/// An attempt without its questions.
struct QuizAttemptSummaryBody: ResponseBody {
    let attempt: QuizAttempt
    let score: Points?
    let reveal: QuizReveal

    init(_ view: QuizAttemptView) {
        attempt = view.attempt
        score = view.score
        reveal = view.reveal
    }

    fileprivate init(isWhole: Bool) {
        let time = Date.exampleTime
        attempt = QuizAttempt(
            id: .example,
            quiz: .example,
            course: .example,
            enrollment: .example,
            user: .example,
            displayName: "Ada Lovelace",
            status: isWhole ? .graded : .inProgress,
            startedAt: time,
            deadlineAt: isWhole ? time.addingTimeInterval(1_200) : nil,
            submittedAt: isWhole ? time.addingTimeInterval(900) : nil,
            score: isWhole ? Points(6) : nil,
            maxScore: Points(7)
        )
        score = attempt.score
        reveal = isWhole ? .everything : .nothing
    }

    static var example: QuizAttemptSummaryBody { QuizAttemptSummaryBody(isWhole: true) }
    static var variations: [QuizAttemptSummaryBody] { [QuizAttemptSummaryBody(isWhole: false)] }

    func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    fileprivate func writeMembers(to object: inout JSONWriter) {
        object.field("id", attempt.id)
        object.field("quizId", attempt.quiz)
        object.field("courseId", attempt.course)
        object.field("enrollmentId", attempt.enrollment)
        object.field("userId", attempt.user)
        object.field("displayName", attempt.displayName)
        object.field("number", attempt.number)
        object.field("status", attempt.status.rawValue)
        object.field("startedAt", attempt.startedAt)
        object.field("deadlineAt", attempt.deadlineAt)
        object.field("endsAt", attempt.endsAt)
        object.field("submittedAt", attempt.submittedAt)
        object.field("closedBy", attempt.closedBy?.rawValue)
        object.field("isLate", attempt.isLate)
        object.field("score", score)
        object.field("maxScore", attempt.maxScore)
        object.field(
            "percentage",
            score.map { Percentage(completed: $0.millionths, of: attempt.maxScore.millionths).value }
        )
        object.field("gradedAt", attempt.gradedAt)
        object.field("version", attempt.version)
    }
}

/// A question of an attempt.
struct QuizAttemptQuestionBody: JSONWritable {
    let id: BankQuestion.ID
    let position: Int
    let presented: JSONText
    let answer: JSONText?
    let files: [QuizAnswerFile]
    let sequence: Int
    let answeredAt: Date?
    let needsGrading: Bool
    let score: Points?
    let outcome: String?
    let feedback: [String]
    let comment: String?
    let solution: JSONValue?

    init(_ question: QuizAttemptView.Question) {
        id = question.id
        position = question.position
        presented = JSONText(writing: question.presented)
        answer = question.answer.map { JSONText(writing: $0) }
        files = question.files
        sequence = question.sequence
        answeredAt = question.answeredAt
        needsGrading = question.needsGrading
        score = question.score
        outcome = question.outcome?.rawValue
        feedback = question.feedback
        comment = question.comment
        solution = question.solution
    }

    /// One that was answered with a file.
    fileprivate static var withFile: QuizAttemptQuestionBody { QuizAttemptQuestionBody(file: .example) }

    private init(file: QuizAnswerFile) {
        (id, position) = (.example, 2)
        presented = JSONText(
            Array(#"{"kind":"file_upload","prompt":"<p>Prove it.</p>","points":6,"hintCount":0}"#.utf8)
        )
        answer = JSONText(Array(#"{"files":["\#(file.id)"]}"#.utf8))
        files = [file]
        sequence = 1
        answeredAt = .exampleTime
        needsGrading = false
        score = Points(5)
        outcome = nil
        feedback = []
        comment = "Show that it has no others."
        solution = nil
    }

    fileprivate init(isWhole: Bool) {
        (id, position) = (.example, 1)
        presented = JSONText(
            Array(#"{"kind":"true_false","prompt":"<p>Is 2 prime?</p>","points":1,"hintCount":0}"#.utf8)
        )
        answer = isWhole ? JSONText(Array(#"{"value":true}"#.utf8)) : nil
        files = []
        sequence = isWhole ? 3 : 0
        answeredAt = isWhole ? .exampleTime : nil
        needsGrading = false
        score = isWhole ? Points(1) : nil
        outcome = isWhole ? "correct" : nil
        feedback = isWhole ? ["<p>It is the only even one.</p>"] : []
        comment = isWhole ? "Well done." : nil
        solution = isWhole ? .object([JSONMember("answer", true)]) : nil
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("questionId", id)
            object.field("position", position)
            object.field("question", presented)
            object.field("answer", answer)
            object.field("files", files.map(QuizAnswerFileBody.init))
            object.field("sequence", sequence)
            object.field("answeredAt", answeredAt)
            object.field("needsGrading", needsGrading)
            object.field("score", score)
            object.field("outcome", outcome)
            object.field("feedback", feedback)
            object.field("comment", comment)
            object.field("solution", solution)
        }
    }
}

/// A file of an answer.
struct QuizAnswerFileBody: JSONWritable {
    let file: QuizAnswerFile

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", file.id)
            object.field("name", file.name)
            object.field("mediaType", file.mediaType)
            object.field("byteCount", file.byteCount)
        }
    }
}

/// What became of an answer.
struct SavedAnswerBody: ResponseBody {
    let saved: SavedAnswer

    static var example: SavedAnswerBody {
        SavedAnswerBody(
            saved: SavedAnswer(
                question: .example,
                sequence: 3,
                answeredAt: .exampleTime,
                isCurrent: true,
                endsAt: Date.exampleTime.addingTimeInterval(60)
            )
        )
    }
    static var variations: [SavedAnswerBody] {
        [
            SavedAnswerBody(
                saved: SavedAnswer(question: .example, sequence: 4, answeredAt: nil, isCurrent: false, endsAt: nil)
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("questionId", saved.question)
            object.field("sequence", saved.sequence)
            object.field("answeredAt", saved.answeredAt)
            object.field("isCurrent", saved.isCurrent)
            object.field("endsAt", saved.endsAt)
        }
    }
}

/// One's own attempts at a quiz, and what they come to.
struct OwnQuizAttemptsBody: ResponseBody {
    let items: [QuizAttemptSummaryBody]
    let result: QuizResultBody?

    static var example: OwnQuizAttemptsBody { OwnQuizAttemptsBody(items: [.example], result: .example) }
    static var variations: [OwnQuizAttemptsBody] {
        [OwnQuizAttemptsBody(items: QuizAttemptSummaryBody.variations, result: nil)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", items)
            object.field("result", result)
        }
    }
}

/// What a learner has of a quiz.
struct QuizResultBody: ResponseBody {
    let result: QuizResult
    let passPercentage: Int?

    init(_ result: QuizResult, of quiz: Quiz) {
        self.result = result
        passPercentage = quiz.settings.passPercentage
    }

    private init(passPercentage: Int?) {
        result = QuizResult(
            user: .example,
            displayName: "Ada Lovelace",
            score: Points(6),
            maxScore: Points(7),
            attempts: 2,
            isProvisional: false,
            updatedAt: .exampleTime
        )
        self.passPercentage = passPercentage
    }

    static var example: QuizResultBody { QuizResultBody(passPercentage: 60) }
    static var variations: [QuizResultBody] { [QuizResultBody(passPercentage: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", result.user)
            object.field("displayName", result.displayName)
            object.field("score", result.score)
            object.field("maxScore", result.maxScore)
            object.field("percentage", result.percentage.value)
            object.field("isPassed", passPercentage.map(result.isPassed))
            object.field("attempts", result.attempts)
            object.field("isProvisional", result.isProvisional)
            object.field("updatedAt", result.updatedAt)
        }
    }
}

extension QuizAnswerFile {
    fileprivate static let example = QuizAnswerFile(
        id: .example,
        attempt: .example,
        question: .example,
        name: "proof.pdf",
        mediaType: "application/pdf",
        byteCount: 48_211
    )
}

extension JSONText {
    fileprivate init(writing value: some JSONWritable) {
        var json = JSONWriter()
        value.write(to: &json)
        self.init(json.bytes)
    }
}
