// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
public import LMSTenancy

/// A name in an address: letters and digits of any script, lower-cased and in NFC, joined by single dashes.
public struct Slug: Sendable, Hashable, CustomStringConvertible {
    /// 1–255 characters.
    public let description: String

    /// A slug to show in examples.
    public static let example = Slug(known: "introduction-to-swift")

    /// Parses a slug that somebody chose; it must already be in the form that `init(from:)` makes.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        guard let made = Slug(from: text), made.description.unicodeScalars.elementsEqual(text.unicodeScalars) else {
            return nil
        }
        self = made
    }

    /// Makes a slug from a title, in whatever script it is; there is none for a title without letters and digits.
    ///
    /// - Parameter title: Any text; what is neither letter, digit nor mark separates words.
    public init?(from title: String) {
        var text = ""
        var pendingDash = false
        for scalar in title.precomposedStringWithCanonicalMapping.lowercased()
            .precomposedStringWithCanonicalMapping.unicodeScalars
        {
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
                if pendingDash, !text.isEmpty { text.append("-") }
                pendingDash = false
                text.unicodeScalars.append(scalar)
            case .nonspacingMark, .spacingMark:
                // Vowel signs belong to the letter before them: without them a Hindi title is not a word.
                if !text.isEmpty, !pendingDash { text.unicodeScalars.append(scalar) }
            case .format: continue  // joiners and direction marks are invisible
            default: pendingDash = true
            }
        }
        guard !text.isEmpty else { return nil }
        description = Slug.cut(text, to: 255)
    }

    /// The slug with a suffix, for a title that another course has too.
    ///
    /// - Parameter suffix: ASCII letters and digits.
    /// - Returns: At most 255 characters.
    func suffixed(_ suffix: String) -> Slug {
        Slug(known: Slug.cut(description, to: 254 - suffix.count) + "-" + suffix)
    }

    private init(known: String) {
        description = known
    }

    /// Cuts by scalars, which is how PostgreSQL counts, and leaves no dash at the end.
    private static func cut(_ text: String, to length: Int) -> String {
        var scalars = Array(text.unicodeScalars.prefix(length))
        while scalars.last == "-" { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}

extension Slug: DatabaseConvertible {
    /// `text`.
    public static var databaseType: DatabaseType { .text }
    /// The slug as text.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a slug that was stored.
    public init(column: Column) throws(DatabaseError) {
        self.init(known: try String(column: column))
    }
}
