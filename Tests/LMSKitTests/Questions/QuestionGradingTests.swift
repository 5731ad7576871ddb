// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@testable import LMSKit

/// What answers of each kind earn of 6 points.
@Suite struct QuestionGradingTests {
    private let grading = QuestionGrading(patterns: KnownPatterns())

    private func score(_ answer: QuestionAnswer?, _ content: QuestionContent) -> String {
        grading.grade(answer, to: content).score.description
    }

    @Test(arguments: [(0, "6"), (1, "0"), (2, "2"), (3, "0")])
    func `one choice earns what its option says`(chosen: Int, score: String) throws {
        var options = Sample.options(4, right: [0])
        options[2] = ChoiceOption(options[2].item, .partly(Sample.share("0.333333")))
        let content = try Sample.content(.singleChoice(options), .byAnswer)
        let earned = try #require(Points(self.score(.choices([Sample.id(chosen)]), content)))
        #expect(earned == (chosen == 2 ? Points("1.999998") : Points(score)))
        #expect(self.score(.choices([Sample.id(0), Sample.id(1)]), content) == "0")
        let strict = try Sample.content(.singleChoice(options))
        #expect(self.score(.choices([Sample.id(chosen)]), strict) == (chosen == 0 ? "6" : "0"))
    }

    /// Options 0, 1 and 2 of five are right.
    @Test(
        arguments: [
            ([0, 1, 2], "6", "6", "6", "6"), ([0, 1], "0", "4.8", "4", "3"), ([0, 1, 2, 3], "0", "4.8", "4", "3"),
            ([0, 1, 3], "0", "3.6", "2", "1.5"), ([0], "0", "3.6", "2", "1.5"), ([3, 4], "0", "0", "0", "0"),
            ([0, 1, 2, 3, 4], "0", "3.6", "2", "1.5"), ([0, 3], "0", "2.4", "0", "0"), ([3], "0", "1.2", "0", "0"),
        ] as [([Int], String, String, String, String)]
    )
    func `several choices earn by the rule`(
        chosen: [Int],
        strict: String,
        proportional: String,
        rightMinusWrong: String,
        halves: String
    ) throws {
        let kind = QuestionKind.multipleChoice(Sample.options(5, right: [0, 1, 2]))
        let answer = QuestionAnswer.choices(Set(chosen.map(Sample.id)))
        #expect(score(answer, try Sample.content(kind)) == strict)
        #expect(score(answer, try Sample.content(kind, .proportional)) == proportional)
        #expect(score(answer, try Sample.content(kind, .rightMinusWrong)) == rightMinusWrong)
        #expect(score(answer, try Sample.content(kind, .halves)) == halves)
    }

    @Test(arguments: [(2, "0"), (3, "3"), (4, "3")])
    func `half for a mistake needs three options`(count: Int, earned: String) throws {
        let content = try Sample.content(.multipleChoice(Sample.options(count, right: [0])), .halves)
        #expect(score(.choices([Sample.id(0), Sample.id(1)]), content) == earned)
    }

    @Test func `true or false is right or wrong`() throws {
        let content = try Sample.content(.trueFalse(false))
        #expect(score(.truth(false), content) == "6")
        #expect(score(.truth(true), content) == "0")
    }

    @Test(
        arguments: [
            ("Canberra", "6"), ("  canberra ", "6"), ("CANBERRA", "6"), ("Sydney", "3"), ("Can berra", "0"),
            ("Canberra!", "0"), ("new   york", "6"), ("cafe\u{301}", "6"), ("CAFÉ", "6"), ("Bern", "1.5"),
        ]
    )
    func `a short text is compared without white space around it and in any case`(text: String, earned: String) throws {
        let key = ShortTextKey([
            AcceptedText(.text("Canberra")), AcceptedText(.text("Sydney"), credit: .half),
            AcceptedText(.text("New York")), AcceptedText(.text("caf\u{E9}")),
            AcceptedText(.pattern("b.*"), credit: Sample.share("0.25")),
        ])
        #expect(score(.text(text), try Sample.content(.shortText(key), .byAnswer)) == earned)
    }

    @Test func `capital letters matter where the key says so`() throws {
        let content = try Sample.content(.shortText(ShortTextKey([AcceptedText(.text("Co"))], letters: .sameCase)))
        #expect(score(.text("Co"), content) == "6")
        #expect(score(.text("CO"), content) == "0")
    }

    @Test func `a text that no engine could decide waits for a grader unless it is right anyway`() throws {
        let key = ShortTextKey([
            AcceptedText(.pattern("(a+)+$")), AcceptedText(.text("half"), credit: .half), AcceptedText(.text("full")),
        ])
        let content = try Sample.content(.shortText(key), .byAnswer)
        #expect(grading.grade(.text("full"), to: content).outcome == .correct)
        for text in ["half", "other"] {
            let result = grading.grade(.text(text), to: content)
            #expect(result.needsManualGrading && result.score == .zero)
        }
        #expect(QuestionGrading().grade(.text("b"), to: content).needsManualGrading)
    }

