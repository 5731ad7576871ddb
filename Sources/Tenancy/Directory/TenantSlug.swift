// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A tenant's name in its address: a DNS label.
public struct TenantSlug: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
    /// 2–40 lower-case letters, digits and inner dashes.
    public let description: String

    /// Parses a slug.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (2...40).contains(bytes.count), bytes.allSatisfy(\.isNameByte),
            !text.hasPrefix("-"), !text.hasSuffix("-")
        else { return nil }
        description = String(text)
    }

    /// Any slug, for what only describes.
    package static let example = TenantSlug(unchecked: "acme")

    private init(unchecked text: String) {
        description = text
    }

    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard let slug = TenantSlug(try String(column: column)) else { throw column.undecodable(as: "a tenant slug") }
        self = slug
    }
}
