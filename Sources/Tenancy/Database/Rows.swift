// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The reply to one statement.
public struct Rows: Sendable {
    /// What every row has in common.
    public struct Shape: Sendable, Hashable {
        /// The columns' names, in order.
        public let names: [String]
        /// The columns' types: object identifiers of `pg_type`.
        public let typeIdentifiers: [UInt32]

        /// Describes rows.
        ///
        /// - Parameters:
        ///   - names: The columns' names, in order.
        ///   - typeIdentifiers: As many object identifiers of `pg_type`.
        public init(names: [String], typeIdentifiers: [UInt32]) {
            self.names = names
            self.typeIdentifiers = typeIdentifiers
        }
    }

    /// The columns.
    public var shape: Shape { storage.shape }
    /// How many rows an INSERT, UPDATE or DELETE touched; the number of rows for a SELECT.
    public let affected: Int
    let storage: Storage

    /// The fields; an object, so that a row and a column of it are one reference.
    final class Storage: Sendable {
        let shape: Shape
        /// The fields of all rows one after another, in PostgreSQL's binary format.
        let bytes: [UInt8]
        /// The start of each field in `bytes`, row by row, which ends where the next starts; a negative entry marks NULL.
        let starts: [Int32]

        init(shape: Shape, bytes: [UInt8], starts: [Int32]) {
            self.shape = shape
            self.bytes = bytes
            self.starts = starts
        }
    }

    /// Makes a reply; for drivers.
    ///
    /// - Parameters:
    ///   - shape: The columns.
    ///   - affected: The count of the command tag.
    ///   - bytes: The fields of all rows in binary format, one after another.
    ///   - starts: The start of each field, or `-1 - start` if it is NULL; one more at the end.
    public init(shape: Shape, affected: Int, bytes: [UInt8], starts: [Int32]) {
        self.affected = affected
        storage = Storage(shape: shape, bytes: bytes, starts: starts)
    }

    /// Makes a reply from values; for drivers that keep data in memory.
    ///
    /// - Parameters:
    ///   - names: The columns' names.
    ///   - values: The rows.
    public init(names: [String], values: [[DatabaseValue]]) {
        var bytes: [UInt8] = []
        var starts: [Int32] = []
        for value in values.joined() {
            if value.isNull { starts.append(-1 - Int32(bytes.count)) } else { starts.append(Int32(bytes.count)) }
            value.encode(into: &bytes)
        }
        starts.append(Int32(bytes.count))
        let types = values.first?.map(\.typeIdentifier) ?? names.map { _ in DatabaseType.text.rawValue }
        self.init(
            shape: Shape(names: names, typeIdentifiers: types),
            affected: values.count,
            bytes: bytes,
            starts: starts
        )
    }
}

extension Rows {
    /// A reply without rows.
    public static let empty = Rows(names: [], values: [])
}

extension Rows: RandomAccessCollection {
    /// The first row's position: 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int {
        let columns = storage.shape.names.count
        return columns == 0 ? 0 : (storage.starts.count - 1) / columns
    }

    /// One row.
    public subscript(position: Int) -> Row { Row(storage: storage, position: position) }

    /// Returns the only row.
    ///
    /// - Returns: The row, or `nil` if there is none.
    public var only: Row? { first }
}

/// One row of a reply.
public struct Row: Sendable {
    private let storage: Rows.Storage
    private let position: Int

    init(storage: Rows.Storage, position: Int) {
        self.storage = storage
        self.position = position
    }

    /// Reads the column of a given name.
    ///
    /// - Parameter name: The column's name in the statement.
    /// - Throws: `DatabaseError.undecodable` if there is no such column or it holds another type.
    public subscript<Value: DatabaseConvertible>(name: StaticString) -> Value {
        get throws(DatabaseError) {
            let wanted = name.description
            guard let index = storage.shape.names.firstIndex(of: wanted) else {
                throw .undecodable(column: wanted, expected: "a column of that name")
            }
            return try self[index]
        }
    }

    /// Reads the column at a position.
    ///
    /// - Parameter index: The column's position, from 0.
    /// - Throws: `DatabaseError.undecodable` if the column holds another type.
    @inlinable
    public subscript<Value: DatabaseConvertible>(index: Int) -> Value {
        get throws(DatabaseError) {
            let column = column(at: index)
            if column.isNull, !(Value.self is any NullableColumn.Type) { throw column.undecodable(as: "not NULL") }
            return try Value(column: column)
        }
    }

    @usableFromInline
    func column(at index: Int) -> Column {
        let field = position * storage.shape.names.count + index
        let start = storage.starts[field]
        let next = storage.starts[field + 1]
        return Column(
            storage: storage,
            position: index,
            typeIdentifier: storage.shape.typeIdentifiers[index],
            isNull: start < 0,
            start: Int(start < 0 ? -1 - start : start),
            end: Int(next < 0 ? -1 - next : next)
        )
    }
}

/// Marks the types that can hold NULL.
@usableFromInline
protocol NullableColumn {}
extension Optional: NullableColumn {}
