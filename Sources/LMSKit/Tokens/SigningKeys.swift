// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Keeps each tenant's Ed25519 keys: made at the first sign-in, sealed at rest, opened in memory for a minute.
///
/// A key that is to take over is published two minutes before it signs, so that every process knows it by then and none refuses
/// what another one signed.
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
    /// How long a key is known before it signs: longer than any ring is used, with room for clocks that differ.
    static let lead: TimeInterval = 120
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
        let others = ring.verifying.keys.filter { $0 != ring.signing.id }.sorted(by: >)
        return ([ring.signing.id] + others).compactMap { id in
            ring.verifying[id].map { PublicSigningKey(name: id.description, bytes: $0) }
        }
    }

    /// When a new key signs.
    public enum Urgency: Sendable, Hashable {
        /// In two minutes, when every process knows it; tokens of the one before stay good for their few minutes.
        case published
        /// At once, and what earlier keys signed is refused within a minute: for a key that became known.
        case immediately
    }

    /// Lets a new key take over.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - urgency: When it signs.
    ///   - tenants: Opens transactions.
    /// - Returns: When the newest key signs; while one waits to take over, no further one is made.
    /// - Throws: `TokenError.keys`; `.database`.
    @discardableResult
    public func rotate(
        _ tenant: TenantID,
        _ urgency: Urgency = .published,
        tenants: Tenants
    ) async throws(TokenError) -> Date {
        let activatesAt = try await insertKey(tenant, tenants: tenants, rotating: urgency)
        rings.remove(tenant)
        return activatesAt
    }

    /// Returns a tenant's keys; makes them if there are none.
    func ring(of tenant: TenantID, tenants: Tenants) async throws(TokenError) -> KeyRing {
        if let ring = try await find(tenant, tenants: tenants) { return ring }
        _ = try await insertKey(tenant, tenants: tenants, rotating: nil)
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
            // In this order: a data key is there before anything is sealed under it.
            let replies = try await reader.read([
                .selectSigningKeys(since: now.addingTimeInterval(-SigningKeys.overlap)), .selectTenantKeys(),
            ])
            guard replies.count == 2, let row = try replies[0].first(where: { try $0.activatesAt <= now }) else {
                return nil
            }
            let dataKeys = try await tenantKeys.all(of: replies[1], tenant)
            let dataKeyID: TenantKey.ID = try row["tenant_key_id"]
            guard let dataKey = dataKeys.first(where: { $0.id == dataKeyID }), let oldest = dataKeys.first else {
                throw KeyError.unusable
            }
            let ring = KeyRing(
                signing: try SigningKey(row: row, dataKey: dataKey),
                verifying: Dictionary(try replies[0].map { (try $0.id, try $0.publicKey) }) { $1 },
                refreshSecrets: SigningKeys.refreshSecrets(of: dataKeys, at: now),
                codeSecret: oldest.derive("emailed-code")
            )
            let cached = Cached(ring: ring, readAt: now)
            var until = now.addingTimeInterval(SigningKeys.lifetime)
            if let next = try replies[0].first?.activatesAt, next > now { until = min(until, next) }
            rings.store(cached, for: tenant, until: until, at: now)
            return ring
        } catch {
            throw TokenError(error)
        }
    }

    /// Whether a key that was taken over from still verifies.
    static func verifies(retiredAt: Date?, at now: Date) -> Bool {
        guard let retiredAt else { return true }
        return retiredAt > now.addingTimeInterval(-overlap)
    }

    /// First the newest that every process knows already, as each must derive what another one did.
    private static func refreshSecrets(of keys: [TenantKey], at now: Date) -> [Secret<[UInt8]>] {
        let known = keys.last { now.timeIntervalSince($0.createdAt) > lead } ?? keys.first
        let first = keys.filter { $0.id == known?.id }
        return (first + keys.filter { $0.id != known?.id }).map { $0.derive("refresh-token") }
    }

    private func insertKey(
        _ tenant: TenantID,
        tenants: Tenants,
        rotating urgency: Urgency?
    ) async throws(TokenError) -> Date {
        let now = clock.now()
        do {
            return try await tenants.transaction(for: tenant, as: SigningKeys.principal) { session in
                let dataKey = try await tenantKeys.current(session: session)
                let newest = try await session.execute(.newestSigningKey()).only
                let generation: Int = try newest?["generation"] ?? 0
                if let newest {
                    let activatesAt = try newest.activatesAt
                    guard urgency == .immediately || (urgency == .published && activatesAt <= now) else {
                        return activatesAt
                    }
                }
                let activatesAt =
                    generation == 0 || urgency == .immediately ? now : now.addingTimeInterval(SigningKeys.lead)
                let id: SigningKey.ID = identifiers.next()
                let pair = cryptography.makeSigningKey()
                let sealed = try dataKey.seal(pair.privateKey, for: SigningKey.purpose(id))
                try await session.batch([
                    urgency == .immediately
                        ? .dropSigningKeys(at: now.addingTimeInterval(-SigningKeys.overlap - 1))
                        : .retireSigningKeys(at: activatesAt),
                    .insertSigningKey(
                        id,
                        generation: generation + 1,
                        dataKey: dataKey.id,
                        publicKey: Bytes(pair.publicKey),
                        sealed: Bytes(sealed),
                        at: now,
                        activatesAt: activatesAt
                    ),
                ])
                return activatesAt
            }
        } catch DatabaseError.constraint(.unique, name: "signing_keys_generation_uq") {
            // Somebody else made the same step at the same time; theirs is as good.
            return urgency == .published ? now.addingTimeInterval(SigningKeys.lead) : now
        } catch {
            throw TokenError(error)
        }
    }

    private static let principal = Principal(.system("keys"), grants: Grants())
}

extension SigningKey {
    static func purpose(_ id: ID) -> String { "signing_keys.private_key:\(id)" }

    fileprivate init(row: Row, dataKey: TenantKey) throws {
        id = try row.id
        publicKey = try row.publicKey
        let sealed: Bytes = try row["sealed_private_key"]
        privateKey = try dataKey.open(sealed.array, for: SigningKey.purpose(id))
    }
}

extension Row {
    fileprivate var id: SigningKey.ID { get throws(DatabaseError) { try self["id"] } }
    fileprivate var activatesAt: Date { get throws(DatabaseError) { try self["activates_at"] } }
    fileprivate var publicKey: [UInt8] {
        get throws(DatabaseError) {
            let bytes: Bytes = try self["public_key"]
            return bytes.array
        }
    }
}
