// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Makes markup of an author harmless: keeps an allow-list of elements, attributes and addresses, and drops the rest.
///
/// The result is written anew from what was understood, with all text escaped and every element closed. It holds no
/// element whose content a browser reads by other rules (`script`, `style`, `svg`, `math`, `template`, `noscript`,
/// `textarea` …), so no second reading can find in it what the first did not (mutation XSS). Sanitizing the result again
/// changes nothing.
public struct HTMLSanitizer: Sendable {
    /// The most bytes that are read as markup; longer input is kept as plain text.
    public static let sizeLimit = 4_000_000
    /// How deep elements may nest; deeper ones are dropped and their content kept.
    public static let depthLimit = 100
    private let rewrite: @Sendable (String) -> String?

    /// Makes a sanitizer.
    ///
    /// - Parameter rewrite: Returns another address for one that markup names, or `nil` to keep it. What it returns is
    ///   checked like any other address.
    public init(rewritingAddresses rewrite: @escaping @Sendable (String) -> String? = { _ in nil }) {
        self.rewrite = rewrite
    }

    /// Makes markup harmless.
    ///
    /// - Parameter html: Any text.
    /// - Returns: A well-formed fragment of HTML.
    public func sanitize(_ html: String) -> String {
        guard html.utf8.count <= Self.sizeLimit else {
            var text = ""
            HTMLText.append(html.utf8, to: &text, keepingReferences: true)
            return text
        }
        var tokens = HTMLTokenizer(html)
        var writer = HTMLWriter(rewrite: rewrite)
        while let token = tokens.next() {
            switch token {
            case .text(let text): writer.text(String(Substring(text)))
            case .end(let name): writer.end(name)
            case .start(let name, let attributes):
                if name == "plaintext" { return writer.finish() }
                if HTMLPolicy.droppedText.contains(name) {
                    tokens.skipText(of: name)
                } else if HTMLPolicy.droppedMarkup.contains(name) {
                    Self.skip(name, in: &tokens)
                } else {
                    writer.start(name, attributes)
                }
            }
        }
        return writer.finish()
    }

    /// Returns the text of markup, for places that show none.
    ///
    /// - Parameter html: Any text.
    /// - Returns: The text with single spaces, its references replaced.
    public static func text(of html: String) -> String {
        var tokens = HTMLTokenizer(html)
        var words = ""
        while let token = tokens.next() {
            switch token {
            case .text(let text): words += String(Substring(text))
            case .start(let name, _) where HTMLPolicy.droppedText.contains(name): tokens.skipText(of: name)
            case .start(let name, _) where HTMLPolicy.blocks.contains(name) || name == "br" || name == "li":
                words += " "
            case .end(let name) where HTMLPolicy.blocks.contains(name): words += " "
            default: break
            }
        }
        return HTMLText.decode(words).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Steps over an element with all it holds.
    private static func skip(_ name: String, in tokens: inout HTMLTokenizer) {
        var depth = 1
        while depth > 0, let token = tokens.next() {
            switch token {
            case .start(name, _): depth += 1
            case .end(name): depth -= 1
            case .start(let inner, _) where HTMLPolicy.droppedText.contains(inner): tokens.skipText(of: inner)
            default: break
            }
        }
    }
}
