// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension SQL {
    /// How many rows, and after how many.
    ///
    /// The usual numbers are part of the text. For a limit that is a parameter PostgreSQL counts on a tenth of all rows in
    /// the plan that it would keep, prefers one for the given number and so plans the statement each time.
    ///
    /// - Parameters:
    ///   - limit: How many rows; with the one that tells whether another page follows.
    ///   - offset: How many are left out before.
    /// - Returns: The end of a statement.
    static func rows(_ limit: Int, after offset: Int = 0) -> SQL {
        switch (limit, offset) {
        case (21, 0): "LIMIT 21"
        case (51, 0): "LIMIT 51"
        case (101, 0): "LIMIT 101"
        default: "LIMIT \(limit) OFFSET \(offset)"
        }
    }
}
