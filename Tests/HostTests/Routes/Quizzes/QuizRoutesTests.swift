// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct QuizRoutesTests {
    @Test func `a quiz is written, published, taken, graded and shown`() async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word()), try await world.write(QuizWorld.word("seven"))]
            let quiz = try await world.quiz(of: questions, #","passPercentage":50"#)
            let listed = try await world.send("GET", "courses/\(world.course)/quizzes", as: world.ana).items
            #expect(listed.count == 1 && listed[0]["questions"]?.integer == 2 && listed[0]["points"]?.integer == 4)
            let begun = try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ana)
            #expect(begun.status == 201)
            let attempt = try world.id(of: begun)
            #expect(begun["location"] == "/api/v1/quiz-attempts/\(attempt)")
            #expect(begun.json["status"]?.text == "in_progress" && begun.json["score"] == .null)
            let right = try await world.save(QuizWorld.secret, to: questions[0], of: attempt, as: world.ana)
            #expect(right.status == 200 && right.json["isCurrent"]?.flag == true)
            _ = try await world.save("eight", to: questions[1], of: attempt, as: world.ana)
            // After a crash everything is where it was.
            let resumed = try await world.attempt(attempt, as: world.ana)
            let order = begun.json["questions"]?.ids
            #expect(resumed.json["questions"]?.ids == order && Set(order ?? []) == Set(questions))
            let submitted = try await world.submit(attempt, as: world.ana)
            #expect(submitted.status == 200 && submitted.json["status"]?.text == "graded")
            #expect(submitted.json["score"]?.integer == 2 && submitted.json["percentage"]?.number == 50)
            let own = try await world.send("GET", "quizzes/\(quiz)/attempts/mine", as: world.ana).json
            #expect(own["result"]?["isPassed"]?.flag == true && own["result"]?["attempts"]?.integer == 1)
            let results = try await world.send("GET", "quizzes/\(quiz)/results", as: world.teacher).items
            #expect(results.count == 1 && results[0]["score"]?.integer == 2)
            #expect(try await world.count(of: .quizPublished) == 1)
            #expect(try await world.count(of: .quizAttemptStarted) == 1)
            #expect(try await world.count(of: .quizSubmitted) == 1)
            #expect(try await world.count(of: .quizAttemptGraded) == 1)
        }
    }

    @Test func `submitting again is the same, byte for byte, and nothing happens twice`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            let answer =
                #"{"answers":[{"questionId":"\#(question)","answer":{"text":"\#(QuizWorld.secret)"},"sequence":1}]}"#
            let replies = try await world.atOnce(8) { _ in try await world.submit(attempt, as: world.ana, answer) }
            #expect(replies.allSatisfy { $0.status == 200 && $0.text == replies[0].text })
            #expect(replies[0].json["score"]?.integer == 2)
            world.advance(by: 60)
            #expect(try await world.submit(attempt, as: world.ana).text == replies[0].text)
            #expect(try await world.count(of: .quizSubmitted) == 1)
            #expect(
                try await world.save("x", to: question, of: attempt, 9, as: world.ana).code == "QUIZ_ATTEMPT_CLOSED"
            )
        }
    }

    @Test func `an answer that comes late does not replace a newer one, and a repetition changes nothing`() async throws
    {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            let newer = try await world.save(QuizWorld.secret, to: question, of: attempt, 5, as: world.ana)
            #expect(newer.json["sequence"]?.integer == 5)
            let late = try await world.save("older", to: question, of: attempt, 4, as: world.ana)
            #expect(late.status == 200 && late.json["isCurrent"]?.flag == false && late.json["sequence"]?.integer == 5)
            world.advance(by: 1)
            let again = try await world.save(QuizWorld.secret, to: question, of: attempt, 5, as: world.ana)
            #expect(again.text == newer.text && again.json["isCurrent"]?.flag == true)
            // Another tab chose the same number: its answer did not count, and it is told.
            let other = try await world.save("other", to: question, of: attempt, 5, as: world.ana)
            #expect(other.status == 200 && other.json["isCurrent"]?.flag == false)
            let shown = try await world.attempt(attempt, as: world.ana).json["questions"]?[0]
            #expect(shown?["answer"]?["text"]?.text == QuizWorld.secret)
            let negative = try await world.save("x", to: question, of: attempt, -1, as: world.ana)
            #expect(negative.status == 400 && negative.code == "VALIDATION_FAILED")
            let cleared = try await world.send(
                "PUT",
                "quiz-attempts/\(attempt)/answers/\(question)",
                as: world.ana,
                #"{"answer":null,"sequence":6}"#
            )
            #expect(cleared.status == 200)
            #expect(try await world.attempt(attempt, as: world.ana).json["questions"]?[0]?["answer"] == .null)
            #expect(try await world.submit(attempt, as: world.ana).json["score"]?.integer == 0)
        }
    }

    @Test func `an essay has its fewest words when it is submitted, and many letters in any script`() async throws {
        try await QuizWorld.with { world in
            let essay = #"{"kind":"essay","prompt":"<p>Why?</p>","minimumWords":3}"#
            let quiz = try await world.quiz(of: [try await world.write(QuizWorld.word()), try await world.write(essay)])
            let attempt = try await world.start(quiz, as: world.ana)
            let questions = try await world.attempt(attempt, as: world.ana).json["questions"]?.array ?? []
            let asked = try #require(questions.first { $0["question"]?["kind"]?.text == "essay" })
            let (question, position) = (
                try #require(asked["questionId"]?.text), try #require(asked["position"]?.integer)
            )
            #expect(try await world.save("Because so", to: question, of: attempt, as: world.ana).status == 200)
            let short = try await world.submit(attempt, as: world.ana)
            #expect(
                short.status == 400 && short.text.contains("questions[\(position - 1)].answer.text"),
                "\(short.text)"
            )
            let long = String(repeating: "因為 ", count: 33_000)
            #expect(try await world.save(long, to: question, of: attempt, 2, as: world.ana).status == 200)
            let endless = try await world.save(long + long, to: question, of: attempt, 3, as: world.ana)
            #expect(endless.status == 400 && endless.text.contains("answer.text"), "\(endless.text.prefix(300))")
            #expect(try await world.submit(attempt, as: world.ana).status == 200)
        }
    }

    @Test func `the deadline is on time, the grace is late, and after it what was saved counts`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question], #","timeLimitSeconds":60,"graceSeconds":30"#)
            let people = [world.ana, world.ben, try await world.learner("cyd")]
            var attempts: [String] = []
            for person in people { attempts.append(try await world.start(quiz, as: person)) }
            world.advance(by: 60)
            let onTime = try await world.submit(attempts[0], as: people[0])
            #expect(onTime.json["isLate"]?.flag == false && onTime.json["closedBy"]?.text == "learner")
            world.advance(by: 30)
            #expect(try await world.save(QuizWorld.secret, to: question, of: attempts[1], as: people[1]).status == 200)
            #expect(try await world.save(QuizWorld.secret, to: question, of: attempts[2], as: people[2]).status == 200)
            let late = try await world.submit(attempts[1], as: people[1])
            #expect(late.json["isLate"]?.flag == true && late.json["score"]?.integer == 2)
            world.advance(by: 1)
            let save = try await world.save("wrong", to: question, of: attempts[2], 2, as: people[2])
            #expect(save.code == "QUIZ_ATTEMPT_CLOSED")
            let answer = #"{"answers":[{"questionId":"\#(question)","answer":{"text":"wrong"},"sequence":3}]}"#
            let over = try await world.submit(attempts[2], as: people[2], answer)
            #expect(over.json["closedBy"]?.text == "deadline" && over.json["score"]?.integer == 2)
            #expect(over.json["submittedAt"] == over.json["deadlineAt"])
        }
    }

    @Test func `what nobody submits is closed by its job, and a later end is waited for`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question], #","timeLimitSeconds":60"#)
            let attempt = try await world.start(quiz, as: world.ana)
            _ = try await world.save(QuizWorld.secret, to: question, of: attempt, as: world.ana)
            let id = try #require(QuizAttempt.ID(attempt))
            let jobs = try await world.number(
                "SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'quiz_deadline' AND subject = \(id)"
            )
            #expect(jobs == 1)
            #expect(try await world.closeOverdue(attempt) != nil)
            let more = try await world.send(
                "PUT",
                "quizzes/\(quiz)/extensions/\(world.ana.user)",
                as: world.teacher,
                #"{"reason":"Dyslexia","extraSeconds":60}"#
            )
            #expect(more.status == 200)
            world.advance(by: 100)
            #expect(try await world.closeOverdue(attempt) != nil)
            #expect(try await world.save(QuizWorld.secret, to: question, of: attempt, 2, as: world.ana).status == 200)
            world.advance(by: 26)
            #expect(try await world.closeOverdue(attempt) == nil)
            let closed = try await world.attempt(attempt, as: world.ana).json
            #expect(closed["closedBy"]?.text == "deadline" && closed["score"]?.integer == 2)
            #expect(try await world.closeOverdue(attempt) == nil)
            #expect(try await world.count(of: .quizSubmitted) == 1)
        }
    }

    @Test func `attempts are limited, a window is kept, and an extension reaches beyond both`() async throws {
        try await QuizWorld.with { world in
            let now = world.host.platform.clock.wall.now()
            let (opens, closes) = (now.addingTimeInterval(60), now.addingTimeInterval(120))
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(
                of: [question],
                #","attemptLimit":1,"opensAt":"\#(opens.iso8601Milliseconds)","closesAt":"\#(closes.iso8601Milliseconds)""#
            )
            let path = "quizzes/\(quiz)/attempts"
            #expect(try await world.send("POST", path, as: world.ana).code == "QUIZ_NOT_OPEN")
            world.advance(by: 60)
            let attempt = try await world.start(quiz, as: world.ana)
            #expect(try await world.send("POST", path, as: world.ana).code == "QUIZ_ATTEMPT_OPEN")
            #expect(
                try await world.attempt(attempt, as: world.ana).json["deadlineAt"]?.text == closes.iso8601Milliseconds
            )
            _ = try await world.submit(attempt, as: world.ana)
            #expect(try await world.send("POST", path, as: world.ana).code == "NO_ATTEMPTS_LEFT")
            world.advance(by: 60)
            #expect(try await world.send("POST", path, as: world.ben).code == "QUIZ_CLOSED")
            let later = closes.addingTimeInterval(300).iso8601Milliseconds
            for learner in [world.ana, world.ben] {
                let reply = try await world.send(
                    "PUT",
                    "quizzes/\(quiz)/extensions/\(learner.user)",
                    as: world.teacher,
                    #"{"reason":"Ill","extraAttempts":1,"closesAt":"\#(later)"}"#
                )
                #expect(reply.status == 200)
                #expect(try await world.send("POST", path, as: learner).status == 201)
            }
            let listed = try await world.send("GET", "quizzes/\(quiz)/extensions", as: world.teacher).items
            #expect(listed.count == 2)
            let gone = try await world.send(
                "DELETE",
                "quizzes/\(quiz)/extensions/\(world.ana.user)",
                as: world.teacher
            )
            #expect(gone.status == 204)
        }
    }

    @Test func `a quiz draws from a bank by tag, none twice, and asks no retired question`() async throws {
        try await QuizWorld.with { world in
            var tagged: Set<String> = []
            for number in 0..<6 {
                tagged.insert(try await world.write(QuizWorld.word("w\(number)"), tags: #"["easy"]"#))
            }
            for number in 0..<3 { _ = try await world.write(QuizWorld.word("h\(number)"), tags: #"["hard"]"#) }
            let retired = try #require(tagged.first)
            let reply = try await world.send("PATCH", "questions/\(retired)", as: world.teacher, #"{"isRetired":true}"#)
            #expect(reply.status == 200)
            let slot = #"{"bankId":"\#(world.bank)","tag":"easy","count":5,"points":1.5}"#
            let quiz = try await world.quiz(slots: slot)
            let attempt = try await world.start(quiz, as: world.ana)
            let asked = try await world.attempt(attempt, as: world.ana).json
            #expect(Set(asked["questions"]?.ids ?? []) == tagged.subtracting([retired]))
            #expect(asked["maxScore"]?.number == 7.5)
            let more = #"{"bankId":"\#(world.bank)","tag":"easy","count":6}"#
            let tooMany = try await world.quiz(slots: more, isPublished: false)
            let refused = try await world.send("POST", "quizzes/\(tooMany)/publish", as: world.teacher)
            #expect(refused.code == "QUIZ_SLOT_IMPOSSIBLE")
        }
    }

    @Test(arguments: [("best", 4), ("last", 0), ("first", 2), ("average", 2)])
    func `the policy says which attempt counts`(policy: String, points: Int) async throws {
        try await QuizWorld.with { world in
            let questions = [try await world.write(QuizWorld.word()), try await world.write(QuizWorld.word("seven"))]
            let quiz = try await world.quiz(of: questions, #","attemptPolicy":"\#(policy)""#)
            for right in [1, 2, 0] {
                let attempt = try await world.start(quiz, as: world.ana)
                if right > 0 {
                    _ = try await world.save(QuizWorld.secret, to: questions[0], of: attempt, as: world.ana)
                }
                if right > 1 { _ = try await world.save("seven", to: questions[1], of: attempt, as: world.ana) }
                _ = try await world.submit(attempt, as: world.ana)
            }
            let own = try await world.send("GET", "quizzes/\(quiz)/attempts/mine", as: world.ana).json
            #expect(own["result"]?["score"]?.integer == points && own["result"]?["attempts"]?.integer == 3)
        }
    }

    @Test func `what is asked stays once somebody began, and a draft is the staff's`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let draft = try await world.quiz(slots: "", isPublished: false)
            #expect(try await world.send("POST", "quizzes/\(draft)/publish", as: world.teacher).code == "QUIZ_EMPTY")
            #expect(try await world.send("GET", "quizzes/\(draft)", as: world.ana).code == "QUIZ_NOT_FOUND")
            #expect(try await world.send("POST", "quizzes/\(draft)/attempts", as: world.ana).code == "QUIZ_NOT_FOUND")
            let quiz = try await world.quiz(of: [question])
            _ = try await world.start(quiz, as: world.ana)
            let slots = try await world.send("PUT", "quizzes/\(quiz)/slots", as: world.teacher, #"{"slots":[]}"#)
            #expect(slots.status == 409)
            let shown = try await world.send("GET", "quizzes/\(quiz)", as: world.teacher)
            let tag = try #require(shown[.etag])
            let path = "quizzes/\(quiz)"
            let first = try await world.send(
                "PATCH",
                path,
                as: world.teacher,
                #"{"title":"Another"}"#,
                fields: ["If-Match: \(tag)"]
            )
            #expect(first.json["title"]?.text == "Another")
            let lost = try await world.send(
                "PATCH",
                path,
                as: world.teacher,
                #"{"title":"Lost"}"#,
                fields: ["If-Match: \(tag)"]
            )
            #expect(lost.status == 412)
            #expect(try await world.send("POST", "quizzes/\(quiz)/archive", as: world.teacher).status == 200)
            #expect(
                try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ben).code == "QUIZ_NOT_PUBLISHED"
            )
        }
    }

    @Test func `a quiz that is passed completes its lesson, and one that is not does not`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let lesson = world.lessons[0]
            let quiz = try await world.quiz(of: [question], #","passPercentage":60,"lessonId":"\#(lesson)""#)
            func completed() async throws -> Int {
                try await world.number(
                    "SELECT count(*) FROM lesson_progress WHERE lesson_id = \(lesson) AND completed_at IS NOT NULL"
                )
            }
            let failed = try await world.start(quiz, as: world.ana)
            #expect(try await world.submit(failed, as: world.ana).json["percentage"]?.number == 0)
            #expect(try await completed() == 0)
            let passed = try await world.start(quiz, as: world.ana)
            _ = try await world.save(QuizWorld.secret, to: question, of: passed, as: world.ana)
            _ = try await world.submit(passed, as: world.ana)
            #expect(try await completed() == 1)
            let again = try await world.start(quiz, as: world.ana)
            _ = try await world.submit(again, as: world.ana)
            #expect(try await completed() == 1)
        }
    }

    @Test func `beginning with the same key again is the same attempt`() async throws {
        try await QuizWorld.with { world in
            let quiz = try await world.quiz(of: [try await world.write(QuizWorld.word())])
            let key = ["Idempotency-Key: 6a1f2c34-once"]
            let first = try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ana, fields: key)
            let again = try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ana, fields: key)
            #expect(first.status == 201 && again.text == first.text)
            #expect(again["idempotent-replayed"] == "true")
        }
    }
}

extension JSONValue {
    /// The questions' identifiers, of an array of questions.
    fileprivate var ids: [String] {
        guard case .array(let values) = self else { return [] }
        return values.compactMap { $0["questionId"]?.text }
    }
}
