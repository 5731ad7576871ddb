// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The state of converting one problem: its text in pieces, and its inputs between them.
struct OLXProblemReader {
    /// What is no part of the text that learners read before they answer.
    private static let silent: Set<String> = [
        "script", "solution", "solutionset", "demandhint", "hintgroup", "responseparam", "additional_answer",
        "correcthint", "stringequalhint", "regexphint", "answer", "startouttext", "endouttext",
    ]
    private static let inputs: Set<String> = [
        "choicegroup", "checkboxgroup", "radiogroup", "optioninput", "textline", "formulaequationinput",
        "numericalinput",
    ]
    let root: MarkupElement
    let sanitizer: HTMLSanitizer
    private(set) var losses: Set<OLXProblem.Loss> = []
    private var pieces = [""]
    private var found: [OLXProblemInput] = []
    private var solutions: [String] = []
    private var hints: [QuestionText] = []
    private var hasScript = false

    init(_ root: MarkupElement, sanitizer: HTMLSanitizer) {
        self.root = root
        self.sanitizer = sanitizer
    }

    mutating func lose(_ loss: OLXProblem.Loss) {
        losses.insert(loss)
    }

    mutating func questions() throws(OLXProblemRefusal) -> [QuestionContent] {
        for child in root.children { try walk(child, inside: nil) }
        guard !found.isEmpty else { throw OLXProblemRefusal(.noResponse, root.elements.first?.name ?? "") }
        if hasScript {
            if let name = Self.variable(in: root) { throw OLXProblemRefusal(.script, "$\(name)") }
            lose(.script)
        }
        if found.count == 1 { return [try question(found[0], prompt: pieces.joined(), share: 1)] }
        if found.allSatisfy(\.fitsGap) { return [try blanks()] }
        var questions: [QuestionContent] = []
        for (index, input) in found.enumerated() {
            // What follows the last input belongs to it; nothing else does.
            let prompt = index == found.count - 1 ? pieces[index] + pieces[index + 1] : pieces[index]
            questions.append(try question(input, prompt: prompt, share: found.count))
        }
        return questions
    }

    private mutating func walk(_ node: MarkupNode, inside response: MarkupElement?) throws(OLXProblemRefusal) {
        switch node {
        case .text(let text): HTMLText.append(text.utf8, to: &pieces[pieces.count - 1], keepingReferences: false)
        case .element(let element): try walk(element, inside: response)
        }
    }

    private mutating func walk(_ element: MarkupElement, inside response: MarkupElement?) throws(OLXProblemRefusal) {
        switch element.name {
        case "script": hasScript = true
        case "solution": solutions.append(element.innerHTML)
        case "solutionset": for child in element.elements { try walk(child, inside: response) }
        case "demandhint":
            hints += element.elements.filter { $0.name == "hint" }.map { text($0.innerHTML) }
        case "stringequalhint", "regexphint", "hintgroup": lose(.wrongTextFeedback)
        case "label", "description": try wrap(element, start: "<p>", end: "</p>", inside: response)
        case "clarification": try wrap(element, start: " (", end: ")", inside: response)
        case let name where Self.silent.contains(name): break
        case let name where Self.inputs.contains(name):
            guard let response else { break }
            if let label = element["label"], response.elements.allSatisfy({ $0.name != "label" }) {
                try wrap(MarkupElement(name: "p", children: [.text(label)]), start: "<p>", end: "</p>", inside: nil)
            }
            found.append(try OLXProblemInput(element, of: response, reader: &self))
            pieces.append("")
        case let name where name.hasSuffix("response"):
            if let reason = OLXProblemRefusal.Reason.refusing(element) {
                throw OLXProblemRefusal(reason, "line \(element.line): <\(name)>")
            }
            let before = found.count
            for child in element.children { try walk(child, inside: element) }
            if found.count == before {
                throw OLXProblemRefusal(.invalid, "line \(element.line): <\(name)> has no input")
            }
        default: try wrap(element, start: Self.startTag(element), end: "</\(element.name)>", inside: response)
        }
    }

    private mutating func wrap(
        _ element: MarkupElement,
        start: String,
        end: String,
        inside response: MarkupElement?
    ) throws(OLXProblemRefusal) {
        pieces[pieces.count - 1] += start
        for child in element.children { try walk(child, inside: response) }
        if !HTMLPolicy.voidElements.contains(element.name) { pieces[pieces.count - 1] += end }
    }

