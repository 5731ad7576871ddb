// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Keeps each tenant's data keys: random, sealed under a master key, in the tenant's own schema.
public struct TenantKeys: Sendable {
    let management: any KeyManagement
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    private let opened = BoundedCache<TenantKey.ID, Secret<[UInt8]>>(capacity: 4_096)

    /// How long an opened key stays in memory without being opened again.
    private static let lifetime: TimeInterval = 300

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - management: Seals the keys.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates what is made.
    ///   - identifiers: Names what is made.
    public init(
        management: any KeyManagement,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource
    ) {
        self.management = management
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Returns the tenant's newest data key, which also opens what earlier ones sealed; makes the first one if there is none.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Returns: The key.
    /// - Throws: `KeyError.masterKeyMissing`; `.unusable`; `.database`.
    public func current(session: borrowing TenantSession) async throws(KeyError) -> TenantKey {
        do {
            if let key = try await newest(of: try await session.execute(.selectTenantKeys()), session.tenant) {
                return key
            }
            let insertion = try await insertion(for: session.tenant)
            let replies = try await session.batch([insertion.statement, .selectTenantKeys()])
            guard let rows = replies.last, let key = try await newest(of: rows, session.tenant) else {
                throw KeyError.unusable
            }
            return key
        } catch {
            throw KeyError(error)
        }
    }

    /// Returns the same without a transaction that is open while another service opens or seals a key.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Runs the statements.
    ///   - principal: Who acts.
    /// - Returns: The key.
    /// - Throws: `KeyError.masterKeyMissing`; `.unusable`; `.database`.
    func current(
        _ tenant: TenantID,
        tenants: Tenants,
        as principal: Principal
    ) async throws(KeyError) -> TenantKey {
        do {
            let reader = tenants.reader(for: tenant, as: principal)
            if let key = try await newest(of: try await reader.read(.selectTenantKeys()), tenant) { return key }
            let insertion = try await insertion(for: tenant)
            let replies = try await tenants.write(
                [insertion.statement, .selectTenantKeys()],
                for: tenant,
                as: principal
            )
            guard let rows = replies.last, let key = try await newest(of: rows, tenant) else {
                throw KeyError.unusable
            }
            return key
        } catch {
            throw KeyError(error)
        }
    }

    /// Returns all of the tenant's data keys, also those that nothing is sealed under any more; the newest last.
    func all(reader: TenantReader) async throws(KeyError) -> [TenantKey] {
        do {
            return try await all(of: try await reader.read(.selectTenantKeys()), reader.tenant)
        } catch {
            throw KeyError(error)
        }
    }

    /// Opens rows of `selectTenantKeys`.
    func all(of rows: Rows, _ tenant: TenantID) async throws -> [TenantKey] {
        var keys: [TenantKey] = []
        for row in rows { keys.append(try await open(row, of: tenant)) }
        return keys
    }

    /// Opens rows of `selectTenantKeys`: the newest key, with the earlier ones.
    func newest(of rows: Rows, _ tenant: TenantID) async throws -> TenantKey? {
        var keys = try await all(of: rows, tenant)
        var newest = keys.popLast()
        newest?.earlier = keys.reversed()
        return newest
    }

    /// Opens a stored key.
    func open(_ row: Row, of tenant: TenantID) async throws -> TenantKey {
        let id: TenantKey.ID = try row["id"]
        let now = clock.now()
        let material: Secret<[UInt8]>
        if let known = opened.value(for: id, at: now) {
            material = known
        } else {
            let sealed: Bytes = try row["sealed"]
            let wrapped = WrappedKey(masterKey: try row["master_key"], sealed: sealed.array)
            material = try await management.unwrap(wrapped, context: TenantKeys.context(tenant, id))
            opened.store(material, for: id, until: now.addingTimeInterval(TenantKeys.lifetime), at: now)
        }
        return TenantKey(
            id: id,
            tenant: tenant,
            createdAt: try row["created_at"],
            material: material,
            cryptography: cryptography
        )
    }

    /// Makes a key and the statement that adds it as the newest.
    func insertion(for tenant: TenantID) async throws(KeyError) -> (id: TenantKey.ID, statement: SQL) {
        let id: TenantKey.ID = identifiers.next()
        let material = Secret(cryptography.randomBytes(32))
        let wrapped = try await management.wrap(material, context: TenantKeys.context(tenant, id))
        return (id, .insertTenantKey(id, wrapped, at: clock.now()))
    }

    static func context(_ tenant: TenantID, _ key: TenantKey.ID) -> [UInt8] {
        Array("lms:tenant-key:\(tenant):\(key)".utf8)
    }
}

extension KeyError {
    init(_ error: any Error) {
        switch error {
        case let error as KeyError: self = error
        case let error as DatabaseError: self = .database(error)
        case is CryptographyError: self = .unusable
        default: self = .database(.cancelled)
        }
    }
}
