// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSTenancy

/// A course with a bank of questions, over the routes: its teacher, two who have a place in it, and others.
struct QuizWorld: Sendable {
    private let learning: LearningWorld
    let bank: String

    var host: PlatformHost { learning.host }
    var tenant: TestTenant { learning.tenant }
    var course: Course.ID { learning.course }
    var lessons: [Lesson.ID] { learning.lessons }
    var teacher: PlatformHost.Session { learning.teacher }
    /// A learner.
    var ana: PlatformHost.Session { learning.student }
    /// Another learner.
    var ben: PlatformHost.Session { learning.other }
    var quizzes: Quizzes { host.platform.lms.quizzes }

    /// What nobody ever got.
    static let never = "01890a5d-dead-774b-bcce-b302099a8057"
    /// A text that only a key has.
    static let secret = "zzsecretkey"

    init(_ tenant: TestTenant, host: PlatformHost? = nil) async throws {
        learning = try await LearningWorld(tenant, host: host)
        for learner in [learning.student, learning.other] { _ = try await learning.enroll(learner) }
        let made = try await learning.send(
            "POST",
            "v1/courses/\(learning.course)/question-banks",
            as: learning.teacher,
            #"{"title":"Proofs"}"#
        )
        guard let id = made.json["id"]?.text else { throw TestFailure("\(made.status) \(made.text)") }
        bank = id
    }

