// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

/// An actor in a tenant where everybody has something, and a host that keeps nothing of what is done there.
struct AccessWorld {
    let actor: AccessActor
    let tenant: TestTenant
    /// Answers each request as if it were the first.
    let host: PlatformHost
    let session: PlatformHost.Session?
    /// The actor's own things and what is public.
    let own: [Estate]
    /// Things of another member that are not public.
    let other: Estate
    private let examples: IsolationExamples

    init(_ actor: AccessActor, at tenant: TestTenant) async throws {
        self.actor = actor
        self.tenant = tenant
        // The bytes of files that one makes are the other's to give.
        let directory = PlatformHost.newDataDirectory()
        let maker = try await PlatformHost(dataDirectory: directory)
        let settler = try await IsolationSettler(host: maker, tenant: tenant, mark: "home")
        if let entered = try await actor.enter(tenant, of: maker) {
            session = try await maker.withMail(entered, at: tenant)
        } else {
            session = nil
        }
        let shown = try await settler.publicEstate()
        var own: [Estate] = []
        if let session {
            try await PlantedFactors.plant(for: session, at: tenant, maker)
            own = try await settler.estates(of: session.user, named: "own", as: actor.courseRole)
        }
        self.own = own + [shown, try await settler.spare()]
        other = try await settler.estates(of: settler.stranger.user, named: "other")[0]
        try await actor.fall(session, of: maker, at: tenant)
        host = try await PlatformHost(
            settings: TenantSettings.allowImpersonation,
            tenants: tenant.installation.forgetfulTenants,
            clock: maker.platform.clock,
            dataDirectory: directory
        )
        examples = IsolationExamples(for: session)
    }

    /// How the route answers the actor, about what is theirs or public and about what is another member's.
    ///
    /// - Returns: One status for a route that names nothing, else `own/other`.
    func cell(_ route: Route) async throws -> String {
        if actor == .operator, route.access.isPlatform { return "\(try await platformStatus(route))" }
        let places = try IsolationRequest.places(of: route)
        guard !places.isEmpty else { return "\(try await status(route, Estate(name: "none")))" }
        var best: Int?
        for estate in own {
            let status = try await status(route, estate)
            best = min(best ?? status, status)
            if status < 300 { break }
        }
        return "\(best ?? 0)/\(try await status(route, other))"
    }

    /// How a route of the platform answers on the base domain, about a tenant that never was or one without a name: 404 and
    /// 400 are for who may ask, and leave the other tests' tenants alone.
    private func platformStatus(_ route: Route) async throws -> Int {
        let request = try IsolationRequest(route, examples: examples) { $1.neverIssued }
        return try await host.sendToPlatform(
            request.method,
            request.target,
            // One of the routes ends the session.
            token: try await host.operator().token,
            json: request.body.map { route.successStatus == .created ? "{}" : $0 }
        ).status
    }

    private func status(_ route: Route, _ estate: Estate) async throws -> Int {
        let request = try IsolationRequest(route, examples: examples) { estate[$1] }
        return try await host.send(request, to: tenant, token: session?.access).status
    }
}