    /// The key is 9.81 m/s² ± 0.05, and 10 earns a half; the unit may be km/s², and a wrong one costs a quarter.
    @Test(
        arguments: [
            ("9.81", "m/s2", "6"), ("9.76", "m/s2", "6"), ("9.86", "m/s2", "6"), ("9.8600000001", "m/s2", "0"),
            ("10", "m/s2", "3"), ("0.00981", "km/s2", "6"), ("9.81", nil, "4.5"), ("9.81", "kg", "4.5"),
            ("10", nil, "2.25"), ("9.81", "km/s2", "0"), ("-9.81", "m/s2", "0"), ("9.81", " m / s2 ", "6"),
            ("981e-2", "m/s2", "6"),
        ]
    )
    func `a number is right within its tolerance, both ends included`(
        value: String,
        unit: String?,
        earned: String
    ) throws {
        let key = NumericKey(
            [
                AcceptedNumber(.near(Sample.decimal("9.81"), .absolute(Sample.decimal("0.05")))),
                AcceptedNumber(.near(Sample.decimal("10"), .exact), credit: .half),
            ],
            units: [NumericUnit("m/s2", factor: .one), NumericUnit("km/s2", factor: Sample.decimal("1000"))],
            unitPenalty: Sample.share("0.25")
        )
        let content = try Sample.content(.numeric(key), .byAnswer)
        #expect(score(.number(Sample.decimal(value), unit: unit), content) == earned)
    }

    @Test(
        arguments: [
            ("0.3", true), ("0.299999999999999999", false), ("0.297", false), ("0.303", false), ("0.30", true),
        ]
    )
    func `three tenths are three tenths`(value: String, isRight: Bool) throws {
        let content = try Sample.content(.numeric(NumericKey([AcceptedNumber(.near(Sample.decimal("0.3"), .exact))])))
        #expect((score(.number(Sample.decimal(value), unit: nil), content) == "6") == isRight)
    }

    @Test(arguments: [("198", true), ("202", true), ("197.99", false), ("202.01", false), ("-200", false)])
    func `a tolerance in percent is of the key`(value: String, isRight: Bool) throws {
        let rule = AcceptedNumber.Rule.near(Sample.decimal("200"), .relative(Sample.decimal("0.01")))
        #expect(rule.accepts(Sample.decimal(value)) == isRight)
    }

    @Test(arguments: [("5", true), ("6.9999", true), ("7", false), ("4.999", false)])
    func `a range has the ends that it says`(value: String, isRight: Bool) {
        let rule = AcceptedNumber.Rule.between(.including(Sample.decimal("5")), .excluding(Sample.decimal("7")))
        #expect(rule.accepts(Sample.decimal(value)) == isRight)
    }

    @Test(
        arguments: [
            ([0, 1, 2, 3], "6", "6", "6"), ([1, 2, 3, 0], "0", "0", "4"), ([0, 1, 3, 2], "0", "3", "2"),
            ([3, 2, 1, 0], "0", "0", "0"), ([0, 2, 1, 3], "0", "3", "0"),
        ] as [([Int], String, String, String)]
    )
    func `an order earns for places or for neighbors`(
        order: [Int],
        strict: String,
        places: String,
        neighbors: String
    ) throws {
        let kind = QuestionKind.ordering((0..<4).map { Sample.item($0) })
        let answer = QuestionAnswer.order(order.map(Sample.id))
        #expect(score(answer, try Sample.content(kind)) == strict)
        #expect(score(answer, try Sample.content(kind, .proportional)) == places)
        #expect(score(answer, try Sample.content(kind, .neighbors)) == neighbors)
    }

    /// Items 0, 1 and 2 belong to targets 10, 11 and 11.
    @Test(
        arguments: [
            ([0: 10, 1: 11, 2: 11], "6", "6", "6"), ([0: 10, 1: 11], "0", "4", "4"),
            ([0: 10, 1: 11, 2: 12], "0", "4", "2"), ([0: 10, 1: 10, 2: 10], "0", "2", "0"), ([9: 10], "0", "0", "0"),
        ] as [([Int: Int], String, String, String)]
    )
    func `pairs earn by the rule`(
        pairs: [Int: Int],
        strict: String,
        proportional: String,
        rightMinusWrong: String
    ) throws {
        let kind = QuestionKind.matching(
            [0, 1, 2].map { MatchingItem(Sample.item($0), target: $0 == 0 ? 0 : 1) },
            targets: [10, 11, 12].map { Sample.item($0) }
        )
        let answer = QuestionAnswer.matches(
            Dictionary(uniqueKeysWithValues: pairs.map { (Sample.id($0.key), Sample.id($0.value)) })
        )
        #expect(score(answer, try Sample.content(kind)) == strict)
        #expect(score(answer, try Sample.content(kind, .proportional)) == proportional)
        #expect(score(answer, try Sample.content(kind, .rightMinusWrong)) == rightMinusWrong)
    }

