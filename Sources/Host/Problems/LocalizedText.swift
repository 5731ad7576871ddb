// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A text in every language the platform speaks.
struct LocalizedText: Sendable, Hashable {
    let english: String
    let spanish: String
    let arabic: String

    init(en: String, es: String, ar: String) {
        english = en
        spanish = es
        arabic = ar
    }

    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .spanish: spanish
        case .arabic: arabic
        }
    }
}

extension Language {
    /// The best match for an `Accept-Language` (RFC 9110 §12.5.4); `nil` if it names none of ours.
    init?(accepting header: String) {
        var best: (language: Language, weight: Double)?
        for range in header.prefix(256).split(separator: ",") {
            let parts = range.split(separator: ";")
            guard let tag = parts.first?.trimmingBlanks.lowercased(),
                let language = Language(rawValue: String(tag.prefix { $0 != "-" }))
            else { continue }
            let weight = parts.dropFirst().first.flatMap(Language.weight) ?? 1
            if weight > 0, weight > best?.weight ?? 0 { best = (language, weight) }
        }
        guard let best else { return nil }
        self = best.language
    }

    private static func weight(_ parameter: Substring) -> Double? {
        let text = parameter.trimmingBlanks
        return text.hasPrefix("q=") ? Double(text.dropFirst(2)) : nil
    }
}

extension Substring {
    var trimmingBlanks: Substring {
        var trimmed = drop { $0 == " " || $0 == "\t" }
        while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
        return trimmed
    }
}
