// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A member of a tenant.
public struct User: Sendable, Identifiable {
    /// The identifier: the same that a principal who is this user has.
    public typealias ID = Principal.ID
    /// The identifier.
    public let id: ID
    /// The address to sign in with.
    public let email: Email
    /// The name that others see.
    public let displayName: String
    /// Where their picture is, if they gave one.
    public let avatarURL: String?
    /// The name to sign in with, if they chose one.
    public let username: Username?
    /// Their telephone number, if they gave one.
    public let phone: PhoneNumber?
    /// When they showed that the number is theirs, in UTC; only then can they sign in with it.
    public let phoneVerifiedAt: Date?
    /// The language that they want, `en`, `es` or `ar`; the tenant's if they said nothing.
    public let locale: String?
    /// The name of their time zone in the IANA database, such as `Europe/Madrid`.
    public let timeZone: TimeZoneName?
    /// How they want the platform to be.
    public let preferences: Preferences
    /// When they showed that the address is theirs, in UTC.
    public let emailVerifiedAt: Date?
    /// The names of their roles, in order.
    public let roles: [Role.Name]
    /// Whether they may sign in.
    public let status: Status
    /// Counts the changes of the profile and the status.
    public let version: Int
    /// When they became a member, in UTC.
    public let createdAt: Date
    /// When the profile or the status changed last, in UTC.
    public let updatedAt: Date
    /// When they signed in last with a password, in UTC.
    public let lastSignInAt: Date?
}

extension User {
    /// Whether a user may sign in.
    @nonexhaustive
    public enum Status: String, Sendable, CaseIterable, DatabaseConvertible {
        /// Was asked to come and has no password yet.
        case invited
        /// May sign in.
        case active
        /// May not sign in until an administrator says so.
        case suspended
        /// Left, or was removed; what they did stays.
        case deactivated
    }
}

extension User {
    /// Reads the columns of every statement of `Users+SQL.swift` that returns users.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        email = try fields.next()
        displayName = try fields.next()
        avatarURL = try fields.next()
        username = try fields.next()
        phone = try fields.next()
        phoneVerifiedAt = try fields.next()
        locale = try fields.next()
        timeZone = try fields.next()
        preferences = try fields.next()
        emailVerifiedAt = try fields.next()
        status = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        lastSignInAt = try fields.next()
        roles = try fields.next()
    }
}
