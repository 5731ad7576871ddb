// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What learners and the staff do at the same time.
@Suite struct QuizRaceTests {
    @Test func `of those who begin at once no more do than may`() async throws {
        try await QuizWorld.with { world in
            let quiz = try await world.quiz(of: [try await world.write(QuizWorld.word())], #","attemptLimit":2"#)
            for round in 0..<3 {
                let replies = try await world.atOnce(12) { _ in
                    try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ana)
                }
                let begun = replies.filter { $0.status == 201 }
                #expect(begun.count == (round < 2 ? 1 : 0))
                #expect(replies.filter { $0.status != 201 }.allSatisfy { $0.status == 409 })
                if let reply = begun.first { _ = try await world.submit(try world.id(of: reply), as: world.ana) }
            }
        }
    }

    @Test func `200 who submit in the second of the deadline lose no answer, and each counts once`() async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word()), try await world.write(QuizWorld.word("seven"))]
            let quiz = try await world.quiz(of: questions, #","timeLimitSeconds":300,"graceSeconds":5"#)
            let learners = try await withThrowingTaskGroup(of: PlatformHost.Session.self) { group in
                for number in 0..<200 { group.addTask { try await world.learner("learner\(number)") } }
                return try await group.reduce(into: [PlatformHost.Session]()) { $0.append($1) }
            }
            let begun = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in learners.indices {
                    group.addTask { (number, try await world.start(quiz, as: learners[number])) }
                }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            world.advance(by: 300)
            let replies = try await world.atOnce(400) { number in
                let (learner, attempt) = (learners[number % 200], begun[number % 200] ?? "")
                // Each saves one answer, brings another with the submission, and submits twice.
                if number < 200 {
                    _ = try await world.save(QuizWorld.secret, to: questions[0], of: attempt, as: learner)
                }
                let answers = [
                    #"{"questionId":"\#(questions[0])","answer":{"text":"\#(QuizWorld.secret)"},"sequence":2}"#,
                    #"{"questionId":"\#(questions[1])","answer":{"text":"seven"},"sequence":1}"#,
                ]
                return try await world.submit(
                    attempt,
                    as: learner,
                    #"{"answers":[\#(answers.joined(separator: ","))]}"#
                )
            }
            #expect(replies.allSatisfy { $0.status == 200 && $0.json["score"]?.integer == 4 })
            #expect(replies.allSatisfy { $0.json["isLate"]?.flag == false && $0.json["closedBy"]?.text == "learner" })
            #expect(try await world.count(of: .quizSubmitted) == 200)
            #expect(try await world.number("SELECT count(*) FROM quiz_results WHERE score = max_score") == 200)
            #expect(
                try await world.number("SELECT count(*) FROM quiz_attempt_questions WHERE answer IS NOT NULL") == 400
            )
        }
    }

    @Test func `a learner's last answers and their submission do not lose each other`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            for round in 0..<10 {
                let attempt = try await world.start(quiz, as: world.ana)
                let replies = try await world.atOnce(9) { number in
                    number == 4
                        ? try await world.submit(attempt, as: world.ana)
                        : try await world.save("w\(number)", to: question, of: attempt, number + 1, as: world.ana)
                }
                let acknowledged = replies.filter { $0.json["isCurrent"]?.flag == true }
                    .compactMap { $0.json["sequence"]?.integer }.max()
                let shown = try await world.attempt(attempt, as: world.ana).json
                #expect(shown["status"]?.text == "graded", "round \(round)")
                // The highest number that was acknowledged is the one that was graded.
                #expect(shown["questions"]?[0]?["sequence"]?.integer == acknowledged ?? 0)
            }
        }
    }

    @Test func `of graders, regrading and submitting at once every score is in the sum`() async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word("old")), try await world.write(QuizWorld.essay)]
            let quiz = try await world.quiz(of: questions)
            let learners = try await withThrowingTaskGroup(of: PlatformHost.Session.self) { group in
                for number in 0..<8 { group.addTask { try await world.learner("l\(number)") } }
                return try await group.reduce(into: [PlatformHost.Session]()) { $0.append($1) }
            }
            var attempts: [String] = []
            for learner in learners {
                let attempt = try await world.start(quiz, as: learner)
                _ = try await world.save("new", to: questions[0], of: attempt, as: learner)
                _ = try await world.save("Because.", to: questions[1], of: attempt, as: learner)
                if attempts.count < 4 { _ = try await world.submit(attempt, as: learner) }
                attempts.append(attempt)
            }
            let change = #"{"content":\#(QuizWorld.word("new"))}"#
            _ = try await world.send("PATCH", "questions/\(questions[0])", as: world.teacher, change)
            let replies = try await world.atOnce(11) { [attempts] number in
                switch number {
                case 0..<4:
                    try await world.send(
                        "PUT",
                        "quiz-attempts/\(attempts[number])/grades/\(questions[1])",
                        as: world.teacher,
                        #"{"points":1}"#
                    )
                case 4..<8: try await world.submit(attempts[number], as: learners[number])
                default: try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}")
                }
            }
            #expect(replies.allSatisfy { $0.status == 200 })
            _ = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}")
            for (index, attempt) in attempts.enumerated() {
                let shown = try await world.attempt(attempt, as: world.teacher).json
                #expect(shown["score"]?.integer == (index < 4 ? 3 : 2))
            }
            let wrong = try await world.number(
                """
                SELECT count(*) FROM quiz_attempts a WHERE a.status <> 'in_progress' AND a.score <>
                    (SELECT sum(t.score) FROM quiz_attempt_questions t WHERE t.attempt_id = a.id)
                """
            )
            #expect(wrong == 0)
        }
    }
}
