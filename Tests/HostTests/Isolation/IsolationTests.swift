// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Generated from the route table: a route that is added is tried, or fails here because the suite cannot try it.
@Suite struct IsolationTests {
    @Test(arguments: IsolationActor.allCases)
    func `what belongs to others cannot be told from what never was`(actor: IsolationActor) async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            let world = try await IsolationWorld(home, abroad, actor: actor, host: host)
            for route in host.routes {
                let findings = try await IsolationProbe(route, in: world).findings()
                for finding in findings { Issue.record(Comment(rawValue: finding)) }
            }
        }
    }

    /// What the suite tries proves nothing if the requests it makes are refused for another reason.
    @Test(
        arguments: try RouteTable.described.filter { $0.method != .get && !$0.access.isPlatform }.map(\.name)
            .filter { !answers.contains($0) }
    )
    func `the request that is tried does work with one's own`(name: String) async throws {
        try await withOwner { world in
            let route = try #require(world.host.routes.first { $0.name == name })
            try await requireWorking(route, in: world)
        }
    }

    @Test func `the readings that are tried do work with one's own`() async throws {
        try await withOwner { world in
            for route in world.host.tenantRoutes
            where route.method == .get && !Self.answers.contains(route.name) {
                try await requireWorking(route, in: world)
            }
        }
    }

    /// Routes that only take what an identity provider sends; `FederationAttackTests` and `FederationLogoutTests` send it to another
    /// tenant.
    private static let answers: Set<String> = [
        "GET /api/v1/auth/federated/{providerId}/callback",
        "POST /api/v1/auth/federated/{providerId}/backchannel-logout",
    ]

    private func withOwner(_ body: (IsolationWorld) async throws -> Void) async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            let world = try await IsolationWorld(home, abroad, actor: .builtIn(.owner), host: host)
            let before = try await world.snapshot(of: abroad)
            try await body(world)
            #expect(try await world.snapshot(of: abroad) == before)
        }
    }

    private func requireWorking(_ route: Route, in world: IsolationWorld) async throws {
        let examples = IsolationExamples(for: world.session)
        var refusals: [String] = []
        for estate in world.own + world.places + [world.stranger, world.spare] {
            let request = try IsolationRequest(route, examples: examples) { estate[$1] }
            let reply = try await world.send(request)
            if reply.status < 400 { return }
            refusals.append("\(estate.name): \(request.target) \(request.body ?? "") \(reply.status) \(reply.text)")
        }
        Issue.record("no request of \(route.name) works: \(refusals.joined(separator: "\n"))")
    }
}
