// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Where a tenant's audit log ended at a time, as it is written down outside the tenant's schema.
public struct AuditAnchor: Sendable, Hashable {
    /// The tenant.
    public let tenant: TenantID
    /// The place of the last row, from 1.
    public let position: Int
    /// SHA-256 of the chain up to it.
    public let hash: [UInt8]
    /// The tenant's key that authenticates the anchor.
    public let key: UUID
    /// The authentication code.
    public let authentication: [UInt8]
    /// When it was written down, in UTC.
    public let anchoredAt: Date

    /// Describes an anchor.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - position: The place of the last row.
    ///   - hash: SHA-256 of the chain up to it.
    ///   - key: The tenant's key that authenticates the anchor.
    ///   - authentication: The authentication code.
    ///   - anchoredAt: When it is written down.
    public init(
        tenant: TenantID,
        position: Int,
        hash: [UInt8],
        key: UUID,
        authentication: [UInt8],
        anchoredAt: Date
    ) {
        self.tenant = tenant
        self.position = position
        self.hash = hash
        self.key = key
        self.authentication = authentication
        self.anchoredAt = anchoredAt
    }
}

/// Keeps anchors where whoever can write a tenant's schema cannot change them.
public protocol AuditAnchorStore: Sendable {
    /// Adds an anchor.
    ///
    /// - Parameter anchor: The anchor.
    /// - Returns: Whether it was added; `false` if the place has one already.
    /// - Throws: `DatabaseError` if it could not be written.
    func append(_ anchor: AuditAnchor) async throws(DatabaseError) -> Bool

    /// Lists a tenant's anchors, the oldest first.
    ///
    /// - Parameter tenant: The tenant.
    /// - Returns: The anchors.
    /// - Throws: `DatabaseError` if they could not be read.
    func anchors(of tenant: TenantID) async throws(DatabaseError) -> [AuditAnchor]
}

/// Keeps anchors in the control database, where the serving process may add but not change or remove them.
public struct DirectoryAuditAnchors: AuditAnchorStore {
    private let control: any Database

    /// Makes the store.
    ///
    /// - Parameter control: The control database.
    public init(control: any Database) {
        self.control = control
    }

    /// Adds an anchor.
    public func append(_ anchor: AuditAnchor) async throws(DatabaseError) -> Bool {
        try await control.write([.insertAuditAnchor(anchor)], scope: .control).first?.only != nil
    }

    /// Lists a tenant's anchors, the oldest first.
    public func anchors(of tenant: TenantID) async throws(DatabaseError) -> [AuditAnchor] {
        let replies = try await control.read([.selectAuditAnchors(of: tenant)], scope: .control)
        var anchors: [AuditAnchor] = []
        for row in replies.first ?? Rows.empty { anchors.append(try AuditAnchor(row: row)) }
        return anchors
    }
}

extension AuditAnchor {
    fileprivate init(row: Row) throws(DatabaseError) {
        tenant = try row["tenant_id"]
        position = try row["position"]
        let (hash, authentication): (Bytes, Bytes) = (try row["hash"], try row["authentication"])
        self.hash = hash.array
        self.authentication = authentication.array
        key = try row["key_id"]
        anchoredAt = try row["anchored_at"]
    }
}

extension SQL {
    fileprivate static func insertAuditAnchor(_ anchor: AuditAnchor) -> SQL {
        """
        INSERT INTO audit_anchors (tenant_id, position, hash, key_id, authentication, anchored_at)
        VALUES (\(anchor.tenant), \(anchor.position), \(Bytes(anchor.hash)), \(anchor.key),
                \(Bytes(anchor.authentication)), \(anchor.anchoredAt))
        ON CONFLICT ON CONSTRAINT audit_anchors_key DO NOTHING RETURNING position
        """
    }

    /// The newest ten thousand; with one every ten minutes of a busy tenant that is ten weeks, and the quiet ones have all.
    fileprivate static func selectAuditAnchors(of tenant: TenantID) -> SQL {
        """
        SELECT tenant_id, position, hash, key_id, authentication, anchored_at FROM (
            SELECT * FROM audit_anchors WHERE tenant_id = \(tenant) ORDER BY position DESC LIMIT 10000
        ) AS a ORDER BY position
        """
    }
}
