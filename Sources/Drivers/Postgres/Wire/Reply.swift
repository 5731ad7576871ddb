// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import Glibc
internal import LMSTenancy

/// The owner of one libpq result.
@safe struct Reply: ~Copyable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        unsafe self.result = result
    }

    deinit {
        unsafe PQclear(result)
    }

    var status: ExecStatusType { unsafe PQresultStatus(result) }

    /// The five characters of an error's SQLSTATE; empty for an error of libpq itself.
    var sqlState: String { field(clms_pg_sql_state) }
    /// The server's text for an error.
    var message: String { field(clms_pg_message) }

    /// The name of the command that was run, such as `COMMIT`.
    var commandTag: String { unsafe String(cString: PQcmdStatus(result)) }

    private func field(_ code: Int32) -> String {
        guard let text = unsafe PQresultErrorField(result, code) else { return "" }
        return unsafe String(cString: text)
    }

    /// Copies a successful reply's fields once; `known` are the columns that an earlier reply of the same prepared
    /// statement told.
    func rows(known: Rows.Shape?) -> Rows {
        let columns = unsafe PQnfields(result)
        guard columns > 0 else {
            let affected = unsafe Int(atol(PQcmdTuples(result)))
            return Rows(shape: .none, affected: affected, bytes: [], starts: [0])
        }
        let count = unsafe PQntuples(result)
        let shape = known ?? makeShape(columns)
        let fields = Int(count) * Int(columns)
        var total = 0
        let starts = unsafe [Int32](unsafeUninitializedCapacity: fields + 1) { starts, initialized in
            var field = 0
            for row in 0..<count {
                for column in 0..<columns {
                    let length = unsafe PQgetlength(result, row, column)
                    if length == 0, unsafe PQgetisnull(result, row, column) != 0 {
                        unsafe starts[field] = Int32(truncatingIfNeeded: -1 - total)
                    } else {
                        unsafe starts[field] = Int32(truncatingIfNeeded: total)
                    }
                    total += Int(length)
                    field += 1
                }
            }
            unsafe starts[field] = Int32(truncatingIfNeeded: total)
            initialized = fields + 1
        }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: total) { bytes, initialized in
            guard let base = bytes.baseAddress else { return }
            var offset = 0
            for row in 0..<count {
                for column in 0..<columns {
                    let length = unsafe Int(PQgetlength(result, row, column))
                    if length > 0 { unsafe memcpy(base + offset, PQgetvalue(result, row, column), length) }
                    offset += length
                }
            }
            initialized = total
        }
        return Rows(shape: shape, affected: Int(count), bytes: bytes, starts: starts)
    }

    /// Names the columns.
    private func makeShape(_ columns: Int32) -> Rows.Shape {
        var names: [String] = []
        var types: [UInt32] = []
        for column in 0..<columns {
            names.append(unsafe String(cString: PQfname(result, column)))
            types.append(unsafe PQftype(result, column))
        }
        return Rows.Shape(names: names, typeIdentifiers: types)
    }

    /// What an error means to the caller.
    var failure: DatabaseError {
        let state = sqlState
        switch state {
        case "": return .connectionLost
        case "23505", "23P01": return .constraint(.unique, name: field(clms_pg_constraint_name))
        case "23503": return .constraint(.foreignKey, name: field(clms_pg_constraint_name))
        case "23514": return .constraint(.check, name: field(clms_pg_constraint_name))
        case "23502": return .constraint(.notNull, name: field(clms_pg_column_name))
        case "40001", "40P01": return .serializationFailure
        case "55P03": return .lockTimeout
        case "42501": return .permissionDenied
        case "57014": return .cancelled
        default:
            return state.hasPrefix("57P") || state.hasPrefix("08") || state == "25P03"
                ? .connectionLost : .refused(sqlState: state)
        }
    }
}

extension Rows.Shape {
    /// The shape of a reply without columns.
    static let none = Rows.Shape(names: [], typeIdentifiers: [])
}
