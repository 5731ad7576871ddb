// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

/// Which questions are taken, and what is said about those that are not.
@Suite struct QuestionContentTests {
    /// The mistakes of a question in JSON, as `field code`.
    private func issues(_ json: String) throws -> [String] {
        do {
            _ = try QuestionContent(json: try Sample.json(json))
            return []
        } catch let error as QuestionError {
            guard case .invalid(let issues) = error else { return ["\(error)"] }
            return issues.map { "\($0.field) \($0.code.rawValue)" }
        }
    }

    /// One question of every kind, as an author would send it.
    static let authored = [
        #"{"kind":"single_choice","prompt":"<p>2 + 2</p>","options":[{"text":"4","isCorrect":true},{"text":"5","credit":0.25,"feedback":"Near"}],"scoring":{"partialCredit":"by_answer","penalty":0.333333},"points":2.5}"#,
        #"{"kind":"multiple_choice","prompt":"Even?","options":[{"text":"2","isCorrect":true},{"text":"3"},{"text":"4","isCorrect":true}],"scoring":{"partialCredit":"halves"},"optionOrder":"fixed"}"#,
        #"{"kind":"true_false","prompt":"1 = 1","answer":true,"feedback":{"general":"g","correct":"c","partial":null,"incorrect":"i"}}"#,
        #"{"kind":"short_text","prompt":"Capital?","accepted":[{"text":"Canberra"},{"pattern":"syd.*","credit":0.5,"feedback":"No"}],"letters":"same_case","scoring":{"partialCredit":"by_answer"}}"#,
        #"{"kind":"numeric","prompt":"g","accepted":[{"value":"9.81","tolerance":{"absolute":"0.01"}},{"value":10,"credit":0.5,"tolerance":{"relative":"0.1"}},{"atLeast":"1","below":"2"}],"units":[{"symbol":"m","factor":"1"},{"symbol":"cm","factor":"0.01"}],"unitPenalty":0.1}"#,
        #"{"kind":"ordering","prompt":"Sort","items":[{"text":"a"},{"text":"b"},{"text":"c"}],"scoring":{"partialCredit":"neighbors"},"hints":["h1","h2"]}"#,
        #"{"kind":"matching","prompt":"Join","items":[{"text":"a","target":1},{"text":"b","target":1}],"targets":[{"text":"x"},{"text":"y"},{"text":"z"}]}"#,
        #"{"kind":"blanks","prompt":"<p>[[1]] and [[2]] and <b>[[3]]</b></p>","gaps":[{"kind":"text","accepted":[{"text":"a"}]},{"kind":"number","accepted":[{"value":"1"}]},{"kind":"choice","options":[{"text":"u","isCorrect":true},{"text":"v"}]}],"scoring":{"partialCredit":"proportional"}}"#,
        #"{"kind":"essay","prompt":"Write","minimumWords":10,"maximumWords":100,"graderNotes":"Look for verbs"}"#,
        #"{"kind":"file_upload","prompt":"Hand in","maximumFiles":3,"maximumBytes":1000,"mediaTypes":["application/pdf","image/svg+xml"]}"#,
    ]

    @Test(arguments: authored)
    func `what an author sends is stored and read back the same`(json: String) throws {
        let content = try QuestionContent(json: try Sample.json(json))
        let stored = Sample.text(content)
        let read = try QuestionContent(stored: try Sample.json(stored))
        #expect(read == content)
        #expect(Sample.text(read) == stored)
        #expect(stored.contains("\"kind\":\"\(content.kind.name.rawValue)\""))
    }

    @Test func `there is a sample of every kind`() throws {
        let kinds = try Self.authored.map { try QuestionContent(json: try Sample.json($0)).kind.name }
        #expect(kinds == QuestionKind.Name.allCases)
    }

    @Test func `markup of an author is made harmless wherever it stands`() throws {
        let bad = "<script>x</script><p onclick='x()'>ok</p>"
        let content = try QuestionContent(
            json: try Sample.json(
                """
                {"kind":"single_choice","prompt":"\(bad)","hints":["\(bad)"],"feedback":{"general":"\(bad)"},
                 "options":[{"text":"\(bad)","isCorrect":true,"feedback":"\(bad)"},{"text":"other"}]}
                """
            )
        )
        let stored = Sample.text(content)
        #expect(!stored.contains("script") && !stored.contains("onclick"))
        #expect(stored.split(separator: "<p>ok</p>", omittingEmptySubsequences: false).count == 6)
    }

