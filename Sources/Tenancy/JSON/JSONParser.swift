// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A strict recursive-descent reader of RFC 8259.
struct JSONParser {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error(.unexpected) }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        guard depth <= maximumDepth else { throw error(.tooDeep) }
        switch peek() {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: return .number(try parseNumber())
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        var names: Set<String> = []
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw error(.unexpected) }
            let start = position
            let name = try parseString()
            guard names.insert(name).inserted else { throw JSONError(offset: start, problem: .repeatedName) }
            skipSpace()
            guard take(":") else { throw error(.unexpected) }
            members.append(JSONMember(name: name, value: try parseValue(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw error(.unexpected) }
        return .object(members)
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            values.append(try parseValue(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw error(.unexpected) }
        return .array(values)
    }

    private mutating func parseNumber() throws(JSONError) -> String {
        let start = position
        _ = take("-")
        guard let first = peek(), first.isDigit else { throw error(position == start ? .unexpected : .badNumber) }
        if !take("0") { skipDigits() }
        if take(".") { try requireDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try requireDigits()
        }
        if let next = peek(), next.isDigit { throw error(.badNumber) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escape: one validated copy.
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if peek() == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(bytes[start..<position], at: start)
        }
        var unescaped = Array(bytes[start..<position])
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return try text(unescaped[...], at: start)
            }
            guard byte >= 0x20 else { throw error(.badString) }
            position += 1
            if byte == UInt8(ascii: "\\") { try parseEscape(into: &unescaped) } else { unescaped.append(byte) }
        }
        throw error(.unexpected)
    }

    private mutating func parseEscape(into unescaped: inout [UInt8]) throws(JSONError) {
        guard let byte = peek() else { throw error(.unexpected) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(8)
        case UInt8(ascii: "f"): unescaped.append(12)
        case UInt8(ascii: "n"): unescaped.append(10)
        case UInt8(ascii: "r"): unescaped.append(13)
        case UInt8(ascii: "t"): unescaped.append(9)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: String(try parseEscapedScalar()).utf8)
        default: throw error(.badString)
        }
    }

    private mutating func parseEscapedScalar() throws(JSONError) -> Character {
        var value = try parseHexadecimal()
        if (0xD800..<0xDC00).contains(value) {
            guard take("\\"), take("u") else { throw error(.badString) }
            let low = try parseHexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw error(.badString) }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw error(.badString) }
        return Character(scalar)
    }

    private mutating func parseHexadecimal() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error(.badString) }
        var value: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw error(.badString) }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 {
            guard peek() == byte else { throw error(.unexpected) }
            position += 1
        }
        return value
    }

    private func text(_ slice: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(offset: start, problem: .badEncoding)
        }
        return text
    }

    private mutating func requireDigits() throws(JSONError) {
        guard let byte = peek(), byte.isDigit else { throw error(.badNumber) }
        skipDigits()
    }

    private mutating func skipDigits() {
        while let byte = peek(), byte.isDigit { position += 1 }
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func error(_ problem: JSONError.Problem) -> JSONError {
        JSONError(offset: position, problem: problem)
    }
}
