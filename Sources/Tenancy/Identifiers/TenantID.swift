// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// The identifier of a tenant.
public typealias TenantID = Identifier<Tenant>

/// The name of a database that holds tenants, as the configuration gives it.
public struct CellID: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
    /// The name: 1–32 lower-case letters, digits and dashes.
    public let description: String

    /// Parses a name.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy(\.isNameByte) else { return nil }
        description = text
    }

    /// The cell of an installation that has only one.
    public static let main = CellID(known: "main")

    private init(known: StaticString) {
        description = known.description
    }

    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard let cell = CellID(try String(column: column)) else { throw column.undecodable(as: "a cell name") }
        self = cell
    }
}

/// The name of a tenant's schema: opaque, so that the catalog tells nothing about who is a tenant.
public struct SchemaName: Sendable, Hashable, CustomStringConvertible {
    /// `t_` and the tenant's identifier in base 32.
    public let description: String

    /// Names the schema of a tenant.
    ///
    /// - Parameter tenant: The tenant.
    public init(_ tenant: TenantID) {
        description = "t_" + tenant.uuid.base32Text
    }
}

/// The name of a tenant's role, led by the installation's prefix because roles are shared by a whole cluster.
public struct RoleName: Sendable, Hashable, CustomStringConvertible {
    /// The installation's prefix, `_t_` and the tenant's identifier in base 32.
    public let description: String

    /// Names the role of a tenant.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - installation: The installation's prefix.
    public init(_ tenant: TenantID, installation: InstallationPrefix) {
        description = installation.description + "_t_" + tenant.uuid.base32Text
    }
}

extension TenantID {
    /// The tenant that a role is of.
    ///
    /// - Parameters:
    ///   - role: The role's name.
    ///   - installation: The installation's prefix.
    init?(role: String, installation: InstallationPrefix) {
        let lead = installation.description + "_t_"
        guard role.hasPrefix(lead), let uuid = UUID(base32: role.dropFirst(lead.count)) else { return nil }
        self.init(uuid)
    }
}

/// What leads the name of every role of one installation.
public struct InstallationPrefix: Sendable, Hashable, CustomStringConvertible {
    /// 1–16 lower-case letters and digits, the first a letter.
    public let description: String

    /// Parses a prefix.
    ///
    /// - Parameter text: The text as it came from the configuration.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...16).contains(bytes.count), let first = bytes.first, first.isLowerLetter,
            bytes.allSatisfy({ $0.isLowerLetter || $0.isDigit })
        else { return nil }
        description = text
    }

    /// The prefix of an installation that chose none: `lms`.
    public static let standard = InstallationPrefix(known: "lms")

    private init(known: StaticString) {
        description = known.description
    }
}

extension UInt8 {
    package var isLowerLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    package var isNameByte: Bool { isLowerLetter || isDigit || self == UInt8(ascii: "-") }
}

extension UUID {
    /// 26 characters of Crockford's alphabet in lower case, most significant first, so that names sort as identifiers do.
    package var base32Text: String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(26)
        var accumulator: UInt32 = 0
        var bits = 2  // 130 bits in 26 characters: two leading zero bits
        for byte in bytes {
            accumulator = accumulator << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(accumulator >> UInt32(bits)) & 31])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads what `base32Text` wrote.
    package init?(base32 text: Substring) {
        guard text.utf8.count == 26 else { return nil }
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in text.utf8.enumerated() {
            // The first of 26 characters has three bits, so that all of them have 128.
            guard let digit = alphabet.firstIndex(of: byte), index > 0 || digit < 8 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        self.init(high: high, low: low)
    }
}
