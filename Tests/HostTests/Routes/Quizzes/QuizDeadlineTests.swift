// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// When attempts end, whatever becomes of the quiz meanwhile.
@Suite struct QuizDeadlineTests {
    private func time(_ world: QuizWorld, after seconds: Double) -> String {
        world.host.platform.clock.wall.now().addingTimeInterval(seconds).iso8601Milliseconds
    }

    private func change(_ quiz: String, _ json: String, in world: QuizWorld) async throws {
        let reply = try await world.send("PATCH", "quizzes/\(quiz)", as: world.teacher, json)
        #expect(reply.status == 200, "\(reply.text)")
    }

    private func deadline(_ attempt: String, in world: QuizWorld, as learner: PlatformHost.Session) async throws
        -> String?
    {
        try await world.attempt(attempt, as: learner).json["deadlineAt"]?.text
    }

    private func jobs(_ attempt: String, in world: QuizWorld) async throws -> Int {
        let id = try #require(QuizAttempt.ID(attempt))
        return try await world.number(
            "SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'quiz_deadline' AND subject = \(id)"
        )
    }

    @Test
    func `attack: no key is shown while anybody's attempt goes on, also one that began before the quiz had an end`()
        async throws
    {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question], #","answerReveal":"after_close""#)
            let (own, other) = (try await world.start(quiz, as: world.ana), try await world.start(quiz, as: world.ben))
            _ = try await world.submit(own, as: world.ana)
            try await change(quiz, #"{"closesAt":"\#(time(world, after: 60))"}"#, in: world)
            world.advance(by: 120)
            // Its time is over, and nobody has closed it.
            #expect(!(try await world.attempt(own, as: world.ana)).text.contains(QuizWorld.secret))
            let save = try await world.save(QuizWorld.secret, to: question, of: other, as: world.ben)
            #expect(save.code == "QUIZ_ATTEMPT_CLOSED")
            #expect(try await world.closeOverdue(other) == nil)
            #expect((try await world.attempt(own, as: world.ana)).text.contains(QuizWorld.secret))
        }
    }

    @Test func `attack: a quiz that is archived shows no key to those who are through while others answer`()
        async throws
    {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(
                of: [question],
                #","answerReveal":"after_close","closesAt":"\#(time(world, after: 60))","timeLimitSeconds":40"#
            )
            let (own, other) = (try await world.start(quiz, as: world.ana), try await world.start(quiz, as: world.ben))
            _ = try await world.submit(own, as: world.ana)
            #expect(try await world.send("POST", "quizzes/\(quiz)/archive", as: world.teacher).status == 200)
            #expect(!(try await world.attempt(own, as: world.ana)).text.contains(QuizWorld.secret))
            _ = try await world.submit(other, as: world.ben)
            #expect((try await world.attempt(own, as: world.ana)).text.contains(QuizWorld.secret))
        }
    }

    @Test func `where a quiz closes at another time, attempts that go on end with it, and their jobs come in time`()
        async throws
    {
        try await QuizWorld.with { world in
            let quiz = try await world.quiz(of: [try await world.write(QuizWorld.word())], #","timeLimitSeconds":600"#)
            let attempt = try await world.start(quiz, as: world.ana)
            let limit = try await deadline(attempt, in: world, as: world.ana)
            #expect(limit == time(world, after: 600))
            #expect(try await jobs(attempt, in: world) == 1)
            let earlier = time(world, after: 100)
            try await change(quiz, #"{"closesAt":"\#(earlier)"}"#, in: world)
            #expect(try await deadline(attempt, in: world, as: world.ana) == earlier)
            #expect(try await jobs(attempt, in: world) == 2)
            let later = time(world, after: 200)
            try await change(quiz, #"{"closesAt":"\#(later)","timeLimitSeconds":20}"#, in: world)
            #expect(try await deadline(attempt, in: world, as: world.ana) == later)
            // Another limit is that of other attempts.
            try await change(quiz, #"{"closesAt":null}"#, in: world)
            #expect(try await deadline(attempt, in: world, as: world.ana) == limit)
            world.advance(by: 50)
            let past = time(world, after: -10)
            try await change(quiz, #"{"closesAt":"\#(past)"}"#, in: world)
            // What was saved until now counts.
            #expect(try await deadline(attempt, in: world, as: world.ana) == time(world, after: 0))
            world.advance(by: 6)
            #expect(try await world.closeOverdue(attempt) == nil)
            #expect(try await world.attempt(attempt, as: world.ana).json["closedBy"]?.text == "deadline")
        }
    }

    @Test func `what came in time is in time, however long it waits for a connection`() async throws {
        try await withTenant { tenant in
            let database = SlowDatabase(tenant.installation.cell)
            let host = try await PlatformHost(tenants: tenant.installation.tenants(over: database))
            let world = try await QuizWorld(tenant, host: host)
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question], #","timeLimitSeconds":60"#)
            let (own, other) = (try await world.start(quiz, as: world.ana), try await world.start(quiz, as: world.ben))
            world.advance(by: 60)
            database.beforeNext { host.platform.clock.advance(by: 3) }
            let json =
                #"{"answers":[{"questionId":"\#(question)","answer":{"text":"\#(QuizWorld.secret)"},"sequence":1}]}"#
            let submitted = try await world.submit(own, as: world.ana, json)
            #expect(submitted.json["closedBy"]?.text == "learner" && submitted.json["isLate"]?.flag == false)
            #expect(submitted.json["score"]?.integer == 2)
            let late = try await world.submit(other, as: world.ben, json)
            #expect(late.json["closedBy"]?.text == "deadline" && late.json["score"]?.integer == 0)
        }
    }

    @Test func `whoever leaves the course hands in as it is, and keeps no key from the others`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let closes = time(world, after: 60)
            let quiz = try await world.quiz(of: [question], #","answerReveal":"after_close","closesAt":"\#(closes)""#)
            let (own, other) = (try await world.start(quiz, as: world.ana), try await world.start(quiz, as: world.ben))
            _ = try await world.submit(own, as: world.ana)
            _ = try await world.save(QuizWorld.secret, to: question, of: other, as: world.ben)
            let place = "enrollments/\(try await world.place(of: world.ben))"
            let left = try await world.send("DELETE", place, as: world.ben)
            #expect(left.status == 200 || left.status == 204, "\(left.text)")
            let attempt = try await world.attempt(other, as: world.teacher).json
            #expect(attempt["closedBy"]?.text == "departure" && attempt["score"]?.integer == 2)
            #expect(attempt["submittedAt"]?.text == time(world, after: 0))
            #expect(try await world.count(of: .quizSubmitted) == 2)
            #expect(try await world.grade(in: quiz, of: world.ben, as: world.teacher) == "2")
            world.advance(by: 66)
            #expect((try await world.attempt(own, as: world.ana)).text.contains(QuizWorld.secret))
            #expect(try await world.closeOverdue(other) == nil)
        }
    }

    @Test func `an extension that is changed or taken back moves the end of the attempt that goes on`() async throws {
        try await QuizWorld.with { world in
            let closes = time(world, after: 60)
            let quiz = try await world.quiz(
                of: [try await world.write(QuizWorld.word())],
                #","timeLimitSeconds":30,"closesAt":"\#(closes)""#
            )
            let attempt = try await world.start(quiz, as: world.ana)
            let before = try await deadline(attempt, in: world, as: world.ana)
            let path = "quizzes/\(quiz)/extensions/\(world.ana.user)"
            for (json, expected) in [
                (#"{"reason":"Ill","extraSeconds":20}"#, time(world, after: 50)),
                (#"{"reason":"Ill","extraSeconds":100}"#, closes),
                (
                    #"{"reason":"Ill","extraSeconds":100,"closesAt":"\#(time(world, after: 90))"}"#,
                    time(world, after: 90)
                ),
                (#"{"reason":"Ill","extraSeconds":10}"#, time(world, after: 40)),
            ] {
                #expect(try await world.send("PUT", path, as: world.teacher, json).status == 200)
                #expect(try await deadline(attempt, in: world, as: world.ana) == expected)
            }
            #expect(try await world.send("DELETE", path, as: world.teacher).status == 204)
            #expect(try await deadline(attempt, in: world, as: world.ana) == before)
        }
    }
}
