// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why a number was not taken as somebody's.
@nonexhaustive
public enum PhoneError: Error, Sendable, Equatable {
    /// The code is wrong, over, or was tried too often.
    case invalidCode
    /// A code was asked for a moment ago, or too many in a day; the next one after this many seconds.
    case tooSoon(seconds: Int)
    /// Somebody else showed that the number is theirs.
    case taken
    /// The tenant's keys cannot be used.
    case keys
    /// The database failed.
    case database(DatabaseError)
}

extension PhoneError {
    init(_ error: any Error) {
        switch error {
        case let error as PhoneError: self = error
        case DatabaseError.constraint(.unique, name: "users_phone_uq"): self = .taken
        case let error as DatabaseError: self = .database(error)
        case TokenError.database(let error): self = .database(error)
        case KeyError.database(let error): self = .database(error)
        case is TokenError, is KeyError: self = .keys
        default: self = .database(.cancelled)
        }
    }
}
