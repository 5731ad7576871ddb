// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The fields that decide how a message is delimited, where it goes and what becomes of the connection.
struct FieldSemantics {
    enum Expectation { case none, proceed, unknown }
    private enum Coding { case none, chunked, unknown }

    private(set) var expectation = Expectation.none
    private(set) var flags = RequestHead.Flags()
    private var host: RequestHead.Offsets?
    private var length = -1
    private var coding = Coding.none
    private var isLengthTooLarge = false

    /// Takes one field.
    ///
    /// - Parameters:
    ///   - name: Its name, a token.
    ///   - value: Its value without blanks around it.
    ///   - start: Where the value begins in the head.
    /// - Returns: Why the message is refused; `nil` if it is not.
    @inline(__always)
    mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>, at start: Int) -> HTTPRefusal? {
        switch name.count {
        case 4, 6, 7, 10, 14, 17: takeKnown(name, value, at: start)
        default: nil
        }
    }

    private mutating func takeKnown(_ name: Span<UInt8>, _ value: Span<UInt8>, at start: Int) -> HTTPRefusal? {
        switch name.count {
        case 4:
            guard name.equalsLowercased("host") else { return nil }
            guard host == nil, HostSyntax.isValid(value) else { return .badHost }
            host = RequestHead.Offsets(start, start + value.count)
        case 6:
            guard name.equalsLowercased("expect") else { return nil }
            expectation = expectation == .none && value.equalsLowercased("100-continue") ? .proceed : .unknown
        case 7:
            if name.equalsLowercased("upgrade") { flags.insert(.upgrade) }
        case 10:
            if name.equalsLowercased("connection") { takeConnection(value) }
        case 14:
            if name.equalsLowercased("content-length") { return takeLength(value) }
        default:
            if name.equalsLowercased("transfer-encoding") { return takeCoding(value) }
        }
        return nil
    }

    private mutating func takeConnection(_ value: Span<UInt8>) {
        var options = ListElements()
        while let option = options.next(in: value) {
            let text = value.extracting(option)
            if text.equalsLowercased("close") { flags.insert(.close) }
            if text.equalsLowercased("keep-alive") { flags.insert(.keepAlive) }
        }
    }

    /// Takes a length of digits only (RFC 9112 §6.3); repeated ones are refused even if they are the same.
    private mutating func takeLength(_ value: Span<UInt8>) -> HTTPRefusal? {
        guard length < 0 else { return .conflictingFraming }
        guard value.count > 0 else { return .badContentLength }
        var sum = 0
        var index = 0
        while index < value.count {
            guard value[index].isDigit else { return .badContentLength }
            if sum > 100_000_000_000_000_000 {
                isLengthTooLarge = true
            } else {
                sum = sum * 10 + Int(value[index] - 0x30)
            }
            index += 1
        }
        length = sum
        return nil
    }

    /// RFC 9112 §6.1: `chunked` once and last; another coding before it is answered 501, after it is malformed.
    private mutating func takeCoding(_ value: Span<UInt8>) -> HTTPRefusal? {
        var elements = ListElements()
        while let element = elements.next(in: value) {
            let text = value.extracting(element)
            guard text.count > 0, coding != .chunked else { return .badTransferEncoding }
            var index = 0
            while index < text.count {
                guard text[index].isToken else { return .badTransferEncoding }
                index += 1
            }
            if coding == .none, text.equalsLowercased("chunked") {
                coding = .chunked
            } else {
                coding = .unknown
            }
        }
        return nil
    }

    /// How the message is delimited, once all fields are known.
    func framing(minorVersion: UInt8) throws(HTTPRefusal) -> RequestHead.BodyFraming {
        if coding != .none {
            // RFC 9112 §6.1: both together, or in HTTP/1.0, ought to be handled as an error.
            guard length < 0, minorVersion > 0 else { throw .conflictingFraming }
            guard coding == .chunked else { throw .unknownTransferCoding }
            return .chunked
        }
        guard !isLengthTooLarge else { throw .contentTooLarge }
        return length > 0 ? .length(length) : .none
    }

    /// The Host, which HTTP/1.1 must have (RFC 9112 §3.2).
    func authority(of target: RequestTarget, minorVersion: UInt8) throws(HTTPRefusal) -> RequestHead.Offsets? {
        guard host != nil || minorVersion == 0 else { throw .badHost }
        return host
    }
}

/// Walks through a comma-separated list, element by element without the blanks around them.
struct ListElements {
    private var start = 0

    /// The next element's range in the list; `nil` after the last.
    mutating func next(in list: Span<UInt8>) -> Range<Int>? {
        guard start <= list.count else { return nil }
        var end = start
        while end < list.count, list[end] != .comma { end += 1 }
        var from = start
        var to = end
        while from < to, list[from].isBlank { from += 1 }
        while to > from, list[to - 1].isBlank { to -= 1 }
        start = end + 1
        return from..<to
    }
}