    private static func startTag(_ element: MarkupElement) -> String {
        var tag = "<\(element.name)"
        for attribute in element.attributes {
            tag += " \(attribute.name)=\""
            HTMLText.append(attribute.value.utf8, to: &tag, keepingReferences: false)
            tag += "\""
        }
        return tag + ">"
    }

    /// The first variable that a script would have to fill in: `$x` outside scripts.
    private static func variable(in element: MarkupElement) -> String? {
        if element.name == "script" { return nil }
        for attribute in element.attributes where attribute.name != "markdown" {
            if let name = variable(in: attribute.value) { return name }
        }
        for child in element.children {
            switch child {
            case .text(let text): if let name = variable(in: text) { return name }
            case .element(let inner): if let name = variable(in: inner) { return name }
            }
        }
        return nil
    }

    private static func variable(in text: String) -> String? {
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[dollar...].dropFirst()
            let name = (rest.first == "{" ? rest.dropFirst() : rest).prefix { $0.isASCII && $0.isLetter || $0 == "_" }
            if !name.isEmpty { return String(name) }
        }
        return nil
    }

    func text(_ markup: String) -> QuestionText {
        QuestionText(markup, sanitizer: sanitizer)
    }
}

extension OLXProblemReader {
    private mutating func question(
        _ input: OLXProblemInput,
        prompt markup: String,
        share count: Int
    ) throws(OLXProblemRefusal) -> QuestionContent {
        var prompt = text(markup)
        if prompt.isEmpty { prompt = text("<p>\(title)</p>") }
        return try valid(prompt, input.kind, points(portion: 1, of: count, inputs: 1), input.credit, input.order)
    }

    /// One question with a gap for each input.
    private mutating func blanks() throws(OLXProblemRefusal) -> QuestionContent {
        var markup = ""
        var gaps: [QuestionGap] = []
        for (index, input) in found.enumerated() {
            guard let key = input.kind.gapKey else { continue }
            markup += pieces[index].withoutMarks + QuestionGap.mark(index)
            gaps.append(QuestionGap(key))
        }
        markup += (pieces.last ?? "").withoutMarks
        return try valid(
            text(markup),
            .blanks(gaps),
            points(portion: 1, of: 1, inputs: found.count),
            .proportional,
            .fixed
        )
    }

    private func valid(
        _ prompt: QuestionText,
        _ kind: QuestionKind,
        _ points: Points,
        _ credit: QuestionScoring.PartialCredit,
        _ order: QuestionContent.OptionOrder
    ) throws(OLXProblemRefusal) -> QuestionContent {
        let solution = solutions.isEmpty ? nil : text(solutions.joined(separator: "\n"))
        do {
            return try QuestionContent(
                prompt: prompt,
                kind: kind,
                points: points,
                scoring: QuestionScoring(credit),
                optionOrder: order,
                feedback: QuestionFeedback(general: solution),
                hints: hints
            )
        } catch .invalid(let issues) {
            let places = issues.map { "\($0.field): \($0.code.rawValue)" }
            throw OLXProblemRefusal(.invalid, places.joined(separator: ", "))
        } catch {
            throw OLXProblemRefusal(.invalid, "")
        }
    }

    /// Each input is worth one point unless the problem has a weight, which all of them share.
    private func points(portion: Int, of count: Int, inputs: Int) -> Points {
        guard let weight = root["weight"].flatMap({ Points($0) }), weight >= .zero else { return Points(inputs) }
        return weight.portion(portion, of: count)
    }

    private var title: String {
        var title = ""
        HTMLText.append((root["display_name"] ?? root["url_name"] ?? "?").utf8, to: &title, keepingReferences: false)
        return title
    }
}

extension String {
    /// The text without what would be taken for the mark of a gap.
    fileprivate var withoutMarks: String { replacing("[[", with: "[ [") }
}

extension QuestionKind {
    /// The same key for a gap; `nil` if a gap cannot have it.
    fileprivate var gapKey: QuestionGap.Key? {
        switch self {
        case .singleChoice(let options): .choice(options)
        case .shortText(let key): .text(key)
        case .numeric(let key): .number(key)
        default: nil
        }
    }
}
