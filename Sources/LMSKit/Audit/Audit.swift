// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Writes the audit log in the transaction of the act itself, so that neither exists without the other.
///
/// The database chains the rows of a tenant when their transactions commit (`v0100_audit_chain.sql`); nobody who serves can change
/// or delete one.
public struct Audit: Sendable {
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let tally = AuditTally()

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates the events.
    ///   - identifiers: Names the events.
    public init(clock: WallClock = .system, identifiers: IdentifierSource = IdentifierSource()) {
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Returns the statement that records an act, for a batch.
    ///
    /// - Parameters:
    ///   - event: The act.
    ///   - principal: Who acted, with their impersonator and where the call came from.
    /// - Returns: An INSERT.
    public func recording(_ event: AuditEvent, by principal: Principal) -> SQL {
        recording(event, by: principal, at: clock.now(), times: 1)
    }

    /// Records an act.
    ///
    /// - Parameters:
    ///   - event: The act.
    ///   - session: The transaction of the act; the caller commits it.
    /// - Throws: `DatabaseError` if the server refused it.
    public func record(_ event: AuditEvent, session: borrowing TenantSession) async throws(DatabaseError) {
        try await session.execute(recording(event, by: session.principal))
    }

    /// Records what anybody can make happen as often as they like: a failed sign-in, a refusal, a read.
    ///
    /// The first of its kind is a row at once. What repeats it within a minute, by the same principal on the same object from the
    /// same address, is counted and becomes one more row with the count in `occurrences`, written by `flush`. Of different ones
    /// no more than 100 a minute and tenant get rows of their own; the others are counted together without object and
    /// address. So an attack costs no more than some 200 rows a minute in each process, and no event is left uncounted
    /// but those of the last minute of a process that is killed.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - subject: Tells events apart that are equal otherwise, such as what was typed as an address; it is not kept. So what
    ///     is written, and the time it takes, does not depend on whether there is such an account.
    ///   - principal: Who acted.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Throws: `DatabaseError` if the row was refused.
    public func note(
        _ event: AuditEvent,
        about subject: String? = nil,
        by principal: Principal,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(DatabaseError) {
        let now = clock.now()
        let due = tally.takeDue(of: tenant, at: now)
        var statements = rows(of: due)
        if tally.isFirst(event, about: subject, by: principal, at: tenant, now: now) {
            statements.append(recording(event, by: principal, at: now, times: 1))
        }
        try await write(statements, of: due, tenant, tenants)
    }

    /// Writes the rows of what `note` counted and whose minute is over.
    ///
    /// - Parameters:
    ///   - pending: `.due` for what is due, `.all` at the end of the process.
    ///   - tenants: Opens transactions.
    /// - Throws: `DatabaseError` if a tenant's rows were refused; those of others are then still counted.
    public func flush(_ pending: Pending = .due, tenants: Tenants) async throws(DatabaseError) {
        for tenant in tally.tenants {
            let counts = tally.takeDue(of: tenant, at: pending == .all ? .distantFuture : clock.now())
            try await write(rows(of: counts), of: counts, tenant, tenants)
        }
    }

    private func write(
        _ statements: [SQL],
        of counts: [AuditTally.Count],
        _ tenant: TenantID,
        _ tenants: Tenants
    ) async throws(DatabaseError) {
        guard !statements.isEmpty else { return }
        do {
            _ = try await tenants.write(statements, for: tenant, as: Audit.principal)
        } catch {
            tally.putBack(counts, of: tenant)
            throw error
        }
    }

    /// What `flush` writes.
    public enum Pending: Sendable {
        /// What is a minute old.
        case due
        /// Everything.
        case all
    }

    private func rows(of counts: [AuditTally.Count]) -> [SQL] {
        counts.map { recording($0.event, by: $0.principal, at: $0.lastAt, times: $0.repetitions) }
    }

    private func recording(_ event: AuditEvent, by principal: Principal, at instant: Date, times: Int) -> SQL {
        let actor = AuditActor(principal)
        let fields = AuditFields(
            id: identifiers.next(),
            occurredAt: instant,
            actorKind: actor.kind,
            actor: actor.name,
            impersonator: principal.impersonator,
            action: event.action,
            objectKind: event.objectKind,
            object: event.object,
            outcome: event.outcome,
            occurrences: times,
            requestID: principal.origin?.requestID
        )
        var random = SystemRandomNumberGenerator()
        let salt = Bytes((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        let statement = SQL.insertAuditEvent(
            fields,
            origin: principal.origin.map { ($0, salt) },
            before: event.before.map { Bytes($0.json) },
            after: event.after.map { Bytes($0.json) }
        )
        // Whatever changes what somebody may do is recorded here, so this is where no such act can be forgotten.
        return event.changesStanding ? statement.announcing(.standing) : statement
    }

    private static let principal = Principal(.system("audit"), grants: Grants())
}
