// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why nobody was signed in.
@nonexhaustive
public enum SignInError: Error, Sendable, Equatable {
    /// The address or the password is wrong; which one is not told.
    case invalidCredentials
    /// The password is right, but the user is suspended or deactivated.
    case inactive
    /// The password is right, but the user has yet to show that the address is theirs.
    case emailUnverified
    /// Too many attempts failed; the next one counts after this many seconds.
    case throttled(seconds: Int)
    /// The tenant lets nobody register.
    case registrationClosed
    /// The tenant lets nobody register with an address of this domain.
    case domainNotAllowed
    /// The password that was chosen may not be.
    case password(PasswordProblem)
    /// The installation sends no mail, which this needs.
    case mailNotOffered
    /// The tenant lets identity providers alone vouch for people, and the user is no exception.
    case passwordSignInOff
    /// The tenant has the `password` grant turned off.
    case passwordGrantOff
    /// The account asks for a second factor, for which there is no place in this way to sign in.
    case secondFactorNeeded
    /// There is no such session or user that the principal may see.
    case notFound
    /// Somebody has this address.
    case emailTaken
    /// The refresh token is unknown, over, or its session was ended.
    case invalidRefreshToken
    /// The refresh token was used before, so its session was ended now.
    case refreshTokenReused
    /// The refresh token is being used by another call at this moment.
    case refreshInProgress
    /// Nothing became of a second factor.
    case factor(FactorError)
    /// Too many passwords are waiting to be checked.
    case busy
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The tenant's policies refuse the session.
    case policy(SessionRefusal)
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension SignInError {
    init(_ error: any Error) {
        switch error {
        case let error as SignInError: self = error
        case let error as DatabaseError: self = .database(error)
        case let error as UserError: self.init(user: error)
        case let error as PasswordProblem: self = .password(error)
        case .database(let error) as FactorError: self = .database(error)
        case let error as FactorError: self = .factor(error)
        case let error as KeyError: self = .keys(error)
        case TokenError.database(let error): self = .database(error)
        case TokenError.keys(let error): self = .keys(error)
        case PasswordHashingError.busy: self = .busy
        case is PasswordHashingError: self = .invalidCredentials
        default: self = .database(.cancelled)
        }
    }

    private init(user error: UserError) {
        switch error {
        case .emailTaken: self = .emailTaken
        case .invalid(let constraint): self = .invalid(constraint: constraint)
        case .database(let error): self = .database(error)
        default: self = .invalidCredentials
        }
    }
}
