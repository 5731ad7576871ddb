// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The name of a time zone as the IANA database writes them, such as `Europe/Madrid`; the database server says whether there is one.
///
/// PostgreSQL also takes abbreviations and POSIX rules, which mean something else at other times of the year: they are no names.
public struct TimeZoneName: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Parses a name.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isOffset = parts.count == 2 && parts[0] == "Etc" && parts[1].hasPrefix("GMT")
        let hasForm =
            text == "UTC" || isOffset
            || (2...3).contains(parts.count)
                && parts.allSatisfy { part in
                    part.utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
                        && part.unicodeScalars.allSatisfy {
                            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "_" || $0 == "-"
                        }
                }
        guard text.utf8.count <= 64, hasForm else { return nil }
        description = text
    }

    /// Coordinated universal time.
    package static let utc = TimeZoneName(unchecked: "UTC")

    private init(unchecked text: String) {
        description = text
    }
}

extension TimeZoneName: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a column of that type, which holds only what was parsed on its way in.
    public init(column: Column) throws(DatabaseError) {
        self.init(unchecked: try String(column: column))
    }
}
