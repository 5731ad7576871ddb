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
    @Test(arguments: try batches.get())
    func `the requests that are tried do work with one's own`(batch: [String]) async throws {
        var waiting = batch[...]
        while !waiting.isEmpty {
            try await withOwner { world in
                try await takeWorking(from: &waiting, in: world)
            }
        }
    }

    @Test func `the readings that are tried do work with one's own`() async throws {
        try await withOwner { world in
            for route in world.host.tenantRoutes
            where route.method == .get && !Self.answers.contains(route.name) {
                let refusals = try await refusals(of: route, in: world)
                #expect(refusals.isEmpty, "no request of \(route.name) works: \(refusals.joined(separator: "\n"))")
            }
        }
    }

    /// Changing routes, in as many lists as are tried side by side; in each, what takes away comes last.
    private static let batches = Result {
        let changing = try RouteTable.described.filter {
            $0.method != .get && !$0.access.isPlatform && !answers.contains($0.name)
        }
        let sorted = changing.filter { $0.method != .delete } + changing.filter { $0.method == .delete }
        return (0..<8).map { batch in
            sorted.enumerated().filter { $0.offset % 8 == batch }.map(\.element.name)
        }
    }

    /// Routes that answer nobody here.
    ///
    /// Some only take what an identity provider sends: `FederationAttackTests` and `FederationLogoutTests` send it to another
    /// tenant. One is there for former issuers of badges alone: `BadgeTests` has one.
    private static let answers: Set<String> = [
        "GET /api/v1/auth/federated/{providerId}/callback",
        "POST /api/v1/auth/federated/{providerId}/backchannel-logout", "GET /.well-known/did.json",
    ]

    private func withOwner(_ body: (IsolationWorld) async throws -> Void) async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            let world = try await IsolationWorld(home, abroad, actor: .builtIn(.owner), host: host)
            try await body(world)
            let changed = try await world.changes().abroad
            #expect(changed == [])
        }
    }

    /// Takes routes from a list as long as they work in a world.
    ///
    /// What one route takes away another may need, so the first that is refused stays in the list, for a new world; the first in a
    /// new world must work.
    private func takeWorking(from waiting: inout ArraySlice<String>, in world: IsolationWorld) async throws {
        var isNew = true
        while let name = waiting.first {
            let route = try #require(world.host.routes.first { $0.name == name })
            let refusals = try await refusals(of: route, in: world)
            if !refusals.isEmpty {
                guard isNew else { return }
                Issue.record("no request of \(name) works: \(refusals.joined(separator: "\n"))")
            }
            waiting.removeFirst()
            isNew = false
        }
    }

    /// What became of a route's requests with all that one may use; empty if one worked.
    private func refusals(of route: Route, in world: IsolationWorld) async throws -> [String] {
        let examples = IsolationExamples(for: world.session)
        var refusals: [String] = []
        // What the owner may not do to themselves they do to the dean, whose things are shown.
        for estate in world.own + world.places + [world.stranger, world.spare, world.shown] {
            let request = try IsolationRequest(route, examples: examples) { estate[$1] }
            let reply = try await world.send(request)
            if reply.status < 400 { return [] }
            refusals.append("\(estate.name): \(request.target) \(request.body ?? "") \(reply.status) \(reply.text)")
        }
        return refusals
    }
}
