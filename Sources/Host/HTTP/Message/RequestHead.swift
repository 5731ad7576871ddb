// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The head of one request: one copy of its bytes, with everything else as offsets into it.
///
/// It never refers to the buffer of the connection, so a handler that outlives its request cannot see the next one.
public struct RequestHead: Sendable {
    /// The head's bytes, from the method to the empty line, and after them a table of 8 bytes per field.
    let storage: [UInt8]
    /// The length of the head in `storage`.
    let length: Int
    let methodLength: UInt8
    /// The minor version: 0 or 1 (RFC 9110 §2.5 has 1.2 and up answered as 1.1).
    let minorVersion: UInt8
    var path: Offsets
    var query: Offsets?
    var authority: Offsets?
    let fieldCount: Int
    var framing: BodyFraming
    var flags: Flags
    /// The method.
    public let method: HTTPMethod

    /// A part of the head.
    struct Offsets: Sendable, Hashable {
        var start: UInt16
        var end: UInt16

        init(_ start: Int, _ end: Int) {
            self.start = UInt16(truncatingIfNeeded: start)
            self.end = UInt16(truncatingIfNeeded: end)
        }

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    /// How the body is delimited.
    enum BodyFraming: Sendable, Hashable {
        case none
        case length(Int)
        case chunked
    }

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        static let close = Flags(rawValue: 1)
        static let keepAlive = Flags(rawValue: 2)
        static let expectsContinue = Flags(rawValue: 4)
        static let upgrade = Flags(rawValue: 8)
    }

    /// The bytes that the ranges of this type refer to.
    public var bytes: [UInt8] { storage }

    /// Where in `bytes` the method is; of use for one that `method` calls `other`.
    public var methodRange: Range<Int> { 0..<Int(methodLength) }
    /// Where in `bytes` the path is, as it was sent: not percent-decoded, never empty.
    public var pathRange: Range<Int> { path.range }
    /// Where in `bytes` the query is, without its question mark; `nil` without one.
    public var queryRange: Range<Int>? { query?.range }
    /// Where in `bytes` host and port are, checked; `nil` only for HTTP/1.0 without a Host.
    public var authorityRange: Range<Int>? { authority?.range }
    /// How many fields there are.
    public var count: Int { fieldCount }

    /// Where the name and the value of a field are in `bytes`.
    ///
    /// - Parameter index: The field's position, below `count`.
    /// - Returns: The two ranges; the value has no blanks around it.
    public func field(at index: Int) -> (name: Range<Int>, value: Range<Int>) {
        let entry = length + index * FieldTable.entrySize
        let table = storage.span
        let name = FieldTable.read(table, entry)
        let value = FieldTable.read(table, entry + 4)
        return (name..<name + FieldTable.read(table, entry + 2), value..<value + FieldTable.read(table, entry + 6))
    }

    /// Where the value of the first field of a name is in `bytes`.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - start: The position to begin at, to find a further one.
    /// - Returns: Its position and its value's range; `nil` if there is none.
    public func find(_ name: HTTPFieldName, from start: Int = 0) -> (index: Int, value: Range<Int>)? {
        let wanted = name.text.utf8.count
        let span = storage.span
        var index = start
        while index < fieldCount {
            let entry = length + index * FieldTable.entrySize
            if FieldTable.read(span, entry + 2) == wanted {
                let begin = FieldTable.read(span, entry)
                if span.extracting(begin..<begin + wanted).equalsLowercased(name.text) {
                    let value = FieldTable.read(span, entry + 4)
                    return (index, value..<value + FieldTable.read(span, entry + 6))
                }
            }
            index += 1
        }
        return nil
    }
}

extension RequestHead {
    /// Whether some field's name has one of these lengths: a cheap way to know that many fields are not there.
    ///
    /// - Parameter mask: A bit for each length below 64.
    /// - Returns: `false` if there is no such field, so that `find` would find nothing.
    public func hasName(ofLengthIn mask: UInt64) -> Bool {
        let span = storage.span
        var index = 0
        while index < fieldCount {
            let count = FieldTable.read(span, length + index * FieldTable.entrySize + 2)
            if count < 64, (mask >> UInt64(count)) & 1 == 1 { return true }
            index += 1
        }
        return false
    }
}

/// Eight bytes per field behind the head: start and length of the name, start and length of the value.
enum FieldTable {
    static let entrySize = 8

    @inline(__always)
    static func read(_ bytes: Span<UInt8>, _ offset: Int) -> Int {
        Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
    }

    @inline(__always)
    static func append(_ value: Int, to table: inout [UInt8]) {
        table.append(UInt8(truncatingIfNeeded: value))
        table.append(UInt8(truncatingIfNeeded: value >> 8))
    }
}
