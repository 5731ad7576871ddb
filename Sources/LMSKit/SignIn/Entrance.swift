// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Somebody who showed who they are and wants in, by whichever way they came.
public struct Entrance: Sendable {
    /// Who it is.
    public let user: User.ID
    /// How they showed it.
    public internal(set) var methods: [AuthenticationMethod]
    /// Where they come from.
    public let client: SignInClient
    /// The user's epoch when they showed it; refused if it is another one by now.
    let epoch: Int?
    /// What replaces the hash of the password that they showed.
    let rehashed: PasswordHash?
    /// The session at a provider that it came of.
    var federation: FederatedSession?
    /// Whether a password was taken where providers alone vouch for people.
    var isBreakGlass = false

    /// Describes somebody whom an identity provider, an invitation or another way has shown to be a user.
    ///
    /// - Parameters:
    ///   - user: Who it is.
    ///   - methods: How they showed it; with `.multiple` no second factor is asked for.
    ///   - client: Where they come from.
    public init(_ user: User.ID, by methods: [AuthenticationMethod], from client: SignInClient) {
        self.init(user, by: methods, from: client, epoch: nil)
    }

    init(
        _ user: User.ID,
        by methods: [AuthenticationMethod],
        from client: SignInClient,
        epoch: Int?,
        rehashed: PasswordHash? = nil
    ) {
        self.user = user
        self.methods = methods
        self.client = client
        self.epoch = epoch
        self.rehashed = rehashed
    }
}

/// What is known of the client that somebody signs in with.
public struct SignInClient: Sendable {
    /// Its network address and what it calls itself.
    public let origin: RequestOrigin
    /// What a remembered device keeps, if the client showed it.
    public let device: Secret<String>?
    /// Whether the user wants the device to be remembered.
    public let isToBeRemembered: Bool

    /// Describes a client.
    ///
    /// - Parameters:
    ///   - origin: Its network address and what it calls itself.
    ///   - device: What a remembered device keeps.
    ///   - isToBeRemembered: Whether the user wants the device to be remembered.
    public init(_ origin: RequestOrigin, device: Secret<String>? = nil, isToBeRemembered: Bool = false) {
        self.origin = origin
        self.device = device
        self.isToBeRemembered = isToBeRemembered
    }
}

/// What became of somebody who wanted in.
@nonexhaustive
public enum SignInOutcome: Sendable {
    /// They are in.
    case signedIn(SignedIn)
    /// They must show a second factor.
    case challenged(SignInChallenge)
}

/// A sign-in that waits for a second factor.
public struct SignInChallenge: Sendable {
    /// Shown with the second factor, once.
    public let token: Secret<String>
    /// What may be shown.
    public let methods: [FactorKind]
    /// How long it waits, in seconds.
    public let expiresInSeconds: Int

    /// Describes a challenge.
    package init(token: Secret<String>, methods: [FactorKind], expiresInSeconds: Int) {
        self.token = token
        self.methods = methods
        self.expiresInSeconds = expiresInSeconds
    }
}

/// The kinds of second factors.
@nonexhaustive
public enum FactorKind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// An authenticator app (RFC 6238).
    case totp
    /// Codes that are sent to the user's address.
    case email
    /// Recovery codes: for whoever lost the others.
    case recoveryCode = "recovery_code"
}

extension RequestOrigin {
    /// Where nothing is known of where a call comes from.
    static let none = RequestOrigin(address: "", userAgent: nil)
}
