// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct QuizPolicyTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func settings(limit: Int? = nil, closesAfter: Double? = nil, attempts: Int? = nil) -> QuizSettings {
        var settings = QuizSettings(title: "Quiz")
        settings.timeLimitSeconds = limit
        settings.closesAt = closesAfter.map(start.addingTimeInterval)
        settings.attemptLimit = attempts
        return settings
    }

    @Test(
        arguments: [
            (nil, nil, 0, nil, nil),
            (60, nil, 0, nil, 60),
            (60, nil, 30, nil, 90),
            (nil, 100, 30, nil, 100),
            (60, 40, 0, nil, 40),
            (60, 40, 0, 50, 50),
            (60, 40, 0, 500, 60),
            // What closes earlier for a learner than for the others does not.
            (600, 40, 0, 20, 40),
        ] as [(Int?, Double?, Int, Double?, Double?)]
    )
    func `an attempt ends by its time limit or with the quiz, whichever is first`(
        limit: Int?,
        closes: Double?,
        extra: Int,
        extended: Double?,
        deadline: Double?
    ) {
        let terms = QuizTerms(
            settings(limit: limit, closesAfter: closes),
            extraSeconds: extra,
            extendedUntil: extended.map(start.addingTimeInterval)
        )
        #expect(terms.deadline(startingAt: start)?.timeIntervalSince(start) == deadline)
    }

    @Test func `an attempt begins in the window, its first moment included and its last not`() throws {
        var settings = settings(closesAfter: 100, attempts: 2)
        settings.opensAt = start
        let terms = QuizTerms(settings, extraAttempts: 1)
        try terms.requireStart(at: start, after: 2)
        #expect(throws: QuizError.notOpen(until: start)) {
            try terms.requireStart(at: start.addingTimeInterval(-0.001), after: 0)
        }
        #expect(throws: QuizError.closed) { try terms.requireStart(at: start.addingTimeInterval(100), after: 0) }
        #expect(throws: QuizError.noAttemptsLeft(limit: 3)) { try terms.requireStart(at: start, after: 3) }
    }

    @Test(arguments: [(2_999_800, false), (2_999_999, false), (3_000_000, true), (3_000_001, true)])
    func `passing is decided by the points, not by a rounded percentage`(millionths: Int, isPassed: Bool) {
        var settings = settings()
        settings.passPercentage = 60
        let attempt = attempt(.graded, score: Points(millionths: millionths), of: Points(5))
        #expect(quiz(settings).isPassed(by: attempt) == isPassed)
        let result = QuizResult(
            user: attempt.user,
            displayName: "Ada",
            score: Points(millionths: millionths),
            maxScore: Points(5),
            attempts: 1,
            isProvisional: false,
            updatedAt: start
        )
        #expect(result.isPassed(from: 60) == isPassed)
    }

    @Test(arguments: [(0, true), (1, false)])
    func `a quiz without points is passed by who needs none`(pass: Int, isPassed: Bool) {
        var settings = settings()
        settings.passPercentage = pass
        #expect(quiz(settings).isPassed(by: attempt(.graded, score: .zero, of: .zero)) == isPassed)
    }

    private func attempt(
        _ status: QuizAttempt.Status,
        deadline: Double? = nil,
        score: Points = Points(1),
        of maximum: Points = Points(2)
    ) -> QuizAttempt {
        QuizAttempt(
            id: QuizAttempt.ID(UUID()),
            quiz: Quiz.ID(UUID()),
            course: Course.ID(UUID()),
            enrollment: Enrollment.ID(UUID()),
            user: Principal.ID(UUID()),
            displayName: "Ada",
            status: status,
            startedAt: start,
            deadlineAt: deadline.map(start.addingTimeInterval),
            submittedAt: status == .inProgress ? nil : start,
            score: status == .inProgress ? nil : score,
            maxScore: maximum
        )
    }

    @Test(arguments: Quiz.Reveal.allCases)
    func `nothing is revealed of an attempt that goes on`(reveal: Quiz.Reveal) {
        var settings = settings(closesAfter: 10)
        (settings.scoreReveal, settings.feedbackReveal, settings.answerReveal) = (reveal, reveal, reveal)
        let quiz = quiz(settings)
        let late = start.addingTimeInterval(1_000_000)
        #expect(quiz.reveal(of: attempt(.inProgress), at: late) == .nothing)
        let early = quiz.reveal(of: attempt(.graded), at: start)
        #expect(early.showsAnswers == (reveal == .afterSubmit))
        #expect(quiz.reveal(of: attempt(.graded), at: late).showsAnswers == (reveal != .never))
    }

    @Test func `a quiz that never closes reveals nothing that waits for its end`() {
        var settings = settings()
        settings.answerReveal = .afterClose
        let late = start.addingTimeInterval(1_000_000_000)
        #expect(!quiz(settings).reveal(of: attempt(.graded), at: late).showsAnswers)
    }

    @Test func `the last moment is in time, and what waits for its turn is waited for`() {
        let attempt = attempt(.inProgress, deadline: 60)
        let end = start.addingTimeInterval(60)
        #expect(!attempt.isOver(at: end))
        #expect(attempt.isOver(at: end.addingTimeInterval(0.001)))
        #expect(!attempt.isAbandoned(at: end.addingTimeInterval(QuizAttempt.patience)))
        #expect(attempt.isAbandoned(at: end.addingTimeInterval(QuizAttempt.patience + 0.001)))
        #expect(!self.attempt(.inProgress).isOver(at: end))
    }

    private func quiz(_ settings: QuizSettings) -> Quiz {
        Quiz(
            id: Quiz.ID(UUID()),
            course: Course.ID(UUID()),
            status: .published,
            settings: settings,
            questions: 1,
            points: Points(2),
            createdAt: start,
            publishedAt: start
        )
    }
}

