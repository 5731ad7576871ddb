// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The key of a numerical response.
struct OLXProblemNumber {
    /// What Open edX allows where a problem says nothing: 0.001 %.
    private static let defaultTolerance = "0.001%"
    let response: MarkupElement

    init(_ response: MarkupElement) {
        self.response = response
    }

    func key(_ reader: OLXProblemReader) throws(OLXProblemRefusal) -> NumericKey {
        let answer = (response["answer"] ?? "").strippedOfBlanks
        let parameters = response.elements.filter { $0.name == "responseparam" }
        let given = parameters.first { $0["type"] == "tolerance" }?["default"] ?? Self.defaultTolerance
        let tolerance = try Self.tolerance(given, times: .one)
        let styles = (response["partial_credit"] ?? "").lowercased().split(separator: ",").map {
            String($0).strippedOfBlanks
        }
        var accepted = [AcceptedNumber(try rule(answer, tolerance), feedback: hint(response, reader))]
        for element in response.elements where element.name == "additional_answer" {
            let text = (element["answer"] ?? "").strippedOfBlanks
            accepted.append(AcceptedNumber(try rule(text, tolerance), feedback: hint(element, reader)))
        }
        if styles.contains("list") {
            let list = parameters.compactMap { $0["partial_answers"] }.first ?? ""
            for text in list.split(separator: ",") {
                accepted.append(AcceptedNumber(try rule(String(text).strippedOfBlanks, tolerance), credit: .half))
            }
        }
        if styles.contains("close"), case .near(let value, _) = accepted[0].rule {
            let range = parameters.compactMap { $0["partial_range"] }.first ?? "2"
            guard let factor = ExactDecimal(range) else { throw OLXProblemRefusal(.expression, range) }
            accepted.append(AcceptedNumber(.near(value, try Self.tolerance(given, times: factor)), credit: .half))
        }
        return NumericKey(accepted)
    }

    private func hint(_ element: MarkupElement, _ reader: OLXProblemReader) -> QuestionText? {
        element.elements.first { $0.name == "correcthint" }.map { reader.text($0.innerHTML.strippedOfBlanks) }
    }

    /// A number, or a range such as `[5,7)`; an expression is for a calculator, which we do not have.
    private func rule(
        _ text: String,
        _ tolerance: AcceptedNumber.Tolerance
    ) throws(OLXProblemRefusal) -> AcceptedNumber.Rule {
        if let first = text.first, let last = text.last, "[(".contains(first), "])".contains(last) {
            let ends = text.dropFirst().dropLast().split(separator: ",").map { ExactDecimal(String($0)) }
            guard ends.count == 2, let low = ends[0], let high = ends[1] else {
                throw OLXProblemRefusal(.expression, text)
            }
            return .between(
                first == "[" ? .including(low) : .excluding(low),
                last == "]" ? .including(high) : .excluding(high)
            )
        }
        guard let value = ExactDecimal(text) else {
            throw OLXProblemRefusal(text.contains("$") ? .script : .expression, text)
        }
        return .near(value, tolerance)
    }

    private static func tolerance(
        _ text: String,
        times factor: ExactDecimal
    ) throws(OLXProblemRefusal) -> AcceptedNumber.Tolerance {
        let isRelative = text.strippedOfBlanks.hasSuffix("%")
        guard let amount = ExactDecimal(isRelative ? String(text.strippedOfBlanks.dropLast()) : text) else {
            throw OLXProblemRefusal(text.contains("$") ? .script : .expression, text)
        }
        return isRelative ? .relative(amount * factor * .hundredth) : .absolute(amount * factor)
    }
}
