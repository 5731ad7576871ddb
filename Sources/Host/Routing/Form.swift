// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// `application/x-www-form-urlencoded`, which is also the form of a query (WHATWG URL §5).
enum Form {
    /// More pairs than any route reads.
    static let limit = 200

    /// Parses pairs; values of a repeated name become one list.
    ///
    /// - Parameter bytes: The text as it was sent.
    /// - Returns: Texts, or lists of texts, by name.
    /// - Throws: `.malformedPath` for a broken percent sequence, bad UTF-8 or too many pairs.
    static func parse(_ bytes: [UInt8]) throws(Problem) -> [JSONMember] {
        var members: [JSONMember] = []
        guard !bytes.isEmpty else { return members }
        for (count, pair) in bytes.split(separator: UInt8(ascii: "&")).enumerated() {
            guard count < limit else { throw Problem(.malformedPath) }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try decode(pair[..<equals])
            let value = JSONValue.string(equals < pair.endIndex ? try decode(pair[(equals + 1)...]) : "")
            guard let index = members.firstIndex(where: { $0.name == name }) else {
                members.append(JSONMember(name: name, value: value))
                continue
            }
            var values = [members[index].value]
            if case .array(let earlier) = members[index].value { values = earlier }
            members[index] = JSONMember(name: name, value: .array(values + [value]))
        }
        return members
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(Problem) -> String {
        guard let text = PercentEncoding.decode(bytes, plus: .space) else { throw Problem(.malformedPath) }
        return text
    }
}

/// Percent-encoding (RFC 3986 §2.1).
enum PercentEncoding {
    enum Plus: Sendable {
        case plus
        case space
    }

    /// Decodes strictly: a `%` without two digits, a NUL or bytes that are no UTF-8 are refused.
    static func decode(_ bytes: ArraySlice<UInt8>, plus: Plus) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.endIndex, let high = hexadecimal(bytes[index + 1]),
                    let low = hexadecimal(bytes[index + 2])
                else { return nil }
                byte = high << 4 | low
                index += 2
            } else if byte == UInt8(ascii: "+"), plus == .space {
                byte = UInt8(ascii: " ")
            }
            guard byte != 0 else { return nil }
            decoded.append(byte)
            index += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// Encodes everything but the unreserved characters.
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if byte.isNameByte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                for nibble in [byte >> 4, byte & 15] {
                    encoded.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
                }
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
