// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct TenantTests {
    @Test(
        arguments: [
            ("nobody.localhost", "", 404, "TENANT_UNKNOWN"), ("frozen.localhost", "", 403, "TENANT_SUSPENDED"),
            ("gone.localhost", "", 410, "TENANT_DELETED"), ("localhost", "", 400, "TENANT_UNNAMED"),
            ("acme.localhost", "X-Tenant-ID: globex", 400, "TENANT_MISMATCH"),
            ("slow.localhost", "", 503, "DATABASE_UNAVAILABLE"),
        ]
    )
    func `a request without a served tenant says why`(
        host: String,
        field: String,
        status: Int,
        code: String
    ) async throws {
        let reply = try await TestHost(routes: Sample.routes).send(
            "GET",
            "/api/v1/samples",
            host: host,
            fields: field.isEmpty ? [] : [field]
        )
        #expect(reply.status == status)
        #expect(reply.code == code)
        #expect((reply[.retryAfter] != nil) == (status == 503))
    }

    @Test func `two tenant fields that differ are a mismatch`() async throws {
        let reply = try await TestHost(routes: Sample.routes).send(
            "GET",
            "/api/v1/samples",
            host: "localhost",
            fields: ["X-Tenant-ID: acme", "X-Tenant-ID: globex"]
        )
        #expect(reply.code == "TENANT_MISMATCH")
    }

    @Test func `identity fields of a client change nothing`() async throws {
        let fields = ["X-User-Id: 1", "X-Roles: ADMIN", "X-Authenticated-By: API_KEY"]
        let reply = try await TestHost(routes: Sample.routes).send("GET", "/api/v1/samples/mine", fields: fields)
        #expect(reply.status == 401)
    }

    @Test func `a problem is in the tenant's language unless the client wants another`() async throws {
        let host = try TestHost(routes: Sample.routes)
        let spanish = try await host.send("GET", "/api/v1/samples/mine", host: "globex.localhost")
        #expect(spanish.json["title"]?.text == "Inicie sesión primero.")
        let arabic = try await host.send(
            "GET",
            "/api/v1/samples/mine",
            host: "globex.localhost",
            fields: ["Accept-Language: fr, ar;q=0.8, en;q=0.5"]
        )
        #expect(arabic.json["title"]?.text == "سجّل الدخول أولاً.")
        #expect(arabic.code == spanish.code)
    }
}
