// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A key that signs a tenant's badges and status lists.
///
/// Its address names the issuer for good: what was signed is looked at for years. The address is the platform's and has the
/// tenant's identifier, so that whoever takes over the tenant's name or domain is another issuer. Tenants that had a key before
/// that was so are named after where they were then.
struct CredentialKey: Sendable {
    typealias ID = Identifier<CredentialKey>
    let id: ID
    /// Such as `https://example.org/issuers/01890a5d-ac96-774b-bcce-b302099a8057`, or `https://acme.example.org`.
    let address: String
    /// The 32 bytes of an Ed25519 public key.
    let publicKey: [UInt8]
    let privateKey: Secret<[UInt8]>

    /// Whether the platform serves what names the issuer, and not the tenant's own address.
    var isOnPlatform: Bool { path.count > 1 }

    /// The issuer's name by did:web (method-specific identifier): its host, with the colon before a port as `%3A`, and what
    /// follows it behind colons.
    var issuer: String { "did:web:" + path.map { $0.replacing(":", with: "%3A") }.joined(separator: ":") }

    /// Where the issuer's document is read (did:web, "Read (Resolve)").
    var documentURL: String { address + (isOnPlatform ? "/did.json" : "/.well-known/did.json") }

    private var path: [Substring] { Array(address.split(separator: "/").dropFirst()) }

    /// The key's name in signatures: a DID URL of the verification method (DID Core §5.2).
    var name: String { "\(issuer)#\(id)" }

    static func purpose(_ id: ID) -> String { "credential_keys.private_key:\(id)" }
}

/// Keeps the keys that sign a tenant's badges: its own, sealed, of which the newest signs and none is dropped.
struct CredentialKeys: Sendable {
    let tenantKeys: TenantKeys
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource

    /// All of a tenant's keys, opened, the newest first; none before the first certificate was prepared.
    func all(reader: TenantReader) async throws -> [CredentialKey] {
        let replies = try await reader.read([.selectCredentialKeys(), .selectTenantKeys()])
        guard !replies[0].isEmpty else { return [] }
        let dataKeys = try await tenantKeys.all(of: replies[1], reader.tenant)
        return try replies[0].map { row in
            let id: CredentialKey.ID = try row["id"]
            let dataKeyID: TenantKey.ID = try row["tenant_key_id"]
            guard let dataKey = dataKeys.first(where: { $0.id == dataKeyID }) else { throw KeyError.unusable }
            let (publicKey, sealed): (Bytes, Bytes) = (try row["public_key"], try row["sealed_private_key"])
            return CredentialKey(
                id: id,
                address: try row["address"],
                publicKey: publicKey.array,
                privateKey: try dataKey.open(sealed.array, for: CredentialKey.purpose(id))
            )
        }
    }

    /// Makes a tenant's first key, unless there is one.
    ///
    /// No transaction is open while another service seals something.
    func ensure(at address: String, of tenant: TenantID, tenants: Tenants, as principal: Principal) async throws {
        let reader = tenants.reader(for: tenant, as: principal)
        guard try await reader.read(.selectCredentialKeys()).isEmpty else { return }
        _ = try await tenants.write(
            [try await insertion(at: address, after: 0, of: tenant, tenants: tenants, as: principal).statement],
            for: tenant,
            as: principal
        )
    }

    /// Makes a key and the statement that adds it behind so many others; of two that are added at the same time, one is.
    func insertion(
        at address: String,
        after generation: Int,
        of tenant: TenantID,
        tenants: Tenants,
        as principal: Principal
    ) async throws -> (id: CredentialKey.ID, statement: SQL) {
        let dataKey = try await tenantKeys.current(tenant, tenants: tenants, as: principal)
        let id: CredentialKey.ID = identifiers.next()
        let pair = cryptography.makeSigningKey()
        let sealed = try dataKey.seal(pair.privateKey, for: CredentialKey.purpose(id))
        let statement = SQL.insertCredentialKey(
            id,
            generation: generation + 1,
            dataKey: dataKey.id,
            address: address,
            publicKey: Bytes(pair.publicKey),
            sealed: Bytes(sealed),
            at: clock.now()
        )
        return (id, statement)
    }
}

extension SealedColumn {
    static let credentialKeys = SealedColumn(
        name: "credential_keys.sealed_private_key",
        select: { after, limit in
            """
            SELECT id, sealed_private_key AS sealed FROM credential_keys
            WHERE \(after) IS NULL OR id > \(after) ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in CredentialKey.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE credential_keys SET sealed_private_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )
}

extension SQL {
    /// The newest first.
    static func selectCredentialKeys() -> SQL {
        """
        SELECT id, tenant_key_id, address, public_key, sealed_private_key FROM credential_keys ORDER BY generation DESC
        """
    }

    /// Of two of a generation that are made at the same time, one is.
    static func insertCredentialKey(
        _ id: CredentialKey.ID,
        generation: Int,
        dataKey: TenantKey.ID,
        address: String,
        publicKey: Bytes,
        sealed: Bytes,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO credential_keys (id, generation, tenant_key_id, address, public_key, sealed_private_key, created_at)
        VALUES (\(id), \(generation), \(dataKey), \(address), \(publicKey), \(sealed), \(instant))
        ON CONFLICT ON CONSTRAINT credential_keys_generation_uq DO NOTHING
        """
    }
}
