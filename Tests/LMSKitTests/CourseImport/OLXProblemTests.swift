// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSKit

/// Problems of Open edX as questions.
@Suite struct OLXProblemTests {
    private func read(_ inner: String, _ attributes: String = "") throws -> OLXProblem {
        try OLXProblem(source: "<problem display_name=\"Title &lt;1&gt;\" \(attributes)>\(inner)</problem>")
    }

    private func only(_ inner: String, _ attributes: String = "") throws -> QuestionContent {
        let problem = try read(inner, attributes)
        #expect(problem.questions.count == 1)
        return try #require(problem.questions.first)
    }

    private func score(_ text: String, _ content: QuestionContent) throws -> String {
        let answer = try QuestionAnswer.read(try Sample.json(text), for: content)
        return QuestionGrading(patterns: KnownPatterns()).grade(answer, to: content).score.description
    }

    @Test func `a multiple choice keeps label, description, options, hints and solution`() throws {
        let content = try only(
            """
            <multiplechoiceresponse>
              <label>Which?</label><description>One <b>only</b>.</description>
              <choicegroup type="MultipleChoice" shuffle="true">
                <choice correct="false">A <i>cat</i><choicehint>No <u>cat</u>.</choicehint></choice>
                <choice correct="true">A dog</choice>
                <choice correct="partial" point_value="0.25">A wolf</choice>
                <choice correct="partial">A fox</choice>
              </choicegroup>
              <solution><p>Dogs &amp; wolves</p><script>x</script></solution>
            </multiplechoiceresponse>
            <demandhint><hint>It barks.</hint><hint>Really.</hint></demandhint>
            """,
            "weight=\"4\""
        )
        #expect(HTMLSanitizer.text(of: content.prompt.html) == "Which? One only.")
        guard case .singleChoice(let options) = content.kind else { throw OLXProblemRefusal(.invalid, "kind") }
        #expect(options.map(\.item.text.html) == ["A <i>cat</i>", "A dog", "A wolf", "A fox"])
        #expect(options.map(\.isCorrect) == [false, true, false, false])
        #expect(options.map(\.credit) == [.none, .full, Sample.share("0.25"), .half])
        #expect(options[0].feedback?.html == "No <u>cat</u>.")
        #expect(content.feedback.general?.html == "<p>Dogs &amp; wolves</p>")
        #expect(content.hints.map(\.html) == ["It barks.", "Really."])
        #expect(content.points == Points(4) && content.optionOrder == .shuffled)
    }

    @Test(arguments: [
        ("", "all_or_nothing"), ("partial_credit=\"EDC\"", "proportional"), ("partial_credit=\"halves\"", "halves"),
    ])
    func `check boxes keep their partial credit, and say what hints they lose`(attribute: String, credit: String) throws
    {
        let problem = try read(
            """
            <choiceresponse \(attribute)><checkboxgroup>
              <choice correct="true">a<choicehint selected="true">yes</choicehint><choicehint selected="false">no</choicehint></choice>
              <choice correct="false">b</choice><choice correct="true">c</choice><compoundhint value="A B">both</compoundhint>
            </checkboxgroup></choiceresponse>
            """
        )
        let content = try #require(problem.questions.first)
        guard case .multipleChoice(let options) = content.kind else { throw OLXProblemRefusal(.invalid, "kind") }
        #expect(options.map(\.isCorrect) == [true, false, true])
        #expect(options[0].feedback?.html == "yes")
        #expect(content.scoring.partialCredit.rawValue == credit)
        #expect(problem.losses == [.combinedFeedback])
        #expect(content.prompt.html == "<p>Title &lt;1&gt;</p>")
        #expect(content.optionOrder == .fixed)
    }

