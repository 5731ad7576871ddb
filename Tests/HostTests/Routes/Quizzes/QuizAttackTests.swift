// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct QuizAttackTests {
    @Test(arguments: ["never", "after_submit", "after_close"])
    func `S10: no reply has the key of a quiz before it may be seen`(reveal: String) async throws {
        try await QuizWorld.with { world in
            let closes = world.host.platform.clock.wall.now().addingTimeInterval(300)
            let questions = [
                try await world.write(QuizWorld.word()), try await world.write(QuizWorld.essay),
                try await world.write(
                    #"{"kind":"numeric","prompt":"<p>How many?</p>","accepted":[{"value":"8675309"}]}"#
                ),
            ]
            let quiz = try await world.quiz(
                of: questions,
                #","closesAt":"\#(closes.iso8601Milliseconds)","answerReveal":"\#(reveal)","feedbackReveal":"\#(reveal)","scoreReveal":"\#(reveal)""#
            )
            func leaks(_ reply: TestReply) -> Bool {
                [QuizWorld.secret, "8675309", "zzsecretnotes"].contains { reply.text.contains($0) }
            }
            func readings(_ attempt: String) async throws -> [TestReply] {
                var replies: [TestReply] = []
                for path in [
                    "quiz-attempts/\(attempt)", "quizzes/\(quiz)", "quizzes/\(quiz)/slots",
                    "quizzes/\(quiz)/attempts/mine",
                    "courses/\(world.course)/quizzes", "questions/\(questions[0])",
                    "questions/\(questions[0])/versions",
                    "question-banks/\(world.bank)/questions", "quizzes/\(quiz)/attempts", "quizzes/\(quiz)/results",
                ] {
                    replies.append(try await world.send("GET", path, as: world.ana))
                }
                return replies
            }
            let begun = try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ana)
            let attempt = try world.id(of: begun)
            let saved = try await world.save("nothing", to: questions[0], of: attempt, as: world.ana)
            for reply in [begun, saved] + (try await readings(attempt)) { #expect(!leaks(reply), "\(reply.text)") }
            let submitted = try await world.submit(attempt, as: world.ana)
            let after = [submitted] + (try await readings(attempt))
            #expect(after.contains(where: leaks) == (reveal == "after_submit"))
            #expect((submitted.json["score"] == .null) == (reveal != "after_submit"))
            #expect(!submitted.text.contains("zzsecretnotes"))
            world.advance(by: 306)
            let closed = try await world.attempt(attempt, as: world.ana)
            #expect(closed.text.contains(QuizWorld.secret) == (reveal != "never"))
            #expect(closed.text.contains("zzgeneral") == (reveal != "never"))
            #expect(!closed.text.contains("zzsecretnotes"))
            if reveal == "never" {
                #expect(closed.json["score"] == .null && closed.json["percentage"] == .null)
                let own = try await world.send("GET", "quizzes/\(quiz)/attempts/mine", as: world.ana).json
                #expect(own["result"] == .null)
            }
        }
    }

    @Test func `attack: nothing is revealed as long as anybody has an extension`() async throws {
        try await QuizWorld.with { world in
            let closes = world.host.platform.clock.wall.now().addingTimeInterval(60)
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(
                of: [question],
                #","closesAt":"\#(closes.iso8601Milliseconds)","answerReveal":"after_close""#
            )
            let attempt = try await world.start(quiz, as: world.ana)
            _ = try await world.submit(attempt, as: world.ana)
            let later = closes.addingTimeInterval(200).iso8601Milliseconds
            _ = try await world.send(
                "PUT",
                "quizzes/\(quiz)/extensions/\(world.ben.user)",
                as: world.teacher,
                #"{"reason":"Ill","closesAt":"\#(later)"}"#
            )
            world.advance(by: 200)
            #expect(!(try await world.attempt(attempt, as: world.ana)).text.contains(QuizWorld.secret))
            world.advance(by: 70)
            #expect((try await world.attempt(attempt, as: world.ana)).text.contains(QuizWorld.secret))
        }
    }

    @Test func `attack: another's attempt is as if it never was`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            func tries(_ id: String) async throws -> [TestReply] {
                [
                    try await world.attempt(id, as: world.ben),
                    try await world.save("mine", to: question, of: id, as: world.ben),
                    try await world.submit(id, as: world.ben),
                ]
            }
            let (theirs, never) = (try await tries(attempt), try await tries(QuizWorld.never))
            for (one, other) in zip(theirs, never) {
                #expect(one.status == 404 && one.status == other.status && one.code == other.code)
            }
            let grade = try await world.send(
                "PUT",
                "quiz-attempts/\(attempt)/grades/\(question)",
                as: world.ben,
                #"{"points":2}"#
            )
            #expect(grade.status == 403)
            let shown = try await world.attempt(attempt, as: world.ana).json
            #expect(shown["status"]?.text == "in_progress" && shown["questions"]?[0]?["sequence"]?.integer == 0)
        }
    }

    @Test func `attack: an answer to a question that the attempt does not ask is refused`() async throws {
        try await QuizWorld.with { world in
            let (asked, other) = (try await world.write(QuizWorld.word()), try await world.write(QuizWorld.word()))
            let quiz = try await world.quiz(of: [asked])
            let attempt = try await world.start(quiz, as: world.ana)
            #expect(try await world.save("x", to: other, of: attempt, as: world.ana).code == "QUESTION_NOT_FOUND")
            let json = #"{"answers":[{"questionId":"\#(other)","answer":{"text":"x"},"sequence":1}]}"#
            #expect(try await world.submit(attempt, as: world.ana, json).code == "QUESTION_NOT_FOUND")
            // Nothing of the refused submission happened.
            #expect(try await world.attempt(attempt, as: world.ana).json["status"]?.text == "in_progress")
            let wrongShape = try await world.send(
                "PUT",
                "quiz-attempts/\(attempt)/answers/\(asked)",
                as: world.ana,
                #"{"answer":{"value":true},"sequence":1}"#
            )
            #expect(wrongShape.code == "VALIDATION_FAILED")
        }
    }

    @Test func `attack: a teacher of another course writes, reads and grades nothing here`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            _ = try await world.submit(attempt, as: world.ana)
            let stranger = try await world.host.member("stranger", .instructor, of: world.tenant)
            for (method, path, json) in [
                ("GET", "question-banks/\(world.bank)/questions", nil),
                ("GET", "questions/\(question)", nil),
                ("PATCH", "questions/\(question)", #"{"isRetired":true}"#),
                ("PATCH", "quizzes/\(quiz)", #"{"title":"Mine"}"#),
                ("GET", "quizzes/\(quiz)/attempts", nil),
                ("GET", "quizzes/\(quiz)/results", nil),
                ("POST", "quizzes/\(quiz)/regrade", "{}"),
                ("GET", "quiz-attempts/\(attempt)", nil),
                ("PUT", "quiz-attempts/\(attempt)/grades/\(question)", #"{"points":2}"#),
            ] {
                let reply = try await world.send(method, path, as: stranger, json)
                #expect(reply.status == 404, "\(method) \(path) \(reply.status)")
            }
        }
    }

    @Test func `attack: who has no place in the course takes nothing`() async throws {
        try await QuizWorld.with { world in
            let quiz = try await world.quiz(of: [try await world.write(QuizWorld.word())])
            let outsider = try await world.host.register("outsider", at: world.tenant)
            #expect(try await world.send("POST", "quizzes/\(quiz)/attempts", as: outsider).status == 404)
            #expect(try await world.send("GET", "quizzes/\(quiz)", as: outsider).status == 404)
            #expect(
                try await world.send("GET", "courses/\(world.course)/quizzes", as: outsider).code == "ENROLLMENT_NEEDED"
            )
        }
    }
}
