// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The fields of a response, kept as they go over the wire.
///
/// A field whose name is no token or whose value holds a control character is not added and spoils the whole set:
/// the server answers 500 instead, so that nothing a client sent can add a field or end the head.
/// Framing is the server's: `content-length`, `transfer-encoding`, `connection`, `date` and `upgrade` are refused likewise.
public struct HTTPFields: Sendable, Hashable {
    /// Complete lines, each `name: value` and CRLF.
    var wire: [UInt8] = []
    /// Whether everything that was added may be sent.
    public private(set) var isValid = true

    /// Makes an empty set.
    public init() {}

    /// Makes a set with room.
    ///
    /// - Parameter capacity: How many bytes it should take without growing.
    public init(capacity: Int) {
        wire.reserveCapacity(capacity)
    }

    /// Adds a field; one of the same name stays.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value. No control characters but the tab.
    public mutating func append(_ name: HTTPFieldName, _ value: String) {
        let start = wire.count
        guard appendName(name) else { return }
        let valueStart = wire.count
        wire.append(contentsOf: value.utf8)
        finish(from: start, valueStart: valueStart)
    }

    /// Adds a field; one of the same name stays.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value's bytes. No control characters but the tab.
    public mutating func append(_ name: HTTPFieldName, bytes value: [UInt8]) {
        let start = wire.count
        guard appendName(name) else { return }
        let valueStart = wire.count
        wire.append(contentsOf: value)
        finish(from: start, valueStart: valueStart)
    }

    /// Adds a field with a number.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The number, at least 0.
    public mutating func append(_ name: HTTPFieldName, _ value: Int) {
        guard appendName(name) else { return }
        wire.appendDecimal(value)
        wire.append(.carriageReturn)
        wire.append(.lineFeed)
    }

    /// Adds all fields of another set, at the cost of copying its bytes.
    ///
    /// - Parameter other: The set, such as the security fields that every reply has.
    public mutating func append(contentsOf other: HTTPFields) {
        wire.append(contentsOf: other.wire)
        isValid = isValid && other.isValid
    }

    /// Removes all fields of a name.
    ///
    /// - Parameter name: The name.
    public mutating func remove(_ name: HTTPFieldName) {
        while let line = line(of: name) { wire.removeSubrange(line.start..<line.end) }
    }

    /// Replaces all fields of a name by one.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value. No control characters but the tab.
    public mutating func set(_ name: HTTPFieldName, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// The value of the first field of a name.
    public subscript(name: HTTPFieldName) -> String? {
        guard let line = line(of: name) else { return nil }
        return String(decoding: wire[line.value..<line.end - 2], as: UTF8.self)
    }

    /// Every field in order, for tests and logs.
    public var all: [(name: String, value: String)] {
        var all: [(name: String, value: String)] = []
        var start = 0
        while let line = nextLine(from: start) {
            let name = String(decoding: wire[line.start..<line.value - 2], as: UTF8.self)
            all.append((name, String(decoding: wire[line.value..<line.end - 2], as: UTF8.self)))
            start = line.end
        }
        return all
    }

    private mutating func appendName(_ name: HTTPFieldName) -> Bool {
        let start = wire.count
        let length = name.text.utf8.count
        wire.append(contentsOf: name.text.utf8)
        guard length > 0, !name.isFraming, wire.isToken(from: start) else {
            wire.removeSubrange(start...)
            isValid = false
            return false
        }
        wire.append(.colon)
        wire.append(.space)
        return true
    }

    mutating func finish(from start: Int, valueStart: Int) {
        guard wire.isFieldValue(from: valueStart) else { return spoil(from: start) }
        wire.append(.carriageReturn)
        wire.append(.lineFeed)
    }

    mutating func spoil(from start: Int) {
        wire.removeSubrange(start...)
        isValid = false
    }

    private func line(of name: HTTPFieldName) -> (start: Int, value: Int, end: Int)? {
        let length = name.text.utf8.count
        var start = 0
        while let line = nextLine(from: start) {
            if line.value - 2 - line.start == length,
                wire.span.extracting(line.start..<line.start + length).equalsLowercased(name.text)
            {
                return line
            }
            start = line.end
        }
        return nil
    }

    /// The line that starts at an offset; values hold neither CR nor LF, names no colon.
    private func nextLine(from start: Int) -> (start: Int, value: Int, end: Int)? {
        let span = wire.span
        guard start < span.count else { return nil }
        var colon = start
        while span[colon] != .colon { colon += 1 }
        var end = colon
        while span[end] != .lineFeed { end += 1 }
        return (start, colon + 2, end + 1)
    }
}

extension HTTPFieldName {
    /// Whether only the server may send the field.
    var isFraming: Bool {
        switch text.utf8.count {
        case 4: text == "date"
        case 7: text == "upgrade"
        case 10: text == "connection" || text == "keep-alive"
        case 14: text == "content-length"
        case 17: text == "transfer-encoding"
        default: false
        }
    }
}

extension [UInt8] {
    fileprivate func isToken(from start: Int) -> Bool {
        let span = span
        var index = start
        while index < span.count, span[index].isToken { index += 1 }
        return index == span.count
    }

    fileprivate func isFieldValue(from start: Int) -> Bool {
        span.endOfFieldValue(from: start, to: count) == count
    }
}
