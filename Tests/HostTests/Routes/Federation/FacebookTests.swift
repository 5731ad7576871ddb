// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

/// The three endpoints of Facebook that are spoken with, as strict as its documentation.
private final class StubFacebook: HTTPClient {
    private let codes = Mutex<[String: (redirectURI: String, profile: String)]>([:])
    let platform: TestPlatform

    init() throws { platform = try TestPlatform() }

    func grant(_ location: String, profile: String) -> String {
        let code = "AQ" + Base64URL.encode(platform.cryptography.randomBytes(12))
        let uri = FederationWorld.query(of: location)["redirect_uri"] ?? ""
        codes.withLock { $0[code] = (uri, profile) }
        return code
    }

    func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse {
        let url = request.url.reveal()
        let query = FederationWorld.query(of: url)
        if url.hasPrefix("https://graph.facebook.com/v21.0/oauth/access_token?") {
            let grant = codes.withLock { $0[query["code"] ?? ""] }
            guard let grant, grant.redirectURI == query["redirect_uri"], query["client_id"] == "client-1",
                query["client_secret"] == "s3cret+"
            else { return refusal }
            return reply(#"{"access_token":"EAA\#(query["code"] ?? "")","token_type":"bearer","expires_in":5183944}"#)
        }
        if url.hasPrefix("https://graph.facebook.com/v21.0/me?") {
            let token = query["access_token"] ?? ""
            let proof = platform.cryptography.hmacSHA256(Array(token.utf8), key: Array("s3cret+".utf8))
            let digits = proof.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            guard let grant = codes.withLock({ $0[String(token.dropFirst(3))] }), query["appsecret_proof"] == digits
            else { return refusal }
            return reply(grant.profile)
        }
        throw .unreachable
    }

    private var refusal: OutgoingResponse {
        reply(#"{"error":{"message":"Invalid","type":"OAuthException","code":190,"fbtrace_id":"A"}}"#, status: 400)
    }

    private func reply(_ text: String, status: Int = 200) -> OutgoingResponse {
        OutgoingResponse(status: status, fields: [], body: Array(text.utf8))
    }
}

@Suite struct FacebookTests {
    @Test func `a member links Facebook and signs in with it, though it tells no address`() async throws {
        let facebook = try StubFacebook()
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: facebook)
            let provider = try await world.provider(kind: "facebook", issuer: nil)
            let member = try await world.host.register("ada", at: tenant)
            let reply = try await world.host.send(
                "POST",
                "/api/v1/auth/federated/\(provider)/link",
                to: tenant,
                token: member.access,
                json: #"{"returnTo":"\#(FederationWorld.returnTo)","codeChallenge":"\#(FederationWorld.challenge)"}"#
            )
            let location = try #require(reply.json["location"]?.text, "\(reply.text)")
            #expect(location.hasPrefix("https://www.facebook.com/v21.0/dialog/oauth?client_id=client-1&"))
            #expect(FederationWorld.query(of: location)["scope"] == "public_profile,email")
            let code = facebook.grant(location, profile: #"{"id":"10224","name":"Ada"}"#)
            _ = try await world.comeBack(
                provider,
                ["code": code, "state": FederationWorld.query(of: location)["state"] ?? ""],
                cookie: try FederationWorld.cookie(of: reply)
            )
            let sent = try await world.begin(provider)
            let next = facebook.grant(sent.location, profile: #"{"id":"10224","name":"Ada"}"#)
            let back = try await world.comeBack(provider, ["code": next, "state": sent.state], cookie: sent.cookie)
            let tokens = try await world.exchange(FederationWorld.query(of: back["location"] ?? "")["code"])
            #expect(try await world.me(tokens)["sub"]?.text == member.user)
        }
    }

    @Test(
        arguments: [
            (#"{"id":"7","name":"Eve"}"#, "email_required"),
            // Facebook does not say whether an address was confirmed.
            (#"{"id":"7","name":"Eve","email":"eve@uni.example"}"#, "email_unverified"),
            (#"{"name":"Eve"}"#, "provider_error"),
        ]
    )
    func `who comes from Facebook for the first time has to confirm an address`(
        profile: String,
        error: String
    ) async throws {
        let facebook = try StubFacebook()
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: facebook)
            let provider = try await world.provider(kind: "facebook", issuer: nil)
            let sent = try await world.begin(provider)
            let code = facebook.grant(sent.location, profile: profile)
            let back = try await world.comeBack(provider, ["code": code, "state": sent.state], cookie: sent.cookie)
            #expect(FederationWorld.query(of: back["location"] ?? "")["error"] == error)
        }
    }
}
