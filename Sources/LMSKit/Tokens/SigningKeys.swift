// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Keeps each tenant's Ed25519 keys: made at the first sign-in, sealed at rest, opened in memory for a minute.
public struct SigningKeys: Sendable {
    private let tenantKeys: TenantKeys
    private let cryptography: any Cryptography
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let rings = BoundedCache<TenantID, Cached>(capacity: 4_096)

    private struct Cached: Sendable {
        let ring: KeyRing
        let readAt: Date
    }

    /// How long a ring is used before it is read again, so that a key that took over elsewhere is soon used here.
    private static let lifetime: TimeInterval = 60
    /// How long a key that was taken over from still verifies: longer than any access token lives.
    private static let overlap: TimeInterval = 3_600

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - tenantKeys: Seal the private halves.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates what is made.
    ///   - identifiers: Names what is made.
    public init(
        tenantKeys: TenantKeys,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource
    ) {
        self.tenantKeys = tenantKeys
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Lists the public keys that verify a tenant's tokens.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers.
    /// - Returns: The keys, the signing one first; none before the first sign-in.
    /// - Throws: `TokenError.keys`; `.database`.
    public func publicKeys(of tenant: TenantID, tenants: Tenants) async throws(TokenError) -> [PublicSigningKey] {
        guard let ring = try await find(tenant, tenants: tenants) else { return [] }
        let earlier = ring.verifying.keys.filter { $0 != ring.signing.id }.sorted(by: >)
        return ([ring.signing.id] + earlier).compactMap { id in
            ring.verifying[id].map { PublicSigningKey(name: id.description, bytes: $0) }
        }
    }

    /// Lets a new key take over; tokens of the one before stay good for their few minutes.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Throws: `TokenError.keys`; `.database`.
    public func rotate(_ tenant: TenantID, tenants: Tenants) async throws(TokenError) {
        try await insertKey(tenant, tenants: tenants, rotating: true)
        rings.remove(tenant)
    }

    /// Returns a tenant's keys; makes them if there are none.
    func ring(of tenant: TenantID, tenants: Tenants) async throws(TokenError) -> KeyRing {
        if let ring = try await find(tenant, tenants: tenants) { return ring }
        try await insertKey(tenant, tenants: tenants, rotating: false)
        guard let ring = try await read(tenant, tenants: tenants) else { throw .keys(.unusable) }
        return ring
    }

    /// Returns a public key; a name that is not known is looked for again, but not more than once a second.
    func publicKey(
        _ id: SigningKey.ID,
        of tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) -> [UInt8]? {
        let now = clock.now()
        if let cached = rings.value(for: tenant, at: now) {
            if let key = cached.ring.verifying[id] { return key }
            if now.timeIntervalSince(cached.readAt) < 1 { return nil }
        }
        return try await read(tenant, tenants: tenants)?.verifying[id]
    }

    private func find(_ tenant: TenantID, tenants: Tenants) async throws(TokenError) -> KeyRing? {
        if let cached = rings.value(for: tenant, at: clock.now()) { return cached.ring }
        return try await read(tenant, tenants: tenants)
    }

    private func read(_ tenant: TenantID, tenants: Tenants) async throws(TokenError) -> KeyRing? {
        let now = clock.now()
        do {
            let reader = tenants.reader(for: tenant, as: SigningKeys.principal)
            let replies = try await reader.read([
                .selectTenantKeys(), .selectSigningKeys(since: now.addingTimeInterval(-SigningKeys.overlap)),
            ])
            guard replies.count == 2, let row = replies[1].first else { return nil }
            let dataKeyID: TenantKey.ID = try row["tenant_key_id"]
            guard let dataKeyRow = try replies[0].first(where: { try $0["id"] == dataKeyID }) else {
                throw KeyError.unusable
            }
            let dataKey = try tenantKeys.open(dataKeyRow, of: tenant)
            let ring = KeyRing(
                signing: try SigningKey(row: row, dataKey: dataKey),
                verifying: Dictionary(try replies[1].map { (try $0.id, try $0.publicKey) }) { $1 },
                refreshSecret: dataKey.derive("refresh-token")
            )
            let cached = Cached(ring: ring, readAt: now)
            rings.store(cached, for: tenant, until: now.addingTimeInterval(SigningKeys.lifetime), at: now)
            return ring
        } catch {
            throw TokenError(error)
        }
    }

    private func insertKey(_ tenant: TenantID, tenants: Tenants, rotating: Bool) async throws(TokenError) {
        do {
            try await tenants.transaction(for: tenant, as: SigningKeys.principal) { session in
                let dataKey = try await tenantKeys.current(session: session)
                let newest = try await session.execute(.newestSigningKey()).only
                let generation: Int = try newest?["generation"] ?? 0
                guard rotating || generation == 0 else { return }
                let id: SigningKey.ID = identifiers.next()
                let pair = cryptography.makeSigningKey()
                let sealed = try dataKey.seal(pair.privateKey, for: SigningKey.purpose(id))
                let now = clock.now()
                try await session.batch([
                    .retireSigningKeys(at: now),
                    .insertSigningKey(
                        id,
                        generation: generation + 1,
                        dataKey: dataKey.id,
                        publicKey: Bytes(pair.publicKey),
                        sealed: Bytes(sealed),
                        at: now
                    ),
                ])
            }
        } catch DatabaseError.constraint(.unique, name: "signing_keys_generation_uq") {
            // Somebody else made the same step at the same time; theirs is as good.
        } catch {
            throw TokenError(error)
        }
    }

    private static let principal = Principal(.system("keys"), grants: Grants())
}

extension SigningKey {
    fileprivate static func purpose(_ id: ID) -> String { "signing_keys.private_key:\(id)" }

    fileprivate init(row: Row, dataKey: TenantKey) throws {
        id = try row.id
        publicKey = try row.publicKey
        let sealed: Bytes = try row["sealed_private_key"]
        privateKey = try dataKey.open(sealed.array, for: SigningKey.purpose(id))
    }
}

extension Row {
    fileprivate var id: SigningKey.ID { get throws(DatabaseError) { try self["id"] } }
    fileprivate var publicKey: [UInt8] {
        get throws(DatabaseError) {
            let bytes: Bytes = try self["public_key"]
            return bytes.array
        }
    }
}
