// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Shows and takes away what links users to providers; linking is `FederatedSignIn`'s.
public struct FederatedIdentities: Sendable {
    let audit: Audit

    /// Lists what a user is linked to.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - reader: The tenant's reader.
    /// - Returns: The identities, the oldest first.
    /// - Throws: `FederationError.identityNotFound` without `user:read` on the user.
    public func list(of user: User.ID, reader: TenantReader) async throws(FederationError) -> [FederatedIdentity] {
        guard reader.principal.may(.userRead, owner: user) else { throw .identityNotFound }
        return try await FederationError.translating {
            let replies = try await reader.read([.selectEmail(of: user), .listIdentities(of: user)])
            guard replies.count == 2, !replies[0].isEmpty else { throw FederationError.identityNotFound }
            return try replies[1].map { row throws(DatabaseError) in try FederatedIdentity(row: row) }
        }
    }

    /// Takes away what links a user to a provider.
    ///
    /// - Parameters:
    ///   - id: The identity.
    ///   - user: The user; their row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Throws: `FederationError.identityNotFound`; `.forbidden` without `user:update` on the user; `.lastWayIn` if they have no
    ///   password and no other identity of a provider that is enabled.
    public func unlink(
        _ id: FederatedIdentity.ID,
        of user: User.ID,
        session: borrowing TenantSession
    ) async throws(FederationError) {
        let principal = session.principal
        guard principal.may(.userUpdate, owner: user) else {
            throw principal.may(.userRead, owner: user) ? .forbidden : .identityNotFound
        }
        try await FederationError.translating {
            guard try await session.execute(.lockWaysIn(of: user)).only != nil,
                try await !session.execute(.deleteIdentity(id, of: user)).isEmpty
            else { throw FederationError.identityNotFound }
            let left = try await session.execute(.lockWaysIn(of: user)).only
            let hasPassword: Bool = try left?["has_password"] ?? false
            let others: Int = try left?["identities"] ?? 0
            guard hasPassword || others > 0 else { throw FederationError.lastWayIn }
            try await session.execute(audit.recording(AuditEvent("user.identity_unlinked", on: user), by: principal))
        }
    }
}
