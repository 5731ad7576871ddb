// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A program that acts for the tenant: it has a name, a secret and rights of its own, and is nobody.
///
/// It holds no secret.
public struct ServiceAccount: Sendable, Identifiable {
    /// The identifier, which is the OAuth client's too.
    public typealias ID = Identifier<ServiceAccount>
    /// The identifier.
    public let id: ID
    /// What it is called, 100 characters at most; unique in the tenant.
    public let name: String
    /// What it is for, 500 characters at most.
    public let description: String
    /// Who answers for it; `nil` once they are gone.
    public let owner: User.ID?
    /// Whether somebody active answers for it; it works on if not, and is to be given to somebody else.
    public let isOwnerActive: Bool
    /// What it may do, as it was given.
    public let rights: Rights
    /// What that comes to at this moment.
    public let grants: Grants
    /// Whether it may act.
    public let status: Status
    /// Counts the changes.
    public let version: Int
    /// How the newest secret begins.
    public let hint: String
    /// When it was made, in UTC.
    public let createdAt: Date
    /// When it was changed last, in UTC.
    public let updatedAt: Date
    /// When it got its newest secret, in UTC; `nil` if it has the first.
    public let rotatedAt: Date?
    /// Until when the newest secret is good, in UTC.
    public let expiresAt: Date
    /// When it got a token last, in UTC.
    public let lastUsedAt: Date?

    package init(
        id: ID,
        name: String,
        description: String,
        owner: User.ID?,
        isOwnerActive: Bool,
        rights: Rights,
        grants: Grants,
        status: Status,
        version: Int,
        hint: String,
        createdAt: Date,
        updatedAt: Date,
        rotatedAt: Date?,
        expiresAt: Date,
        lastUsedAt: Date?
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.owner = owner
        self.isOwnerActive = isOwnerActive
        self.rights = rights
        self.grants = grants
        self.status = status
        self.version = version
        self.hint = hint
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.rotatedAt = rotatedAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }
}

extension ServiceAccount {
    /// What an account may do: what a role allows, also after the role was changed, or what is listed.
    public enum Rights: Sendable, Hashable {
        /// What a role allows, built in or the tenant's own.
        case role(Role.Name)
        /// At least one permission.
        case permissions(Grants)
    }

    /// Whether an account may act.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It may.
        case active
        /// It gets no token, and those that it has are over.
        case disabled
    }
}

/// What is said of an account that is to be made.
public struct NewServiceAccount: Sendable {
    /// What it is called, 1–100 characters.
    public var name: String
    /// What it is for, 500 characters at most.
    public var description: String
    /// What it may do.
    public var rights: ServiceAccount.Rights
    /// Who answers for it; `nil` for who makes it.
    public var owner: User.ID?
    /// How long its secret is good, 1–366 days.
    public var days: Int

    /// Describes an account.
    ///
    /// - Parameters:
    ///   - name: What it is called, 1–100 characters.
    ///   - description: What it is for, 500 characters at most.
    ///   - rights: What it may do.
    ///   - owner: Who answers for it; `nil` for who makes it.
    ///   - days: How long its secret is good, 1–366 days.
    public init(
        _ name: String,
        description: String = "",
        rights: ServiceAccount.Rights,
        owner: User.ID? = nil,
        days: Int = ServiceAccounts.defaultDays
    ) {
        self.name = name
        self.description = description
        self.rights = rights
        self.owner = owner
        self.days = days
    }
}

/// What of an account becomes different.
public struct ServiceAccountChanges: Sendable {
    /// What it is called.
    public var name: Change<String> = .keep
    /// What it is for.
    public var description: Change<String> = .keep
    /// Who answers for it.
    public var owner: Change<User.ID> = .keep
    /// What it may do.
    public var rights: Change<ServiceAccount.Rights> = .keep
    /// Whether it may act.
    public var status: Change<ServiceAccount.Status> = .keep

    /// Keeps everything.
    public init() {}
}

/// An account with the secret that it just got; the secret is never shown again.
public struct IssuedServiceAccount: Sendable {
    /// The account.
    public let account: ServiceAccount
    /// What the program sends for tokens.
    public let secret: Secret<String>

    package init(account: ServiceAccount, secret: Secret<String>) {
        self.account = account
        self.secret = secret
    }
}

extension ServiceAccount {
    /// Reads the columns of every statement of `ServiceAccounts+SQL.swift` that returns accounts.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        name = try fields.next()
        description = try fields.next()
        owner = try fields.next()
        isOwnerActive = try fields.next()
        let role: Role.Name? = try fields.next()
        let listed = Grants(stored: try fields.next())
        rights = role.map { .role($0) } ?? .permissions(listed)
        grants = role?.builtIn?.grants ?? listed
        status = try fields.next()
        version = try fields.next()
        hint = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        rotatedAt = try fields.next()
        expiresAt = try fields.next()
        lastUsedAt = try fields.next()
    }
}