    @Test(
        arguments: [
            (#"answer="600"><responseparam type="tolerance" default="5"/>"#, "605", "1"),
            (#"answer="600"><responseparam type="tolerance" default="5"/>"#, "605.1", "0"),
            (#"answer="200"><responseparam default="1%" type="tolerance"/>"#, "198", "1"),
            (#"answer="200"><responseparam default="1%" type="tolerance"/>"#, "197.9", "0"),
            (#"answer="12">"#, "12.0001", "1"), (#"answer="12">"#, "12.001", "0"),
            (#"answer="[5, 7)">"#, "5", "1"), (#"answer="[5, 7)">"#, "7", "0"),
            (#"answer="1"><additional_answer answer="2"><correcthint>two</correcthint></additional_answer>"#, "2", "1"),
            (#"answer="2" partial_credit="list"><responseparam partial_answers="1, 3"/>"#, "3", "0.5"),
            (
                #"answer="9" partial_credit="close"><responseparam type="tolerance" default="1"/><responseparam partial_range="3"/>"#,
                "12", "0.5"
            ),
        ]
    )
    func `a number keeps its tolerance, range and other answers`(key: String, value: String, earned: String) throws {
        let content = try only("<numericalresponse \(key)<formulaequationinput/></numericalresponse>")
        #expect(try score(#"{"value":"\#(value)"}"#, content) == earned)
    }

    @Test(
        arguments: [
            (#"answer="Doc" type="ci"><additional_answer answer="Sleepy"/>"#, "sleepy", "1"),
            (#"answer="Doc"><additional_answer>Sneezy</additional_answer>"#, "Sneezy", "1"),
            (#"answer="Doc">"#, "doc", "0"), (#"answer="Doc" type="ci">"#, "  DOC ", "1"),
            (#"answer="one_or_two_or_three">"#, "two", "1"), (#"answer="b.*" type="ci regexp">"#, "Bubble", "1"),
            (#"answer="b.*" type="regexp">"#, "Bubble", "0"),
        ]
    )
    func `a text keeps its other answers, case and expressions`(key: String, text: String, earned: String) throws {
        let content = try only("<stringresponse \(key)<textline size=\"20\"/></stringresponse>")
        #expect(try score(#"{"text":"\#(text)"}"#, content) == earned)
    }

    @Test(
        arguments: [
            #"<optioninput><option correct="False">Rome</option><option correct="True">Bern<optionhint>yes</optionhint></option><option correct="False">St. John's</option></optioninput>"#,
            #"<optioninput options="('Rome','Bern','St. John's')" correct="Bern"/>"#,
            #"<optioninput options="('Rome', 'Bern', 'St. John\'s')" correct="Bern"/>"#,
        ]
    )
    func `a dropdown becomes a choice in both of its forms`(input: String) throws {
        let content = try only("<optionresponse><label>Capital?</label>\(input)</optionresponse>")
        guard case .singleChoice(let options) = content.kind else { throw OLXProblemRefusal(.invalid, "kind") }
        #expect(options.map(\.item.text.html) == ["Rome", "Bern", "St. John's"])
        #expect(options.map(\.isCorrect) == [false, true, false])
        #expect(content.optionOrder == .fixed)
    }

    @Test func `true and false become a statement`() throws {
        let choices =
            #"<choicegroup><choice correct="false">True</choice><choice correct="true"> false </choice></choicegroup>"#
        #expect(try only("<truefalseresponse>\(choices)</truefalseresponse>").kind == .trueFalse(false))
        guard case .singleChoice = try only("<multiplechoiceresponse>\(choices)</multiplechoiceresponse>").kind else {
            throw OLXProblemRefusal(.invalid, "kind")
        }
    }

    @Test func `inputs in a line of text become gaps where they stood`() throws {
        let content = try only(
            """
            <table><tr><td>Swiss [[1]] capital</td><td><optionresponse><optioninput options="('Rome','Bern')" correct="Bern"/></optionresponse></td>
            <td>born <numericalresponse answer="1191"><textline/></numericalresponse></td></tr></table>
            <stringresponse answer="Aare"><label>River</label><textline/></stringresponse>
            """
        )
        #expect(HTMLSanitizer.text(of: content.prompt.html) == "Swiss [ [1]] capital[[1]] born [[2]] River [[3]]")
        #expect(content.prompt.html.contains("<table>") && content.points == Points(3))
        guard case .blanks(let gaps) = content.kind, case .choice(let options) = gaps[0].key else {
            throw OLXProblemRefusal(.invalid, "kind")
        }
        let right = """
            {"gaps":[{"gap":"\(gaps[0].id)","option":"\(options[1].item.id)"},{"gap":"\(gaps[2].id)","text":"Aare"}]}
            """
        #expect(try score(right, content) == "2")
    }

    @Test func `lists of options in one problem become a question each`() throws {
        let list = #"<choicegroup><choice correct="true">a</choice><choice correct="false">b</choice></choicegroup>"#
        let problem = try read(
            """
            <p>First</p><multiplechoiceresponse>\(list)</multiplechoiceresponse>
            <p>Second</p><multiplechoiceresponse>\(list)</multiplechoiceresponse><p>Last words</p>
            """,
            "weight=\"3\""
        )
        #expect(problem.questions.map { HTMLSanitizer.text(of: $0.prompt.html) } == ["First", "Second Last words"])
        #expect(problem.questions.allSatisfy { $0.points == Points("1.5") })
    }

    @Test(
        arguments: [
            ("<p>Only text</p>", .noResponse),
            ("<customresponse cfn=\"f\"><textline/></customresponse>", .customGrader),
            ("<customresponse><p><jsinput/></p></customresponse>", .browserProgram),
            ("<customresponse><drag_and_drop_input/></customresponse>", .dragAndDrop),
            ("<formularesponse answer=\"x\"><textline/></formularesponse>", .formula),
            ("<imageresponse><imageinput/></imageresponse>", .image),
            ("<annotationresponse/>", .annotation), ("<schematicresponse/>", .schematic),
            ("<coderesponse/>", .customGrader), ("<newresponse/>", .unknownResponse),
            ("<script>x=1</script><p>$x</p><stringresponse answer=\"a\"><textline/></stringresponse>", .script),
            ("<numericalresponse answer=\"$z\"><textline/></numericalresponse>", .script),
            ("<numericalresponse answer=\"sqrt(2)\"><textline/></numericalresponse>", .expression),
            ("<numericalresponse answer=\"[1,x]\"><textline/></numericalresponse>", .expression),
            ("<stringresponse answer=\"a\"/>", .invalid), ("<stringresponse><textline/></stringresponse>", .invalid),
            (
                "<multiplechoiceresponse><choicegroup><choice correct=\"false\">a</choice></choicegroup></multiplechoiceresponse>",
                .invalid
            ),
            ("<stringresponse answer=\"a\"><textline/></stringresponse><customresponse/>", .customGrader),
            ("<p>", .malformed),
        ] as [(String, OLXProblemRefusal.Reason)]
    )
    func `what has no counterpart is refused whole, with the reason`(
        inner: String,
        reason: OLXProblemRefusal.Reason
    ) throws {
        do {
            _ = try read(inner)
            Issue.record("it was converted")
        } catch let refusal as OLXProblemRefusal {
            #expect(refusal.reason == reason, "\(refusal.detail)")
        }
    }

    @Test func `a script that nothing refers to is left out and told`() throws {
        let problem = try read(
            "<script>def f(): return '$y'</script><stringresponse answer=\"costs $5\"><textline/></stringresponse>"
        )
        #expect(problem.losses == [.script])
        let prompt = try #require(problem.questions.first?.prompt.html)
        #expect(!prompt.contains("f()"))
    }

    @Test func `attack: markup and addresses of a course go through the sanitizer`() throws {
        let sanitizer = HTMLSanitizer(rewritingAddresses: { $0 == "/static/a.png" ? "/files/1" : nil })
        let problem = try OLXProblem(
            source: """
                <problem><multiplechoiceresponse><p onclick="x()">Look <img src="/static/a.png"/><iframe src="//x"/></p>
                <choicegroup><choice correct="true"><img src="/static/a.png" onerror="x()"/></choice>
                <choice correct="false">&lt;script&gt;x&lt;/script&gt;</choice></choicegroup></multiplechoiceresponse></problem>
                """,
            sanitizer: sanitizer
        )
        let stored = problem.questions.map { Sample.text($0) }.joined()
        #expect(!stored.contains("onclick") && !stored.contains("onerror") && !stored.contains("<iframe"))
        #expect(!stored.contains("<script") && stored.contains("&lt;script&gt;"))
        #expect(stored.contains("/files/1") && !stored.contains("/static/"))
    }
}
