// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Shows the audit log to those who may read it, and checks that nobody changed it.
public struct AuditLog: Sendable {
    let tenantKeys: TenantKeys
    let cryptography: any Cryptography
    let clock: WallClock
    let anchors: (any AuditAnchorStore)?

    /// How many rows are read at a time.
    static let batch = 500

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - tenantKeys: Authenticate the anchors.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates the anchors.
    ///   - anchors: Where the ends of the chains are written down; without one a log that was cut short is not found out.
    public init(
        tenantKeys: TenantKeys,
        cryptography: any Cryptography,
        clock: WallClock,
        anchors: (any AuditAnchorStore)? = nil
    ) {
        self.tenantKeys = tenantKeys
        self.cryptography = cryptography
        self.clock = clock
        self.anchors = anchors
    }

    /// Lists rows, the newest first, in one round trip.
    ///
    /// Who may not read the log may read their own acts.
    ///
    /// - Parameters:
    ///   - query: Which rows.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most rows to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `AuditError.forbidden`; `.invalidPosition`; `.database`.
    public func list(
        _ query: AuditQuery,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(AuditError) -> Page<AuditRecord> {
        guard AuditLog.may(reader.principal, read: query) else { throw .forbidden }
        if let position, position.order != AuditLog.order { throw .invalidPosition }
        return try await AuditError.translating {
            let rows = try await reader.read(
                .selectAuditEvents(query, before: position.map { AuditEvent.ID($0.id) }, limit: limit.withProbe)
            )
            return Page(
                cutting: try rows.map { row throws(DatabaseError) in try AuditRecord(row: row) },
                limit: limit.count
            ) {
                PagePosition(order: AuditLog.order, id: $0.id.uuid)
            }
        }
    }

    /// Returns rows for an export, the oldest first, a batch at a time.
    ///
    /// - Parameters:
    ///   - query: Which rows.
    ///   - last: The last row of the batch before; `nil` for the first batch.
    ///   - reader: Who reads in which tenant.
    /// - Returns: At most 500 rows; none at the end.
    /// - Throws: `AuditError.forbidden`; `.database`.
    public func exportBatch(
        _ query: AuditQuery,
        after last: AuditEvent.ID?,
        reader: TenantReader
    ) async throws(AuditError) -> [AuditRecord] {
        guard AuditLog.may(reader.principal, read: query) else { throw .forbidden }
        return try await AuditError.translating {
            let rows = try await reader.read(.exportAuditEvents(query, after: last, limit: AuditLog.batch))
            return try rows.map { row throws(DatabaseError) in try AuditRecord(row: row) }
        }
    }

    private static let order = "audit"

    private static func may(_ principal: Principal, read query: AuditQuery) -> Bool {
        if principal.may(.auditRead, on: .foreign) { return true }
        guard let user = principal.user, query.actor == user.description else { return false }
        return principal.impersonator == nil
    }
}
