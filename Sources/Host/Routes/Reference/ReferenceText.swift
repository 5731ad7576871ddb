// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension Schema {
    /// What a person is told about a field.
    var phrase: String {
        switch self {
        case .text(let length, let format, _):
            "\(format ?? "text") of \(length.lowerBound)–\(length.upperBound) characters"
        case .integer(let range): "whole number \(range.lowerBound)–\(range.upperBound)"
        case .number(let range): "number \(range.lowerBound)–\(range.upperBound)"
        case .flag: "true or false"
        case .identifier(let entity): "\(entity) identifier"
        case .choice(let names): names.joined(separator: " | ")
        case .date: "time (RFC 3339)"
        case .money: "amount and currency"
        case .list(let element, let count): "list of \(count.lowerBound)–\(count.upperBound): \(element.phrase)"
        case .object(_, let fields): "{ \(fields.map(\.name).joined(separator: ", ")) }"
        case .anything: "any JSON"
        }
    }
}

extension String {
    /// The text as HTML shows it, in elements and in attributes.
    ///
    /// By scalars: some marks make one character of themselves and the `<` behind them (Unicode UAX #29, GB9b), which no browser does.
    var escaped: String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
