// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import LMSCurlDriver
    internal import LMSEventLoop
    internal import LMSHTTP
    internal import LMSKit
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    @testable import LMSHost

    /// S12 of the inventory: no checks of addresses, secrets in clear and shown, a switch that anybody may use.
    @Suite struct WebhookAttackTests {
        private static let loops = Result { try EventLoopGroup(count: 1, name: "webhooks") }
        private static let path = "/api/v1/webhooks/endpoints"

        /// A host that calls out as the platform does, with nothing allowed but the public Internet.
        private func host() async throws -> PlatformHost {
            let loop = try Self.loops.get().next()
            return try await PlatformHost(http: CurlHTTPClient(loop: loop, addresses: OutgoingAddresses()))
        }

        @Test(
            arguments: [
                "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/",
                "https://172.16.0.1/", "https://192.168.0.1/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/",
                "https://[::]/", "https://[fd00::1]/", "https://100.64.0.1/",
            ]
        )
        func `attack: S12: an address that is not public is refused when it is typed`(url: String) async throws {
            try await withTenant { tenant in
                let host = try await host()
                let owner = try await host.member("owner", .owner, of: tenant)
                let made = try await host.send(
                    "POST",
                    Self.path,
                    to: tenant,
                    token: owner.access,
                    json: #"{"url":"\#(url)"}"#
                )
                #expect(made.code == "WEBHOOK_ADDRESS_REFUSED")
            }
        }

        @Test(
            arguments: [
                "http://example.org/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
                "https://127.1/", "https://user:password@example.org/", "https://example.org@127.0.0.1/",
                "https://example.org#@127.0.0.1/", "ftp://example.org/", "file:///etc/passwd",
            ]
        )
        func `attack: S12: an address that hides where it goes is refused when it is typed`(url: String) async throws {
            try await withTenant { tenant in
                let host = try await host()
                let owner = try await host.member("owner", .owner, of: tenant)
                let made = try await host.send(
                    "POST",
                    Self.path,
                    to: tenant,
                    token: owner.access,
                    json: #"{"url":"\#(url)"}"#
                )
                #expect(made.code == "VALIDATION_FAILED")
            }
        }

        @Test func `attack: S12: a name that stands for this machine is refused when it is connected to`() async throws
        {
            try await withTenant { tenant in
                let host = try await host()
                let owner = try await host.member("owner", .owner, of: tenant)
                func send(_ path: String, _ json: String? = nil) async throws -> TestReply {
                    try await host.send("POST", Self.path + path, to: tenant, token: owner.access, json: json)
                }
                let listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
                let made = try await send("", #"{"url":"https://localhost:\#(listener.port)/"}"#)
                #expect(made.status == 201, "\(made.text)")
                let tested = try await send("/\(try #require(made.json["id"]?.text))/test")
                #expect(tested.json["status"] == "failed")
                #expect(tested.json["lastAttempt"]?["error"] == "address_refused")
                // Nobody connected.
                switch listener.accept() {
                case .wouldBlock: break
                default: Issue.record("somebody connected")
                }
            }
        }

        @Test func `attack: S12: secrets are sealed, shown once, and only a manager switches`() async throws {
            try await withTenant { tenant in
                let host = try await host()
                let owner = try await host.member("owner", .owner, of: tenant)
                let auditor = try await host.member("eye", .auditor, of: tenant)
                let student = try await host.member("ada", .student, of: tenant)
                let made = try await host.send(
                    "POST",
                    "/api/v1/notifications/webhooks/subscriptions",
                    to: tenant,
                    token: owner.access,
                    json: #"{"eventType":"*","targetUrl":"https://hooks.example.org/","secret":"mine"}"#
                )
                #expect(made.status == 201, "\(made.text)")
                let id = try #require(made.json["id"]?.text)
                let secret = try #require(made.json["secret"]?.text)
                #expect(secret.hasPrefix("whsec_") && secret.count == 50)
                let toggle = "/api/v1/notifications/webhooks/subscriptions/\(id)/toggle"
                for (session, status) in [(auditor, 403), (student, 403), (owner, 200)] {
                    let reply = try await host.send("PATCH", toggle, to: tenant, token: session.access)
                    #expect(reply.status == status)
                }
                let listed = try await host.send(
                    "GET",
                    "/api/v1/notifications/webhooks/subscriptions",
                    to: tenant,
                    token: auditor.access
                )
                #expect(listed.status == 200 && !listed.text.contains("whsec_"))
                let dump: String = try await tenant.transaction { session in
                    try await session.execute(
                        """
                        SELECT query_to_xml('SELECT *, encode(sealed_secret, ''escape'') FROM webhook_secrets', true, true, '')::text
                            || query_to_xml('SELECT * FROM audit_events', true, true, '')::text AS x
                        """
                    ).only?["x"] ?? ""
                }
                #expect(dump.contains("webhook_endpoint.created") && !dump.contains(secret.dropFirst(6)))
            }
        }
    }
#endif
