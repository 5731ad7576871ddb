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
    /// The text as HTML shows it.
    var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
