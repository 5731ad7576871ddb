// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct QuizGradingRoutesTests {
    @Test func `an essay waits for a grader, whose score stays`() async throws {
        try await QuizWorld.with { world in
            let (essay, word) = (try await world.write(QuizWorld.essay), try await world.write(QuizWorld.word()))
            let quiz = try await world.quiz(of: [essay, word])
            let attempt = try await world.start(quiz, as: world.ana)
            _ = try await world.save("Because.", to: essay, of: attempt, as: world.ana)
            let submitted = try await world.submit(attempt, as: world.ana)
            #expect(submitted.json["status"]?.text == "submitted" && submitted.json["score"]?.integer == 0)
            #expect(try await world.count(of: .quizAttemptGraded) == 0)
            let queue = try await world.send("GET", "quizzes/\(quiz)/attempts?status=submitted", as: world.teacher)
                .items
            #expect(queue.map { $0["id"]?.text } == [attempt])
            let path = "quiz-attempts/\(attempt)/grades/\(essay)"
            let tag = try #require(try await world.attempt(attempt, as: world.teacher)[.etag])
            #expect(try await world.send("PUT", path, as: world.teacher, #"{"points":2.5}"#).status == 400)
            #expect(try await world.send("PUT", path, as: world.ana, #"{"points":2}"#).status == 403)
            let graded = try await world.send(
                "PUT",
                path,
                as: world.teacher,
                #"{"points":1.5,"comment":"Well argued."}"#,
                fields: ["If-Match: \(tag)"]
            )
            #expect(graded.status == 200 && graded.json["status"]?.text == "graded")
            let stale = try await world.send(
                "PUT",
                path,
                as: world.teacher,
                #"{"points":1}"#,
                fields: ["If-Match: \(tag)"]
            )
            #expect(stale.status == 412)
            let shown = try await world.attempt(attempt, as: world.ana).json
            #expect(shown["score"]?.number == 1.5)
            let asked = shown["questions"]?.element { $0["questionId"]?.text == essay }
            #expect(asked?["comment"]?.text == "Well argued.")
            #expect(try await world.count(of: .quizAttemptGraded) == 1)
            let changes = try await world.send("GET", "quizzes/\(quiz)/score-changes", as: world.teacher).items
            #expect(changes.count == 1 && changes[0]["cause"]?.text == "manual")
        }
    }

    @Test func `a grade that leaves the sum as it is is noticed by whoever grades after it`() async throws {
        try await QuizWorld.with { world in
            let essays = [try await world.write(QuizWorld.essay), try await world.write(QuizWorld.essay)]
            let quiz = try await world.quiz(of: essays)
            let attempt = try await world.start(quiz, as: world.ana)
            for essay in essays { _ = try await world.save("Because.", to: essay, of: attempt, as: world.ana) }
            _ = try await world.submit(attempt, as: world.ana)
            let seen = try #require(try await world.attempt(attempt, as: world.teacher)[.etag])
            // No points for the first: the sum is what it was, and the other essay still waits.
            for (points, status) in [(0, 200), (2, 412)] {
                let graded = try await world.send(
                    "PUT",
                    "quiz-attempts/\(attempt)/grades/\(essays[0])",
                    as: world.teacher,
                    #"{"points":\#(points)}"#,
                    fields: ["If-Match: \(seen)"]
                )
                #expect(graded.status == status)
            }
            // Saying the same again is no change.
            let before = try await world.attempt(attempt, as: world.teacher)[.etag]
            let path = "quiz-attempts/\(attempt)/grades/\(essays[0])"
            let again = try await world.send("PUT", path, as: world.teacher, #"{"points":0}"#)
            #expect(again.status == 200 && again[.etag] == before)
        }
    }

    @Test func `regrading goes through more questions than it reads at once, each once`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            _ = try await world.save(QuizWorld.secret, to: question, of: attempt, as: world.ana)
            _ = try await world.submit(attempt, as: world.ana)
            let (asked, taken) = (try #require(BankQuestion.ID(question)), try #require(QuizAttempt.ID(attempt)))
            // As if the attempt had asked 600 more, whose right answers an older key did not know.
            try await world.tenant.transaction { session in
                try await session.execute(
                    """
                    WITH n AS MATERIALIZED (
                        SELECT gen_random_uuid() AS id, p AS position FROM generate_series(2, 601) p
                    ), b AS (
                        INSERT INTO bank_questions (id, bank_id, course_id, version, created_at, updated_at)
                        SELECT n.id, q.bank_id, q.course_id, 2, now(), now() FROM n, bank_questions q WHERE q.id = \(asked)
                    ), v AS (
                        INSERT INTO question_versions (question_id, number, kind, content, written_at)
                        SELECT n.id, x.number, o.kind, o.content, now()
                        FROM n, generate_series(1, 2) AS x (number), question_versions o WHERE o.question_id = \(asked)
                    )
                    INSERT INTO quiz_attempt_questions (attempt_id, question_id, question_version, position, points, answer,
                        sequence, score, graded_version)
                    SELECT t.attempt_id, n.id, 1, n.position, t.points, t.answer, 1, 0, 1
                    FROM n, quiz_attempt_questions t WHERE t.attempt_id = \(taken)
                    """
                )
            }
            let first = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}").json
            #expect(first["attempts"]?.integer == 1 && first["changes"]?.integer == 600)
            let second = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}").json
            #expect(second["changes"]?.integer == 0)
            #expect(try await world.number("SELECT count(*) FROM quiz_score_changes") == 600)
        }
    }

    @Test func `another key is another version, and regrading by it is once and leaves a trail`() async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word("wrong")), try await world.write(QuizWorld.essay)]
            let quiz = try await world.quiz(of: questions)
            for learner in [world.ana, world.ben] {
                let attempt = try await world.start(quiz, as: learner)
                let text = learner.user == world.ana.user ? "right" : "wrong"
                _ = try await world.save(text, to: questions[0], of: attempt, as: learner)
                _ = try await world.submit(attempt, as: learner)
            }
            let shown = try await world.send("GET", "questions/\(questions[0])", as: world.teacher)
            let change = #"{"content":\#(QuizWorld.word("right"))}"#
            let changed = try await world.send(
                "PATCH",
                "questions/\(questions[0])",
                as: world.teacher,
                change,
                fields: ["If-Match: \(try #require(shown[.etag]))"]
            )
            #expect(changed.json["version"]?.integer == 2)
            let late = try await world.send(
                "PATCH",
                "questions/\(questions[0])",
                as: world.teacher,
                change,
                fields: ["If-Match: \(try #require(shown[.etag]))"]
            )
            #expect(late.status == 412)
            let kind = try await world.send(
                "PATCH",
                "questions/\(questions[0])",
                as: world.teacher,
                #"{"content":\#(QuizWorld.essay)}"#
            )
            #expect(kind.code == "QUESTION_KIND_CHANGED")
            let first = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}").json
            #expect(first["attempts"]?.integer == 2 && first["changes"]?.integer == 2)
            #expect(first["totalBefore"]?.integer == 2 && first["totalAfter"]?.integer == 2)
            let second = try await world.send("POST", "quizzes/\(quiz)/regrade", as: world.teacher, "{}").json
            #expect(second["attempts"]?.integer == 0 && second["changes"]?.integer == 0)
            let changes = try await world.send("GET", "quizzes/\(quiz)/score-changes", as: world.teacher).items
            #expect(changes.count == 2 && changes.allSatisfy { $0["cause"]?.text == "regrade" })
            let own = try await world.send("GET", "quizzes/\(quiz)/attempts/mine", as: world.ana).json
            #expect(own["result"]?["score"]?.integer == 2)
            let versions = try await world.send("GET", "questions/\(questions[0])/versions", as: world.teacher).items
            #expect(versions.compactMap { $0["version"]?.integer } == [2, 1])
        }
    }
}

extension JSONValue {
    fileprivate func element(_ isWanted: (JSONValue) -> Bool) -> JSONValue? {
        if case .array(let values) = self { values.first(where: isWanted) } else { nil }
    }
}
