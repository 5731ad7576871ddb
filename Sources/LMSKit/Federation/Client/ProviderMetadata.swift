// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What a provider says of itself (OpenID Connect Discovery §3), as far as it is needed.
struct ProviderMetadata: Sendable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let userInfoEndpoint: String?
    let keySetAddress: String
    let endSessionEndpoint: String?
    /// The algorithms of its tokens that are taken.
    let algorithms: Set<SignatureAlgorithm>
    /// Whether each of its answers names it (RFC 9207).
    let namesItself: Bool
    /// Whether the client's secret may be in the body of a request (`client_secret_post`).
    let takesSecretInBody: Bool

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - json: The document.
    ///   - issuer: Who it must be of (Discovery §4.3), as it was set up.
    ///   - kind: The provider's dialect.
    init?(_ json: JSONValue, of issuer: String, kind: IdentityProvider.Kind) {
        let mayBeClear = issuer.hasPrefix("http://")
        func address(_ name: String) -> String? {
            guard let text = json[name]?.text, text.utf8.count <= 2_000 else { return nil }
            return text.hasPrefix("https://") || mayBeClear && text.hasPrefix("http://") ? text : nil
        }
        guard let named = json["issuer"]?.text,
            named == issuer || kind == .microsoft && ProviderMetadata.isMicrosoft(named),
            let authorization = address("authorization_endpoint"), let token = address("token_endpoint"),
            let keys = address("jwks_uri")
        else { return nil }
        self.issuer = named
        authorizationEndpoint = authorization
        tokenEndpoint = token
        keySetAddress = keys
        userInfoEndpoint = address("userinfo_endpoint")
        endSessionEndpoint = address("end_session_endpoint")
        namesItself = json["authorization_response_iss_parameter_supported"]?.flag ?? false
        takesSecretInBody = json.texts("token_endpoint_auth_methods_supported").contains("client_secret_post")
        // RS256 is what every provider must have (Discovery §3); Google and Microsoft sign with nothing else.
        let offered = Set(
            json.texts("id_token_signing_alg_values_supported").compactMap(SignatureAlgorithm.init(rawValue:))
        )
        algorithms = kind == .oidc && !offered.isEmpty ? offered : [.rs256]
    }

    /// `https://login.microsoftonline.com/{directory}/v2.0`, where the directory may be left open.
    private static func isMicrosoft(_ issuer: String) -> Bool {
        let start = "https://login.microsoftonline.com/"
        guard issuer.hasPrefix(start), issuer.hasSuffix("/v2.0") else { return false }
        let directory = issuer.dropFirst(start.count).dropLast(5)
        return directory == "{tenantid}" || !directory.isEmpty && directory.utf8.allSatisfy(\.isNameByte)
    }
}

extension JSONValue {
    /// The texts of a member that is a list; none if it is not one.
    fileprivate func texts(_ name: String) -> [String] {
        guard case .array(let values) = self[name] else { return [] }
        return values.compactMap(\.text)
    }
}
