// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What signing in by others needs of the outside.
public struct FederationPorts: Sendable {
    /// Asks providers.
    public var http: any HTTPClient
    /// Checks what they sign.
    public var verification: any SignatureVerification
    /// Where Facebook is.
    public var facebook: FacebookEndpoints

    /// Puts the ports together.
    ///
    /// - Parameters:
    ///   - http: Asks providers.
    ///   - verification: Checks what they sign.
    ///   - facebook: Where Facebook is.
    public init(
        http: any HTTPClient,
        verification: any SignatureVerification,
        facebook: FacebookEndpoints = FacebookEndpoints()
    ) {
        self.http = http
        self.verification = verification
        self.facebook = facebook
    }

    /// Nobody is asked and nothing is believed: every sign-in by others fails.
    public static let none = FederationPorts(http: NoHTTPClient(), verification: NoSignatureVerification())
}

/// Believes no signature.
private struct NoSignatureVerification: SignatureVerification {
    func isValid(
        _ signature: [UInt8],
        for message: [UInt8],
        algorithm: SignatureAlgorithm,
        key: VerificationKey
    ) -> Bool { false }

    func digest(_ message: [UInt8], with algorithm: DigestAlgorithm) -> [UInt8] { [] }
}

/// Signing in by those who vouch for people: providers, identities, and the way there and back.
public struct Federation: Sendable {
    /// Sets up providers.
    public let providers: IdentityProviders
    /// Shows and takes away what links users to providers.
    public let identities: FederatedIdentities
    /// Signs people in.
    public let signIn: FederatedSignIn
    /// Signs people out there, and here when they signed out there.
    public let signOut: FederatedSignOut
    /// Tells which ways in there are.
    public let discovery = SignInDiscovery()

    init(
        ports: FederationPorts,
        tenantKeys: TenantKeys,
        users: Users,
        signIn: SignIn,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource,
        audit: Audit
    ) {
        providers = IdentityProviders(
            tenantKeys: tenantKeys,
            users: users,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        identities = FederatedIdentities(audit: audit)
        let openID = OpenIDClient(
            http: ports.http,
            documents: ProviderDocuments(http: ports.http, clock: clock),
            verification: ports.verification,
            clock: clock
        )
        signOut = FederatedSignOut(
            openID: openID,
            signIn: signIn,
            cryptography: cryptography,
            clock: clock,
            audit: audit
        )
        self.signIn = FederatedSignIn(
            openID: openID,
            facebook: FacebookClient(http: ports.http, cryptography: cryptography, endpoints: ports.facebook),
            tenantKeys: tenantKeys,
            users: users,
            signIn: signIn,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
    }
}
