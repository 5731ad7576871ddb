// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about an account was refused.
@nonexhaustive
public enum AccountError: Error, Sendable, Equatable {
    /// The token is unknown, over, used, or of another purpose.
    case invalidToken
    /// The password is not who is signed in's.
    case invalidCredentials
    /// Who has a second factor did not show it a moment ago.
    case reauthenticationNeeded
    /// Too many attempts failed; the next one counts after this many seconds.
    case throttled(seconds: Int)
    /// The password that was chosen may not be.
    case password(PasswordProblem)
    /// Somebody has this address.
    case emailTaken
    /// The installation sends no mail.
    case mailNotOffered
    /// Too many passwords are waiting to be hashed.
    case busy
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension AccountError {
    init(_ error: any Error) {
        switch error {
        case let error as AccountError: self = error
        case DatabaseError.constraint(.unique, name: "users_email_key_uq"): self = .emailTaken
        case let error as DatabaseError: self = .database(error)
        case let error as PasswordProblem: self = .password(error)
        case SignInError.throttled(let seconds): self = .throttled(seconds: seconds)
        case SignInError.busy, PasswordHashingError.busy: self = .busy
        case SignInError.keys(let error): self = .keys(error)
        case SignInError.database(let error): self = .database(error)
        case let error as KeyError: self = .keys(error)
        case is SignInError, is PasswordHashingError: self = .invalidCredentials
        default: self = .database(.cancelled)
        }
    }
}
