// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import Foundation
    internal import LMSCurlDriver
    internal import LMSEventLoop
    internal import LMSHTTP
    internal import LMSKit
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    @testable import LMSHost

    /// Against a provider that somebody else wrote: oidc-provider-mock, over sockets.
    @Suite struct FederationPeerTests {
        private static let loops = Result { try EventLoopGroup(count: 1, name: "outgoing") }

        private func client(allowing networks: String) throws -> CurlHTTPClient {
            CurlHTTPClient(
                loop: try Self.loops.get().next(),
                addresses: OutgoingAddresses(allowing: NetworkRange.list(networks) ?? [])
            )
        }

        /// Runs the provider for the time of a closure.
        private func withProvider(_ body: (_ issuer: String) async throws -> Void) async throws {
            let port = try PeerPrograms.freePort()
            let process = try Program(
                PeerPrograms.installed("oidc-provider-mock"),
                [
                    "--port", "\(port)", "--require-nonce", "true", "--user-claims",
                    #"{"sub":"ada","email":"ada@uni.example","email_verified":true,"name":"Ada Lovelace"}"#,
                ],
                environment: [:]
            )
            try await process.wait(for: "Uvicorn running on")
            defer { process.destroy() }
            try await body("http://127.0.0.1:\(port)")
        }

        @Test func `somebody signs in by oidc-provider-mock: discovery, code, PKCE, RS256 and JWKS`() async throws {
            let http = try client(allowing: "127.0.0.1")
            try await withProvider { issuer in
                try await withTenant { tenant in
                    let world = try await FederationWorld(tenant, http: http)
                    let provider = try await world.provider(issuer: issuer)
                    var subjects: [JSONValue?] = []
                    for _ in 0..<2 {
                        let sent = try await world.begin(provider)
                        // What the form of the provider's page sends.
                        let consent = try await http.send(
                            OutgoingRequest(
                                .post,
                                sent.location,
                                fields: [("Content-Type", "application/x-www-form-urlencoded")],
                                body: Array("sub=ada".utf8)
                            )
                        )
                        let back = try #require(consent.field("location"), "\(consent.status)")
                        #expect(back.hasPrefix(sent.query["redirect_uri"] ?? "?"))
                        let reply = try await world.comeBack(
                            provider,
                            FederationWorld.query(of: back),
                            cookie: sent.cookie
                        )
                        let code = FederationWorld.query(of: reply["location"] ?? "")["code"]
                        let me = try await world.me(try await world.exchange(code))
                        #expect(me["email"] == "ada@uni.example")
                        subjects.append(me["sub"])
                    }
                    #expect(subjects[0] != nil && subjects[0] == subjects[1])
                }
            }
        }

        @Test func `somebody is sent to sign out at oidc-provider-mock, which sends them back`() async throws {
            let http = try client(allowing: "127.0.0.1")
            try await withProvider { issuer in
                try await withTenant { tenant in
                    let world = try await FederationWorld(tenant, http: http)
                    let sent = try await world.begin(try await world.provider(issuer: issuer))
                    let form = [("Content-Type", "application/x-www-form-urlencoded")]
                    let consent = try await http.send(
                        OutgoingRequest(.post, sent.location, fields: form, body: Array("sub=ada".utf8))
                    )
                    let provider = String(sent.query["redirect_uri"]?.split(separator: "/").dropLast().last ?? "")
                    let back = FederationWorld.query(of: consent.field("location") ?? "")
                    let reply = try await world.comeBack(provider, back, cookie: sent.cookie)
                    let code = FederationWorld.query(of: reply["location"] ?? "")["code"]
                    let access = try await world.login(code).json["accessToken"]?.text
                    let left = try await world.host.send(
                        "POST",
                        "/api/v1/auth/logout/federated",
                        to: tenant,
                        token: access,
                        json: #"{"returnTo":"\#(FederationWorld.returnTo)","state":"bye"}"#
                    )
                    let location = try #require(left.json["location"]?.text)
                    #expect(location.hasPrefix(issuer))
                    let page = try await http.send(OutgoingRequest(.get, location))
                    #expect(page.status == 200)
                    let text = String(decoding: page.body, as: UTF8.self)
                    #expect(text.contains("\(FederationWorld.returnTo)?state=bye"))
                }
            }
        }

        @Test func `somebody who says no at oidc-provider-mock is not signed in`() async throws {
            let http = try client(allowing: "127.0.0.1")
            try await withProvider { issuer in
                try await withTenant { tenant in
                    let world = try await FederationWorld(tenant, http: http)
                    let provider = try await world.provider(issuer: issuer)
                    let sent = try await world.begin(provider)
                    let refusal = try await http.send(
                        OutgoingRequest(
                            .post,
                            sent.location,
                            fields: [("Content-Type", "application/x-www-form-urlencoded")],
                            body: Array("action=deny".utf8)
                        )
                    )
                    var query = FederationWorld.query(of: refusal.field("location") ?? "")
                    #expect(query["error"] == "access_denied")
                    // RFC 6749 §4.1.2.1 has it there; this provider forgets it.
                    query["state"] = sent.state
                    let reply = try await world.comeBack(provider, query, cookie: sent.cookie)
                    #expect(FederationWorld.query(of: reply["location"] ?? "")["error"] == "access_denied")
                }
            }
        }

        @Test(
            arguments: [
                "https://169.254.169.254", "https://127.0.0.1", "https://localhost", "https://[::1]",
                "https://10.0.0.1",
                "http://127.0.0.1", "https://0x7f000001", "http://localhost",
            ]
        )
        func `SSRF by the issuer's address: what is not public is not asked`(issuer: String) async throws {
            let http = try client(allowing: "10.99.0.0/16")
            try await withTenant { tenant in
                let world = try await FederationWorld(tenant, http: http)
                let provider = try await world.provider(issuer: issuer)
                let reply = try await world.start(provider)
                #expect(reply.code == "IDENTITY_PROVIDER_UNAVAILABLE")
                // Nor does the reply tell what is there.
                #expect(!reply.text.contains("169.254") && !reply.text.contains("refused"))
            }
        }
    }
#endif