    @Test(
        arguments: [
            ("four", "4", 20, "6", "6"), ("four", "5", 20, "0", "4"), ("vier", "4", 20, "0", "5"),
            ("x", "x", 21, "0", "0"),
        ]
    )
    func `each gap earns its share`(
        text: String,
        number: String,
        choice: Int,
        strict: String,
        proportional: String
    ) throws {
        let kind = QuestionKind.blanks([
            QuestionGap(
                id: Sample.id(1),
                .text(ShortTextKey([AcceptedText(.text("four")), AcceptedText(.text("vier"), credit: .half)]))
            ),
            QuestionGap(id: Sample.id(2), .number(NumericKey([AcceptedNumber(.near(Sample.decimal("4"), .exact))]))),
            QuestionGap(
                id: Sample.id(3),
                .choice([ChoiceOption(Sample.item(20), .correct), ChoiceOption(Sample.item(21), .wrong)])
            ),
        ])
        var gaps: [QuestionItem.ID: GapAnswer] = [Sample.id(1): .text(text), Sample.id(3): .choice(Sample.id(choice))]
        if let value = ExactDecimal(number) { gaps[Sample.id(2)] = .number(value, unit: nil) }
        let prompt = "2 + 2 is [[1]], in digits [[2]], and that is [[3]]."
        #expect(score(.gaps(gaps), try Sample.content(kind, prompt: prompt)) == strict)
        #expect(score(.gaps(gaps), try Sample.content(kind, .proportional, prompt: prompt)) == proportional)
    }

    @Test func `an essay and files wait for a grader, whose score stays within the points`() throws {
        for (kind, answer) in [
            (QuestionKind.essay(EssayTask()), QuestionAnswer.text("Because.")),
            (.fileUpload(UploadTask()), .files([StoredFile.ID(UUID())])),
        ] {
            let result = grading.grade(answer, to: try Sample.content(kind))
            #expect(result.needsManualGrading && result.score == .zero && result.maximum == Points(6))
            #expect(result.graded(Points(4)).score == Points(4))
            #expect(result.graded(Points(4)).outcome == .partial)
            #expect(result.graded(Points(7)).score == Points(6))
            #expect(result.graded(Points(7)).outcome == .correct)
            #expect(result.graded(Points(-1)).score == .zero)
        }
    }

    @Test func `a wrong answer costs the penalty, a part of it and no answer cost nothing`() throws {
        let single = try Sample.content(.singleChoice(Sample.options(4, right: [0])), penalty: "0.333333")
        #expect(score(.choices([Sample.id(1)]), single) == "-1.999998")
        #expect(score(nil, single) == "0")
        #expect(score(.choices([]), single) == "0")
        let several = try Sample.content(
            .multipleChoice(Sample.options(4, right: [0, 1])),
            .rightMinusWrong,
            penalty: "0.5"
        )
        #expect(score(.choices([Sample.id(0)]), several) == "3")
        #expect(score(.choices([Sample.id(3)]), several) == "-3")
    }

    @Test func `a quiz may say what a question is worth`() throws {
        let content = try Sample.content(.trueFalse(true))
        let result = grading.grade(.truth(true), to: content, points: Points("2.5"))
        #expect(result.score == Points("2.5") && result.maximum == Points("2.5"))
    }

    @Test func `feedback names the option first, then the outcome, then everybody's`() throws {
        var options = Sample.options(3, right: [0])
        options[1] = ChoiceOption(options[1].item, .wrong, feedback: QuestionText("not this"))
        let content = try Sample.content(.singleChoice(options))
        #expect(
            grading.grade(.choices([Sample.id(1)]), to: content).feedback.map(\.html) == [
                "not this", "wrong", "general",
            ]
        )
        #expect(grading.grade(.choices([Sample.id(0)]), to: content).feedback.map(\.html) == ["right", "general"])
        #expect(grading.grade(nil, to: content).feedback.map(\.html) == ["general"])
    }

    @Test func `after an option was taken away its choosers earn nothing, and other kinds count as no answer`() throws {
        let content = try Sample.content(.singleChoice(Sample.options(2, right: [0])), penalty: "0.5")
        #expect(grading.grade(.choices([Sample.id(9)]), to: content).outcome == .incorrect)
        #expect(grading.grade(.truth(true), to: content).outcome == .unanswered)
    }

    @Test func `each part is told how it stands`() throws {
        let content = try Sample.content(.multipleChoice(Sample.options(3, right: [0, 1])), .proportional)
        let result = grading.grade(.choices([Sample.id(0), Sample.id(2)]), to: content)
        #expect(result.parts.map(\.outcome) == [.correct, .incorrect, .incorrect])
        #expect(result.outcome == .partial)
    }
}
