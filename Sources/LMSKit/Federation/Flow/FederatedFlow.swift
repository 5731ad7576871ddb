// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What an app wants when it sends a browser to a provider.
public struct FederatedWish: Sendable {
    /// Where the browser comes back to: one of the addresses that the tenant registered, byte for byte.
    public let returnTo: String
    /// What the app wants back with it, 512 characters at most.
    public let appState: String?
    /// The SHA-256 of the app's PKCE verifier, in base64url: 43 characters.
    public let codeChallenge: String
    /// Where the provider answers to, at the tenant's own host.
    public let redirectURI: String

    /// Describes a wish.
    ///
    /// - Parameters:
    ///   - returnTo: Where the browser comes back to.
    ///   - appState: What the app wants back with it.
    ///   - codeChallenge: The SHA-256 of the app's PKCE verifier.
    ///   - redirectURI: Where the provider answers to.
    public init(returnTo: String, appState: String?, codeChallenge: String, redirectURI: String) {
        self.returnTo = returnTo
        self.appState = appState
        self.codeChallenge = codeChallenge
        self.redirectURI = redirectURI
    }
}

/// Where a browser goes, and what it must bring back.
public struct FederatedStart: Sendable {
    /// The provider's address.
    public let location: String
    /// What tells this browser from others, to be kept in a cookie of this name that scripts cannot read.
    public let binding: BrowserBinding
}

/// What a browser keeps while it is at a provider: nonce and PKCE verifier are derived from it.
public struct BrowserBinding: Sendable {
    /// The end of the cookie's name, of the sign-in that it belongs to: several may wait in one browser.
    public let name: String
    /// 43 characters.
    public let value: Secret<String>

    /// How long a browser may stay at a provider, in seconds.
    public static let lifetimeInSeconds = 600

    /// The name for a state.
    ///
    /// - Parameter state: The `state` that the provider brings back.
    /// - Returns: Its first 16 characters, if it is one of ours.
    public static func name(of state: String) -> String? {
        guard state.utf8.count == 43, Base64URL.decode(state) != nil else { return nil }
        return String(state.prefix(16))
    }
}

/// What a browser brings from a provider.
public struct FederatedAnswer: Sendable {
    /// The provider whose address was called.
    public let provider: IdentityProvider.ID
    /// Which sign-in it answers.
    public let state: String
    /// The code, if the provider vouches.
    public let code: Secret<String>?
    /// Why it does not.
    public let error: String?
    /// Who answers (RFC 9207).
    public let issuer: String?
    /// What the browser kept, if it is the one that was sent.
    public let binding: Secret<String>?

    /// Describes an answer.
    ///
    /// - Parameters:
    ///   - provider: The provider whose address was called.
    ///   - state: Which sign-in it answers.
    ///   - code: The code.
    ///   - error: Why there is none.
    ///   - issuer: Who answers.
    ///   - binding: What the browser kept.
    public init(
        provider: IdentityProvider.ID,
        state: String,
        code: Secret<String>?,
        error: String?,
        issuer: String?,
        binding: Secret<String>?
    ) {
        self.provider = provider
        self.state = state
        self.code = code
        self.error = error
        self.issuer = issuer
        self.binding = binding
    }
}

/// Why a browser comes back to the app without a code; the value is what the app reads as `error`.
@nonexhaustive
public enum FederatedRefusal: String, Error, Sendable, CaseIterable {
    /// The person, or the provider for them, said no.
    case accessDenied = "access_denied"
    /// The provider does not work, or what it says cannot be believed.
    case providerError = "provider_error"
    /// The provider tells no address; one must be asked for and confirmed.
    case emailRequired = "email_required"
    /// The provider does not say that the address is theirs.
    case emailUnverified = "email_unverified"
    /// The address is of a domain that the provider is not for.
    case domainNotAllowed = "domain_not_allowed"
    /// Somebody with this address is a member: they sign in as before and link the provider.
    case accountExists = "account_exists"
    /// Nobody becomes a member by coming.
    case notProvisioned = "not_provisioned"
    /// Somebody else is linked to this identity.
    case identityTaken = "identity_taken"
    /// The member is suspended, or left.
    case accountInactive = "account_inactive"
    /// Something failed that may work next time.
    case temporarilyUnavailable = "temporarily_unavailable"
}

/// A sign-in that waits for its answer, as it is stored.
struct FederatedFlow: Sendable {
    let browserHash: Bytes
    let redirectURI: String
    let returnTo: String
    let appState: String?
    let codeChallenge: String
    let user: User.ID?
    let provider: IdentityProvider

    /// Reads `selectFlow`.
    init(row: Row, provider: IdentityProvider) throws(DatabaseError) {
        browserHash = try row["browser_hash"]
        redirectURI = try row["redirect_uri"]
        returnTo = try row["return_to"]
        appState = try row["app_state"]
        codeChallenge = try row["code_challenge"]
        user = try row["user_id"]
        self.provider = provider
    }

    /// Where the browser goes when everything went well.
    func location(code: Secret<String>) -> String {
        FormText.append([("code", code.reveal()), ("state", appState)], to: returnTo)
    }

    /// Where it goes when it did not.
    func location(_ refusal: FederatedRefusal) -> String {
        FormText.append([("error", refusal.rawValue), ("state", appState)], to: returnTo)
    }
}

/// 32 bytes that mean nothing, of which the SHA-256 is stored: states, browsers' secrets and codes.
struct OneTimeSecret: Sendable {
    let bytes: Secret<[UInt8]>

    init(_ cryptography: any Cryptography) {
        bytes = Secret(cryptography.randomBytes(32))
    }

    init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        self.bytes = Secret(bytes)
    }

    var text: Secret<String> { Secret(Base64URL.encode(bytes.reveal())) }

    func hash(_ cryptography: any Cryptography) -> Bytes { Bytes(cryptography.sha256(bytes.reveal())) }

    /// One more secret, which tells nothing about this one; in base64url, 43 characters.
    func derived(_ purpose: StaticString, _ cryptography: any Cryptography) -> String {
        Base64URL.encode(cryptography.hmacSHA256(Array(purpose.description.utf8), key: bytes.reveal()))
    }
}
