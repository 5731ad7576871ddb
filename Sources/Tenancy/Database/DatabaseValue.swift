// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// One value on its way to PostgreSQL, with the type it is sent as.
public enum DatabaseValue: Sendable, Hashable {
    /// SQL NULL of a given type.
    case null(DatabaseType)
    /// SQL NULL of the array type whose elements are of a given type.
    case nullArray(of: DatabaseType)
    /// `boolean`.
    case bool(Bool)
    /// `bigint`; PostgreSQL narrows it on assignment.
    case int(Int64)
    /// `double precision`.
    case double(Double)
    /// `numeric`, in its decimal text form.
    case numeric(String)
    /// `text`.
    case text(String)
    /// `uuid`.
    case uuid(UUID)
    /// `timestamptz`, to the microsecond.
    case timestamp(Date)
    /// `bytea`.
    case bytes([UInt8])
    /// `jsonb`, as UTF-8 text.
    case json([UInt8])
    /// A one-dimensional array of one element type without NULLs.
    case array(DatabaseType, [DatabaseValue])
}

/// The PostgreSQL types that cross the port, by their object identifiers in `pg_type`.
public enum DatabaseType: UInt32, Sendable, Hashable {
    /// `boolean`.
    case bool = 16
    /// `bytea`.
    case bytes = 17
    /// `bigint`.
    case int = 20
    /// `text`.
    case text = 25
    /// `double precision`.
    case double = 701
    /// `timestamptz`.
    case timestamp = 1184
    /// `numeric`.
    case numeric = 1700
    /// `uuid`.
    case uuid = 2950
    /// `jsonb`.
    case json = 3802

    /// The identifier of the array type whose elements are of this type.
    public var arrayIdentifier: UInt32 {
        switch self {
        case .bool: 1000
        case .bytes: 1001
        case .int: 1016
        case .text: 1009
        case .double: 1022
        case .timestamp: 1185
        case .numeric: 1231
        case .uuid: 2951
        case .json: 3807
        }
    }
}

extension DatabaseValue {
    /// The object identifier that the value is sent as.
    public var typeIdentifier: UInt32 {
        switch self {
        case .null(let type): type.rawValue
        case .nullArray(let element): element.arrayIdentifier
        case .bool: DatabaseType.bool.rawValue
        case .int: DatabaseType.int.rawValue
        case .double: DatabaseType.double.rawValue
        case .numeric: DatabaseType.numeric.rawValue
        case .text: DatabaseType.text.rawValue
        case .uuid: DatabaseType.uuid.rawValue
        case .timestamp: DatabaseType.timestamp.rawValue
        case .bytes: DatabaseType.bytes.rawValue
        case .json: DatabaseType.json.rawValue
        case .array(let element, _): element.arrayIdentifier
        }
    }

    /// Whether it is SQL NULL.
    public var isNull: Bool {
        switch self {
        case .null, .nullArray: true
        default: false
        }
    }

    /// Whether the value is sent in PostgreSQL's text format; all others are sent in binary.
    public var isTextFormat: Bool {
        if case .numeric = self { true } else { false }
    }

    /// Appends the value's wire form, without a length: binary, but text for `numeric`.
    ///
    /// - Parameter bytes: Where the form is appended; NULL appends nothing.
    public func encode(into bytes: inout [UInt8]) {
        switch self {
        case .null, .nullArray: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int(let value): bytes.append(bigEndian: UInt64(bitPattern: value))
        case .double(let value): bytes.append(bigEndian: value.bitPattern)
        case .numeric(let value), .text(let value): bytes.append(contentsOf: value.utf8)
        case .uuid(let value):
            let inline = value.inlineBytes
            bytes.append(addingCapacity: 16) { output in
                for index in inline.indices { output.append(inline[index]) }
            }
        case .timestamp(let value): bytes.append(bigEndian: UInt64(bitPattern: value.postgresMicroseconds))
        case .bytes(let value): bytes.append(contentsOf: value)
        case .json(let value):
            bytes.append(1)  // the version byte of jsonb's binary form
            bytes.append(contentsOf: value)
        case .array(let element, let values): encodeArray(of: element, values, into: &bytes)
        }
    }

    private func encodeArray(of element: DatabaseType, _ values: [DatabaseValue], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: UInt32(values.isEmpty ? 0 : 1))
        bytes.append(bigEndian: UInt32(0))
        bytes.append(bigEndian: element.rawValue)
        guard !values.isEmpty else { return }
        bytes.append(bigEndian: UInt32(values.count))
        bytes.append(bigEndian: UInt32(1))
        for value in values {
            let lengthAt = bytes.count
            bytes.append(bigEndian: UInt32(0))
            value.encode(into: &bytes)
            let length = UInt32(bytes.count - lengthAt - 4)
            for index in 0..<4 { bytes[lengthAt + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
        }
    }
}

extension Date {
    /// Microseconds since 2000-01-01 UTC, PostgreSQL's epoch; what is beyond them is PostgreSQL's infinity.
    ///
    /// A row may hold an infinity, and what was read is bound again: that must not end the process.
    package var postgresMicroseconds: Int64 {
        let count = ((timeIntervalSince1970 - 946_684_800) * 1_000_000).rounded()
        return Int64(exactly: count) ?? (count > 0 ? .max : .min)
    }

    /// Reads microseconds since 2000-01-01 UTC.
    package init(postgresMicroseconds: Int64) {
        self.init(timeIntervalSince1970: Double(postgresMicroseconds) / 1_000_000 + 946_684_800)
    }
}

extension [UInt8] {
    package mutating func append(bigEndian value: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    package mutating func append(bigEndian value: UInt32) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
