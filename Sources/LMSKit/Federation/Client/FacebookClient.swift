// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Where Facebook is, and which version of its interface is spoken.
public struct FacebookEndpoints: Sendable {
    /// Where people are sent, without a slash at the end.
    public var dialog = "https://www.facebook.com"
    /// Where tokens and profiles are.
    public var graph = "https://graph.facebook.com"
    /// The version, such as `v21.0`.
    public var version = "v21.0"

    /// Facebook's own, at the version that this was written for.
    public init() {}
}

/// Speaks Facebook's dialect of OAuth: no identity token, but a profile that an access token opens.
struct FacebookClient: Sendable {
    let http: any HTTPClient
    let cryptography: any Cryptography
    let endpoints: FacebookEndpoints

    /// Where a browser is sent.
    func authorizationAddress(
        _ provider: IdentityProviderSettings,
        redirectURI: String,
        state: String
    ) -> String {
        FormText.append(
            [
                ("client_id", provider.clientID), ("redirect_uri", redirectURI), ("state", state),
                ("scope", provider.scopes.joined(separator: ",")), ("response_type", "code"),
            ],
            to: "\(endpoints.dialog)/\(endpoints.version)/dialog/oauth"
        )
    }

    /// Exchanges a code and reads whose it is.
    func identify(
        _ code: String,
        redirectURI: String,
        _ provider: IdentityProviderSettings,
        secret: Secret<String>?
    ) async throws(ProviderFailure) -> ForeignIdentity {
        guard let secret else { throw .misconfigured }
        let reply = try await read(
            "oauth/access_token",
            [
                ("client_id", provider.clientID), ("client_secret", secret.reveal()), ("redirect_uri", redirectURI),
                ("code", code),
            ]
        )
        guard let token = reply["access_token"]?.text else { throw .misconfigured }
        // That the token is of this app follows from where it came from: it was not the browser that brought it.
        let profile = try await read(
            "me",
            [
                ("fields", "id,name,email"), ("access_token", token),
                ("appsecret_proof", proof(of: token, secret: secret)),
            ]
        )
        guard let subject = profile["id"]?.text, (1...255).contains(subject.utf8.count) else { throw .misconfigured }
        return ForeignIdentity(issuer: provider.issuer, subject: subject, claims: profile)
    }

    /// Shows that who has the token has the secret too: HMAC-SHA-256 in hexadecimal digits.
    func proof(of token: String, secret: Secret<String>) -> String {
        cryptography.hmacSHA256(Array(token.utf8), key: Array(secret.reveal().utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private func read(_ path: String, _ query: [(String, String?)]) async throws(ProviderFailure) -> JSONValue {
        let address = FormText.append(query, to: "\(endpoints.graph)/\(endpoints.version)/\(path)")
        let request = OutgoingRequest(.get, address, fields: [("Accept", "application/json")], limitInBytes: 64 * 1024)
        let response = try await http.reply(to: request)
        guard response.status == 200 else { throw .refused(status: response.status) }
        return try response.json
    }
}