@Suite struct QuizDrawTests {
    private func candidates(_ slot: Int, _ ids: [BankQuestion.ID], count: Int) -> [QuizDraw.Candidate] {
        ids.map { QuizDraw.Candidate(slot: slot, points: Points(slot), count: count, id: $0, version: 1) }
    }

    private let ids = (0..<10).map { _ in BankQuestion.ID(UUID()) }

    @Test func `the same seed draws the same, and every question comes up`() throws {
        let draw = QuizDraw(candidates(1, ids, count: 3))
        var seen: Set<BankQuestion.ID> = []
        for bits in 0..<200 {
            let seed = ShuffleSeed(bits: UInt64(bits))
            let first = try draw.questions(slots: 1, seed: seed, shuffles: true)
            #expect(first == (try draw.questions(slots: 1, seed: seed, shuffles: true)))
            #expect(first.count == 3 && Set(first.map(\.id)).count == 3)
            seen.formUnion(first.map(\.id))
        }
        #expect(seen == Set(ids))
    }

    @Test func `no question is asked twice, whatever several slots may choose`() throws {
        // The second slot has what the first has, and the third has one of these alone.
        let draw = QuizDraw(
            candidates(1, Array(ids[0..<4]), count: 2) + candidates(2, Array(ids[0..<3]), count: 1)
                + candidates(3, [ids[0]], count: 1)
        )
        for bits in 0..<100 {
            let asked = try draw.questions(slots: 3, seed: ShuffleSeed(bits: UInt64(bits)), shuffles: false)
            #expect(asked.map(\.slot) == [1, 1, 2, 3] && Set(asked.map(\.id)).count == 4 && asked[3].id == ids[0])
        }
    }

    @Test func `three slots that share three questions in pairs are drawn with every seed`() throws {
        let draw = QuizDraw(
            candidates(1, [ids[0], ids[1]], count: 1) + candidates(2, [ids[0], ids[2]], count: 1)
                + candidates(3, [ids[1], ids[2]], count: 1)
        )
        for bits in 0..<200 {
            let asked = try draw.questions(slots: 3, seed: ShuffleSeed(bits: UInt64(bits)), shuffles: false)
            #expect(asked.map(\.slot) == [1, 2, 3] && Set(asked.map(\.id)).count == 3)
        }
    }

    /// Whether there is a draw, by trying all.
    private func isPossible(_ slots: ArraySlice<(count: Int, ids: [BankQuestion.ID])>, _ taken: Set<BankQuestion.ID>)
        -> Bool
    {
        guard var slot = slots.first else { return true }
        guard slot.count > 0 else { return isPossible(slots.dropFirst(), taken) }
        slot.count -= 1
        return slot.ids.contains { id in
            !taken.contains(id) && isPossible([slot] + slots.dropFirst(), taken.union([id]))
        }
    }

    @Test func `a draw is found whenever there is one, with each seed, and never else`() {
        var generator = SplitMix64(state: 42)
        var possible = 0
        for _ in 0..<300 {
            let slots = (0..<4).map { _ in
                let some = ids.prefix(6).filter { _ in generator.below(2) == 0 }
                return (count: 1 + generator.below(2), ids: some.isEmpty ? [ids[0]] : Array(some))
            }
            let draw = QuizDraw(slots.enumerated().flatMap { candidates($0 + 1, $1.ids, count: $1.count) })
            let exists = isPossible(slots[...], [])
            if exists { possible += 1 }
            for bits in 0..<8 {
                // Why it is refused is the next test's.
                let asked = try? draw.questions(slots: 4, seed: ShuffleSeed(bits: UInt64(bits)), shuffles: true)
                #expect((asked != nil) == exists)
                guard let asked else { continue }
                #expect(Set(asked.map(\.id)).count == asked.count)
                for (index, slot) in slots.enumerated() {
                    let drawn = asked.filter { $0.slot == index + 1 }
                    #expect(drawn.count == slot.count && drawn.allSatisfy { slot.ids.contains($0.id) })
                }
            }
        }
        #expect(possible > 50 && possible < 290)
    }

    @Test func `a slot without enough questions is named`() {
        let draw = QuizDraw(candidates(1, [ids[0]], count: 1) + candidates(2, Array(ids[0..<2]), count: 2))
        #expect(throws: QuizError.impossibleSlot(position: 2)) {
            try draw.questions(slots: 2, seed: ShuffleSeed(bits: 1), shuffles: true)
        }
        #expect(throws: QuizError.impossibleSlot(position: 1)) {
            try QuizDraw([]).questions(slots: 1, seed: ShuffleSeed(bits: 1), shuffles: true)
        }
        #expect(throws: QuizError.empty) {
            try QuizDraw([]).questions(slots: 0, seed: ShuffleSeed(bits: 1), shuffles: true)
        }
    }
}
