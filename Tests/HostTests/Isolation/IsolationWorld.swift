// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

/// Two tenants that have the same things, and somebody in the first who tries to get at the rest.
struct IsolationWorld: Sendable {
    let host: PlatformHost
    /// Where the actor is a member.
    let home: TestTenant
    /// Where the actor is nobody.
    let abroad: TestTenant
    let actor: IsolationActor
    /// The actor's session; `nil` for nobody.
    let session: PlatformHost.Session?
    /// An owner of the other tenant, who may see everything there.
    let keeper: PlatformHost.Session
    /// The actor's own things: those they teach, and those they learn with; for nobody, what is public.
    let own: [Estate]
    /// A course that the actor finished, and one that they did not begin.
    let places: [Estate]
    /// Things of the actor's tenant that belong to somebody else and are not public.
    let stranger: Estate
    /// Things of the actor's tenant that everybody may see and only their owner may change.
    let shown: Estate
    /// Things that nobody has used yet.
    let spare: Estate
    /// The other tenant's things: private ones and public ones.
    let foreign: [Estate]
    /// Things of the other tenant that nobody has used yet.
    let foreignSpares: [Estate]

    /// A text that only the other tenant has.
    static let mark = "zzabroad"

    init(
        _ home: TestTenant,
        _ abroad: TestTenant,
        actor: IsolationActor,
        host: PlatformHost
    ) async throws {
        self.host = host
        self.home = home
        self.abroad = abroad
        self.actor = actor
        let near = try await IsolationSettler(host: host, tenant: home, mark: "home")
        if let entered = try await actor.enter(home, of: host) {
            session = try await host.withMail(entered, at: home)
        } else {
            session = nil
        }
        spare = try await near.spare()
        shown = try await near.publicEstate()
        if let session {
            try await PlantedFactors.plant(for: session, at: home, host)
            let estates = try await near.estates(of: session.user, named: "own")
            own = Array(estates.prefix(2))
            places = Array(estates.dropFirst(2))
        } else {
            own = [shown]
            places = []
        }
        stranger = try await near.estates(of: near.stranger.user, named: "stranger's")[0]
        try await near.submit(stranger)
        let far = try await IsolationSettler(host: host, tenant: abroad, mark: IsolationWorld.mark)
        keeper = far.dean
        let hidden = try await far.estates(of: far.stranger.user, named: "foreign private")[0]
        let keepers = try await far.estates(of: far.dean.user, named: "foreign public")
        foreign = [hidden, keepers[1]]
        foreignSpares = [try await far.spare(), keepers[2], keepers[3]]
        try await far.fill(keepers[1])
        for tenant in [home, abroad] {
            try await tenant.settle()
            try await tenant.watchRows(besides: Self.records)
        }
    }

    /// Sends a request to the actor's tenant.
    func send(_ request: IsolationRequest, fields: [String] = [], token: String? = nil) async throws -> TestReply {
        try await host.send(request, to: home, fields: fields, token: token ?? session?.access)
    }

    /// The tables of both tenants that changed since this was asked last, but for those that record that somebody tried.
    func changes() async throws -> (home: [String], abroad: [String]) {
        (try await home.changedTables(), try await abroad.changedTables())
    }

    /// What records that somebody tried.
    private static let records: Set<String> = [
        "audit_events", "audit_chain", "audit_heads", "sessions", "refresh_tokens", "federated_flows",
        "idempotency_keys",
    ]
}

extension PlatformHost {
    /// Sends a generated request to a tenant.
    func send(
        _ request: IsolationRequest,
        to tenant: TestTenant,
        fields: [String] = [],
        token: String?
    ) async throws -> TestReply {
        try await send(
            request.method,
            request.target,
            to: tenant,
            fields: fields + request.fields,
            token: token,
            json: request.isUpload ? nil : request.body,
            upload: request.isUpload ? request.body : nil
        )
    }
}
