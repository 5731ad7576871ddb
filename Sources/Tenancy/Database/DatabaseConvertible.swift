// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// A type that is stored in a column.
public protocol DatabaseConvertible: Sendable {
    /// The type of the column; of an array, that of its elements.
    static var databaseType: DatabaseType { get }
    /// What is sent where there is no value.
    static var databaseNull: DatabaseValue { get }
    /// The value as it is sent.
    var databaseValue: DatabaseValue { get }
    /// Reads a column.
    ///
    /// - Parameter column: One field of a row.
    /// - Throws: `DatabaseError.undecodable` if the column holds something else.
    init(column: Column) throws(DatabaseError)
    /// Reads a one-dimensional array without NULLs.
    ///
    /// - Parameter column: One field of a row.
    /// - Returns: The elements, in order.
    /// - Throws: `DatabaseError.undecodable` if the column holds something else.
    static func elements(of column: Column) throws(DatabaseError) -> [Self]
}

extension DatabaseConvertible {
    /// NULL of the column's type.
    public static var databaseNull: DatabaseValue { .null(databaseType) }

    /// Reads element by element.
    @inlinable
    public static func elements(of column: Column) throws(DatabaseError) -> [Self] {
        try column.elements { element throws(DatabaseError) in try Self(column: element) }
    }
}

extension Bool: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .bool }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .bool(self) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard column.typeIdentifier == 16, column.count == 1 else { throw column.undecodable(as: "boolean") }
        self = column.byte(at: 0) != 0
    }
}

extension Int: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .int }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .int(Int64(self)) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        switch (column.typeIdentifier, column.count) {
        case (20, 8): self = Int(Int64(bitPattern: column.bigEndian(at: 0, count: 8)))
        case (23, 4): self = Int(Int32(bitPattern: UInt32(column.bigEndian(at: 0, count: 4))))
        case (21, 2): self = Int(Int16(bitPattern: UInt16(column.bigEndian(at: 0, count: 2))))
        default: throw column.undecodable(as: "integer")
        }
    }
    /// Reads an array of `bigint`, or of the narrower types.
    public static func elements(of column: Column) throws(DatabaseError) -> [Int] {
        if let words = column.words(of: .int, { Int(Int64(bitPattern: $0)) }) { return words }
        return try column.elements { element throws(DatabaseError) in try Int(column: element) }
    }
}

extension Double: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .double }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .double(self) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard column.typeIdentifier == 701, column.count == 8 else { throw column.undecodable(as: "double precision") }
        self = Double(bitPattern: column.bigEndian(at: 0, count: 8))
    }
}

extension String: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(self) }
    /// Reads `text`, `varchar`, `name`, or the UTF-8 text of a `jsonb` column.
    public init(column: Column) throws(DatabaseError) {
        switch column.typeIdentifier {
        case 25, 1043, 19, 18, 1042: self = column.text(from: 0)
        case 3802: self = column.text(from: 1)
        default: throw column.undecodable(as: "text")
        }
    }
}

extension UUID: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .uuid }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .uuid(self) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard column.typeIdentifier == 2950, column.count == 16 else { throw column.undecodable(as: "uuid") }
        self.init(high: column.word(at: 0), low: column.word(at: 8))
    }
}

extension Identifier: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .uuid }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .uuid(uuid) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        self.init(try UUID(column: column))
    }
    /// Reads an array of that type.
    public static func elements(of column: Column) throws(DatabaseError) -> [Identifier] {
        if let found = column.halves({ Identifier(UUID(high: $0, low: $1)) }) { return found }
        return try column.elements { element throws(DatabaseError) in try Identifier(column: element) }
    }
}

extension Date: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .timestamp }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .timestamp(self) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard column.typeIdentifier == 1184, column.count == 8 else { throw column.undecodable(as: "timestamptz") }
        self.init(postgresMicroseconds: Int64(bitPattern: column.bigEndian(at: 0, count: 8)))
    }
    /// Reads an array of that type.
    public static func elements(of column: Column) throws(DatabaseError) -> [Date] {
        if let words = column.words(of: .timestamp, { Date(postgresMicroseconds: Int64(bitPattern: $0)) }) {
            return words
        }
        return try column.elements { element throws(DatabaseError) in try Date(column: element) }
    }
}

/// The bytes of a `bytea` column.
public struct Bytes: DatabaseConvertible, Hashable {
    /// The bytes themselves.
    public let array: [UInt8]

    /// Wraps bytes.
    public init(_ array: [UInt8]) {
        self.array = array
    }

    /// The type of the column.
    public static var databaseType: DatabaseType { .bytes }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .bytes(array) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard column.typeIdentifier == 17 else { throw column.undecodable(as: "bytea") }
        array = column.bytes(from: 0)
    }
}

/// The UTF-8 text of a `jsonb` column.
public struct JSONText: DatabaseConvertible, Hashable {
    /// The text, which is well-formed JSON.
    public let bytes: [UInt8]

    /// Wraps text that is known to be well-formed JSON.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The type of the column.
    public static var databaseType: DatabaseType { .json }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .json(bytes) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard column.typeIdentifier == 3802 else { throw column.undecodable(as: "jsonb") }
        bytes = column.bytes(from: 1)
    }
}

extension Array: DatabaseConvertible where Element: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { Element.databaseType }
    /// NULL of the array's type: PostgreSQL does not take one of the elements' for it.
    public static var databaseNull: DatabaseValue { .nullArray(of: Element.databaseType) }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .array(Element.databaseType, map(\.databaseValue)) }
    /// Reads a one-dimensional array without NULLs.
    @inlinable
    public init(column: Column) throws(DatabaseError) {
        self = try Element.elements(of: column)
    }
}

extension Optional: DatabaseConvertible where Wrapped: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { Wrapped.databaseType }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { self?.databaseValue ?? Wrapped.databaseNull }
    /// Reads a column of that type.
    @inlinable
    public init(column: Column) throws(DatabaseError) {
        self = column.isNull ? .none : .some(try Wrapped(column: column))
    }
}

extension DatabaseConvertible where Self: RawRepresentable, RawValue == String {
    /// Enumerations with text cases are stored as `text` with a CHECK constraint.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(rawValue) }
    /// Reads a column of that type.
    @inlinable
    public init(column: Column) throws(DatabaseError) {
        guard let value = Self(rawValue: try String(column: column)) else {
            throw column.undecodable(as: "a known case")
        }
        self = value
    }
    /// Reads an array, in which the same cases mostly follow each other.
    @inlinable
    public static func elements(of column: Column) throws(DatabaseError) -> [Self] {
        var last: (text: Column, value: Self)?
        return try column.elements { element throws(DatabaseError) in
            if let last, last.text.holdsSame(as: element) { return last.value }
            let value = try Self(column: element)
            last = (element, value)
            return value
        }
    }
}
