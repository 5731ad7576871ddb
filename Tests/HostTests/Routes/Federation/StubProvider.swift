// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization

@testable import LMSHost

/// An OpenID Connect provider that does as a test wants, right or wrong; it stands where the HTTP client is.
final class StubProvider: HTTPClient {
    let forge: TokenForge
    let issuer: String
    private let state: Mutex<State>

    struct State {
        /// What was asked for with each code.
        var grants: [String: Grant] = [:]
        /// How often each path was read.
        var reads: [String: Int] = [:]
        /// Members of the metadata besides the necessary ones, as JSON.
        var metadata: [String: String] = [:]
        /// The key set; the forge's own unless said.
        var keySet: String?
        /// Writes the identity token of a grant.
        var token: @Sendable (TokenForge, Grant) throws -> String = { forge, grant in
            try forge.token(grant.claims(of: forge))
        }
        /// Whom the last token was of, as JSON.
        var subject = "null"
        /// What `/userinfo` answers; the subject and no more unless said.
        var profile: String?
    }

    struct Grant: Sendable {
        let query: [String: String]
        /// Claims of the person, as JSON by name.
        let person: [String: String]
        var issuer: String

        /// Right claims for what was asked.
        func claims(of forge: TokenForge, _ changes: [String: String?] = [:]) -> String {
            var claims: [String: String?] = [
                "iss": "\"\(issuer)\"", "aud": "\"\(query["client_id"] ?? "")\"",
                "nonce": "\"\(query["nonce"] ?? "")\"",
            ]
            for (name, value) in person { claims[name] = value }
            for (name, value) in changes { claims[name] = value }
            return forge.claims(claims)
        }
    }

    init(issuer: String = "https://id.example") throws {
        self.issuer = issuer
        forge = try TokenForge()
        state = Mutex(State())
    }

    func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
    }

    func reads(of path: String) -> Int { state.withLock { $0.reads[path] ?? 0 } }

    /// What a person does there: says yes.
    ///
    /// - Returns: The code that their browser brings back.
    func grant(_ location: String, as person: [String: String]) -> String {
        let code = Base64URL.encode(forge.cryptography.randomBytes(16))
        state.withLock {
            $0.grants[code] = Grant(query: FederationWorld.query(of: location), person: person, issuer: issuer)
        }
        return code
    }

    func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse {
        let url = request.url.reveal()
        guard url.hasPrefix(issuer + "/") else { throw .unreachable }
        let path = String(url.dropFirst(issuer.count))
        state.withLock { $0.reads[path, default: 0] += 1 }
        switch path {
        case "/.well-known/openid-configuration": return reply(metadata)
        case "/keys": return reply(state.withLock { $0.keySet } ?? forge.keySet)
        case "/userinfo": return reply(state.withLock { $0.profile ?? #"{"sub":\#($0.subject)}"# })
        case "/token": return exchange(request)
        default: return reply("{}", status: 404)
        }
    }

    private var metadata: String {
        var members: [String: String] = [
            "issuer": "\"\(issuer)\"", "authorization_endpoint": "\"\(issuer)/authorize\"",
            "token_endpoint": "\"\(issuer)/token\"", "jwks_uri": "\"\(issuer)/keys\"",
            "userinfo_endpoint": "\"\(issuer)/userinfo\"",
            "id_token_signing_alg_values_supported": #"["EdDSA","RS256","none","HS256"]"#,
        ]
        for (name, value) in state.withLock({ $0.metadata }) { members[name] = value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    /// As strict as RFC 6749 and RFC 7636 ask a provider to be.
    private func exchange(_ request: OutgoingRequest) -> OutgoingResponse {
        let form = FederationWorld.query(of: "?" + String(decoding: request.body.reveal(), as: UTF8.self))
        let grant = state.withLock { $0.grants.removeValue(forKey: form["code"] ?? "") }
        let hash = Base64URL.encode(forge.cryptography.sha256(Array((form["code_verifier"] ?? "").utf8)))
        guard let grant, form["redirect_uri"] == grant.query["redirect_uri"], hash == grant.query["code_challenge"],
            isAuthenticated(request, form)
        else { return reply(#"{"error":"invalid_grant"}"#, status: 400) }
        state.withLock { $0.subject = grant.person["sub"] ?? "null" }
        do {
            let token = try state.withLock({ $0.token })(forge, grant)
            return reply(#"{"token_type":"Bearer","access_token":"opaque","id_token":"\#(token)"}"#)
        } catch {
            return reply("{}", status: 500)
        }
    }

    private func isAuthenticated(_ request: OutgoingRequest, _ form: [String: String]) -> Bool {
        let field = request.fields.reveal().first { $0.name == "Authorization" }?.value
        return field == "Basic " + Data("client-1:s3cret%2B".utf8).base64EncodedString()
    }

    private func reply(_ text: String, status: Int = 200) -> OutgoingResponse {
        OutgoingResponse(status: status, fields: [("content-type", "application/json")], body: Array(text.utf8))
    }
}
