// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a client has after signing in.
public struct SignedIn: Sendable {
    /// Who signed in.
    public let user: User
    /// What to show from now on.
    public let tokens: TokenPair
    /// Whether the session is good for setting up a second factor and nothing else.
    public let isLimited: Bool
    /// What the device keeps if it was asked to be remembered.
    public internal(set) var device: Secret<String>?
}

/// The tokens of a session.
public struct TokenPair: Sendable {
    /// Shown with each call: a JWT.
    public let accessToken: Secret<String>
    /// How long the access token is good, in seconds.
    public let expiresInSeconds: Int
    /// Shown once, for the next pair.
    public let refreshToken: Secret<String>
    /// The session that both are of.
    public let session: SignInSession.ID
}

/// What somebody gives to sign in.
public struct Credentials: Sendable {
    /// What was typed as the address; need not be one.
    public let email: String
    /// What was typed as the password.
    public let password: Secret<String>
    /// Where it comes from.
    public let client: SignInClient
    /// The address of the network that it comes from, after trusted proxies.
    public var clientAddress: String { client.origin.address }
    /// Where it comes from, as the audit log keeps it.
    public var origin: RequestOrigin { client.origin }

    /// Puts credentials together.
    ///
    /// - Parameters:
    ///   - email: What was typed as the address.
    ///   - password: What was typed as the password.
    ///   - clientAddress: The network address that it comes from.
    public init(email: String, password: Secret<String>, clientAddress: String) {
        let client = SignInClient(RequestOrigin(address: clientAddress, userAgent: nil))
        self.init(email: email, password: password, client: client)
    }

    /// Puts credentials together.
    ///
    /// - Parameters:
    ///   - email: What was typed as the address.
    ///   - password: What was typed as the password.
    ///   - client: Where it comes from.
    public init(email: String, password: Secret<String>, client: SignInClient) {
        self.email = email
        self.password = password
        self.client = client
    }
}
