// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct QuizAnalysisTests {
    /// The golden numbers of the inventory.
    @Test func `the statistics of a quiz are those of the answers that were given`() async throws {
        try await QuizWorld.with { world in
            var questions: [String] = []
            for number in 0..<4 { questions.append(try await world.write(QuizWorld.word("right\(number)"))) }
            let quiz = try await world.quiz(of: questions, #","shufflesQuestions":false"#)
            for (number, pattern) in ["1110", "1100", "1000", "1111", "0010"].enumerated() {
                let learner = try await world.learner("learner\(number)")
                let attempt = try await world.start(quiz, as: learner)
                for (index, mark) in pattern.enumerated() {
                    let text = mark == "1" ? "right\(index)" : "wrong"
                    _ = try await world.save(text, to: questions[index], of: attempt, as: learner)
                }
                #expect(try await world.submit(attempt, as: learner).status == 200)
            }
            let reply = try await world.send("GET", "quizzes/\(quiz)/item-analysis", as: world.teacher)
            #expect(reply.status == 200 && reply.json["learners"]?.integer == 5)
            guard case .array(let items) = reply.json["items"] else { throw TestFailure(reply.text) }
            let byID = Dictionary(items.map { ($0["questionId"]?.text ?? "", $0) }) { first, _ in first }
            let ordered = questions.compactMap { byID[$0] }
            #expect(ordered.compactMap { $0["facility"]?.rounded } == [0.8, 0.6, 0.6, 0.2])
            #expect(ordered.compactMap { $0["itemRest"]?.rounded } == [0.196116, 0.612372, 0.080064, 0.559017])
            #expect(reply.json["reliability"]?.rounded == 0.54902)
            #expect(reply.json["isDichotomous"]?.flag == true)
            #expect(try await world.send("GET", "quizzes/\(quiz)/item-analysis", as: world.ana).status == 403)
        }
    }

    @Test func `a quiz that nobody took has no statistics, and says so`() async throws {
        try await QuizWorld.with { world in
            let quiz = try await world.quiz(of: [try await world.write(QuizWorld.word())])
            let reply = try await world.send("GET", "quizzes/\(quiz)/item-analysis", as: world.teacher)
            #expect(reply.status == 200 && reply.json["learners"]?.integer == 0)
            #expect(reply.json["reliability"] == .null && reply.json["mean"] == .null)
        }
    }
}

extension JSONValue {
    /// A number to six decimals.
    fileprivate var rounded: Double? {
        guard case .number(let text) = self, let number = Double(text) else { return nil }
        return (number * 1_000_000).rounded() / 1_000_000
    }
}
