// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct SystemRoutesTests {
    private func host(_ checks: [ComponentCheck] = []) throws -> TestHost {
        try TestHost(routes: SystemRoutes(version: "1.2.3", checkComponents: { checks }).routes)
    }

    @Test(arguments: ["acme.localhost", "nobody.localhost", "192.0.2.1", "frozen.localhost"])
    func `health answers on any host`(name: String) async throws {
        let reply = try await host().send("GET", "/api/v1/health", host: name)
        #expect(reply.status == 200)
        #expect(reply.text == #"{"status":"up","version":"1.2.3"}"#)
    }

    @Test func `one component that is down makes it not ready`() async throws {
        let checks = [
            ComponentCheck(name: "cell:main", state: .down, detail: nil),
            ComponentCheck(name: "isolation", state: .degraded, detail: "unhardened"),
        ]
        let reply = try await host(checks).send("GET", "/api/v1/ready", host: "192.0.2.1")
        #expect(reply.status == 503)
        #expect(reply.json["status"]?.text == "down")
        #expect(try await host([checks[1]]).send("GET", "/api/v1/ready", host: "192.0.2.1").status == 200)
    }

    @Test func `an organization shows its name`() async throws {
        let reply = try await host().send("GET", "/api/v1/tenant")
        #expect(reply.json["name"]?.text == "Acme")
        #expect(reply[.cacheControl] == "public, max-age=60")
        #expect(reply[.vary] == "X-Tenant-ID")
    }
}
