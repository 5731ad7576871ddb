// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Defects of a backend like this one in who may do what and how often, by the sections of its inventory
/// (`docs/security/defects.md`); each test fails on its defect.
@Suite struct FastAPIAccessHolesTests {
    @Test func `F2a: who manages users sets nobody's password`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            for field in ["password", "newPassword", "passwordHash"] {
                let json = #"{"\#(field)":"battery staple"}"#
                let path = "/api/v1/users/\(ada.user)"
                let reply = try await host.send("PATCH", path, to: tenant, token: owner.access, json: json)
                #expect(reply.issues == ["\(field):UNKNOWN_FIELD"])
            }
        }
    }

    @Test func `F2b: what others have to vouch for is nobody's to set`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let fields = [
                "emailVerifiedAt", "phoneVerifiedAt", "status", "verificationStatus", "securityHealthScore",
                "mfaEnabled", "lastSignInAt",
            ]
            for field in fields {
                let json = #"{"\#(field)":"active"}"#
                let path = "/api/v1/users/me"
                let reply = try await host.send("PATCH", path, to: tenant, token: owner.access, json: json)
                #expect(reply.issues == ["\(field):UNKNOWN_FIELD"])
            }
        }
    }

    @Test func `F14a: another identifier in the address gives no further calls`() async throws {
        try await withTenant { tenant in
            var settings = PipelineSettings()
            settings.rateLimits = RateLimits(read: RateLimit(perSecond: 0.01, burst: 2))
            let host = try await PlatformHost(serving: settings)
            var statuses: [Int] = []
            for _ in 0..<3 {
                let path = "/api/v1/courses/\(IdentifierSource().next() as Course.ID)"
                statuses.append(try await host.send("GET", path, to: tenant).status)
            }
            #expect(statuses == [404, 404, 429])
            #expect(try await host.send("GET", "/api/v1/courses", to: tenant).status == 429)
        }
    }

    @Test func `F14b: every way in is limited as guessing is`() throws {
        var tried = 0
        for route in try RouteTable.described {
            let path = route.path.description
            // Signing out takes a token of 256 bits or a provider's signature, and gives nothing.
            let isSignOut = path.contains("/logout") || path.hasSuffix("/backchannel-logout")
            guard path.hasPrefix("/api/v1/auth/"), !isSignOut, !path.hasSuffix("/csrf") else { continue }
            let secrets = ["password", "code", "token", "challengeToken", "refreshToken", "oldPassword"]
            let asksForSecret = route.shape.body.contains { secrets.contains($0.name) }
            guard route.access.isOpen || (route.access == .signedIn && asksForSecret) else { continue }
            #expect(route.rateClass == .auth, "\(route.name)")
            tried += 1
        }
        #expect(tried > 12)
    }

    @Test func `F20-18: a 429 is logged, counted and has the fields of every reply`() async throws {
        var settings = PipelineSettings()
        settings.isLogging = true
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 0.01, burst: 1))
        let host = try TestHost(routes: Sample.routes, settings: settings)
        _ = try await host.send("GET", "/api/v1/samples")
        _ = host.pipeline.recorder.takeLog()
        let refused = try await host.send("GET", "/api/v1/samples", fields: ["Origin: https://learn.example.org"])
        #expect(refused.status == 429)
        #expect(refused["x-content-type-options"] == "nosniff" && refused[.requestID] != nil)
        #expect(refused["access-control-allow-origin"] == "https://learn.example.org")
        #expect(String(decoding: host.pipeline.recorder.takeLog(), as: UTF8.self).contains(#""status":429"#))
        let metrics = PrometheusText(
            routes: host.pipeline.router.routes,
            counts: host.pipeline.recorder.counts,
            tenants: host.pipeline.sites.tallies,
            server: nil
        )
        .text
        #expect(
            metrics.contains(#"lms_http_requests_total{method="GET",route="/api/v1/samples",status="4xx"} 1"#)
        )
    }

    @Test func `F20-3: who may change a course and not publish it publishes it by no field`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            let name = try #require(Role.Name("editor"))
            try await tenant.transaction { session in
                _ = try await host.platform.lms.roles.create(
                    name,
                    description: "",
                    grants: Grants([.courseRead: .any, .courseUpdate: .any]),
                    session: session
                )
            }
            let editor = try await host.member("editor", holding: [name], of: tenant)
            let json = #"{"title":"Physics"}"#
            let made = try await host.send("POST", "/api/v1/courses", to: tenant, token: teacher.access, json: json)
            let path = "/api/v1/courses/\(try #require(made.json["id"]?.text))"
            func change(_ json: String) async throws -> Int {
                try await host.send("PATCH", path, to: tenant, token: editor.access, json: json).status
            }
            #expect(try await change(#"{"title":"Chemistry"}"#) == 200)
            #expect(try await change(#"{"status":"published"}"#) == 403)
            #expect(try await change(#"{"isPublished":true}"#) == 400)
            #expect(try await change(#"{"publishedAt":"2026-01-01T00:00:00Z"}"#) == 400)
            #expect(try await host.send("GET", path, to: tenant).status == 404)
        }
    }

    @Test func `F16: no tenant opens its API to pages of every origin`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            for origin in ["*", "null", "http://learn.example.org/", "https://*"] {
                let json = #"{"corsOrigins":["\#(origin)"]}"#
                let path = "/api/v1/tenant/settings"
                let reply = try await host.send("PATCH", path, to: tenant, token: owner.access, json: json)
                #expect(reply.issues.first?.hasPrefix("corsOrigins[0]:") == true, "\(origin)")
            }
        }
    }
}
