// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Makes texts fit to be drawn, whoever wrote them.
public enum CertificateText {
    /// One line without what could disturb its neighbors or pretend another order of its letters.
    ///
    /// Control characters, line breaks and runs of blanks become one blank. Characters that steer the direction of text
    /// (embeddings, overrides and isolates; UAX #9 §2) are removed, and so are noncharacters, tags, byte order marks and
    /// what hides text; marks for a single place (U+200E, U+200F, U+061C) and joiners stay, because names need them. Of
    /// combining marks in a row, as many stay as writing uses (6).
    ///
    /// - Parameter text: A text as somebody typed it.
    /// - Returns: The text as it is drawn; empty if nothing visible remains.
    public static func cleaned(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var marks = 0
        var owesBlank = false
        var isVisible = false
        for scalar in text.unicodeScalars {
            switch Kind(scalar) {
            case .blank:
                owesBlank = !line.isEmpty
                marks = 0
                continue
            case .removed: continue
            case .mark:
                marks += 1
                if marks > markLimit { continue }
            case .joiner: break
            case .visible:
                marks = 0
                isVisible = true
            }
            if owesBlank {
                line.append(" ")
                owesBlank = false
            }
            line.append(scalar)
        }
        return isVisible ? String(line) : ""
    }

    /// The most combining marks that stay on one letter.
    static let markLimit = 6

    static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 35, let first = parts.first, (2...8).contains(first.count) else { return false }
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        let both = letters.union("0123456789".utf8)
        return first.allSatisfy(letters.contains)
            && parts.allSatisfy { (1...8).contains($0.count) && $0.allSatisfy(both.contains) }
    }

    static func isAddress(_ text: String) -> Bool {
        let rest =
            text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
        let forbidden = Array("\"'()<>\\^`{|}".utf8)
        return !rest.isEmpty && text.utf8.count <= 300
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !forbidden.contains($0) }
    }

    private enum Kind {
        case blank, removed, mark, joiner, visible

        init(_ scalar: Unicode.Scalar) {
            if scalar.properties.isNoncharacterCodePoint {
                self = .removed
                return
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: self = .blank
            case .nonspacingMark, .enclosingMark: self = .mark
            case .format:
                switch scalar.value {
                case 0x061C, 0x200B...0x200F: self = .joiner
                // Signs that are drawn although they count as format characters, of Arabic, Syriac and Kaithi.
                case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD: self = .visible
                default: self = .removed
                }
            default: self = scalar.properties.isDefaultIgnorableCodePoint ? .joiner : .visible
            }
        }
    }
}
