// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct LockOutTests {
    private static let path = "/api/v1/tenant/settings"
    private static let always = #"["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]"#

    @Test(arguments: [
        #"{"sessionPolicies":[{"role":"owner","networks":["198.51.100.0/24"]}]}"#,
        #"{"sessionPolicies":[{"role":"admin","networks":["198.51.100.0/24"]},{"role":"owner","absoluteMinutes":15}]}"#,
        #"{"verifiedEmailRequired":true}"#,
        #"{"passwordSignIn":false}"#,
    ])
    func `an owner does not lock themselves out`(json: String) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            // Begun long ago, and known well a moment ago.
            host.platform.clock.advance(by: 14 * 60)
            let login = #"{"refreshToken":"\#(owner.refresh)"}"#
            let renewed = try PlatformHost.Session(
                try await host.send("POST", "/api/v1/auth/refresh", to: tenant, json: login)
            )
            host.platform.clock.advance(by: 2 * 60)
            func send(_ method: String, _ path: String, _ json: String) async throws -> TestReply {
                try await host.send(method, path, to: tenant, token: renewed.access, json: json)
            }
            #expect(try await send("PATCH", Self.path, json).code == "REAUTHENTICATION_REQUIRED")
            _ = try await send("POST", "/api/v1/auth/reauthenticate", #"{"password":"correct horse"}"#)
            host.platform.clock.advance(by: 1)
            let reply = try await send("PATCH", Self.path, json)
            #expect(reply.status == 409 && reply.code == "WOULD_LOCK_YOU_OUT")
            #expect(reply.json["detail"]?.text?.isEmpty == false)
            let settings = try await tenant.installation.tenantAdministration.find(id: tenant.id)?.settings
            #expect(settings?.chosenByTenant.isEmpty == true)
        }
    }

    @Test func `a policy that lets its maker in is taken, and tried by the hour too`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            func change(_ json: String) async throws -> TestReply {
                try await host.send("PATCH", Self.path, to: tenant, token: owner.access, json: json)
            }
            let open = #"{"days":\#(Self.always),"from":"00:00","until":"24:00"}"#
            let policy = #"{"role":"owner","networks":["192.0.2.0/24"],"hours":\#(open),"idleMinutes":30}"#
            let taken = try await change(#"{"timeZone":"Europe/Madrid","sessionPolicies":[\#(policy)]}"#)
            #expect(taken.status == 200, "\(taken.text)")
            #expect(taken.json["timeZone"]?.text == "Europe/Madrid")
            guard case .array(let policies) = taken.json["sessionPolicies"] else { throw TestFailure(taken.text) }
            #expect(policies.first?["idleMinutes"]?.integer == 30)
            #expect(policies.first?["hours"]?["until"]?.text == "24:00")
            let stored = try await tenant.installation.tenantAdministration.find(id: tenant.id)?.settings
            #expect(stored?.sessionPolicies.first?.networks == ["192.0.2.0/24"])
            #expect(stored?.sessionPolicies.first?.hours?.days.count == 7)
            let unknown = try await change(#"{"timeZone":"Europe/Atlantis"}"#)
            #expect(unknown.issues == ["timeZone:NOT_A_CHOICE"])
        }
    }

    @Test(arguments: [
        (#"{"role":"owner","networks":["192.0.2.0/33"]}"#, "sessionPolicies[0].networks[0]:MALFORMED"),
        (#"{"role":"owner","idleMinutes":4}"#, "sessionPolicies[0].idleMinutes:TOO_SMALL"),
        (
            #"{"role":"owner","hours":{"days":[],"from":"08:00","until":"18:00"}}"#,
            "sessionPolicies[0].hours.days:TOO_FEW"
        ),
        (
            #"{"role":"owner","hours":{"days":["monday"],"from":"8:00","until":"18:60"}}"#,
            "sessionPolicies[0].hours.from:TOO_SHORT"
        ),
    ])
    func `a policy that makes no sense is named`(policy: String, issue: String) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let json = #"{"sessionPolicies":[\#(policy)]}"#
            let reply = try await host.send("PATCH", Self.path, to: tenant, token: owner.access, json: json)
            #expect(reply.issues.contains(issue), "\(reply.text)")
        }
    }

    @Test func `a key does not change who gets in`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let made = try await host.send(
                "POST",
                "/api/v1/api-keys",
                to: tenant,
                token: owner.access,
                json: #"{"name":"settings","scopes":["tenant:update:any","tenant:read:any"]}"#
            )
            let key = try #require(made.json["key"]?.text, "\(made.text)")
            func change(_ json: String) async throws -> TestReply {
                try await host.send("PATCH", Self.path, to: tenant, token: key, json: json)
            }
            #expect(try await change(#"{"locale":"es"}"#).status == 200)
            let refused = try await change(#"{"secondFactorRoles":["student"]}"#)
            #expect(refused.status == 403 && refused.code == "SETTINGS_NEED_SESSION")
        }
    }
}
