// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Reads a row from left to right; for statements whose column list is written next to the decoder.
struct RowFields {
    let row: Row
    private var index: Int

    init(_ row: Row, from start: Int = 0) {
        self.row = row
        index = start
    }

    mutating func next<Value: DatabaseConvertible>() throws(DatabaseError) -> Value {
        defer { index += 1 }
        return try row[index]
    }
}
