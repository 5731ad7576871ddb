// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

/// Which answers are taken, and what is said about those that are not.
@Suite struct QuestionAnswerTests {
    private static let a = Sample.id(0)
    private static let b = Sample.id(1)

    /// A question of each kind whose parts have the identifiers 0, 1, 2 and whose targets and options 10, 11.
    private static func question(_ name: QuestionKind.Name) throws -> QuestionContent {
        let key = ShortTextKey([AcceptedText(.text("x"))])
        let number = NumericKey([AcceptedNumber(.near(.one, .exact))])
        let kind: QuestionKind =
            switch name {
            case .singleChoice: .singleChoice(Sample.options(3, right: [0]))
            case .multipleChoice: .multipleChoice(Sample.options(3, right: [0]))
            case .trueFalse: .trueFalse(true)
            case .shortText: .shortText(key)
            case .numeric: .numeric(number)
            case .ordering: .ordering([Sample.item(0), Sample.item(1)])
            case .matching:
                .matching([MatchingItem(Sample.item(0), target: 0)], targets: [Sample.item(10), Sample.item(11)])
            case .blanks:
                .blanks([
                    QuestionGap(id: a, .text(key)), QuestionGap(id: b, .number(number)),
                    QuestionGap(
                        id: Sample.id(2),
                        .choice([ChoiceOption(Sample.item(10), .correct), ChoiceOption(Sample.item(11), .wrong)])
                    ),
                ])
            case .essay: .essay(EssayTask(minimumWords: 2, maximumWords: 3))
            case .fileUpload: .fileUpload(UploadTask())
            }
        return try Sample.content(kind, prompt: name == .blanks ? "[[1]] [[2]] [[3]]" : "Why?")
    }

    private static func text(_ id: Int) -> String { "\"\(Sample.id(id))\"" }

