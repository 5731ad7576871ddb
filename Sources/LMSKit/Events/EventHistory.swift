// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Which events are wanted; without any wish, all that are kept.
public struct EventQuery: Sendable, Hashable {
    /// The first moment, in UTC.
    public var from: Date?
    /// The moment after the last, in UTC.
    public var until: Date?
    /// The name of the type.
    public var type: String?
    /// Who made it happen, as the audit log names them.
    public var actor: String?
    /// What it happened to.
    public var aggregate: UUID?

    /// Wants all events.
    public init() {}
}

/// An event as an auditor sees it.
public struct EventRecord: Sendable {
    /// The identifier.
    public let id: Event.ID
    /// The name of the type.
    public let type: String
    /// The name of the stream that the type belongs to.
    public let topic: String
    /// The version of the payload's schema.
    public let version: Int
    /// What it happened to.
    public let aggregate: UUID
    /// Who did it, as the audit log names them; `nil` for the platform itself.
    public let actor: String?
    /// The trace of the request that made it happen, 32 hexadecimal digits.
    public let traceID: String?
    /// The payload, a JSON object.
    public let payload: JSONText
    /// When it happened, UTC.
    public let occurredAt: Date

    package init(
        id: Event.ID,
        type: String,
        topic: String,
        version: Int,
        aggregate: UUID,
        actor: String?,
        traceID: String?,
        payload: JSONText,
        occurredAt: Date
    ) {
        self.id = id
        self.type = type
        self.topic = topic
        self.version = version
        self.aggregate = aggregate
        self.actor = actor
        self.traceID = traceID
        self.payload = payload
        self.occurredAt = occurredAt
    }
}

/// An event that a consumer gave up.
public struct DeadEvent: Sendable {
    /// The event.
    public let event: EventRecord
    /// The consumer's name.
    public let consumer: String
    /// How often it was tried.
    public let attempts: Int
    /// Why it was given up, as a code.
    public let reason: String?
    /// When it was given up, UTC.
    public let diedAt: Date

    package init(event: EventRecord, consumer: String, attempts: Int, reason: String?, diedAt: Date) {
        self.event = event
        self.consumer = consumer
        self.attempts = attempts
        self.reason = reason
        self.diedAt = diedAt
    }
}

/// Shows a tenant's events to its auditors, and what was given up of them, for as long as they are kept.
///
/// The database shows a tenant its own events and no others; see `cell.tenant_events`.
public struct EventHistory: Sendable {
    let audit: Audit
    let clock: WallClock
    private static let (order, deadOrder) = ("events", "dead events")

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - audit: Records who had what tried again.
    ///   - clock: Says what is kept.
    public init(audit: Audit = Audit(), clock: WallClock = .system) {
        self.audit = audit
        self.clock = clock
    }

    /// Lists events, the newest first, in one round trip.
    ///
    /// - Parameters:
    ///   - query: Which events.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most events to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `EventHistoryError.forbidden` without `audit:read`; `.invalidPosition`; `.database`.
    public func list(
        _ query: EventQuery,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(EventHistoryError) -> Page<EventRecord> {
        guard reader.principal.may(.auditRead, on: .foreign) else { throw .forbidden }
        if let position, position.order != Self.order { throw .invalidPosition }
        return try await EventHistoryError.translating {
            let rows = try await reader.read(
                .selectEvents(query, before: position.map { Event.ID($0.id) }, limit: limit.withProbe)
            )
            return Page(cutting: try rows.map(EventRecord.init(row:)), limit: limit.count) {
                PagePosition(order: Self.order, id: $0.id.uuid)
            }
        }
    }

    /// Reads an event with what was given up of it, in one round trip.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The event, and a dead letter for each consumer that gave it up.
    /// - Throws: `EventHistoryError.forbidden` without `audit:read`; `.eventNotFound`; `.database`.
    public func fetch(
        _ event: Event.ID,
        reader: TenantReader
    ) async throws(EventHistoryError) -> (event: EventRecord, dead: [DeadEvent]) {
        guard reader.principal.may(.auditRead, on: .foreign) else { throw .forbidden }
        return try await EventHistoryError.translating {
            let replies = try await reader.read([.selectEvent(event), .selectDeadEvents(of: event)])
            guard let row = replies[0].only else { throw EventHistoryError.eventNotFound }
            return (try EventRecord(row: row), try replies[1].map(DeadEvent.init(row:)))
        }
    }

    /// Lists what was given up, the last recorded first, in one round trip.
    ///
    /// - Parameters:
    ///   - consumer: Whose; `nil` for everybody's.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most events to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page; an event is there once for each consumer that gave it up.
    /// - Throws: `EventHistoryError.forbidden` without `audit:read`; `.invalidPosition`; `.database`.
    public func listDead(
        of consumer: String? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(EventHistoryError) -> Page<DeadEvent> {
        guard reader.principal.may(.auditRead, on: .foreign) else { throw .forbidden }
        if let position, position.order != Self.deadOrder { throw .invalidPosition }
        return try await EventHistoryError.translating {
            let rows = try await reader.read(.selectDeadEvents(of: consumer, after: position, limit: limit.withProbe))
            return Page(cutting: try rows.map(DeadEvent.init(row:)), limit: limit.count) {
                PagePosition(order: Self.deadOrder, key: $0.consumer, id: $0.event.id.uuid)
            }
        }
    }

    /// Has an event that was given up tried again, as if for the first time, before later ones of its aggregate that wait.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - consumer: Whose; `nil` for all that gave it up.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `EventHistoryError.forbidden` without `event:manage`; `.notFound`; `.database`.
    public func replay(
        _ event: Event.ID,
        for consumer: String? = nil,
        session: borrowing TenantSession
    ) async throws(EventHistoryError) {
        let statement = SQL.reviveDeadEvent(event, for: consumer).announcing(.events)
        try await change(statement, AuditEvent("event.replayed", on: event), session: session)
    }

    /// Takes an event that was given up off the list; it is not tried again.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - consumer: Whose; `nil` for all that gave it up.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `EventHistoryError.forbidden` without `event:manage`; `.notFound`; `.database`.
    public func discard(
        _ event: Event.ID,
        for consumer: String? = nil,
        session: borrowing TenantSession
    ) async throws(EventHistoryError) {
        let statement = SQL.discardDeadEvent(event, for: consumer)
        try await change(statement, AuditEvent("event.discarded", on: event), session: session)
    }

    private func change(
        _ statement: SQL,
        _ act: AuditEvent,
        session: borrowing TenantSession
    ) async throws(EventHistoryError) {
        guard session.principal.may(.eventManage, on: .foreign) else { throw .forbidden }
        try await EventHistoryError.translating {
            let count: Int = try await session.execute(statement).only?["count"] ?? 0
            guard count > 0 else { throw EventHistoryError.notFound }
            try await audit.record(act, session: session)
        }
    }
}
