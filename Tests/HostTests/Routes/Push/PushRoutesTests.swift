// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct PushRoutesTests {
    private static let path = "/api/v1/push/subscriptions"

    private struct World {
        let host: PlatformHost
        let tenant: TestTenant

        func post(_ json: String, as member: PlatformHost.Session) async throws -> TestReply {
            try await host.send("POST", PushRoutesTests.path, to: tenant, token: member.access, json: json)
        }

        func list(as member: PlatformHost.Session) async throws -> [JSONValue] {
            let reply = try await host.send("GET", PushRoutesTests.path, to: tenant, token: member.access)
            guard case .array(let items) = reply.json["items"] else { throw TestFailure(reply.text) }
            return items
        }

        /// A browser that listens at an address.
        func browser(_ endpoint: String) -> String {
            let key = Base64URL.encode(host.platform.messages.makeP256Key().publicKey)
            let secret = Base64URL.encode(host.platform.cryptography.randomBytes(16))
            return
                #"{"endpoint":"\#(endpoint)","expirationTime":null,"keys":{"p256dh":"\#(key)","auth":"\#(secret)"}}"#
        }
    }

    private func withWorld(_ body: (World) async throws -> Void) async throws {
        try await withTenant { tenant in try await body(World(host: try await PlatformHost(), tenant: tenant)) }
    }

    @Test func `a browser is registered once, listed without where it listens, and deleted`() async throws {
        try await withWorld { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            let browser = world.browser("https://push.example.net/send/planted-endpoint")
            let first = try await world.post(browser, as: ada)
            #expect(first.status == 201, "\(first.text)")
            let again = try await world.post(browser, as: ada)
            #expect(again.json["id"] == first.json["id"])
            #expect(try await world.list(as: ada).count == 1)
            #expect(!first.text.contains("planted-endpoint"))
            let id = try #require(first.json["id"]?.text)
            func delete() async throws -> Int {
                try await world.host.send("DELETE", "\(Self.path)/\(id)", to: world.tenant, token: ada.access).status
            }
            #expect(try await delete() == 204)
            #expect(try await delete() == 404)
        }
    }

    @Test func `the key for browsers is one for all, and another one for another tenant`() async throws {
        var keys: Set<String> = []
        for _ in 0..<2 {
            try await withWorld { world in
                for name in ["ada", "bob"] {
                    let member = try await world.host.register(name, at: world.tenant)
                    let reply = try await world.host.send(
                        "GET",
                        "/api/v1/push/vapid-key",
                        to: world.tenant,
                        token: member.access
                    )
                    let key = try #require(reply.json["publicKey"]?.text)
                    #expect(Base64URL.decode(key)?.count == 65)
                    keys.insert(key)
                }
            }
        }
        #expect(keys.count == 2)
    }

    @Test func `a device is its last owner's, and ends with the sign-in that it was registered in`() async throws {
        try await withWorld { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            let bob = try await world.host.register("bob", at: world.tenant)
            let browser = world.browser("https://push.example.net/send/shared")
            let adas = try await world.post(browser, as: ada)
            let bobs = try await world.post(browser, as: bob)
            #expect(adas.json["id"] != bobs.json["id"])
            #expect(try await world.list(as: ada).isEmpty)
            #expect(try await world.list(as: bob).count == 1)
            let out = try await world.host.send("POST", "/api/v1/auth/logout", to: world.tenant, token: bob.access)
            #expect(out.status == 204, "\(out.text)")
            let user = try #require(User.ID(bob.user))
            let pusher = PushDelivery(world.host.platform.lms, tenants: world.tenant.tenants)
            let notice = PushNotice(UUID(), title: "t", body: "b", expiresAt: .distantFuture)
            let principal = Principal(.user(user), grants: Grants())
            #expect(try await pusher.tryOut(notice, at: world.tenant.tenant, as: principal).isEmpty)
        }
    }

    @Test func `attack: more devices than anybody has push the oldest out, and no more are kept`() async throws {
        try await withWorld { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            for number in 0..<22 {
                let reply = try await world.post(world.browser("https://push.example.net/send/\(number)"), as: ada)
                #expect(reply.status == 201)
                world.host.platform.clock.advance(by: 1)
            }
            #expect(try await world.list(as: ada).count == PushSubscriptions.limit)
        }
    }

    @Test(
        arguments: [
            "http://push.example.net/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x",
            "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/x", "https://user@push.example.net/x",
            "https://push.example.net/x#y", "ftp://push.example.net/x", "https:///x", "https://push.example.net:0/x",
            "https://push.example.net:99999/x", "https://192.168.1.1:8443/x", "https://[fe80::1%25eth0]/x",
        ]
    )
    func `attack: an endpoint that is no public https address is refused`(endpoint: String) async throws {
        try await withWorld { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            #expect(try await world.post(world.browser(endpoint), as: ada).code == "PUSH_DEVICE_INVALID")
        }
    }

    @Test func `attack: another tenant's and another member's device is neither seen nor deleted`() async throws {
        try await withWorld { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            let mallory = try await world.host.member("mallory", .owner, of: world.tenant)
            let id = try #require(
                try await world.post(world.browser("https://push.example.net/send/a"), as: ada).json["id"]?.text
            )
            func delete(_ id: String, at tenant: TestTenant, _ token: String) async throws -> TestReply {
                try await world.host.send("DELETE", "\(Self.path)/\(id)", to: tenant, token: token)
            }
            let never = try await delete("01890a5d-dead-774b-bcce-b302099a8057", at: world.tenant, mallory.access)
            let foreign = try await delete(id, at: world.tenant, mallory.access)
            #expect(never.status == 404 && foreign.comparable == never.comparable)
            try await withTenant { elsewhere in
                let eve = try await world.host.member("eve", .owner, of: elsewhere)
                #expect(try await delete(id, at: elsewhere, eve.access).comparable == never.comparable)
            }
            #expect(try await world.list(as: ada).count == 1)
            #expect(try await world.list(as: mallory).isEmpty)
        }
    }

    @Test func `attack: a dump of the tenant has no endpoint, no token and no private key`() async throws {
        try await withWorld { world in
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let endpoint = "https://push.example.net/send/planted-endpoint"
            #expect(try await world.post(world.browser(endpoint), as: owner).status == 201)
            let token = #"{"token":"planted-registration-token","platform":"android"}"#
            #expect(try await world.post(token, as: owner).status == 201)
            let file = try Program.run(
                "/usr/bin/openssl",
                ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-quiet"]
            ).text
            let names = #""keyId":"ABC123DEFG","teamId":"DEF123GHIJ","topic":"org.example.academy""#
            let key = JSONValue.string(file).written
            let set = try await world.host.send(
                "PUT",
                "/api/v1/tenant/push/apns",
                to: world.tenant,
                token: owner.access,
                json: #"{"key":\#(key),\#(names)}"#
            )
            #expect(set.status == 200, "\(set.text)")
            let shown = try await world.host.send("GET", "/api/v1/tenant/push", to: world.tenant, token: owner.access)
            #expect(shown.json["apns"]?["keyId"] == "ABC123DEFG")
            let secret = try #require(file.split(separator: "\n").dropFirst().first).prefix(40)
            let dump: String = try await world.tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT query_to_xml('SELECT *, encode(sealed_target, ''escape'') FROM push_subscriptions', true, true, '')::text
                        || query_to_xml('SELECT *, encode(sealed_key, ''escape'') FROM push_accounts', true, true, '')::text
                        || query_to_xml('SELECT * FROM audit_events', true, true, '')::text AS x
                    """
                )
                return try rows.only?["x"] ?? ""
            }
            #expect(dump.contains("org.example.academy"))
            for text in [dump, set.text, shown.text] {
                for planted in ["planted-endpoint", "planted-registration-token", String(secret)] {
                    #expect(!text.contains(planted))
                }
            }
        }
    }

    @Test func `a new data key seals devices and accounts anew`() async throws {
        try await withWorld { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            #expect(try await world.post(world.browser("https://push.example.net/send/a"), as: ada).status == 201)
            _ = try await world.host.send("GET", "/api/v1/push/vapid-key", to: world.tenant, token: ada.access)
            let lms = world.host.platform.lms
            let resealed = try await lms.keyRotation.rotateDataKey(world.tenant.id, tenants: world.tenant.tenants)
            for column in ["push_subscriptions.sealed_target", "push_accounts.sealed_key"] {
                #expect(resealed.first { $0.column == column }?.count == 1)
            }
            let user = try #require(User.ID(ada.user))
            let notice = PushNotice(UUID(), title: "t", body: "b", expiresAt: .distantFuture)
            let attempts = try await PushDelivery(lms, tenants: world.tenant.tenants).tryOut(
                notice,
                at: world.tenant.tenant,
                as: Principal(.user(user), grants: Grants())
            )
            // Opened and handed to a client that this host does not have.
            #expect(attempts.map(\.result) == [.failed(reason: "not_built")])
        }
    }
}
