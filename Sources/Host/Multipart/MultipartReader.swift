// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Cuts a `multipart/form-data` body (RFC 7578) into parts as it arrives, holding no more than a part's head.
///
/// Strict: no preamble, no epilogue, no folded or repeated fields, every part with a name.
struct MultipartReader {
    /// The most bytes in the head of a part.
    static let headLimit = 4_096
    /// The most parts in a body.
    static let partLimit = 16

    enum Event: Equatable {
        case part(MultipartHead)
        case data([UInt8])
        case partEnd
        /// Nothing may follow.
        case end
    }

    private enum State {
        case start
        case head
        case content
        case afterBoundary
        case finished
    }

    private let delimiter: [UInt8]
    private var state = State.start
    private var buffer: [UInt8] = []
    private var parts = 0

    /// Makes a reader for a body.
    ///
    /// - Parameter contentType: The value of the field Content-Type.
    /// - Throws: `MultipartError.noBoundary` if it names none, or one that RFC 2046 does not allow.
    init(contentType: String) throws(MultipartError) {
        guard let boundary = MultipartHead.parameters(of: contentType)?["boundary"],
            (1...70).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy(MultipartHead.isBoundaryByte), boundary.last != " "
        else { throw .noBoundary }
        delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter has no line before it; one is put there.
        buffer = [0x0D, 0x0A]
    }

    /// Takes what has arrived.
    ///
    /// - Parameter bytes: The next bytes of the body.
    /// - Returns: What they complete, in order.
    /// - Throws: `MultipartError` if the body is malformed or beyond the limits.
    mutating func feed(_ bytes: [UInt8]) throws(MultipartError) -> [Event] {
        buffer += bytes
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Checks that the body was whole.
    ///
    /// - Throws: `MultipartError.truncated` if its last delimiter did not come.
    func finish() throws(MultipartError) {
        guard case .finished = state else { throw .truncated }
    }

    /// Makes one step; `false` if it needs more bytes.
    private mutating func step(_ events: inout [Event]) throws(MultipartError) -> Bool {
        switch state {
        case .start:
            guard buffer.count >= delimiter.count else { return false }
            guard buffer.starts(with: delimiter) else { throw .malformed("it does not begin with its boundary") }
            buffer.removeFirst(delimiter.count)
            state = .afterBoundary
            return true
        case .afterBoundary: return try afterBoundary(&events)
        case .head: return try head(&events)
        case .content: return content(&events)
        case .finished:
            guard buffer.isEmpty || buffer == [0x0D] || buffer == [0x0D, 0x0A] else {
                throw .malformed("something follows its end")
            }
            return false
        }
    }

    private mutating func afterBoundary(_ events: inout [Event]) throws(MultipartError) -> Bool {
        guard buffer.count >= 2 else { return false }
        switch (buffer[0], buffer[1]) {
        case (0x0D, 0x0A):
            parts += 1
            guard parts <= Self.partLimit else { throw .tooManyParts(limit: Self.partLimit) }
            // The line end stays, so that a head without fields ends like any other.
            state = .head
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            buffer.removeFirst(2)
            state = .finished
            events.append(.end)
        default: throw .malformed("something follows a boundary on its line")
        }
        return true
    }

    private mutating func head(_ events: inout [Event]) throws(MultipartError) -> Bool {
        guard let end = buffer.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A], within: Self.headLimit) else {
            guard buffer.count < Self.headLimit else { throw .malformed("the head of a part is too long") }
            return false
        }
        events.append(.part(try MultipartHead(Array(buffer[2..<max(2, end.lowerBound)]))))
        // The last line end stays: it belongs to a delimiter if the part is empty.
        buffer.removeFirst(end.upperBound - 2)
        state = .content
        isAtContentStart = true
        return true
    }

    private var isAtContentStart = false

    private mutating func content(_ events: inout [Event]) -> Bool {
        let start = isAtContentStart ? 2 : 0
        if let found = buffer.firstRange(of: delimiter, within: buffer.count) {
            if found.lowerBound > start { events.append(.data(Array(buffer[start..<found.lowerBound]))) }
            events.append(.partEnd)
            buffer.removeFirst(found.upperBound)
            isAtContentStart = false
            state = .afterBoundary
            return true
        }
        // What could be the beginning of a delimiter stays.
        let keep = max(delimiter.count - 1, start)
        guard buffer.count > keep + start else { return false }
        let end = buffer.count - keep
        events.append(.data(Array(buffer[start..<end])))
        buffer.removeFirst(end)
        isAtContentStart = false
        return false
    }
}

/// Why a multipart body was refused.
enum MultipartError: Error, Equatable {
    case noBoundary
    case malformed(String)
    case tooManyParts(limit: Int)
    case truncated
}

extension [UInt8] {
    /// Where a pattern first stands, if it does among the first bytes.
    fileprivate func firstRange(of pattern: [UInt8], within limit: Int) -> Range<Int>? {
        let last = Swift.min(count, limit) - pattern.count
        guard last >= 0 else { return nil }
        var index = 0
        while index <= last, let hit = self[index...last].firstIndex(of: pattern[0]) {
            if self[hit..<(hit + pattern.count)].elementsEqual(pattern) { return hit..<(hit + pattern.count) }
            index = hit + 1
        }
        return nil
    }
}