    @Test(
        arguments: [
            (.singleChoice, #"{"options":[\#(text(1))]}"#, .choices([b])),
            (.singleChoice, #"{"options":[]}"#, nil), (.singleChoice, "{}", nil), (.singleChoice, "null", nil),
            (.multipleChoice, #"{"options":[\#(text(1)),\#(text(0))]}"#, .choices([a, b])),
            (.trueFalse, #"{"value":false}"#, .truth(false)), (.trueFalse, #"{"value":null}"#, nil),
            (.shortText, #"{"text":" Ja "}"#, .text(" Ja ")), (.shortText, #"{"text":" \n "}"#, nil),
            (.numeric, #"{"value":"1.50","unit":"m"}"#, .number(Sample.decimal("1.5"), unit: "m")),
            (.numeric, #"{"value":12}"#, .number(Sample.decimal("12"), unit: nil)), (.numeric, #"{"value":""}"#, nil),
            (.ordering, #"{"items":[\#(text(1)),\#(text(0))]}"#, .order([b, a])),
            (.matching, #"{"matches":[{"item":\#(text(0)),"target":\#(text(11))}]}"#, .matches([a: Sample.id(11)])),
            (
                .blanks,
                #"{"gaps":[{"gap":\#(text(0)),"text":"x"},{"gap":\#(text(1)),"value":"2"},{"gap":\#(text(2)),"option":\#(text(11))}]}"#,
                .gaps([a: .text("x"), b: .number(Sample.decimal("2"), unit: nil), Sample.id(2): .choice(Sample.id(11))])
            ),
            (.blanks, #"{"gaps":[{"gap":\#(text(0)),"text":""}]}"#, nil),
            (.essay, #"{"text":"two words"}"#, .text("two words")),
            (
                .fileUpload, #"{"files":["01890000-0000-7000-8000-000000000001"]}"#,
                .files([StoredFile.ID("01890000-0000-7000-8000-000000000001")].compactMap(\.self))
            ),
        ] as [(QuestionKind.Name, String, QuestionAnswer?)]
    )
    func `an answer is read, kept and read again`(
        kind: QuestionKind.Name,
        json: String,
        expected: QuestionAnswer?
    ) throws {
        let question = try Self.question(kind)
        let answer = try QuestionAnswer.read(try Sample.json(json), for: question, stage: .submission)
        #expect(answer == expected)
        if let answer {
            #expect(try QuestionAnswer.read(stored: try Sample.json(Sample.text(answer)), kind: kind) == answer)
            #expect(try QuestionAnswer.read(try Sample.json(Sample.text(answer)), for: question) == answer)
        }
    }

    @Test(
        arguments: [
            (.singleChoice, #"{"options":[\#(text(0)),\#(text(1))]}"#, "options too_many"),
            (.singleChoice, #"{"options":[\#(text(9))]}"#, "options unknown_reference"),
            (.singleChoice, #"{"options":["A"]}"#, "options[0] malformed"),
            (.singleChoice, #"{"option":\#(text(0))}"#, "option unknown_field"),
            (.singleChoice, #"7"#, " wrong_type"),
            (.multipleChoice, #"{"options":[\#(text(0)),\#(text(0))]}"#, "options[1] repeated"),
            (.multipleChoice, #"{"options":{"a":1}}"#, "options wrong_type"),
            (.trueFalse, #"{"value":"true"}"#, "value wrong_type"),
            (.shortText, #"{"text":7}"#, "text wrong_type"), (.shortText, #"{"text":"a\u0000"}"#, "text malformed"),
            (.numeric, #"{"value":"1,5"}"#, "value malformed"), (.numeric, #"{"value":"1e99999"}"#, "value malformed"),
            (.numeric, #"{"value":true}"#, "value wrong_type"),
            (.ordering, #"{"items":[\#(text(0))]}"#, "items incomplete"),
            (.ordering, #"{"items":[\#(text(0)),\#(text(5))]}"#, "items unknown_reference"),
            (.matching, #"{"matches":[{"item":\#(text(0)),"target":\#(text(0))}]}"#, "matches unknown_reference"),
            (.matching, #"{"matches":[{"item":\#(text(0))}]}"#, "matches[0].target required"),
            (.blanks, #"{"gaps":[{"gap":\#(text(0)),"value":"2"}]}"#, "gaps[0] wrong_type"),
            (.blanks, #"{"gaps":[{"gap":\#(text(2)),"option":\#(text(0))}]}"#, "gaps[2].option unknown_reference"),
            (.blanks, #"{"gaps":[{"gap":\#(text(0)),"text":"x","option":\#(text(0))}]}"#, "gaps[0].option not_allowed"),
            (.essay, #"{"text":"one"}"#, "text too_few"), (.essay, #"{"text":"1 2 3 4"}"#, "text too_many"),
            (.fileUpload, #"{"files":["../etc/passwd"]}"#, "files[0] malformed"),
            (
                .fileUpload,
                #"{"files":["01890000-0000-7000-8000-000000000001","01890000-0000-7000-8000-000000000002"]}"#,
                "files too_many"
            ),
        ] as [(QuestionKind.Name, String, String)]
    )
    func `an answer that does not fit the question is refused with the reason`(
        kind: QuestionKind.Name,
        json: String,
        first: String
    ) throws {
        do {
            _ = try QuestionAnswer.read(try Sample.json(json), for: try Self.question(kind), stage: .submission)
            Issue.record("it was taken")
        } catch QuestionError.invalid(let issues) {
            #expect(issues.map { "\($0.field) \($0.code.rawValue)" }.contains(first))
        }
    }

    @Test func `a draft of an essay may be short`() throws {
        let json = try Sample.json(#"{"text":"one"}"#)
        #expect(try QuestionAnswer.read(json, for: try Self.question(.essay)) == .text("one"))
    }

    @Test func `attack: a long answer is refused`() throws {
        let long = String(repeating: "x", count: 1_001)
        #expect(throws: QuestionError.invalid([QuestionIssue("text", .tooLong)])) {
            try QuestionAnswer.read(try Sample.json(#"{"text":"\#(long)"}"#), for: try Self.question(.shortText))
        }
    }

    @Test func `an answer that was stored is read though its option is gone`() throws {
        let json = try Sample.json(#"{"options":[\#(Self.text(77))]}"#)
        #expect(try QuestionAnswer.read(stored: json, kind: .singleChoice) == .choices([Sample.id(77)]))
    }
}