    static func with(_ body: (QuizWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await QuizWorld($0)) }
    }

    /// Sends a request to a path below `/api/v1`.
    func send(
        _ method: String,
        _ path: String,
        as session: PlatformHost.Session?,
        _ json: String? = nil,
        fields: [String] = []
    ) async throws -> TestReply {
        try await learning.send(method, "v1/\(path)", as: session, json, fields: fields)
    }

    /// Somebody else with a place in the course.
    func learner(_ name: String) async throws -> PlatformHost.Session {
        let session = try await host.register(name, at: tenant)
        _ = try await learning.enroll(session)
        return session
    }

    func advance(by seconds: Double) { host.platform.clock.advance(by: seconds) }

    /// Writes a question.
    ///
    /// - Returns: Its identifier.
    func write(_ content: String, tags: String = "[]", in bank: String? = nil) async throws -> String {
        let json = #"{"content":\#(content),"tags":\#(tags)}"#
        return try id(of: try await send("POST", "question-banks/\(bank ?? self.bank)/questions", as: teacher, json))
    }

    /// A question to which a word is right.
    static func word(_ right: String = secret) -> String {
        #"{"kind":"short_text","prompt":"<p>Which word?</p>","accepted":[{"text":"\#(right)"}],"feedback":{"general":"<p>zzgeneral</p>"}}"#
    }

    static let essay = #"{"kind":"essay","prompt":"<p>Why?</p>","graderNotes":"<p>zzsecretnotes</p>"}"#

    /// Makes a quiz of questions that are there, each worth two points, and publishes it.
    ///
    /// - Parameters:
    ///   - questions: The questions.
    ///   - settings: Members of the quiz besides its title, with a comma before.
    /// - Returns: Its identifier.
    /// - Throws: If it is refused.
    func quiz(of questions: [String], _ settings: String = "") async throws -> String {
        let slots = questions.map { #"{"questionId":"\#($0)","points":2}"# }.joined(separator: ",")
        return try await quiz(slots: slots, settings)
    }

    func quiz(slots: String, _ settings: String = "", isPublished: Bool = true) async throws -> String {
        let json = #"{"title":"The second proof"\#(settings)}"#
        let quiz = try id(of: try await send("POST", "courses/\(course)/quizzes", as: teacher, json))
        let arranged = try await send("PUT", "quizzes/\(quiz)/slots", as: teacher, #"{"slots":[\#(slots)]}"#)
        #expect(arranged.status == 200, "\(arranged.text)")
        if isPublished {
            let published = try await send("POST", "quizzes/\(quiz)/publish", as: teacher)
            #expect(published.status == 200, "\(published.text)")
        }
        return quiz
    }

    /// Begins an attempt.
    ///
    /// - Returns: Its identifier.
    func start(_ quiz: String, as session: PlatformHost.Session) async throws -> String {
        try id(of: try await send("POST", "quizzes/\(quiz)/attempts", as: session))
    }

    /// Saves the text of an answer.
    func save(
        _ text: String,
        to question: String,
        of attempt: String,
        _ sequence: Int = 1,
        as session: PlatformHost.Session
    ) async throws -> TestReply {
        try await send(
            "PUT",
            "quiz-attempts/\(attempt)/answers/\(question)",
            as: session,
            #"{"answer":{"text":"\#(text)"},"sequence":\#(sequence)}"#
        )
    }

    func submit(_ attempt: String, as session: PlatformHost.Session, _ json: String = "{}") async throws -> TestReply {
        try await send("POST", "quiz-attempts/\(attempt)/submit", as: session, json)
    }

    func attempt(_ id: String, as session: PlatformHost.Session) async throws -> TestReply {
        try await send("GET", "quiz-attempts/\(id)", as: session)
    }

    func id(of reply: TestReply) throws -> String {
        guard let id = reply.json["id"]?.text else { throw TestFailure("\(reply.status) \(reply.text)") }
        return id
    }

    /// Does something many times at once.
    func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> TestReply) async throws -> [TestReply] {
        try await withThrowingTaskGroup(of: TestReply.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Does what the job of an attempt does.
    func closeOverdue(_ attempt: String) async throws -> Date? {
        let id = try #require(QuizAttempt.ID(attempt))
        return try await tenant.transaction(as: Principal(.system("quizzes"), grants: Grants())) { session in
            try await quizzes.closeOverdue(id, session: session)
        }
    }

    /// Does what the job of a quiz does.
    func settle(_ quiz: String) async throws -> Date? {
        let id = try #require(Quiz.ID(quiz))
        return try await tenant.transaction(as: Principal(.system("quizzes"), grants: Grants())) { session in
            try await quizzes.settle(id, session: session)
        }
    }

    /// How many people completed a lesson.
    func completions(of lesson: Lesson.ID) async throws -> Int {
        try await number(
            "SELECT count(*) FROM lesson_progress WHERE lesson_id = \(lesson) AND completed_at IS NOT NULL"
        )
    }

    /// The identifier of somebody's place in the course.
    func place(of session: PlatformHost.Session) async throws -> String {
        let user = try #require(User.ID(session.user))
        return try await tenant.transaction { transaction in
            let rows = try await transaction.execute("SELECT id::text FROM enrollments WHERE user_id = \(user)")
            return try #require(rows.only)[0]
        }
    }

    /// Somebody's own grade in a quiz, as the gradebook shows it to whoever asks.
    ///
    /// - Returns: Its score; `nil` if they see none.
    func grade(in quiz: String, of learner: PlatformHost.Session, as reader: PlatformHost.Session) async throws
        -> String?
    {
        let shown = try await send("GET", "enrollments/\(try await place(of: learner))/grades", as: reader)
        guard case .array(let items) = shown.json["gradeItems"],
            case .array(let grades) = shown.json["learner"]?["grades"],
            let item = items.first(where: { $0["subjectId"]?.text == quiz })?["id"]?.text
        else { return nil }
        guard case .number(let score) = grades.first(where: { $0["gradeItemId"]?.text == item })?["score"] else {
            return nil
        }
        return score
    }

    /// How many events of a type there are.
    func count(of type: EventType) async throws -> Int {
        try await tenant.events().filter { try $0["type"] == type.name }.count
    }

    /// A number that a statement returns.
    func number(_ statement: SQL) async throws -> Int {
        try await tenant.transaction { session in try await session.execute(statement).only?[0] ?? -1 }
    }
}
