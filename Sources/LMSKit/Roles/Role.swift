// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A role that a tenant made for itself.
public struct Role: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Role>
    /// The identifier.
    public let id: ID
    /// What it is called where it is given to users; unique in the tenant and unlike every built-in role.
    public let name: Name
    /// What it is for, 500 characters at most.
    public let description: String
    /// What it allows.
    public let grants: Grants
    /// Counts the changes.
    public let version: Int
    /// When it was made, in UTC.
    public let createdAt: Date
    /// When it was changed last, in UTC.
    public let updatedAt: Date
}

extension Role {
    /// The name of a built-in role or of one of the tenant's own.
    public struct Name: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
        /// 2–40 lower-case letters, digits, `_` and `-`, the first a letter.
        public let description: String

        /// Parses a name.
        ///
        /// - Parameter text: The text as it came from outside.
        public init?(_ text: String) {
            let bytes = text.utf8
            guard (2...40).contains(bytes.count), let first = bytes.first, first.isLowerLetter,
                bytes.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "_") })
            else { return nil }
            description = text
        }

        /// The name of a built-in role.
        ///
        /// - Parameter role: The role.
        public init(_ role: BuiltInRole) {
            description = role.rawValue
        }

        /// The built-in role of this name, if it is one's.
        public var builtIn: BuiltInRole? { BuiltInRole(rawValue: description) }

        /// The type of the column.
        public static var databaseType: DatabaseType { .text }
        /// The value as it is sent.
        public var databaseValue: DatabaseValue { .text(description) }
        /// Reads a column of that type.
        public init(column: Column) throws(DatabaseError) {
            guard let name = Role.Name(try String(column: column)) else { throw column.undecodable(as: "a role name") }
            self = name
        }
    }
}

extension Role {
    /// Reads the columns of every statement of `Roles+SQL.swift` that returns roles.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        name = try fields.next()
        description = try fields.next()
        grants = Grants(stored: try fields.next())
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }
}

extension Grants {
    /// Reads `course:read:own` and the like; a permission that this version does not know allows nothing.
    init(stored: [String]) {
        var scopes: [Permission: PermissionScope] = [:]
        for entry in stored {
            guard let colon = entry.lastIndex(of: ":"),
                let permission = Permission(String(entry[..<colon]), among: Permission.known),
                let scope = PermissionScope(rawValue: String(entry[entry.index(after: colon)...]))
            else { continue }
            scopes[permission] = max(scope, scopes[permission] ?? scope)
        }
        self.init(scopes)
    }

    /// The text form of each permission, in order.
    var stored: [String] {
        permissions.map { permission in "\(permission):\((scope(of: permission) ?? .own).rawValue)" }
    }
}
