// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What quizzes come to in the gradebook.
@Suite struct QuizGradeTests {
    /// Takes a quiz whose first question has the secret for an answer.
    private func take(
        _ quiz: String,
        _ texts: [String],
        _ questions: [String],
        as learner: PlatformHost.Session,
        in world: QuizWorld
    ) async throws -> String {
        let attempt = try await world.start(quiz, as: learner)
        for (text, question) in zip(texts, questions) {
            _ = try await world.save(text, to: question, of: attempt, as: learner)
        }
        #expect(try await world.submit(attempt, as: learner).status == 200)
        return attempt
    }

    private func items(in world: QuizWorld) async throws -> [JSONValue] {
        let book = try await world.send("GET", "courses/\(world.course)/gradebook", as: world.teacher)
        guard case .array(let items) = book.json["gradeItems"] else { throw TestFailure(book.text) }
        return items
    }

    @Test func `a quiz that is published has an item, which follows its title, points and end`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let slot = #"{"questionId":"\#(question)","points":2}"#
            let quiz = try await world.quiz(slots: slot, isPublished: false)
            #expect(try await items(in: world).isEmpty)
            #expect(try await world.send("POST", "quizzes/\(quiz)/publish", as: world.teacher).status == 200)
            let item = try #require(try await items(in: world).first)
            #expect(item["subjectId"]?.text == quiz && item["kind"]?.text == "quiz")
            #expect(item["title"]?.text == "The second proof" && item["maxPoints"] == .number("2"))
            #expect(item["isMuted"]?.flag == false && item["isPublished"]?.flag == true)
            let end = world.host.platform.clock.wall.now().addingTimeInterval(3_600).iso8601Milliseconds
            let change = #"{"title":"The third proof","closesAt":"\#(end)"}"#
            #expect(try await world.send("PATCH", "quizzes/\(quiz)", as: world.teacher, change).status == 200)
            let other = try await world.write(QuizWorld.word("seven"))
            let slots = #"{"slots":[\#(slot),{"questionId":"\#(other)","points":1.5}]}"#
            #expect(try await world.send("PUT", "quizzes/\(quiz)/slots", as: world.teacher, slots).status == 200)
            let changed = try await items(in: world)
            #expect(changed.count == 1 && changed[0]["id"] == item["id"])
            #expect(changed[0]["title"]?.text == "The third proof" && changed[0]["maxPoints"] == .number("3.5"))
            #expect(changed[0]["dueAt"]?.text == end)
        }
    }

    @Test(arguments: [("best", "4"), ("last", "0"), ("first", "2"), ("average", "2")])
    func `the grade is what the policy says, also where the policy changes`(policy: String, points: String) async throws
    {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word()), try await world.write(QuizWorld.word("seven"))]
            let quiz = try await world.quiz(of: questions, #","attemptPolicy":"\#(policy)""#)
            for texts in [[QuizWorld.secret], [QuizWorld.secret, "seven"], []] {
                _ = try await take(quiz, texts, questions, as: world.ana, in: world)
            }
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == points)
            let change = #"{"attemptPolicy":"\#(policy == "last" ? "best" : "last")"}"#
            #expect(try await world.send("PATCH", "quizzes/\(quiz)", as: world.teacher, change).status == 200)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == (policy == "last" ? "4" : "0"))
            #expect(try await world.grade(in: quiz, of: world.ben, as: world.teacher) == nil)
        }
    }

    @Test func `what waits for a grader is no grade yet, and a grade and a regrading change it`() async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word("old")), try await world.write(QuizWorld.essay)]
            let quiz = try await world.quiz(of: questions)
            let attempt = try await take(quiz, ["new", "Because."], questions, as: world.ana, in: world)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.teacher) == nil)
            let path = "quiz-attempts/\(attempt)/grades/\(questions[1])"
            #expect(try await world.send("PUT", path, as: world.teacher, #"{"points":1.5}"#).status == 200)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == "1.5")
            let change = #"{"content":\#(QuizWorld.word("new"))}"#
            _ = try await world.send("PATCH", "questions/\(questions[0])", as: world.teacher, change)
            _ = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}")
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == "3.5")
            _ = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}")
            #expect(try await world.count(of: .gradeChanged) == 2)
            #expect(try await world.count(of: .gradeReleased) == 1)
        }
    }

    @Test func `attack: no grade tells a score before the quiz does`() async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word())]
            let closes = world.host.platform.clock.wall.now().addingTimeInterval(60).iso8601Milliseconds
            let quiz = try await world.quiz(of: questions, #","scoreReveal":"after_close","closesAt":"\#(closes)""#)
            _ = try await take(quiz, [QuizWorld.secret], questions, as: world.ana, in: world)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == nil)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.teacher) == "2")
            #expect(try await world.count(of: .gradeReleased) == 0)
            world.advance(by: 70)
            #expect(try await world.settle(quiz) == nil)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == "2")
            #expect(try await world.count(of: .gradeReleased) == 1)
            // Somebody may take it again, so nobody is told any more.
            let later = world.host.platform.clock.wall.now().addingTimeInterval(60).iso8601Milliseconds
            let path = "quizzes/\(quiz)/extensions/\(world.ben.user)"
            let json = #"{"reason":"Ill","closesAt":"\#(later)"}"#
            #expect(try await world.send("PUT", path, as: world.teacher, json).status == 200)
            _ = try await take(quiz, [QuizWorld.secret], questions, as: world.ben, in: world)
            #expect(try await world.grade(in: quiz, of: world.ben, as: world.ben) == nil)
            let shown = #"{"scoreReveal":"after_submit"}"#
            #expect(try await world.send("PATCH", "quizzes/\(quiz)", as: world.teacher, shown).status == 200)
            #expect(try await world.grade(in: quiz, of: world.ben, as: world.ben) == "2")
        }
    }

    @Test(arguments: ["never", "after_close"])
    func `attack: a quiz that is given points later tells no score before it says so`(reveal: String) async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let free = #"{"questionId":"\#(question)","points":0}"#
            let quiz = try await world.quiz(slots: free, #","scoreReveal":"\#(reveal)""#)
            let slots = #"{"slots":[{"questionId":"\#(question)","points":2}]}"#
            #expect(try await world.send("PUT", "quizzes/\(quiz)/slots", as: world.teacher, slots).status == 200)
            _ = try await take(quiz, [QuizWorld.secret], [question], as: world.ana, in: world)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.ana) == nil)
            #expect(try await world.grade(in: quiz, of: world.ana, as: world.teacher) == "2")
            #expect(try await world.count(of: .gradeReleased) == 0)
        }
    }
}
