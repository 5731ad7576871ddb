// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Cuts markup into tags and text as HTML §13.2.5 does, leniently: every input is some sequence of tokens.
///
/// Nothing rests on its agreeing with a browser: what leaves the sanitizer is written anew and holds only what the policy
/// allows, with all text escaped.
struct HTMLTokenizer {
    enum Token: Equatable {
        case text(Substring.UTF8View)
        case start(name: String, attributes: [(name: String, value: String)])
        case end(name: String)

        static func == (left: Token, right: Token) -> Bool {
            switch (left, right) {
            case (.text(let a), .text(let b)): a.elementsEqual(b)
            case (.end(let a), .end(let b)): a == b
            case (.start(let a, _), .start(let b, _)): a == b
            default: false
            }
        }
    }

    private static let attributeLimit = 100
    private let input: String.UTF8View
    private let text: String
    private var position: String.Index

    init(_ text: String) {
        self.text = text
        input = text.utf8
        position = text.startIndex
    }

    /// The next tag or run of text; `nil` at the end.
    mutating func next() -> Token? {
        while position < input.endIndex {
            guard input[position] == UInt8(ascii: "<") else { return textRun(from: position) }
            let tag = position
            let following = byte(after: 1)
            switch following {
            case let letter? where letter.isASCIILetter:
                position = input.index(after: position)
                if let token = startTag() { return token }
            case UInt8(ascii: "/"):
                if let letter = byte(after: 2), letter.isASCIILetter {
                    position = input.index(position, offsetBy: 2)
                    if let token = endTag() { return token }
                } else {
                    skip(through: ">")
                }
            case UInt8(ascii: "!"):
                position = input.index(position, offsetBy: 2)
                skipDeclaration()
            case UInt8(ascii: "?"):
                skip(through: ">")
            default:
                position = input.index(after: position)
                return textRun(from: tag)
            }
        }
        return nil
    }

    /// Steps over the text of an element such as `script` and its end tag; to the end if there is none.
    mutating func skipText(of name: String) {
        while let tag = input[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = tag
            let rest = input[tag...].dropFirst()
            if rest.first == UInt8(ascii: "/"),
                rest.dropFirst().prefix(name.utf8.count).map(\.asciiLowercased) == Array(name.utf8)
            {
                let end = rest.dropFirst(name.utf8.count + 1).first
                if end == nil || end == UInt8(ascii: ">") || end == UInt8(ascii: "/") || end?.isHTMLSpace == true {
                    return skip(through: ">")
                }
            }
            position = input.index(after: tag)
        }
        position = input.endIndex
    }

    private func byte(after offset: Int) -> UInt8? {
        guard let index = input.index(position, offsetBy: offset, limitedBy: input.endIndex), index < input.endIndex
        else {
            return nil
        }
        return input[index]
    }

    private mutating func textRun(from start: String.Index) -> Token {
        position = input[position...].firstIndex(of: UInt8(ascii: "<")) ?? input.endIndex
        return .text(text[start..<position].utf8)
    }

    private mutating func skip(through end: Character) {
        let index = input[position...].firstIndex(of: end.asciiValue ?? 0)
        position = index.map { input.index(after: $0) } ?? input.endIndex
    }

    /// After `<!`: a comment up to `-->` (or `--!>`, `>` at once), or anything else up to `>`.
    private mutating func skipDeclaration() {
        guard input[position...].starts(with: "--".utf8) else { return skip(through: ">") }
        let body = input.index(position, offsetBy: 2)
        position = body
        if input[body...].starts(with: ">".utf8) || input[body...].starts(with: "->".utf8) { return skip(through: ">") }
        while let dash = input[position...].firstIndex(of: UInt8(ascii: "-")) {
            position = input.index(after: dash)
            if input[dash...].starts(with: "-->".utf8) || input[dash...].starts(with: "--!>".utf8) {
                return skip(through: ">")
            }
        }
        position = input.endIndex
    }

    private mutating func name(isEnd: (UInt8) -> Bool) -> String {
        let start = position
        position = input[position...].firstIndex(where: isEnd) ?? input.endIndex
        return String(decoding: input[start..<position].map(\.asciiLowercased), as: UTF8.self)
    }

    private mutating func endTag() -> Token? {
        let name = name { $0.isHTMLSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }
        guard attributes() != nil else { return nil }
        return .end(name: name)
    }

    private mutating func startTag() -> Token? {
        let name = name { $0.isHTMLSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }
        guard let attributes = attributes() else { return nil }
        return .start(name: name, attributes: attributes)
    }

    /// The attributes up to `>`; `nil` if the input ends first, which drops the tag.
    private mutating func attributes() -> [(name: String, value: String)]? {
        var found: [(name: String, value: String)] = []
        while true {
            position = input[position...].firstIndex { !$0.isHTMLSpace && $0 != UInt8(ascii: "/") } ?? input.endIndex
            guard position < input.endIndex else { return nil }
            if input[position] == UInt8(ascii: ">") {
                position = input.index(after: position)
                return found
            }
            let first = position
            position = input.index(after: position)  // a leading `=` is part of the name
            let rest = name {
                $0.isHTMLSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "=")
            }
            let name = String(decoding: [input[first].asciiLowercased], as: UTF8.self) + rest
            guard let value = value() else { return nil }
            if found.count < Self.attributeLimit, !found.contains(where: { $0.name == name }) {
                found.append((name, value))
            }
        }
    }

    private mutating func value() -> String? {
        let afterSpace = input[position...].firstIndex { !$0.isHTMLSpace } ?? input.endIndex
        guard afterSpace < input.endIndex else { return nil }
        guard input[afterSpace] == UInt8(ascii: "=") else { return "" }
        position = input[input.index(after: afterSpace)...].firstIndex { !$0.isHTMLSpace } ?? input.endIndex
        guard position < input.endIndex else { return nil }
        let quote = input[position]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = input.index(after: position)
            guard let end = input[start...].firstIndex(of: quote) else {
                position = input.endIndex
                return nil
            }
            position = input.index(after: end)
            return String(text[start..<end])
        }
        let start = position
        position = input[position...].firstIndex { $0.isHTMLSpace || $0 == UInt8(ascii: ">") } ?? input.endIndex
        return String(text[start..<position])
    }
}

extension UInt8 {
    var isHTMLSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) && self != 0x0B }
    var isASCIILetter: Bool { (0x61...0x7A).contains(asciiLowercased) }
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
