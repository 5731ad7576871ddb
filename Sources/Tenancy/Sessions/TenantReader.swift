// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads one tenant's data on behalf of one principal, a batch in one round trip at a time.
///
/// Each batch is a transaction of its own on a connection that other requests share, so a reader may be kept and copied: it
/// cannot write and holds no lock.
public struct TenantReader: Sendable {
    /// The tenant whose schema the statements see.
    public let tenant: TenantID
    /// Who reads.
    public let principal: Principal
    private let tenants: Tenants

    init(tenant: TenantID, principal: Principal, tenants: Tenants) {
        self.tenant = tenant
        self.principal = principal
        self.tenants = tenants
    }

    /// Runs cheap SELECTs in one round trip.
    ///
    /// - Parameter statements: One or more SELECTs that an index answers.
    /// - Returns: As many replies, in order, of one snapshot each.
    /// - Throws: `DatabaseError.unavailable` if no connection was had in time; otherwise what the server said.
    public func read(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await tenants.read(statements, for: tenant, as: principal)
    }

    /// Runs one cheap SELECT.
    ///
    /// - Parameter statement: A SELECT that an index answers.
    /// - Returns: Its reply.
    /// - Throws: `DatabaseError.unavailable` if no connection was had in time; otherwise what the server said.
    public func read(_ statement: SQL) async throws(DatabaseError) -> Rows {
        let replies = try await tenants.read([statement], for: tenant, as: principal)
        guard let reply = replies.first else { throw .connectionLost }
        return reply
    }
}

extension Tenants {
    /// Returns a reader of one tenant's data.
    ///
    /// - Parameters:
    ///   - tenant: Whose data it reads.
    ///   - principal: Who reads.
    /// - Returns: The reader; nothing is sent yet.
    public func reader(for tenant: TenantID, as principal: Principal) -> TenantReader {
        TenantReader(tenant: tenant, principal: principal, tenants: self)
    }
}
