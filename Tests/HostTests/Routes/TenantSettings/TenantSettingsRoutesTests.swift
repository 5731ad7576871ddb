// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct TenantSettingsRoutesTests {
    private static let path = "/api/v1/tenant/settings"

    @Test func `an owner changes settings, an administrator and an auditor only read them`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let change = #"{"locale":"ar","registrationDomains":["Example.ORG"],"invitationHours":24}"#
            let reply = try await host.send("PATCH", Self.path, to: tenant, token: owner.access, json: change)
            #expect(reply.status == 200)
            #expect(reply.json["locale"]?.text == "ar")
            #expect(reply.json["registrationDomains"] == .array(["example.org"]))
            #expect(reply.json["selfRegistration"] == .bool(true))
            for role in [BuiltInRole.admin, .auditor] {
                let member = try await host.member("the-\(role)", role, of: tenant)
                let shown = try await host.send("GET", Self.path, to: tenant, token: member.access)
                #expect(shown.json["invitationHours"]?.integer == 24)
                let refused = try await host.send("PATCH", Self.path, to: tenant, token: member.access, json: change)
                #expect(refused.code == "FORBIDDEN")
            }
            let student = try await host.register("student", at: tenant)
            #expect(try await host.send("GET", Self.path, to: tenant, token: student.access).code == "FORBIDDEN")
            let events = try await tenant.transaction { session in
                try await session.execute("SELECT actor FROM audit_events WHERE action = 'tenant.settings_changed'")
            }
            let actors: [String] = try events.map { try $0["actor"] }
            #expect(actors == [owner.user])
        }
    }

    @Test func `a change takes effect where the directory is asked next, here and in another process`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let installation = tenant.installation
            let elsewhere = Directory(
                control: installation.control,
                installation: installation.prefix,
                timeToLive: .zero
            )
            let owner = try await host.member("owner", .owner, of: tenant)
            let closed = #"{"selfRegistration":false}"#
            #expect(
                try await host.send("PATCH", Self.path, to: tenant, token: owner.access, json: closed).status == 200
            )
            let late = #"{"email":"late@example.org","password":"correct horse"}"#
            // The middleware keeps an address for a quarter of a second; another one over the same directory has none.
            let next = try await PlatformHost()
            let refused = try await next.send("POST", "/api/v1/auth/register", to: tenant, json: late)
            #expect(refused.code == "REGISTRATION_CLOSED")
            #expect(try await elsewhere.find(id: tenant.id)?.settings.selfRegistration == false)
        }
    }

    @Test func `a version that somebody overtook is not overwritten`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let first = try await host.send("GET", Self.path, to: tenant, token: owner.access)
            let match = ["If-Match: \(try #require(first[.etag]))"]
            func change(_ json: String) async throws -> TestReply {
                try await host.send("PATCH", Self.path, to: tenant, fields: match, token: owner.access, json: json)
            }
            #expect(try await change(#"{"locale":"es"}"#).status == 200)
            #expect(try await change(#"{"locale":"ar"}"#).code == "PRECONDITION_FAILED")
            let administration = tenant.installation.tenantAdministration
            let stale = try #require(try await administration.find(id: tenant.id))
            var changes = TenantSettingsChanges()
            changes.set("locale", \.locale, "ar")
            _ = try await administration.change(changes, of: stale)
            await #expect(throws: TenantAdministrationError.settingsChanged) {
                _ = try await administration.change(changes, of: stale)
            }
        }
    }

    @Test func `what the tenant chose outlasts a declaration, and what it did not follows it`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let chosen = #"{"selfRegistration":false}"#
            _ = try await host.send("PATCH", Self.path, to: tenant, token: owner.access, json: chosen)
            var declared = TenantSettings()
            declared.locale = "es"
            declared.corsOrigins = ["https://learn.example.org"]
            let administration = tenant.installation.tenantAdministration
            let (slug, name) = (tenant.tenant.slug, tenant.tenant.name)
            #expect(try await administration.update(tenant.id, slug: slug, name: name, settings: declared))
            #expect(try await !administration.update(tenant.id, slug: slug, name: name, settings: declared))
            let settings = try #require(try await administration.find(id: tenant.id)).settings
            #expect(!settings.selfRegistration && settings.locale == "es")
            #expect(settings.corsOrigins == declared.corsOrigins)
            #expect(settings.chosen(against: declared) == ["selfRegistration"])
        }
    }

    @Test(arguments: [
        (#"{"locale":"tlh"}"#, "locale:NOT_A_CHOICE"),
        (#"{"registrationDomains":["no domain"]}"#, "registrationDomains[0]:MALFORMED"),
        (#"{"corsOrigins":["https://learn.example.org/path"]}"#, "corsOrigins[0]:MALFORMED"),
        (#"{"corsOrigins":["https://*.example.org"]}"#, "corsOrigins[0]:MALFORMED"),
        (#"{"passwordLength":7}"#, "passwordLength:TOO_SMALL"),
        (#"{"canary":true}"#, "canary:UNKNOWN_FIELD"),
    ])
    func `a value that makes no sense is named`(json: String, issue: String) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let reply = try await host.send("PATCH", Self.path, to: tenant, token: owner.access, json: json)
            #expect(reply.issues == [issue])
        }
    }
}
