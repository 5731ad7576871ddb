// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Character references of XML 1.0 §4.1: the five predefined entities and numbers.
enum References {
    /// The reference that cannot be replaced.
    struct Unknown: Error { let name: String }

    static func resolve(_ text: String) throws(Unknown) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = Substring(text)
        // By bytes: a combining mark after `;` would make one Character of the two.
        while let ampersand = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
            result += rest[..<ampersand]
            let after = rest[rest.utf8.index(after: ampersand)...]
            guard let end = after.utf8.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let character = character(after[..<end])
            else { throw Unknown(name: String(after.unicodeScalars.prefix(12))) }
            result.unicodeScalars.append(character)
            rest = after[after.utf8.index(after: end)...]
        }
        return result + rest
    }

    /// What a reference stands for.
    ///
    /// - Parameter name: Without `&` and `;`.
    /// - Returns: `nil` if it is unknown, or a character that XML does not allow.
    static func character(_ name: Substring) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        default: number(name)
        }
    }

    private static func number(_ name: Substring) -> Unicode.Scalar? {
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, value >= 0x20 || [9, 10, 13].contains(value) else { return nil }
        return Unicode.Scalar(value)
    }
}
