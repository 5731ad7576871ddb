// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Which fonts draw a text; what one of them lacks the next one has.
enum Typeface {
    case serif, sans

    /// The families in the order in which they are asked for a character, as pango takes them.
    ///
    /// Arabic with serifs is Amiri, because poppler reads the letters of Noto Naskh Arabic in a wrong order: it composes
    /// lam-alef of two glyphs of which one has no width.
    func families(for language: String) -> String {
        let own: [String]
        switch self {
        case .serif: own = ["Noto Serif", "Amiri"] + Self.serifScripts.map { "Noto Serif \($0)" }
        case .sans: own = ["Noto Sans", "Noto Sans Arabic"] + Self.sansScripts.map { "Noto Sans \($0)" }
        }
        let ideographs = (self == .serif ? "Noto Serif CJK " : "Noto Sans CJK ") + Self.region(of: language)
        return (own + [ideographs]).joined(separator: ",")
    }

    private static let serifScripts = [
        "Hebrew", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Sinhala", "Tamil", "Telugu",
        "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Armenian", "Georgian", "Tibetan",
    ]
    private static let sansScripts = [
        "Hebrew", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Sinhala", "Tamil", "Telugu",
        "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Armenian", "Georgian",
    ]

    /// Whose form of Han characters a language uses.
    private static func region(of language: String) -> String {
        let parts = language.lowercased().split(separator: "-")
        switch parts.first {
        case "ja": return "JP"
        case "ko": return "KR"
        case "zh" where parts.contains("hk") || parts.contains("mo"): return "HK"
        case "zh" where parts.contains("tw") || parts.contains("hant"): return "TC"
        default: return "SC"
        }
    }
}
