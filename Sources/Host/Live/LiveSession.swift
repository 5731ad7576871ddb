// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Whoever watches by one connection: who they are, for as long as their sign-in stands.
final class LiveSession: Sendable {
    let kind: LiveKind
    let loop: EventLoop
    let services: HostServices
    /// The session's place in the hub; -1 outside.
    let slot = Atomic<Int>(-1)
    /// How the connection was addressed, to find the tenant as it is now.
    private let host: String
    private let tenantHeader: String?
    private let address: String
    private let state: Mutex<State>

    private struct State {
        var claim: SessionClaim
        var standing: Standing?
        var watches: [LiveWatch] = []
        var seat: LiveSeat?
        var end: (@Sendable (Ending) -> Void)?
    }

    private struct Standing {
        let principal: Principal
        let tenant: Tenant
        let until: Date
    }

    /// Why it is over.
    enum Ending: Sendable, Hashable {
        /// The token that it was opened with is over.
        case expired
        /// The sign-in was ended, the user may not sign in, or the tenant is not served.
        case revoked
    }

    /// What is not over and could not be read is thrown; this says that it is over.
    struct Over: Error {}

    /// Counted from before the read: what was ended more than a second ago gets nothing any more.
    private static let lifetime: TimeInterval = 0.8

    /// Begins one.
    ///
    /// - Parameters:
    ///   - kind: What it watches by.
    ///   - claim: Whose sign-in it goes on with.
    ///   - context: The request that began it.
    ///   - loop: The connection's loop.
    ///   - seat: Its place.
    ///   - end: Ends the connection; called once.
    init(
        _ kind: LiveKind,
        _ claim: SessionClaim,
        _ context: RequestContext,
        on loop: EventLoop,
        seat: LiveSeat?,
        end: @escaping @Sendable (Ending) -> Void
    ) {
        self.kind = kind
        self.loop = loop
        services = context.services
        let client = context.host.client
        host = client.host
        tenantHeader = context[Pipeline.tenantField]
        address = client.text
        state = Mutex(State(claim: claim, seat: seat, end: end))
    }

    var claim: SessionClaim { state.withLock { $0.claim } }
    var watches: [LiveWatch] { state.withLock { $0.watches } }

    /// Goes on with a newer token of the same user.
    func renew(_ claim: SessionClaim) {
        state.withLock { state in
            state.claim = claim
            state.standing = nil
        }
    }

    /// Reads anew who watches, before anything more is sent.
    func forgetStanding() {
        state.withLock { $0.standing = nil }
    }

    func keep(_ watch: LiveWatch) {
        state.withLock { $0.watches.append(watch) }
    }

    func forget(_ watch: LiveWatch) {
        state.withLock { state in state.watches.removeAll { $0 === watch } }
    }

    /// Takes what it watches, and gives its seat back.
    func takeWatches() -> [LiveWatch] {
        let (watches, seat) = state.withLock { state in
            defer {
                state.watches = []
                state.seat = nil
                state.end = nil
            }
            return (state.watches, state.seat)
        }
        _ = consume seat
        return watches
    }

    /// Ends it if its token is over.
    func endIfOver() {
        if claim.expiresAt <= services.clock.now() { finish(.expired) }
    }

    /// Says who watches, as it is within a second, and at which tenant.
    ///
    /// - Returns: A reader of theirs, and the tenant.
    /// - Throws: `Over` if the sign-in does not stand any more, and then ends the connection; `DatabaseError` if that cannot be read.
    func reader() async throws -> (reader: TenantReader, tenant: Tenant) {
        let now = services.clock.now()
        let (claim, known) = state.withLock { ($0.claim, $0.standing) }
        if let known, known.until > now { return (reader(known.principal, known.tenant), known.tenant) }
        do {
            let tenant = try await services.resolveTenant(host, tenantHeader)
            let authentication = try await services.renew(claim, tenant, address)
            guard !authentication.token.isLimited else { throw AuthenticationError.invalid }
            let principal = authentication.principal
            if principal.impersonator != nil, !tenant.settings.impersonation { throw AuthenticationError.invalid }
            state.withLock { state in
                guard state.claim == claim else { return }
                state.standing = Standing(
                    principal: principal,
                    tenant: tenant,
                    until: now.addingTimeInterval(LiveSession.lifetime)
                )
            }
            return (reader(principal, tenant), tenant)
        } catch {
            throw judge(error)
        }
    }

    private func reader(_ principal: Principal, _ tenant: Tenant) -> TenantReader {
        services.tenants.reader(for: tenant.id, as: principal)
    }

    private func judge(_ error: any Error) -> any Error {
        switch error {
        case TenantResolutionError.database, AuthenticationError.database: return error
        case AuthenticationError.expired: finish(.expired)
        default: finish(.revoked)
        }
        return Over()
    }

    private func finish(_ ending: Ending) {
        let end = state.withLock { state in
            defer { state.end = nil }
            return state.end
        }
        end?(ending)
    }
}
