// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// One input of a problem with its key.
struct OLXProblemInput {
    let kind: QuestionKind
    let credit: QuestionScoring.PartialCredit
    let order: QuestionContent.OptionOrder
    /// Whether it stands in a line of text: a dropdown, a word or a number.
    let fitsGap: Bool

    init(
        _ input: MarkupElement,
        of response: MarkupElement,
        reader: inout OLXProblemReader
    ) throws(OLXProblemRefusal) {
        order = input["shuffle"]?.lowercased() == "true" ? .shuffled : .fixed
        if input["answer-pool"].map({ $0 != "0" }) ?? false { reader.lose(.optionDrawing) }
        fitsGap = ["optionresponse", "stringresponse", "numericalresponse"].contains(response.name)
        switch response.name {
        case "optionresponse":
            kind = .singleChoice(try Self.dropdown(input, &reader))
            credit = .byAnswer
        case "multiplechoiceresponse":
            kind = .singleChoice(Self.onlyKey(Self.choices(of: input, &reader)))
            credit = .byAnswer
        case "choiceresponse", "truefalseresponse":
            let options = Self.choices(of: input, &reader)
            let key = response.name == "truefalseresponse" ? Self.truth(options) : nil
            kind = key.map { .trueFalse($0) } ?? .multipleChoice(options)
            credit = key == nil ? Self.credit(response) : .allOrNothing
        case "numericalresponse":
            kind = .numeric(try OLXProblemNumber(response).key(reader))
            credit = .byAnswer
        default:
            kind = .shortText(Self.shortText(response, &reader))
            credit = .allOrNothing
        }
    }

    private static func credit(_ response: MarkupElement) -> QuestionScoring.PartialCredit {
        switch response["partial_credit"]?.lowercased() {
        case "edc": .proportional
        case "halves": .halves
        default: .allOrNothing
        }
    }

    private static func choices(of input: MarkupElement, _ reader: inout OLXProblemReader) -> [ChoiceOption] {
        if input.elements.contains(where: { $0.name == "compoundhint" }) { reader.lose(.combinedFeedback) }
        var options: [ChoiceOption] = []
        for choice in input.elements where choice.name == "choice" {
            if choice["fixed"]?.lowercased() == "true", input["shuffle"]?.lowercased() == "true" {
                reader.lose(.optionDrawing)
            }
            options.append(option(choice, hint: "choicehint", &reader))
        }
        return options
    }

    private static func option(
        _ element: MarkupElement,
        hint name: String,
        _ reader: inout OLXProblemReader
    ) -> ChoiceOption {
        let hints = element.elements.filter { $0.name == name }
        if hints.contains(where: { $0["selected"]?.lowercased() == "false" }) { reader.lose(.combinedFeedback) }
        let hint = hints.first { $0["selected"]?.lowercased() != "false" }
        var seen = element
        seen.children.removeAll { if case .element(let inner) = $0 { inner.name == name } else { false } }
        return ChoiceOption(
            QuestionItem(text: reader.text(seen.innerHTML.strippedOfBlanks)),
            standing(element),
            feedback: hint.map { reader.text($0.innerHTML.strippedOfBlanks) }
        )
    }

    private static func standing(_ element: MarkupElement) -> ChoiceOption.Standing {
        switch element["correct"]?.lowercased() {
        case "true": .correct
        case "partial":
            // Open edX gives a half where no value is said.
            .partly(
                element["point_value"].flatMap { Points($0) }.flatMap { Credit(millionths: $0.millionths) } ?? .half
            )
        default: .wrong
        }
    }

    /// Open edX takes any of several right options where only one can be chosen: the others earn everything, too.
    private static func onlyKey(_ options: [ChoiceOption]) -> [ChoiceOption] {
        let first = options.firstIndex(where: \.isCorrect)
        return options.enumerated().map { index, option in
            option.isCorrect && index != first
                ? ChoiceOption(option.item, .partly(.full), feedback: option.feedback) : option
        }
    }

    /// The key of a question whose options are True and False.
    private static func truth(_ options: [ChoiceOption]) -> Bool? {
        let texts = options.map { HTMLSanitizer.text(of: $0.item.text.html).lowercased() }
        guard Set(texts) == ["true", "false"], texts.count == 2, options.count(where: \.isCorrect) == 1 else {
            return nil
        }
        return texts[options[0].isCorrect ? 0 : 1] == "true"
    }

    private static func dropdown(
        _ input: MarkupElement,
        _ reader: inout OLXProblemReader
    ) throws(OLXProblemRefusal) -> [ChoiceOption] {
        guard let list = input["options"] else {
            var options: [ChoiceOption] = []
            for element in input.elements where element.name == "option" {
                options.append(option(element, hint: "optionhint", &reader))
            }
            return onlyKey(options)
        }
        let key = input["correct"]?.strippedOfBlanks
        return OLXOptionList.texts(list).map { text in
            var markup = ""
            HTMLText.append(text.utf8, to: &markup, keepingReferences: true)
            return ChoiceOption(QuestionItem(text: reader.text(markup)), text == key ? .correct : .wrong)
        }
    }

    private static func shortText(_ response: MarkupElement, _ reader: inout OLXProblemReader) -> ShortTextKey {
        let flags = (response["type"] ?? "").lowercased().split(separator: " ")
        let isPattern = flags.contains("regexp")
        func accepted(_ text: String, _ element: MarkupElement?) -> AcceptedText {
            let hint = element?.elements.first { $0.name == "correcthint" }
            return AcceptedText(
                isPattern ? .pattern(text) : .text(text),
                feedback: hint.map { reader.text($0.innerHTML.strippedOfBlanks) }
            )
        }
        let answer = response["answer"] ?? ""
        // The oldest form names several answers in one attribute, and never as expressions.
        if answer.lowercased().contains("_or_") {
            let texts = answer.replacing("_OR_", with: "_or_").split(separator: "_or_")
            return ShortTextKey(
                texts.map { AcceptedText(.text(String($0).strippedOfBlanks)) },
                letters: flags.contains("ci") ? .anyCase : .sameCase
            )
        }
        var all = [accepted(answer.strippedOfBlanks, response)]
        for element in response.elements where element.name == "additional_answer" {
            all.append(
                accepted((element["answer"] ?? HTMLSanitizer.text(of: element.innerHTML)).strippedOfBlanks, element)
            )
        }
        return ShortTextKey(all, letters: flags.contains("ci") ? .anyCase : .sameCase)
    }
}

/// The options of an old dropdown: `('one','two')`.
enum OLXOptionList {
    static func texts(_ list: String) -> [String] {
        let characters = Array(list)
        var texts: [String] = []
        var current: String?
        for (index, character) in characters.enumerated() {
            guard character == "'" else {
                current?.append(character)
                continue
            }
            guard var text = current else {
                current = ""
                continue
            }
            // A quote between letters, or behind a backslash, is an apostrophe.
            let next = index + 1 < characters.count ? characters[index + 1] : nil
            if text.last == "\\" || text.last?.isLetter == true && next?.isLetter == true {
                if text.last == "\\" { text.removeLast() }
                current = text + "'"
            } else {
                texts.append(text)
                current = nil
            }
        }
        return texts
    }
}

extension String {
    /// The text without white space at its ends.
    var strippedOfBlanks: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
