// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

/// What holds for every question and every answer: drawn at random from a seed, so that a failure can be repeated.
@Suite struct QuestionPropertyTests {
    private static let rounds = 150
    private let grading = QuestionGrading(patterns: KnownPatterns())

    @Test(arguments: QuestionKind.Name.allCases)
    func `a score is never below the penalty nor above the points`(name: QuestionKind.Name) throws {
        var draw = QuestionDraw(seed: 1)
        for _ in 0..<Self.rounds {
            let content = try draw.content(name)
            let result = grading.grade(draw.answer(to: content), to: content)
            let least = -content.points.portion(content.scoring.penalty.millionths, of: Points.unit)
            #expect(result.score >= least && result.score <= content.points)
            #expect(result.maximum == content.points)
            switch result.outcome {
            case .correct: #expect(result.score == content.points)
            case .unanswered, .awaitingGrader: #expect(result.score == .zero)
            case .partial: #expect(result.score >= .zero)
            default: #expect(result.score == least)
            }
        }
    }

    @Test(arguments: QuestionKind.Name.allCases)
    func `no answer earns nothing and costs nothing`(name: QuestionKind.Name) throws {
        var draw = QuestionDraw(seed: 2)
        for _ in 0..<50 {
            let result = grading.grade(nil, to: try draw.content(name))
            #expect(result.score == .zero && result.outcome == .unanswered)
        }
    }

    @Test(arguments: QuestionKind.Name.allCases)
    func `the model answer earns everything`(name: QuestionKind.Name) throws {
        var draw = QuestionDraw(seed: 3)
        for _ in 0..<Self.rounds {
            let content = try draw.content(name)
            guard let model = content.modelAnswer else {
                #expect(name.isManual)
                continue
            }
            #expect(grading.grade(model, to: content).outcome == .correct)
            // What can be shown can also be sent.
            let sent = try Sample.json(Sample.text(model))
            #expect(try QuestionAnswer.read(sent, for: content, stage: .submission) == model)
        }
    }

    @Test(arguments: QuestionKind.Name.allCases)
    func `grading again changes nothing, even after both were stored`(name: QuestionKind.Name) throws {
        var draw = QuestionDraw(seed: 4)
        for _ in 0..<Self.rounds {
            let content = try draw.content(name)
            let answer = draw.answer(to: content)
            let result = grading.grade(answer, to: content)
            let storedContent = try QuestionContent(stored: try Sample.json(Sample.text(content)))
            let storedAnswer = try QuestionAnswer.read(stored: try Sample.json(Sample.text(answer)), kind: name)
            #expect(storedContent == content)
            #expect(grading.grade(storedAnswer, to: storedContent) == result)
        }
    }

    @Test(arguments: [QuestionKind.Name.singleChoice, .multipleChoice, .matching, .blanks])
    func `the order in which an author wrote the options is irrelevant`(name: QuestionKind.Name) throws {
        var draw = QuestionDraw(seed: 5)
        for round in 0..<Self.rounds {
            let content = try draw.content(name)
            let answer = draw.answer(to: content)
            let other = try QuestionContent(
                prompt: content.prompt,
                kind: content.kind.reordered(ShuffleSeed(bits: UInt64(round))),
                points: content.points,
                scoring: content.scoring
            )
            let (result, twin) = (grading.grade(answer, to: content), grading.grade(answer, to: other))
            #expect(result.score == twin.score && result.outcome == twin.outcome)
            #expect(Set(result.parts) == Set(twin.parts))
        }
    }

    @Test(arguments: QuestionKind.Name.allCases)
    func `what learners see holds every part once, in the same order for the same seed`(
        name: QuestionKind.Name
    ) throws {
        var draw = QuestionDraw(seed: 6)
        for round in 0..<100 as Range<UInt64> {
            let content = try draw.content(name)
            let seen = PresentedQuestion(content, seed: ShuffleSeed(bits: round))
            #expect(seen == PresentedQuestion(content, seed: ShuffleSeed(bits: round)))
            switch content.kind {
            case .singleChoice(let options), .multipleChoice(let options):
                #expect(seen.items.sorted { $0.id < $1.id } == options.map(\.item).sorted { $0.id < $1.id })
            case .ordering(let items):
                #expect(seen.items.sorted { $0.id < $1.id } == items.sorted { $0.id < $1.id })
            case .matching(let items, let targets):
                #expect(Set(seen.items) == Set(items.map(\.item)) && Set(seen.targets) == Set(targets))
            case .blanks(let gaps): #expect(seen.gaps.map(\.id) == gaps.map(\.id))
            default: #expect(seen.items.isEmpty && seen.targets.isEmpty && seen.gaps.isEmpty)
            }
        }
    }

    @Test(arguments: [QuestionKind.Name.shortText, .numeric, .trueFalse, .essay])
    func `attack: questions that differ in their key alone look the same`(name: QuestionKind.Name) throws {
        var draw = QuestionDraw(seed: 7)
        var seen: Set<String> = []
        for _ in 0..<50 {
            let content = try QuestionContent(
                prompt: QuestionText("Same"),
                kind: try draw.content(name).kind.withoutLimits
            )
            seen.insert(Sample.text(PresentedQuestion(content, seed: .random())))
        }
        #expect(seen.count == 1)
    }

    @Test func `attack: mutilated questions are refused and never crash`() throws {
        var random = SplitMix64(state: 8)
        var refused = 0
        for json in QuestionContentTests.authored {
            let bytes = Array(json.utf8)
            for _ in 0..<200 {
                var hostile = bytes
                for _ in 0...random.below(3) {
                    let place = random.below(hostile.count)
                    switch random.below(3) {
                    case 0: hostile.remove(at: place)
                    case 1: hostile[place] = UInt8(32 + random.below(95))
                    default: hostile.insert(contentsOf: hostile[random.below(hostile.count)...].prefix(9), at: place)
                    }
                }
                // What is no JSON at all is the parser's part.
                guard let value = try? JSONValue.parse(hostile) else { continue }
                do {
                    let content = try QuestionContent(json: value)
                    #expect(try QuestionContent(stored: try Sample.json(Sample.text(content))) == content)
                } catch is QuestionError {
                    refused += 1
                }
            }
        }
        #expect(refused > 100)
    }
}

extension QuestionKind {
    /// The same question with its options, items or targets in another order.
    fileprivate func reordered(_ seed: ShuffleSeed) -> QuestionKind {
        switch self {
        case .singleChoice(let options): return .singleChoice(seed.shuffled(options))
        case .multipleChoice(let options): return .multipleChoice(seed.shuffled(options))
        case .matching(let items, let targets):
            let places = seed.shuffled(Array(targets.indices))
            let moved = items.map { item in
                MatchingItem(item.item, target: places.firstIndex(of: item.target) ?? 0)
            }
            return .matching(seed.derived(1).shuffled(moved), targets: places.map { targets[$0] })
        case .blanks(let gaps):
            return .blanks(
                gaps.map { gap in
                    guard case .choice(let options) = gap.key else { return gap }
                    return QuestionGap(id: gap.id, .choice(seed.shuffled(options)))
                }
            )
        default: return self
        }
    }

    /// The same key without what learners are told on purpose.
    fileprivate var withoutLimits: QuestionKind {
        switch self {
        case .numeric(let key): .numeric(NumericKey(key.accepted))
        case .essay(let task): .essay(EssayTask(graderNotes: task.graderNotes))
        default: self
        }
    }
}
