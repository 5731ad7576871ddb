// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Something that was done on the platform, as it is kept: identifiers only.
public struct PlatformAuditEvent: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<PlatformAuditEvent>
    /// The identifier.
    public let id: ID
    /// When, in UTC.
    public let occurredAt: Date
    /// Who; `nil` for the command line and for an address that no operator has.
    public let `operator`: Operator.ID?
    /// What was done: `resource.verb`.
    public let action: String
    /// To what.
    public let object: UUID?
    /// In which tenant, or to which.
    public let tenant: TenantID?
    /// `succeeded` or `refused`.
    public let outcome: String
    /// The network address that it came from.
    public let address: String?

    package init(
        id: ID,
        occurredAt: Date,
        operator: Operator.ID?,
        action: String,
        object: UUID?,
        tenant: TenantID?,
        outcome: String,
        address: String?
    ) {
        self.id = id
        self.occurredAt = occurredAt
        self.operator = `operator`
        self.action = action
        self.object = object
        self.tenant = tenant
        self.outcome = outcome
        self.address = address
    }
}

extension Operators {
    /// Records what an operator does to a tenant, before they do it.
    ///
    /// - Parameters:
    ///   - action: What is done: `resource.verb`.
    ///   - tenant: To which tenant.
    ///   - session: Who.
    ///   - origin: Where the call came from.
    /// - Throws: `OperatorError.database`; it is then not to be done.
    public func record(
        _ action: StaticString,
        at tenant: TenantID?,
        by session: OperatorSession,
        from origin: RequestOrigin?
    ) async throws(OperatorError) {
        try await write([
            recording(action, on: tenant?.uuid, by: session.operator.id, at: tenant, from: origin)
        ])
    }

    /// Lists what was done, the latest first.
    ///
    /// - Parameters:
    ///   - id: The event after which the page starts; `nil` for the first page.
    ///   - limit: How many at most.
    /// - Returns: The events.
    /// - Throws: `OperatorError.database`.
    public func auditEvents(
        after id: PlatformAuditEvent.ID?,
        limit: Int
    ) async throws(OperatorError) -> [PlatformAuditEvent] {
        do {
            let rows = try await control.read([.selectPlatformAudit(after: id, limit: limit)], scope: .control)
            return try rows.first?.map { row throws(DatabaseError) in
                var fields = RowFields(row)
                return PlatformAuditEvent(
                    id: try fields.next(),
                    occurredAt: try fields.next(),
                    operator: try fields.next(),
                    action: try fields.next(),
                    object: try fields.next(),
                    tenant: try fields.next(),
                    outcome: try fields.next(),
                    address: try fields.next()
                )
            } ?? []
        } catch {
            throw .database(error)
        }
    }

    func recording(
        _ action: StaticString,
        on object: UUID?,
        by id: Operator.ID? = nil,
        at tenant: TenantID? = nil,
        from origin: RequestOrigin? = nil,
        outcome: String = "succeeded"
    ) -> SQL {
        let event = PlatformAuditEvent(
            id: identifiers.next(),
            occurredAt: clock.now(),
            operator: id,
            action: action.description,
            object: object,
            tenant: tenant,
            outcome: outcome,
            address: origin?.address
        )
        return .insertPlatformAudit(event, userAgent: origin?.userAgent)
    }
}
