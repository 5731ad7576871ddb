// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A key that lets a program act for a user or as a service account, within scopes.
///
/// It holds no secret.
public struct APIKey: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<APIKey>
    /// The identifier.
    public let id: ID
    /// For whom it acts.
    public let owner: Owner
    /// What its owner calls it, 100 characters at most.
    public let name: String
    /// What it may do at most; it never may do more than its owner.
    public let scopes: Grants
    /// How the newest secret begins.
    public let hint: String
    /// When it was made, in UTC.
    public let createdAt: Date
    /// When it got its newest secret, in UTC; `nil` if it has the first.
    public let rotatedAt: Date?
    /// Until when the newest secret is good, in UTC.
    public let expiresAt: Date
    /// When it was used last, in UTC, to the minute.
    public let lastUsedAt: Date?
    /// When it was revoked, in UTC.
    public let revokedAt: Date?
    /// Whether its owner is active; no key works for somebody, or an account, that is not.
    public let isOwnerActive: Bool
    /// Who answers for the service account whose it is, if it is one's.
    public let answerable: User.ID?

    package init(
        id: ID,
        owner: Owner,
        name: String,
        scopes: Grants,
        hint: String,
        createdAt: Date,
        rotatedAt: Date? = nil,
        expiresAt: Date,
        lastUsedAt: Date? = nil,
        revokedAt: Date? = nil,
        isOwnerActive: Bool = true,
        answerable: User.ID? = nil
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.scopes = scopes
        self.hint = hint
        self.createdAt = createdAt
        self.rotatedAt = rotatedAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
        self.isOwnerActive = isOwnerActive
        self.answerable = answerable
    }

    /// Whose a key is.
    public enum Owner: Sendable, Hashable {
        /// A user's, who made it.
        case user(User.ID)
        /// A service account's.
        case service(ServiceAccount.ID)

        /// The user, if it is one's.
        public var user: User.ID? {
            if case .user(let id) = self { id } else { nil }
        }

        /// The service account, if it is one's.
        public var service: ServiceAccount.ID? {
            if case .service(let id) = self { id } else { nil }
        }

        /// Who acts by the key.
        func principal(_ grants: Grants) -> Principal {
            switch self {
            case .user(let id): Principal(.user(id), grants: grants)
            case .service(let id): Principal(.service(Principal.ID(id.uuid)), grants: grants)
            }
        }
    }
}

extension APIKey.Owner {
    /// Reads the two columns, of which one has a value.
    init(user: User.ID?, service: ServiceAccount.ID?) throws(DatabaseError) {
        if let user {
            self = .user(user)
        } else if let service {
            self = .service(service)
        } else {
            throw .constraint(.check, name: "api_keys_owner_ck")
        }
    }
}

/// A key with the secret that it just got; the secret is never shown again.
public struct IssuedAPIKey: Sendable {
    /// The key.
    public let key: APIKey
    /// What a program sends.
    public let secret: Secret<String>

    package init(key: APIKey, secret: Secret<String>) {
        self.key = key
        self.secret = secret
    }
}

extension APIKey {
    /// Reads the columns of every statement of `APIKeys+SQL.swift` that returns keys.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        owner = try Owner(user: try fields.next(), service: try fields.next())
        name = try fields.next()
        scopes = Grants(stored: try fields.next())
        hint = try fields.next()
        createdAt = try fields.next()
        rotatedAt = try fields.next()
        expiresAt = try fields.next()
        lastUsedAt = try fields.next()
        revokedAt = try fields.next()
        isOwnerActive = try fields.next()
        answerable = try fields.next()
    }
}

extension Grants {
    /// Reads one scope, such as `course:read:own`.
    ///
    /// - Parameter scope: The text as it came from outside; one with another permission or reach than there are is refused.
    public init?(scope: String) {
        self.init(stored: [scope])
        if permissions.isEmpty { return nil }
    }

    /// The scopes, such as `course:read:own`, in order.
    public var scopeNames: [String] { stored }
}
