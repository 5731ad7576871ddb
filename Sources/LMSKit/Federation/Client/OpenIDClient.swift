// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Speaks OpenID Connect with a provider: authorization code with PKCE (RFC 9700 §2.1.1).
struct OpenIDClient: Sendable {
    let http: any HTTPClient
    let documents: ProviderDocuments
    let verification: any SignatureVerification
    let clock: WallClock

    /// Where a browser is sent.
    func authorizationAddress(
        _ provider: IdentityProviderSettings,
        redirectURI: String,
        state: String,
        nonce: String,
        challenge: String
    ) async throws(ProviderFailure) -> String {
        let metadata = try await documents.metadata(of: provider.issuer, kind: provider.kind)
        return FormText.append(
            [
                ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI),
                ("scope", provider.scopes.joined(separator: " ")), ("state", state), ("nonce", nonce),
                ("code_challenge", challenge), ("code_challenge_method", "S256"),
                // Only a hint to Google's form; whose domain somebody is of is decided when they come back.
                ("hd", provider.kind == .google && provider.emailDomains.count == 1 ? provider.emailDomains[0] : nil),
            ],
            to: metadata.authorizationEndpoint
        )
    }

    /// Whether an answer is this provider's (RFC 9207 §2.4): what defends against the mix-up of two.
    func isAnswer(
        naming issuer: String?,
        of provider: IdentityProviderSettings
    ) async throws(ProviderFailure) -> Bool {
        let metadata = try await documents.metadata(of: provider.issuer, kind: provider.kind)
        guard let issuer else { return !metadata.namesItself }
        return issuer == metadata.issuer
    }

    /// Exchanges a code and finds out who somebody is.
    func identify(
        _ code: String,
        _ question: ForeignQuestion,
        _ provider: IdentityProviderSettings,
        secret: Secret<String>?
    ) async throws(ProviderFailure) -> ForeignIdentity {
        let metadata = try await documents.metadata(of: provider.issuer, kind: provider.kind)
        let tokens = try await exchange(code, question, provider, secret, metadata)
        let expected = IdentityToken.Expectation(
            issuer: metadata.issuer,
            issuerAliases: provider.kind == .google ? ["accounts.google.com"] : [],
            clientID: provider.clientID,
            algorithms: metadata.algorithms,
            nonce: question.nonce,
            accessToken: tokens.access,
            directories: Set(provider.directories)
        )
        let token = try await verify(tokens.identity, expected, metadata)
        let identity = ForeignIdentity(issuer: token.issuer, subject: token.subject, claims: token.claims)
        guard identity.email == nil, let endpoint = metadata.userInfoEndpoint, let access = tokens.access else {
            return identity
        }
        let more = try await userInfo(endpoint, access)
        // Core §5.3.4: what is said of somebody else must not be taken.
        guard more["sub"]?.text == token.subject else { throw .untrusted }
        return ForeignIdentity(issuer: token.issuer, subject: token.subject, claims: token.claims.adding(more))
    }

    /// Checks a token; a key that is not known may be new.
    private func verify(
        _ text: String,
        _ expected: IdentityToken.Expectation,
        _ metadata: ProviderMetadata
    ) async throws(ProviderFailure) -> IdentityToken {
        let address = metadata.keySetAddress
        let known = try await documents.keys(at: address)
        do {
            return try IdentityToken(text, keys: known, expected: expected, at: clock.now(), verification)
        } catch .unknownKey {
            let fresh = try await documents.keys(at: address, rereading: true)
            do {
                return try IdentityToken(text, keys: fresh, expected: expected, at: clock.now(), verification)
            } catch {
                throw .untrusted
            }
        } catch {
            throw .untrusted
        }
    }

    private struct Tokens {
        let identity: String
        let access: Secret<String>?
    }

    private func exchange(
        _ code: String,
        _ question: ForeignQuestion,
        _ provider: IdentityProviderSettings,
        _ secret: Secret<String>?,
        _ metadata: ProviderMetadata
    ) async throws(ProviderFailure) -> Tokens {
        var fields = [
            ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
        ]
        var form: [(String, String?)] = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", question.redirectURI),
            ("code_verifier", question.verifier.reveal()),
        ]
        if let secret, !metadata.takesSecretInBody {
            // RFC 6749 §2.3.1: both are encoded as in a form before they are put together.
            let pair = "\(FormText.encode(provider.clientID)):\(FormText.encode(secret.reveal()))"
            fields.append(("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()))
        } else {
            form.append(("client_id", provider.clientID))
            form.append(("client_secret", secret?.reveal()))
        }
        let request = OutgoingRequest(
            .post,
            metadata.tokenEndpoint,
            fields: fields,
            body: Array(FormText.encode(form).utf8),
            limitInBytes: 64 * 1024
        )
        let response = try await http.reply(to: request)
        guard response.status == 200 else { throw .refused(status: response.status) }
        let json = try response.json
        guard let identity = json["id_token"]?.text else { throw .misconfigured }
        return Tokens(identity: identity, access: json["access_token"]?.text.map { Secret($0) })
    }

    private func userInfo(_ endpoint: String, _ access: Secret<String>) async throws(ProviderFailure) -> JSONValue {
        let request = OutgoingRequest(
            .get,
            endpoint,
            fields: [("Authorization", "Bearer \(access.reveal())"), ("Accept", "application/json")],
            limitInBytes: 64 * 1024
        )
        let response = try await http.reply(to: request)
        guard response.status == 200 else { throw .refused(status: response.status) }
        return try response.json
    }
}

extension JSONValue {
    /// An object with members of another; its own stay.
    fileprivate func adding(_ other: JSONValue) -> JSONValue {
        guard case .object(let own) = self, case .object(let more) = other else { return self }
        return .object(own + more.filter { self[$0.name] == nil })
    }
}
