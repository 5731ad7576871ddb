// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a key was refused.
@nonexhaustive
public enum APIKeyError: Error, Sendable, Equatable {
    /// There is no such key, or the principal may not know that there is.
    case notFound
    /// There is no such service account, or the principal may not know that there is.
    case accountNotFound
    /// The principal may not do this.
    case forbidden
    /// A scope allows something that the principal may not do themselves.
    case beyondOwnGrants
    /// Somebody has at most this many keys that are good.
    case tooMany(limit: Int)
    /// The key was revoked or is over, so it gets no other secret.
    case over
    /// The place in the list is of another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension APIKeyError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
