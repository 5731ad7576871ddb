// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Who watches: how many may, until when, and whose turn it is to look without a hint.
extension LiveHub {
    // MARK: Seats

    /// Takes a seat, which is free again when it is let go.
    ///
    /// - Parameters:
    ///   - owner: Whose and of which kind it is; `nil` for one who did not say who they are yet.
    ///   - tenant: At which tenant.
    /// - Returns: The seat.
    /// - Throws: `.tooManyStreams` if the user has enough; `.liveFull` if the process has, the tenant has its share, or too many
    ///   did not say who they are.
    func seat(for owner: LiveSeat.Owner?, at tenant: TenantID) throws(Problem) -> LiveSeat {
        let refusal: ProblemCode? = state.withLock { state in
            if let owner, state.perUser[owner, default: 0] >= settings.perUser {
                state.counts.refused += 1
                return .tooManyStreams
            }
            guard state.seats < settings.maximum, state.perTenant[tenant, default: 0] < settings.perTenant,
                owner != nil || state.unnamed < settings.unnamed
            else {
                state.counts.refused += 1
                return .liveFull
            }
            if let owner { state.perUser[owner, default: 0] += 1 } else { state.unnamed += 1 }
            state.perTenant[tenant, default: 0] += 1
            state.seats += 1
            return nil
        }
        if let refusal { throw Problem(refusal).retrying(after: 10) }
        return LiveSeat(owner: owner) { [weak self] in self?.vacate(owner, at: tenant) }
    }

    private func vacate(_ owner: LiveSeat.Owner?, at tenant: TenantID) {
        state.withLock { state in
            state.seats -= 1
            let others = state.perTenant[tenant, default: 1] - 1
            state.perTenant[tenant] = others > 0 ? others : nil
            guard let owner else {
                state.unnamed -= 1
                return
            }
            let more = state.perUser[owner, default: 1] - 1
            state.perUser[owner] = more > 0 ? more : nil
        }
    }

    // MARK: Sessions

    /// Looks after a session from now on, so that it ends when its sign-in does.
    func open(_ session: LiveSession) {
        let startsTicking = state.withLock { state in
            let slot = state.freeSlots.popLast() ?? state.sessions.count
            if slot == state.sessions.count { state.sessions.append(session) } else { state.sessions[slot] = session }
            session.slot.store(slot, ordering: .relaxed)
            state.counts.opened += 1
            switch session.kind {
            case .stream: state.counts.streams += 1
            case .socket: state.counts.sockets += 1
            }
            defer { state.isTicking = true }
            return !state.isTicking
        }
        if startsTicking { session.loop.execute { self.tickLater(on: session.loop) } }
    }

    /// Forgets a session and what it watched.
    func close(_ session: LiveSession) {
        for watch in session.takeWatches() { remove(watch) }
        state.withLock { state in
            let slot = session.slot.exchange(-1, ordering: .relaxed)
            guard slot >= 0 else { return }
            state.sessions[slot] = nil
            state.freeSlots.append(slot)
            switch session.kind {
            case .stream: state.counts.streams -= 1
            case .socket: state.counts.sockets -= 1
            }
        }
    }

    // MARK: Standing

    /// What people of a tenant may do has changed: looks whose sign-in still stands.
    ///
    /// - Parameter tenant: The tenant; `nil` for any.
    func standingChanged(_ tenant: TenantID?) {
        let concerned = state.withLock { state in
            var concerned: [TenantID: LiveSession] = [:]
            for session in state.sessions {
                guard let session, tenant == nil || session.claim.tenant == tenant else { continue }
                session.forgetStanding()
                concerned[session.claim.tenant] = session
            }
            // A burst of changes gives one look.
            return concerned.filter { state.changed.insert($0.key).inserted }
        }
        for (tenant, session) in concerned {
            session.loop.execute {
                session.loop.schedule(after: LiveHub.gathering) {
                    session.loop.spawn { await self.judge(tenant, on: session.services.tenants) }
                }
            }
        }
    }

    private static let gathering = Duration.milliseconds(50)

    /// Has those look who do not stand any more, which ends them.
    private func judge(_ tenant: TenantID, on tenants: Tenants) async {
        let sessions = state.withLock { state in
            _ = state.changed.remove(tenant)
            return state.sessions.compactMap(\.self).filter { $0.claim.tenant == tenant }
        }
        for start in stride(from: 0, to: sessions.count, by: 1_000) {
            let some = sessions[start..<min(start + 1_000, sessions.count)]
            var standing: Set<SessionClaim> = []
            do throws(DatabaseError) {
                standing = try await standingAmong(some.map(\.claim), tenants)
            } catch {
                // All of them look for themselves then, again until the database answers.
            }
            for session in some where !standing.contains(session.claim) {
                for watch in session.watches { look(watch) }
            }
        }
    }

    // MARK: Time

    private func tickLater(on loop: EventLoop) {
        loop.schedule(after: .seconds(1)) { [weak self] in self?.tick(on: loop) }
    }

    /// Ends what is over, tries again what failed, and has some look without a hint.
    private func tick(on loop: EventLoop) {
        let (sessions, due) = state.withLock { state in
            for watch in state.failed { LiveHub.queue(watch, &state) }
            state.failed = []
            return (state.sessions.compactMap(\.self), LiveHub.nextDue(&state, settings))
        }
        for session in sessions { session.endIfOver() }
        for session in due {
            for watch in session.watches { look(watch) }
        }
        let starting = state.withLock { start(&$0) }
        run(starting)
        let goesOn = state.withLock { state in
            state.isTicking = state.sessions.contains { $0 != nil } || !state.failed.isEmpty
            return state.isTicking
        }
        if goesOn { tickLater(on: loop) }
    }

    /// The sessions whose turn it is to look by themselves.
    private static func nextDue(_ state: inout State, _ settings: LiveSettings) -> [LiveSession] {
        let count = state.sessions.count
        guard count > 0 else { return [] }
        let share = Int((Double(count) / (settings.lookInterval / .seconds(1))).rounded(.up))
        var due: [LiveSession] = []
        for _ in 0..<min(share, settings.looksPerSecond, count) {
            state.cursor = (state.cursor + 1) % count
            if let session = state.sessions[state.cursor] { due.append(session) }
        }
        return due
    }
}

/// One of the places of a process for those who watch; free again when it is let go.
final class LiveSeat: Sendable {
    /// Whose it is.
    struct Owner: Sendable, Hashable {
        let kind: LiveKind
        let tenant: TenantID
        let user: UUID
    }

    let owner: Owner?
    private let vacate: @Sendable () -> Void

    init(owner: Owner?, vacate: @escaping @Sendable () -> Void) {
        self.owner = owner
        self.vacate = vacate
    }

    deinit { vacate() }
}
