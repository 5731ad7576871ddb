// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

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
    @Test(arguments: try RouteTable.described.map(\.name))
    func `the request that is tried does work with one's own`(name: String) async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            let route = try #require(host.routes.first { $0.name == name })
            let world = try await IsolationWorld(home, abroad, actor: .builtIn(.owner), host: host)
            let before = try await world.snapshot(of: abroad)
            let examples = IsolationExamples(for: world.session)
            var refusals: [String] = []
            for estate in world.own + [world.stranger, world.spare] {
                let request = try IsolationRequest(route, examples: examples) { estate[$1] }
                let reply = try await world.send(request)
                if reply.status < 300 {
                    #expect(try await world.snapshot(of: abroad) == before)
                    return
                }
                refusals.append("\(estate.name): \(request.target) \(request.body ?? "") \(reply.status) \(reply.text)")
            }
            Issue.record("no request of \(name) works: \(refusals.joined(separator: "\n"))")
        }
    }
}