    @Test(
        arguments: [
            (#"[]"#, [" wrong_type"]),
            (#"{}"#, ["prompt required", "kind required"]),
            (#"{"kind":"poem","prompt":"x"}"#, ["kind not_a_choice"]),
            (#"{"kind":7,"prompt":"x"}"#, ["kind wrong_type"]),
            (#"{"kind":"true_false","prompt":"x","answer":true,"colour":1}"#, ["colour unknown_field"]),
            (#"{"kind":"true_false","prompt":"<p> </p>","answer":true}"#, ["prompt required"]),
            (#"{"kind":"true_false","prompt":"x"}"#, ["answer required"]),
            (#"{"kind":"true_false","prompt":"x","answer":true,"points":-1}"#, ["points too_small"]),
            (#"{"kind":"true_false","prompt":"x","answer":true,"points":10001}"#, ["points too_large"]),
            (#"{"kind":"true_false","prompt":"x","answer":true,"points":"1"}"#, ["points wrong_type"]),
            (#"{"kind":"true_false","prompt":"x","answer":true,"points":0.0000001}"#, ["points malformed"]),
            (
                #"{"kind":"true_false","prompt":"x","answer":true,"scoring":{"penalty":1.5,"partialCredit":"all_or_nothing"}}"#,
                ["scoring.penalty too_large"]
            ),
            (
                #"{"kind":"true_false","prompt":"x","answer":true,"scoring":{"partialCredit":"halves"}}"#,
                ["scoring.partialCredit not_allowed"]
            ),
            (#"{"kind":"single_choice","prompt":"x"}"#, ["options required"]),
            (
                #"{"kind":"single_choice","prompt":"x","options":[{"text":"a"},{"text":"b"}]}"#, ["options no_key"]
            ),
            (
                #"{"kind":"single_choice","prompt":"x","options":[{"text":"a","isCorrect":true},{"text":"b","isCorrect":true}]}"#,
                ["options several_keys"]
            ),
            (
                #"{"kind":"single_choice","prompt":"x","options":[{"text":"a","isCorrect":true},{"text":" a "}]}"#,
                ["options[1].text repeated"]
            ),
            (#"{"kind":"single_choice","prompt":"x","options":[{"text":"a","isCorrect":true}]}"#, ["options too_few"]),
            (
                #"{"kind":"single_choice","prompt":"x","options":[7,{"text":"b","isCorrect":"yes"}]}"#,
                ["options[0] wrong_type", "options[1].isCorrect wrong_type"]
            ),
            (
                #"{"kind":"multiple_choice","prompt":"x","options":[{"text":"a","isCorrect":true},{"text":"b","credit":0.5}]}"#,
                ["options[1].credit not_allowed"]
            ),
            (
                #"{"kind":"multiple_choice","prompt":"x","options":[{"id":"00000000000000AA","text":"a","isCorrect":true},{"text":"b"}]}"#,
                ["options[0].id malformed"]
            ),
            (
                #"{"kind":"multiple_choice","prompt":"x","options":[{"id":"00000000000000aa","text":"a","isCorrect":true},{"id":"00000000000000aa","text":"b"}]}"#,
                ["options[1].id repeated"]
            ),
            (#"{"kind":"short_text","prompt":"x","accepted":[]}"#, ["accepted too_few", "accepted no_key"]),
            (#"{"kind":"short_text","prompt":"x","accepted":[{}]}"#, ["accepted[0].text required"]),
            (
                #"{"kind":"short_text","prompt":"x","accepted":[{"text":"a","pattern":"b"}]}"#,
                ["accepted[0].pattern not_allowed"]
            ),
            (#"{"kind":"short_text","prompt":"x","accepted":[{"text":"  "}]}"#, ["accepted[0].text required"]),
            (
                #"{"kind":"short_text","prompt":"x","accepted":[{"text":"a","credit":0.5}]}"#, ["accepted no_key"]
            ),
            (#"{"kind":"short_text","prompt":"x","accepted":[{"text":"a\u0000b"}]}"#, ["accepted[0].text malformed"]),
            (#"{"kind":"numeric","prompt":"x","accepted":[{"value":"1,5"}]}"#, ["accepted[0].value malformed"]),
            (
                #"{"kind":"numeric","prompt":"x","accepted":[{"value":"1","tolerance":{"absolute":"-1"}}]}"#,
                ["accepted[0].tolerance too_small"]
            ),
            (
                #"{"kind":"numeric","prompt":"x","accepted":[{"above":"2","atMost":"2"}]}"#,
                ["accepted[0].atMost too_small"]
            ),
            (#"{"kind":"numeric","prompt":"x","accepted":[{"above":"2"}]}"#, ["accepted[0].atMost required"]),
            (
                #"{"kind":"numeric","prompt":"x","accepted":[{"value":"1"}],"units":[{"symbol":"m","factor":"2"}]}"#,
                ["units no_key"]
            ),
            (
                #"{"kind":"numeric","prompt":"x","accepted":[{"value":"1"}],"units":[{"symbol":"m"},{"symbol":"m","factor":"0"}]}"#,
                ["units[1].symbol repeated", "units[1].factor too_small"]
            ),
            (#"{"kind":"ordering","prompt":"x","items":[{"text":"a"}]}"#, ["items too_few"]),
            (
                #"{"kind":"matching","prompt":"x","items":[{"text":"a","target":2}],"targets":[{"text":"b"},{"text":"c"}]}"#,
                ["items[0].target unknown_reference"]
            ),
            (
                #"{"kind":"blanks","prompt":"[[2]] [[2]]","gaps":[{"kind":"text","accepted":[{"text":"a"}]},{"kind":"text","accepted":[{"text":"a"}]}]}"#,
                ["gaps[0] unknown_reference", "gaps[1] repeated"]
            ),
            (#"{"kind":"blanks","prompt":"[[1]]","gaps":[{}]}"#, ["gaps[0].kind required"]),
            (#"{"kind":"essay","prompt":"x","minimumWords":10,"maximumWords":5}"#, ["maximumWords too_small"]),
            (#"{"kind":"essay","prompt":"x","scoring":{"penalty":1}}"#, ["scoring.penalty not_allowed"]),
            (
                #"{"kind":"file_upload","prompt":"x","maximumFiles":0,"mediaTypes":["PDF","a/b; c"]}"#,
                ["maximumFiles too_small", "mediaTypes[0] malformed", "mediaTypes[1] malformed"]
            ),
        ] as [(String, [String])]
    )
    func `every mistake is named with its place`(json: String, expected: [String]) throws {
        #expect(try issues(json) == expected)
    }

    @Test func `attack: nothing is without a bound`() throws {
        let option = #"{"text":"o","isCorrect":false}"#
        let many = "[" + Array(repeating: option, count: 5_000).joined(separator: ",") + "]"
        let found = try issues(#"{"kind":"multiple_choice","prompt":"x","options":\#(many)}"#)
        #expect(found.contains("options too_many") && found.count <= 101)
        let long = String(repeating: "x", count: 60_000)
        #expect(try issues(#"{"kind":"true_false","answer":true,"prompt":"\#(long)"}"#) == ["prompt too_long"])
        #expect(
            try issues(#"{"kind":"short_text","prompt":"x","accepted":[{"pattern":"\#(long)"}]}"#)
                == ["accepted[0].pattern too_long"]
        )
        let patterns = Array(repeating: #"{"pattern":"(a+)+$"}"#, count: 6).joined(separator: ",")
        #expect(try issues(#"{"kind":"short_text","prompt":"x","accepted":[\#(patterns)]}"#) == ["accepted too_many"])
        let gaps = (1...3).map { _ in #"{"kind":"text","accepted":[{"pattern":"a"},{"pattern":"b"}]}"# }
        #expect(
            try issues(
                #"{"kind":"blanks","prompt":"[[1]][[2]][[3]]","gaps":[\#(gaps.joined(separator: ","))]}"#
            ) == ["gaps too_many"]
        )
        let names = (0..<200).map { #""n\#($0)":1"# }.joined(separator: ",")
        #expect(try issues("{\(names)}").count == 100)
    }

    @Test func `a form of a later release is refused as such, and a stored form without its names is none`() throws {
        #expect(throws: QuestionError.unknownVersion(2)) {
            try QuestionContent(stored: try Sample.json(#"{"version":2,"kind":"haiku"}"#))
        }
        #expect(
            throws: QuestionError.invalid([
                QuestionIssue("options[0].id", .required), QuestionIssue("options[1].id", .required),
            ])
        ) {
            try QuestionContent(
                stored: try Sample.json(
                    #"{"version":1,"kind":"single_choice","prompt":"x","options":[{"text":"a","isCorrect":true},{"text":"b"}]}"#
                )
            )
        }
        #expect(throws: QuestionError.self) { try QuestionContent(stored: try Sample.json(Self.authored[2])) }
    }

    @Test func `an edited question keeps the names of the options that stay, so that answers keep their meaning`()
        throws
    {
        let first = try QuestionContent(json: try Sample.json(Self.authored[0]))
        let edited = Sample.text(first).replacing("<p>2 + 2</p>", with: "<p>2 * 2</p>")
        let second = try QuestionContent(json: try Sample.json(edited))
        #expect(second.prompt.html == "<p>2 * 2</p>")
        #expect(second.kind == first.kind)
    }

    @Test func `expressions are tried before a question is stored`() throws {
        let key = ShortTextKey([AcceptedText(.text("a")), AcceptedText(.pattern("(")), AcceptedText(.pattern("b.*"))])
        let content = try Sample.content(.shortText(key))
        #expect(throws: QuestionError.invalid([QuestionIssue("accepted[1].pattern", .malformed)])) {
            try content.requireUsablePatterns(KnownPatterns())
        }
        #expect(
            throws: QuestionError.invalid([
                QuestionIssue("accepted[1].pattern", .notAllowed), QuestionIssue("accepted[2].pattern", .notAllowed),
            ])
        ) {
            try content.requireUsablePatterns(nil)
        }
    }
}
