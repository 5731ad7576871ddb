// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct QuizAttemptFeedTests {
    @Test func `a learner watches their own attempt, nobody else does, and nothing of the answers is in it`()
        async throws
    {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let world = try await QuizWorld(tenant, host: live.host)
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            let path = "/api/v1/ws/quiz-attempts/\(attempt)"
            let own = try await live.socket(path, to: tenant, token: world.ana.access)
            #expect(await own.first("subscribed") != nil)
            _ = try await world.save("something", to: question, of: attempt, as: world.ana)
            #expect(await own.first { $0["answered"]?.integer == 1 }?["status"]?.text == "in_progress")
            _ = try await world.submit(attempt, as: world.ana)
            let closed = await own.first { $0["closedBy"]?.text == "learner" }
            #expect(closed?["type"]?.text == "quiz_attempt" && closed?["score"] == nil)
            for somebody in [world.ben, world.teacher] {
                let other = try await live.socket(path, to: tenant, token: somebody.access)
                #expect(await other.first("error")?["code"]?.text == "QUIZ_ATTEMPT_NOT_FOUND")
            }
            await live.stop()
        }
    }
}
