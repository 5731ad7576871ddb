// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Who issued a tenant's badges and which are revoked, as it is kept outside the tenant's schema.
public struct ArchivedIssuer: Sendable, Hashable {
    /// The issuer's name.
    public let issuer: String
    /// The names of its keys, the newest first.
    public let keyNames: [String]
    /// The public keys in base64url, in the same order.
    public let publicKeys: [String]
    /// The status lists, signed, the first one first.
    public let statusLists: [String]

    /// Describes an issuer.
    ///
    /// - Parameters:
    ///   - issuer: The issuer's name.
    ///   - keyNames: The names of its keys.
    ///   - publicKeys: The public keys in base64url.
    ///   - statusLists: The status lists, signed.
    public init(issuer: String, keyNames: [String], publicKeys: [String], statusLists: [String]) {
        self.issuer = issuer
        self.keyNames = keyNames
        self.publicKeys = publicKeys
        self.statusLists = statusLists
    }
}

/// Keeps what must stay readable of badges when their tenant is purged.
public struct IssuerArchives: Sendable {
    private let cell: any Database

    /// Makes the store.
    ///
    /// - Parameter cell: The cell's database, with the directory's login.
    public init(cell: any Database) {
        self.cell = cell
    }

    /// Keeps an issuer in the place of what was kept before, unless that is newer.
    ///
    /// - Parameters:
    ///   - issuer: The issuer.
    ///   - tenant: Its tenant.
    ///   - instant: From when it is; taken before it was read.
    /// - Throws: `DatabaseError` if it could not be written.
    public func keep(
        _ issuer: ArchivedIssuer,
        of tenant: TenantID,
        from instant: Date
    ) async throws(DatabaseError) {
        _ = try await cell.write([.keepIssuer(issuer, of: tenant, at: instant)], scope: .cell)
    }

    /// Finds a tenant's issuer, also of a tenant that is gone.
    ///
    /// - Parameter tenant: The tenant.
    /// - Returns: The issuer; `nil` if none was kept.
    /// - Throws: `DatabaseError` if it could not be read.
    public func find(_ tenant: TenantID) async throws(DatabaseError) -> ArchivedIssuer? {
        guard let row = try await cell.read([.selectIssuer(of: tenant)], scope: .cell).first?.only else { return nil }
        return ArchivedIssuer(
            issuer: try row["issuer"],
            keyNames: try row["key_names"],
            publicKeys: try row["public_keys"],
            statusLists: try row["status_lists"]
        )
    }
}

extension SQL {
    fileprivate static func keepIssuer(_ issuer: ArchivedIssuer, of tenant: TenantID, at instant: Date) -> SQL {
        """
        INSERT INTO issuer_archives AS a (tenant_id, issuer, key_names, public_keys, status_lists, archived_at)
        VALUES (\(tenant), \(issuer.issuer), \(issuer.keyNames), \(issuer.publicKeys), \(issuer.statusLists), \(instant))
        ON CONFLICT ON CONSTRAINT issuer_archives_key DO UPDATE
        SET issuer = excluded.issuer, key_names = excluded.key_names, public_keys = excluded.public_keys,
            status_lists = excluded.status_lists, archived_at = excluded.archived_at
        WHERE a.archived_at <= excluded.archived_at
        """
    }

    fileprivate static func selectIssuer(of tenant: TenantID) -> SQL {
        "SELECT issuer, key_names, public_keys, status_lists FROM issuer_archives WHERE tenant_id = \(tenant)"
    }
}
