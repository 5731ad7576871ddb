// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Writes text and attribute values so that they can be nothing else.
enum HTMLText {
    /// Appends text with everything escaped that could begin markup or end a quoted value.
    ///
    /// Named references such as `&eacute;` stay as they are: in text they can only become text.
    static func append(_ text: some Collection<UInt8>, to output: inout String, keepingReferences isKeeping: Bool) {
        var run: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            let next = text.index(after: index)
            switch byte {
            case UInt8(ascii: "<"): run += "&lt;".utf8
            case UInt8(ascii: ">"): run += "&gt;".utf8
            case UInt8(ascii: "\""): run += "&quot;".utf8
            case UInt8(ascii: "&"):
                if isKeeping, let end = endOfReference(text[next...]) {
                    run += text[index..<end]
                    index = end
                    continue
                }
                run += "&amp;".utf8
            case 0x0D: if next == text.endIndex || text[next] != 0x0A { run.append(0x0A) }
            case 0x09, 0x0A, 0x20...0x7E, 0x80...: run.append(byte)
            default: break  // control characters mean nothing in text
            }
            index = next
        }
        output += String(decoding: run, as: UTF8.self)
    }

    /// Replaces numbers and the references that matter in an address; leaves all others as they are written.
    static func decode(_ value: String) -> String {
        guard value.utf8.contains(UInt8(ascii: "&")) else { return value }
        var result = ""
        var rest = Substring(value)
        while let ampersand = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<ampersand]
            let after = rest[rest.utf8.index(after: ampersand)...]
            if let (scalar, end) = reference(after) {
                result.unicodeScalars.append(scalar)
                rest = after[end...]
            } else {
                result += "&"
                rest = after
            }
        }
        return result + rest
    }

    /// Replaces the numbers in text, which browsers accept with and without a semicolon, and leaves names.
    static func decodeNumbers(_ text: String) -> String {
        guard text.contains("&#") else { return text }
        var result = ""
        var rest = Substring(text)
        while let ampersand = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<ampersand]
            let after = rest[rest.utf8.index(after: ampersand)...]
            if after.utf8.first == UInt8(ascii: "#"), let (scalar, end) = reference(after) {
                // What it stands for must not be taken for markup, nor for the start of another reference.
                result += named[scalar] ?? String(scalar)
                rest = after[end...]
            } else {
                result += "&"
                rest = after
            }
        }
        return result + rest
    }

    private static let named: [Unicode.Scalar: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]

    private static func endOfReference<Text: Collection<UInt8>>(_ text: Text) -> Text.Index? {
        var count = 0
        var index = text.startIndex
        while index < text.endIndex, count <= 32 {
            let byte = text[index]
            if byte == UInt8(ascii: ";") { return count > 0 ? text.index(after: index) : nil }
            guard byte.isASCIILetter || count > 0 && byte.isDigitByte else { return nil }
            index = text.index(after: index)
            count += 1
        }
        return nil
    }

    private static func reference(_ text: Substring) -> (Unicode.Scalar, Substring.Index)? {
        if text.utf8.first == UInt8(ascii: "#") {
            let isHexadecimal = text.utf8.dropFirst().first?.asciiLowercased == UInt8(ascii: "x")
            let digits = text.utf8.dropFirst(isHexadecimal ? 2 : 1).prefix {
                isHexadecimal ? $0.isHexDigitByte : $0.isDigitByte
            }
            guard !digits.isEmpty else { return nil }
            let number = UInt32(String(digits) ?? "", radix: isHexadecimal ? 16 : 10)
            let end =
                digits.endIndex < text.endIndex && text.utf8[digits.endIndex] == UInt8(ascii: ";")
                ? text.utf8.index(after: digits.endIndex) : digits.endIndex
            return (number.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) } ?? "\u{FFFD}", end)
        }
        for (name, scalar) in names where text.utf8.starts(with: name.utf8) {
            return (scalar, text.utf8.index(text.startIndex, offsetBy: name.utf8.count))
        }
        return nil
    }

    private static let names: [(String, Unicode.Scalar)] = [
        ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"), ("colon;", ":"), ("Tab;", "\t"),
        ("NewLine;", "\n"), ("nbsp;", "\u{A0}"), ("sol;", "/"), ("num;", "#"), ("quest;", "?"), ("lpar;", "("),
        ("rpar;", ")"), ("period;", "."), ("amp", "&"),
    ]
}

extension UInt8 {
    fileprivate var isDigitByte: Bool { (0x30...0x39).contains(self) }
    fileprivate var isHexDigitByte: Bool { isDigitByte || (0x61...0x66).contains(asciiLowercased) }
}
