// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One field of a row, in PostgreSQL's binary format.
public struct Column: Sendable {
    let storage: Rows.Storage
    /// The column's position in the statement.
    let position: Int
    /// The object identifier of the column's type in `pg_type`.
    public let typeIdentifier: UInt32
    /// Whether the field is NULL.
    public let isNull: Bool
    let start: Int
    let end: Int

    /// The column's name in the statement.
    public var name: String { storage.shape.names[position] }

    /// The field's length in bytes.
    public var count: Int { end - start }

    /// Returns one byte.
    ///
    /// - Parameter offset: Its position in the field.
    /// - Returns: The byte.
    public func byte(at offset: Int) -> UInt8 { storage.bytes[start + offset] }

    /// Returns an unsigned number in network order.
    ///
    /// - Parameters:
    ///   - offset: Where it starts in the field.
    ///   - count: Its length in bytes, 1 through 8.
    /// - Returns: The number.
    public func bigEndian(at offset: Int, count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value = value << 8 | UInt64(storage.bytes[start + offset + index]) }
        return value
    }

    /// Whether another field has the same bytes.
    @usableFromInline
    func holdsSame(as other: Column) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where byte(at: index) != other.byte(at: index) { return false }
        return true
    }

    /// Returns the field's bytes.
    ///
    /// - Parameter offset: How many to leave out at the start.
    /// - Returns: A copy.
    public func bytes(from offset: Int) -> [UInt8] { Array(storage.bytes[(start + offset)..<end]) }

    /// Returns the field's text; PostgreSQL guarantees that it is well-formed in a UTF-8 database.
    ///
    /// - Parameter offset: How many bytes to leave out at the start.
    /// - Returns: The text.
    public func text(from offset: Int) -> String {
        String(decoding: storage.bytes[(start + offset)..<end], as: UTF8.self)
    }

    /// Reads an array, element by element.
    @inlinable
    func elements<Element>(_ decode: (Column) throws(DatabaseError) -> Element) throws(DatabaseError) -> [Element] {
        guard count >= 12 else { throw undecodable(as: "an array") }
        let dimensions = bigEndian(at: 0, count: 4)
        let elementType = UInt32(bigEndian(at: 8, count: 4))
        guard dimensions > 0 else { return [] }
        guard dimensions == 1, count >= 20 else { throw undecodable(as: "a one-dimensional array") }
        let length = Int(bigEndian(at: 12, count: 4))
        var elements: [Element] = []
        elements.reserveCapacity(length)
        var offset = 20
        for _ in 0..<length {
            let size = Int(Int32(bitPattern: UInt32(bigEndian(at: offset, count: 4))))
            offset += 4
            guard size >= 0 else { throw undecodable(as: "an array without NULLs") }
            elements.append(try decode(element(ofType: elementType, at: offset, count: size)))
            offset += size
        }
        return elements
    }

    /// Reads an array of a type that always takes eight bytes.
    ///
    /// - Parameters:
    ///   - type: The elements' type.
    ///   - make: Makes an element of its bytes in network order.
    /// - Returns: The elements; `nil` if the field is anything else, which `elements` tells apart.
    func words<Element>(of type: DatabaseType, _ make: (UInt64) -> Element) -> [Element]? {
        guard count >= 20, bigEndian(at: 0, count: 4) == 1, bigEndian(at: 8, count: 4) == UInt64(type.rawValue)
        else { return nil }
        // A NULL would have a length and no bytes.
        let length = Int(bigEndian(at: 12, count: 4))
        guard count == 20 + 12 * length else { return nil }
        return (0..<length).map { make(word(at: 24 + 12 * $0)) }
    }

    /// Reads an array of `uuid`.
    ///
    /// - Parameter make: Makes an element of the two halves.
    /// - Returns: The elements; `nil` if the field is anything else, which `elements` tells apart.
    func halves<Element>(_ make: (_ high: UInt64, _ low: UInt64) -> Element) -> [Element]? {
        guard count >= 20, bigEndian(at: 0, count: 4) == 1,
            bigEndian(at: 8, count: 4) == UInt64(DatabaseType.uuid.rawValue)
        else { return nil }
        let length = Int(bigEndian(at: 12, count: 4))
        guard count == 20 + 20 * length else { return nil }
        return (0..<length).map { make(word(at: 24 + 20 * $0), word(at: 32 + 20 * $0)) }
    }

    /// Returns eight bytes in network order; checked once, they are one load.
    func word(at offset: Int) -> UInt64 {
        let bytes = storage.bytes
        let first = start &+ offset
        precondition(first >= 0 && first <= bytes.count &- 8, "outside of the rows")
        let upper =
            UInt64(bytes[first]) << 56 | UInt64(bytes[first &+ 1]) << 48 | UInt64(bytes[first &+ 2]) << 40
            | UInt64(bytes[first &+ 3]) << 32
        let lower =
            UInt64(bytes[first &+ 4]) << 24 | UInt64(bytes[first &+ 5]) << 16
            | UInt64(bytes[first &+ 6]) << 8 | UInt64(bytes[first &+ 7])
        return upper | lower
    }

    @usableFromInline
    func element(ofType type: UInt32, at offset: Int, count: Int) -> Column {
        Column(
            storage: storage,
            position: position,
            typeIdentifier: type,
            isNull: false,
            start: start + offset,
            end: start + offset + count
        )
    }

    /// The error for a field that holds something else.
    ///
    /// - Parameter expected: What was wanted, for the log.
    /// - Returns: `DatabaseError.undecodable`.
    public func undecodable(as expected: String) -> DatabaseError {
        .undecodable(column: name, expected: expected)
    }
}
