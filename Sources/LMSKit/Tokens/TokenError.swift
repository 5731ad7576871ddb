// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a token was refused.
@nonexhaustive
public enum TokenError: Error, Sendable, Equatable {
    /// It is no token of ours: malformed, of another type or algorithm, with claims that we do not write.
    case malformed
    /// It names a key that the tenant does not have.
    case unknownKey
    /// Its signature is wrong.
    case badSignature
    /// It was made for another tenant.
    case foreignTenant
    /// Its time is over.
    case expired
    /// Its session was ended, or its user may not sign in.
    case revoked
    /// The tenant's policies refuse the session.
    case policy(SessionRefusal)
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension TokenError {
    init(_ error: any Error) {
        switch error {
        case let error as TokenError: self = error
        case .database(let error) as KeyError: self = .database(error)
        case let error as KeyError: self = .keys(error)
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}
