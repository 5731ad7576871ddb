// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A sign-in and all tokens that came of it: signing out, or a refresh token that is used twice, ends the whole of it.
public struct SignInSession: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<SignInSession>
    /// The identifier.
    public let id: ID
    /// Who signed in.
    public let user: User.ID
    /// Until when it can be refreshed, in UTC.
    public internal(set) var expiresAt: Date
    /// How the user showed who they are.
    public internal(set) var methods: [AuthenticationMethod]
    /// When they showed it last, in UTC.
    public internal(set) var authenticatedAt: Date
    /// Whether it is good for setting up a second factor and nothing else.
    public internal(set) var isLimited: Bool
    /// Where it began; `nil` if that was not kept.
    public let origin: RequestOrigin?
}

extension SignInSession {
    /// Why a session ended before its time.
    @nonexhaustive
    public enum End: String, Sendable, DatabaseConvertible {
        /// The user signed out.
        case signedOut = "signed_out"
        /// A refresh token was used twice, so somebody else has it too.
        case tokenReused = "token_reused"
        /// The user was suspended or deactivated.
        case userInactive = "user_inactive"
        /// The user got another password.
        case passwordChanged = "password_changed"
        /// The user, or somebody who manages users, ended it.
        case revoked
        /// A second factor was set up or taken away in another session.
        case factorChanged = "factor_changed"
        /// The tenant's policy allows it no longer.
        case policy
    }
}
