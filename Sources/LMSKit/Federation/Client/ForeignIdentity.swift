// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Who somebody is, as a provider says.
struct ForeignIdentity: Sendable {
    /// Who says it.
    let issuer: String
    /// What the issuer calls them, for ever.
    let subject: String
    /// Their address, if they have one and let us see it.
    let email: Email?
    /// Whether the provider says that the address is theirs.
    let saysEmailIsTheirs: Bool
    /// Their name.
    let name: String?
    /// Everything that is said, for the rules of roles.
    let claims: JSONValue

    init(issuer: String, subject: String, claims: JSONValue) {
        self.issuer = issuer
        self.subject = subject
        email = claims["email"]?.text.flatMap { Email($0) }
        // Microsoft leaves `email_verified` out and says with `xms_edov` whether the domain's owner was checked: any
        // directory may put any address in there (https://aka.ms/nOAuth).
        saysEmailIsTheirs = claims["email_verified"]?.isAffirmative ?? claims["xms_edov"]?.isAffirmative ?? false
        name = claims["name"]?.text.flatMap { $0.isEmpty ? nil : String($0.prefix(255)) }
        self.claims = claims
    }
}

extension JSONValue {
    /// `true`, and what some providers write instead.
    fileprivate var isAffirmative: Bool {
        switch self {
        case .bool(let flag): flag
        case .string(let text): text == "true" || text == "1"
        case .number(let text): text == "1"
        default: false
        }
    }
}

/// What a provider's answer is checked with.
struct ForeignQuestion: Sendable {
    /// The address that the provider was told to answer to.
    let redirectURI: String
    /// The PKCE verifier (RFC 7636).
    let verifier: Secret<String>
    /// What the token must repeat.
    let nonce: String
}
