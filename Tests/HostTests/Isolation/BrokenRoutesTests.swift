// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A suite that finds nothing in a platform that leaks would prove nothing.
@Suite struct BrokenRoutesTests {
    private func findings(_ route: Route, as actor: IsolationActor) async throws -> [String] {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost(more: [route])
            let world = try await IsolationWorld(home, abroad, actor: actor, host: host)
            return try await IsolationProbe(route, in: world).findings()
        }
    }

    @Test func `a route that takes the tenant from the body is found`() async throws {
        let findings = try await findings(BrokenRoutes.tenantFromBody, as: .builtIn(.student))
        #expect(findings.contains { $0.contains(#"["Tenant"] of foreign"#) })
        #expect(findings.contains { $0.contains("shows a text of the other tenant") })
    }

    @Test func `a cache that forgets the tenant is found`() async throws {
        let findings = try await findings(BrokenRoutes.cacheWithoutTenant(), as: .anonymous)
        #expect(findings.contains { $0.contains("shows a text of the other tenant") })
    }

    @Test func `a missing owner check is found`() async throws {
        let findings = try await findings(BrokenRoutes.missingOwnerCheck, as: .everythingOwn)
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.contains(#"["Enrollment"] of stranger's"#) })
    }

    @Test func `a missing owner check on what everybody may see is found`() async throws {
        let findings = try await findings(BrokenRoutes.missingOwnerCheckOnChange, as: .builtIn(.instructor))
        #expect(findings.contains { $0.contains(#"["Course"] of public was changed"#) })
    }

    @Test func `a route that names what the suite has nothing of is not passed over`() async throws {
        let route = try #require(Sample.routes.first { $0.name == "GET /api/v1/samples/{sampleId}" })
        #expect(throws: IsolationGap.self) { try IsolationRequest.places(of: route) }
    }
}
