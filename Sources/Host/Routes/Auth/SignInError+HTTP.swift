// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension SignInError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .invalidCredentials: Problem(.invalidCredentials)
        case .inactive: Problem(.accountInactive)
        case .emailUnverified: Problem(.emailUnverified)
        case .throttled(let seconds): Problem(.signInThrottled).retrying(after: seconds)
        case .registrationClosed: Problem(.registrationClosed)
        case .domainNotAllowed: Problem(.domainNotAllowed)
        case .password(let problem): problem.problem
        case .mailNotOffered: Problem(.mailNotOffered)
        case .passwordGrantOff: Problem(.unsupportedGrantType)
        case .secondFactorNeeded: Problem(.secondFactorNeeded)
        case .factor(let error): error.problem
        case .notFound: Problem(.notFound)
        case .passwordSignInOff: Problem(.passwordSignInOff)
        case .emailTaken: Problem(.emailTaken)
        case .invalidRefreshToken: Problem(.invalidRefreshToken)
        case .refreshTokenReused: Problem(.refreshTokenReused)
        case .refreshInProgress: Problem(.refreshInProgress)
        case .busy: Problem(.unavailable).retrying(after: 1)
        case .invalid: Problem(.validationFailed)
        case .policy(let refusal): refusal.problem
        case .keys: Problem(.internalError)
        case .database(let error): error.problem
        }
    }

    /// The same in the words of RFC 6749 §5.2.
    var oauthProblem: Problem {
        switch self {
        case .policy(let refusal):
            var problem = refusal.problem
            problem.oauthError = refusal.isFinal ? "invalid_grant" : "unauthorized_client"
            return problem
        case .invalidCredentials, .inactive, .emailUnverified, .invalidRefreshToken, .refreshTokenReused,
            .refreshInProgress:
            return .invalidGrant
        case .secondFactorNeeded:
            var problem = Problem(.secondFactorNeeded)
            problem.oauthError = "invalid_grant"
            return problem
        case .passwordGrantOff, .passwordSignInOff: return .unsupportedGrant
        case .throttled, .registrationClosed, .domainNotAllowed, .password, .mailNotOffered, .emailTaken, .factor,
            .notFound, .busy, .invalid, .keys, .database:
            return problem
        }
    }

    /// What signing in with a password may answer.
    static let loginProblems: [ProblemCode] = [
        .invalidCredentials, .accountInactive, .emailUnverified, .passwordSignInOff, .signInThrottled, .unavailable,
        .networkNotAllowed, .hoursNotAllowed,
    ]
}

extension Problem {
    static var invalidGrant: Problem {
        var problem = Problem(.invalidGrant)
        problem.oauthError = "invalid_grant"
        return problem
    }

    static var unsupportedGrant: Problem {
        var problem = Problem(.unsupportedGrantType)
        problem.oauthError = "unsupported_grant_type"
        return problem
    }

    /// A request for tokens that lacks a parameter.
    static func missing(_ names: String) -> Problem {
        var problem = Problem(.invalidTokenRequest)
            .detailed(en: "Send \(names).", es: "Envíe \(names).", ar: "أرسل \(names).")
        problem.oauthError = "invalid_request"
        return problem
    }
}

extension TokenError {
    /// Why a token does not sign in; whose fault it is and nothing more.
    var authenticationError: AuthenticationError {
        switch self {
        case .malformed, .unknownKey, .badSignature, .foreignTenant, .revoked: .invalid
        case .expired: .expired
        case .policy(let refusal): .policy(refusal)
        case .keys: .database(.refused(sqlState: "XX000"))
        case .database(let error): .database(error)
        }
    }
}

extension AuthenticationError {
    /// Takes up why a token was refused.
    init(_ error: TokenError) {
        self = error.authenticationError
    }
}

extension TokenFacts {
    /// What a verified token and the session that it came of say.
    init(_ known: Authenticated) {
        self.init(
            expiresAt: known.token.expiresAt,
            session: known.token.session,
            isLimited: known.isLimited,
            authenticatedAt: known.authenticatedAt,
            claim: known.token.claim
        )
    }
}
