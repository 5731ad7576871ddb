// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Walks over the bytes of a document and counts its lines.
struct ByteScanner {
    let bytes: [UInt8]
    private(set) var position = 0
    private(set) var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    func error(_ reason: String) -> MarkupError {
        MarkupError(line: line, reason: reason)
    }

    func starts(with token: StaticString) -> Bool {
        bytes[position...].starts(with: token.description.utf8)
    }

    /// Steps over a token if it comes next.
    mutating func skip(_ token: String) -> Bool {
        guard bytes[position...].starts(with: token.utf8) else { return false }
        advance(to: position + token.utf8.count)
        return true
    }

    /// Steps over white space.
    mutating func skipSpace() -> Bool {
        let end = bytes[position...].firstIndex { !$0.isXMLSpace } ?? bytes.count
        defer { advance(to: end) }
        return end > position
    }

    /// Reads a name: anything but what ends one.
    mutating func name() -> String? {
        let end = bytes[position...].firstIndex { $0.isXMLSpace || $0.endsName } ?? bytes.count
        guard end > position, !bytes[position].isDigitOrPunctuation else { return nil }
        defer { advance(to: end) }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// Reads up to a token, or to the end.
    mutating func upTo(_ token: StaticString) -> String {
        let first = token.description.utf8.first
        let end = bytes[position...].firstIndex { $0 == first } ?? bytes.count
        defer { advance(to: end) }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// Reads up to a token and steps over it; `nil` if it does not come.
    mutating func through(_ token: String) -> String? {
        let wanted = Array(token.utf8)
        var index = position
        while index + wanted.count <= bytes.count {
            if bytes[index] == wanted[0], bytes[index..<(index + wanted.count)].elementsEqual(wanted) {
                let text = String(decoding: bytes[position..<index], as: UTF8.self)
                advance(to: index + wanted.count)
                return text
            }
            index += 1
        }
        return nil
    }

    private mutating func advance(to end: Int) {
        for byte in bytes[position..<end] where byte == UInt8(ascii: "\n") { line += 1 }
        position = end
    }
}

extension UInt8 {
    var isXMLSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }

    fileprivate var endsName: Bool {
        switch self {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "\""),
            UInt8(ascii: "'"), UInt8(ascii: "&"), 0..<0x20:
            true
        default: false
        }
    }

    fileprivate var isDigitOrPunctuation: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), 0x80...:
            false
        default: true
        }
    }
}
