// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Markup that learners see in a question, made harmless.
public struct QuestionText: Sendable, Hashable, Comparable {
    /// The sanitized markup.
    public let html: String

    /// Makes an author's markup harmless.
    ///
    /// - Parameters:
    ///   - markup: Any text.
    ///   - sanitizer: Makes it harmless.
    public init(_ markup: String, sanitizer: HTMLSanitizer = HTMLSanitizer()) {
        html = sanitizer.sanitize(markup)
    }

    /// Takes up what was sanitized before it was stored.
    init(stored html: String) {
        self.html = html
    }

    /// Whether a reader would see and hear nothing.
    public var isEmpty: Bool {
        if !HTMLSanitizer.text(of: html).isEmpty { return false }
        return !["<img ", "<audio ", "<video "].contains { html.contains($0) }
    }

    /// Orders by markup.
    public static func < (left: QuestionText, right: QuestionText) -> Bool { left.html < right.html }
}

extension QuestionText: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.appendString(html) }
}

/// A part of a question that an answer can name: an option, an item to order, a gap.
public struct QuestionItem: Sendable, Hashable {
    /// What an answer names it by.
    public let id: ID
    /// What learners see.
    public let text: QuestionText

    /// Makes a part.
    ///
    /// - Parameters:
    ///   - id: What an answer names it by; a new one unless said.
    ///   - text: What learners see.
    public init(id: ID = .random(), text: QuestionText) {
        self.id = id
        self.text = text
    }
}

extension QuestionItem {
    /// The name of a part of a question.
    ///
    /// It is 64 random bits: neither it nor the order of several of them tells anything about the key. It stays when the
    /// key or the text is edited, so that answers can be graded again.
    public struct ID: Sendable, Hashable, Comparable {
        /// The 64 bits.
        public let bits: UInt64

        /// Takes up an identifier.
        ///
        /// - Parameter bits: The 64 bits.
        public init(bits: UInt64) {
            self.bits = bits
        }

        /// Parses 16 hexadecimal digits in lower case.
        ///
        /// - Parameter text: The text as it came from outside.
        public init?(_ text: String) {
            guard text.utf8.count == 16, text.utf8.allSatisfy(\.isLowercaseHexadecimal),
                let bits = UInt64(text, radix: 16)
            else { return nil }
            self.bits = bits
        }

        /// Draws a new identifier.
        ///
        /// - Returns: An identifier.
        public static func random() -> ID {
            var generator = SystemRandomNumberGenerator()
            return ID(bits: generator.next())
        }

        /// Orders by bits, which says nothing about the question.
        public static func < (left: ID, right: ID) -> Bool { left.bits < right.bits }
    }
}

extension QuestionItem.ID: CustomStringConvertible, JSONWritable {
    /// 16 hexadecimal digits in lower case.
    public var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.appendString(description) }
}

extension UInt8 {
    fileprivate var isLowercaseHexadecimal: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}
