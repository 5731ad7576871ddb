// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Lets new keys take over, without a moment in which something is refused, and as often as an interrupted run is started again.
public struct KeyRotation: Sendable {
    private let tenantKeys: TenantKeys
    private let signingKeys: SigningKeys
    private let audit: Audit

    /// How many rows are sealed anew in one transaction.
    private static let batch = 50

    init(tenantKeys: TenantKeys, signingKeys: SigningKeys, audit: Audit) {
        self.tenantKeys = tenantKeys
        self.signingKeys = signingKeys
        self.audit = audit
    }

    var now: Date { tenantKeys.clock.now() }

    /// The name of the master key that seals now.
    public var currentMasterKey: String { tenantKeys.management.currentKey }

    /// Seals a tenant's data keys under the current master key, where an earlier one did.
    ///
    /// A few at a time, in a transaction of its own; what somebody else is sealing is left to them.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: How many were sealed anew, and how many still are under another master key.
    /// - Throws: `KeyError.masterKeyMissing` if the configuration lacks the earlier key; `.database`.
    public func rewrap(_ tenant: TenantID, tenants: Tenants) async throws(KeyError) -> Rewrapped {
        do {
            var count = 0
            while true {
                let done = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                    try await rewrapBatch(session: session)
                }
                count += done
                if done == 0 { break }
            }
            let reader = tenants.reader(for: tenant, as: Self.principal)
            let left = try await reader.read(.countTenantKeys(notUnder: currentMasterKey)).only
            return Rewrapped(count: count, left: try left?[0] ?? 0)
        } catch {
            throw KeyError(error)
        }
    }

    /// What `rewrap` did.
    public struct Rewrapped: Sendable, Hashable {
        /// How many keys were sealed anew.
        public let count: Int
        /// How many still are under another master key.
        public let left: Int
    }

    private func rewrapBatch(session: borrowing TenantSession) async throws -> Int {
        let rows = try await session.execute(
            .lockTenantKeys(notUnder: currentMasterKey, limit: KeyRotation.batch)
        )
        var statements: [SQL] = []
        for row in rows {
            let id: TenantKey.ID = try row["id"]
            let sealed: Bytes = try row["sealed"]
            let context = TenantKeys.context(session.tenant, id)
            let wrapped = WrappedKey(masterKey: try row["master_key"], sealed: sealed.array)
            let material = try await tenantKeys.management.unwrap(wrapped, context: context)
            statements.append(.updateTenantKey(id, try await tenantKeys.management.wrap(material, context: context)))
            statements.append(audit.recording(AuditEvent("tenant_key.rewrapped", on: id), by: session.principal))
        }
        if !statements.isEmpty { try await session.batch(statements) }
        return statements.count / 2
    }

    /// Gives a tenant a new data key and seals everything under it that earlier ones sealed.
    ///
    /// The earlier keys stay, sealed under the master key: they open what was sealed a moment too late, what backups hold and
    /// what anchors of the audit log were written with.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: What was sealed anew.
    /// - Throws: `KeyError.unusable` if a stored secret does not open; `.masterKeyMissing`; `.database`.
    public func rotateDataKey(_ tenant: TenantID, tenants: Tenants) async throws(KeyError) -> [Resealed] {
        do {
            // Made before the transaction: another service may seal it.
            let new = try await tenantKeys.insertion(for: tenant)
            try await tenants.transaction(for: tenant, as: Self.principal) { session in
                try await session.batch([
                    new.statement, audit.recording(AuditEvent("tenant_key.rotated", on: new.id), by: session.principal),
                ])
            }
        } catch {
            throw KeyError(error)
        }
        return try await reseal(tenant, tenants: tenants)
    }

    /// Seals everything under the tenant's newest data key that an earlier one sealed; takes up an interrupted rotation.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: What was sealed anew, by column.
    /// - Throws: `KeyError.unusable` if a stored secret does not open; `.masterKeyMissing`; `.database`.
    public func reseal(_ tenant: TenantID, tenants: Tenants) async throws(KeyError) -> [Resealed] {
        var all: [Resealed] = []
        for column in SealedColumn.all {
            do {
                var count = 0
                var last: UUID?
                repeat {
                    let from = last
                    let (changed, end) = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                        try await resealBatch(column, after: from, session: session)
                    }
                    count += changed
                    last = end
                } while last != nil
                all.append(Resealed(column: column.name, count: count))
            } catch {
                throw KeyError(error)
            }
        }
        return all
    }

    /// What `reseal` did to a column.
    public struct Resealed: Sendable, Hashable {
        /// `table.column`.
        public let column: String
        /// How many values were sealed anew.
        public let count: Int
    }

    private func resealBatch(
        _ column: SealedColumn,
        after last: UUID?,
        session: borrowing TenantSession
    ) async throws -> (changed: Int, last: UUID?) {
        let key = try await tenantKeys.current(session: session)
        let rows = try await session.execute(column.select(last, KeyRotation.batch))
        var statements: [SQL] = []
        var end: UUID?
        for row in rows {
            let id: UUID = try row["id"]
            end = id
            let sealed: Bytes = try row["sealed"]
            let purpose = try column.purpose(row)
            guard key.openAlone(sealed.array, for: purpose) == nil else { continue }
            let secret = try key.open(sealed.array, for: purpose)
            statements.append(column.update(id, Bytes(try key.seal(secret, for: purpose)), key.id))
        }
        if !statements.isEmpty { try await session.batch(statements) }
        return (statements.count, end)
    }

    /// Lets a new key sign a tenant's access tokens.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - urgency: When it signs.
    ///   - tenants: Opens transactions.
    /// - Returns: When the newest key signs.
    /// - Throws: `TokenError.keys`; `.database`.
    public func rotateSigningKey(
        _ tenant: TenantID,
        _ urgency: SigningKeys.Urgency = .published,
        tenants: Tenants
    ) async throws(TokenError) -> Date {
        let activatesAt = try await signingKeys.rotate(tenant, urgency, tenants: tenants)
        do {
            _ = try await tenants.write(
                [audit.recording(AuditEvent("signing_key.rotated", on: tenant), by: Self.principal)],
                for: tenant,
                as: Self.principal
            )
        } catch {
            throw .database(error)
        }
        return activatesAt
    }

    static let principal = Principal(.system("operator"), grants: Grants())
}
