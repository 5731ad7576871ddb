// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Keeps each tenant's data key: random, sealed under a master key, in the tenant's own schema.
public struct TenantKeys: Sendable {
    private let masterKeys: MasterKeys
    private let cryptography: any Cryptography
    private let clock: WallClock
    private let identifiers: IdentifierSource

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - masterKeys: The keys of the configuration.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates what is made.
    ///   - identifiers: Names what is made.
    public init(
        masterKeys: MasterKeys,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource
    ) {
        self.masterKeys = masterKeys
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Returns the tenant's newest data key; makes the first one if there is none.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Returns: The key.
    /// - Throws: `KeyError.masterKeyMissing`; `.unusable`; `.database`.
    public func current(session: borrowing TenantSession) async throws(KeyError) -> TenantKey {
        do {
            if let row = try await session.execute(.selectTenantKeys()).last {
                return try open(row, of: session.tenant)
            }
            let id: TenantKey.ID = identifiers.next()
            let master = masterKeys.current
            let sealed = try cryptography.seal(
                cryptography.randomBytes(32),
                key: master.secret.reveal(),
                context: TenantKeys.context(session.tenant, id)
            )
            let replies = try await session.batch([
                .insertTenantKey(id, generation: 1, masterKey: master.name, sealed: Bytes(sealed), at: clock.now()),
                .selectTenantKeys(),
            ])
            guard let row = replies.last?.last else { throw KeyError.unusable }
            return try open(row, of: session.tenant)
        } catch {
            throw KeyError(error)
        }
    }

    /// Returns all of the tenant's data keys, also those that nothing is sealed under any more; the newest last.
    func all(reader: TenantReader) async throws(KeyError) -> [TenantKey] {
        do {
            return try await reader.read(.selectTenantKeys()).map { try open($0, of: reader.tenant) }
        } catch {
            throw KeyError(error)
        }
    }

    /// Opens a stored key.
    func open(_ row: Row, of tenant: TenantID) throws -> TenantKey {
        let id: TenantKey.ID = try row["id"]
        let name: String = try row["master_key"]
        let sealed: Bytes = try row["sealed"]
        guard let master = masterKeys.key(named: name) else { throw KeyError.masterKeyMissing(name) }
        let material = try cryptography.open(
            sealed.array,
            key: master.secret.reveal(),
            context: TenantKeys.context(tenant, id)
        )
        return TenantKey(id: id, tenant: tenant, material: Secret(material), cryptography: cryptography)
    }

    private static func context(_ tenant: TenantID, _ key: TenantKey.ID) -> [UInt8] {
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

extension SQL {
    /// The newest last.
    static func selectTenantKeys() -> SQL {
        "SELECT id, master_key, sealed FROM tenant_keys ORDER BY generation"
    }

    static func insertTenantKey(
        _ id: TenantKey.ID,
        generation: Int,
        masterKey: String,
        sealed: Bytes,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO tenant_keys (id, generation, master_key, sealed, created_at)
        VALUES (\(id), \(generation), \(masterKey), \(sealed), \(instant))
        ON CONFLICT (generation) DO NOTHING
        """
    }
}
