// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct PresentedQuestionTests {
    @Test func `a learner sees the options and nothing that tells them apart`() throws {
        let options = [
            ChoiceOption(Sample.item(0xA1, "red"), .wrong, feedback: QuestionText("secret feedback")),
            ChoiceOption(Sample.item(0xB2, "blue"), .correct),
        ]
        let content = try Sample.content(.singleChoice(options), .byAnswer, order: .fixed)
        let seen = Sample.text(PresentedQuestion(content, seed: ShuffleSeed(bits: 1)))
        #expect(
            seen
                == #"{"kind":"single_choice","prompt":"<p>Why?</p>","points":6,"options":[{"id":"00000000000000a1","text":"red"},{"id":"00000000000000b2","text":"blue"}],"hintCount":0}"#
        )
    }

    @Test(arguments: QuestionContentTests.authored)
    func `attack: neither the key nor feedback, hints or notes are in what a learner gets`(json: String) throws {
        let content = try QuestionContent(json: try Sample.json(json))
        let seen = Sample.text(PresentedQuestion(content, seed: .random()))
        for name in [
            "isCorrect", "credit", "accepted", "answer", "target\"", "feedback", "pattern", "tolerance", "factor",
            "penalty", "graderNotes", "hints", "scoring",
        ] {
            #expect(!seen.contains(name), "\(name) in \(seen)")
        }
        for text in ["Canberra", "syd.*", "9.81", "Look for verbs", "h1", "Near"] { #expect(!seen.contains(text)) }
    }

    @Test func `an order to find and targets are shuffled even where options are not`() throws {
        let items = (0..<8).map { Sample.item($0) }
        let ordering = try Sample.content(.ordering(items), order: .fixed)
        let matching = try Sample.content(
            .matching(
                items.enumerated().map { MatchingItem($1, target: $0) },
                targets: (10..<18).map { Sample.item($0) }
            ),
            order: .fixed
        )
        let shown = (0..<20 as Range<UInt64>).map { PresentedQuestion(ordering, seed: ShuffleSeed(bits: $0)).items }
        #expect(Set(shown).count > 15)
        #expect(shown.allSatisfy { Set($0) == Set(items) })
        let targets = (0..<20 as Range<UInt64>).map { PresentedQuestion(matching, seed: ShuffleSeed(bits: $0)) }
        #expect(Set(targets.map(\.targets)).count > 15)
        #expect(targets.allSatisfy { $0.items == items })
    }

    @Test func `an attempt that is continued sees the same order`() throws {
        let content = try Sample.content(.multipleChoice(Sample.options(10, right: [3])))
        let seed = ShuffleSeed(bits: 99)
        #expect(PresentedQuestion(content, seed: seed) == PresentedQuestion(content, seed: seed))
        #expect(PresentedQuestion(content, seed: seed) != PresentedQuestion(content, seed: ShuffleSeed(bits: 100)))
    }

    @Test func `the names of items tell nothing of their order`() throws {
        var inOrder = 0
        for _ in 0..<200 {
            let content = try QuestionContent(json: try Sample.json(QuestionContentTests.authored[5]))
            guard case .ordering(let items) = content.kind else { continue }
            if items.map(\.id) == items.map(\.id).sorted() { inOrder += 1 }
        }
        // A sixth of 200 is 33, with a standard deviation of 5.
        #expect((5...70).contains(inOrder))
    }
}
