// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// One kind of refusal: a stable code, its status and what it means in every language.
///
/// Each feature declares its own in `<Feature>Error+HTTP.swift`; those that any route can give are in `ProblemCode+General.swift`.
struct ProblemCode: Sendable {
    /// The stable name in UPPER_SNAKE; clients decide by it.
    let name: String
    let status: HTTPStatus
    let title: LocalizedText

    init(_ name: StaticString, _ status: HTTPStatus, en: String, es: String, ar: String) {
        self.name = name.description
        self.status = status
        title = LocalizedText(en: en, es: es, ar: ar)
    }

    /// The `type` of RFC 9457: a name that is never resolved.
    var type: String { "urn:lms:problem:" + name.lowercased().split(separator: "_").joined(separator: "-") }
}

extension ProblemCode: Hashable {
    static func == (left: ProblemCode, right: ProblemCode) -> Bool { left.name == right.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
