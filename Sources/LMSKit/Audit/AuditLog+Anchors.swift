// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension AuditLog {
    /// Rows younger than this cannot be pruned, whatever the settings say; the same as in `prune_audit`.
    public static let retentionFloorInDays = 90

    /// Writes down where a tenant's chain ends, outside the tenant's schema and authenticated with its key.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: The end that was written down; `nil` if it was already, or there is no chain or nowhere to write.
    /// - Throws: `AuditError.database`; `.keys`.
    @discardableResult
    public func anchor(_ tenant: TenantID, tenants: Tenants) async throws(AuditError) -> AuditHead? {
        guard let anchors else { return nil }
        do {
            let reader = tenants.reader(for: tenant, as: AuditLog.principal)
            guard let head = try await reader.read(.selectAuditHead()).only.map(ChainEnds.init(row:))?.head else {
                return nil
            }
            let key = try await tenants.transaction(for: tenant, as: AuditLog.principal) { session in
                try await tenantKeys.current(session: session)
            }
            let now = clock.now()
            let anchor = AuditAnchor(
                tenant: tenant,
                position: head.position,
                hash: head.hash,
                key: key.id.uuid,
                authentication: authentication(of: head, tenant, at: now, key),
                anchoredAt: now
            )
            return try await anchors.append(anchor) ? head : nil
        } catch let error as KeyError {
            throw .keys(error)
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .database(.cancelled)
        }
    }

    /// The anchors of a tenant, each with whether it is ours.
    func anchors(of reader: TenantReader) async throws(AuditError) -> [CheckedAnchor] {
        guard let anchors else { return [] }
        do {
            let tenant = reader.tenant
            let stored = try await anchors.anchors(of: tenant)
            guard !stored.isEmpty else { return [] }
            let keys = try await tenantKeys.all(reader: reader)
            let recent = clock.now().addingTimeInterval(-86_400 * Double(AuditLog.retentionFloorInDays))
            return stored.map { anchor in
                let head = AuditHead(position: anchor.position, hash: anchor.hash)
                let key = keys.first { $0.id.uuid == anchor.key }
                let isGenuine = key.map { key in
                    cryptography.areEqual(
                        authentication(of: head, tenant, at: anchor.anchoredAt, key),
                        anchor.authentication
                    )
                }
                return CheckedAnchor(
                    head: head,
                    isGenuine: isGenuine ?? false,
                    isRecent: anchor.anchoredAt > recent
                )
            }
        } catch let error as KeyError {
            throw .keys(error)
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .database(.cancelled)
        }
    }

    private func authentication(of head: AuditHead, _ tenant: TenantID, at instant: Date, _ key: TenantKey) -> [UInt8] {
        var message = Array("lms audit anchor \(tenant)".utf8)
        message.append(bigEndian: UInt64(head.position))
        message += head.hash
        message.append(bigEndian: UInt64(bitPattern: instant.postgresMicroseconds))
        return cryptography.hmacSHA256(message, key: key.derive("audit anchor").reveal())
    }

    static let principal = Principal(.system("audit"), grants: Grants())
}

/// An anchor, and what it is worth.
struct CheckedAnchor: Sendable {
    let head: AuditHead
    /// Whether it was written with one of the tenant's keys.
    let isGenuine: Bool
    /// Whether it is so young that nothing after it may have been pruned.
    let isRecent: Bool
}
