// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a service account was refused.
@nonexhaustive
public enum ServiceAccountError: Error, Sendable, Equatable {
    /// There is no such account, or the principal may not know that there is.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// The account may, or would, do something that the principal may not do themselves.
    case beyondOwnGrants
    /// An account of this name exists.
    case nameTaken
    /// There is no such role.
    case roleNotFound(Role.Name)
    /// There is nobody active of whom the principal may know to answer for it.
    case ownerNotFound
    /// A tenant has at most this many accounts.
    case tooMany(limit: Int)
    /// The account was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The place in the list is of another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension ServiceAccountError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "service_accounts_name_uq"): self = .nameTaken
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}

/// Why a program got no token (RFC 6749 §5.2).
@nonexhaustive
public enum ServiceSignInError: Error, Sendable, Equatable {
    /// There is no such client, the secret is wrong or over, or the account is disabled: which one is not said.
    case invalidClient
    /// A scope is unknown, malformed or more than the account may do.
    case invalidScope
    /// The tenant's keys cannot be used.
    case token(TokenError)
}
