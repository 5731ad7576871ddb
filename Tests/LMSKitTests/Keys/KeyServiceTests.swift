// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSKit

@Suite struct KeyServiceTests {
    @Test func `no transaction is open while the key service makes or opens a key for badges and files`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let database = WatchedDatabase(tenant.installation.cell)
            let service = WatchedKeyManagement(platform.lms.tenantKeys.management, database)
            let tenants = Tenants(
                cells: [.main: database],
                placement: { _ throws(DatabaseError) in
                    tenant.tenant.placement
                }
            )
            func keys() -> CredentialKeys {
                let tenantKeys = TenantKeys(
                    management: service,
                    cryptography: platform.cryptography,
                    clock: platform.clock.wall,
                    identifiers: IdentifierSource()
                )
                return CredentialKeys(
                    tenantKeys: tenantKeys,
                    cryptography: platform.cryptography,
                    clock: platform.clock.wall,
                    identifiers: IdentifierSource()
                )
            }
            try await keys().ensure(at: "https://acme.example.org", of: tenant.id, tenants: tenants, as: .test)
            // Another process, which has to have the tenant's key opened.
            let first = try await keys().tenantKeys.current(tenant.id, tenants: tenants, as: .test)
            #expect(try await keys().all(reader: tenant.reader()).count == 1)
            #expect(try await platform.lms.tenantKeys.all(reader: tenant.reader()).map(\.id) == [first.id])
            #expect(service.calls.count >= 3)
            #expect(service.calls.allSatisfy { $0 == 0 }, "open transactions at each call: \(service.calls)")
        }
    }
}

/// Knows how many transactions are open.
private final class WatchedDatabase: Database {
    private let database: any Database
    private let count = Mutex(0)

    init(_ database: any Database) {
        self.database = database
    }

    var openTransactions: Int { count.withLock { $0 } }

    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        try await database.read(statements, scope: scope)
    }

    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        try await database.write(statements, scope: scope)
    }

    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        let transaction = try await database.begin(scope)
        count.withLock { $0 += 1 }
        return WatchedTransaction(transaction: transaction) { self.count.withLock { $0 -= 1 } }
    }
}

private struct WatchedTransaction: DatabaseTransaction {
    let transaction: any DatabaseTransaction
    let end: @Sendable () -> Void

    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await transaction.execute(statements)
    }

    func commit() async throws(DatabaseError) {
        defer { end() }
        try await transaction.commit()
    }

    func rollback() async {
        await transaction.rollback()
        end()
    }
}

/// Notes at each call how many transactions are open.
private final class WatchedKeyManagement: KeyManagement {
    private let management: any KeyManagement
    private let database: WatchedDatabase
    private let noted = Mutex<[Int]>([])

    init(_ management: any KeyManagement, _ database: WatchedDatabase) {
        self.management = management
        self.database = database
    }

    var calls: [Int] { noted.withLock { $0 } }
    var currentKey: String { management.currentKey }

    func wrap(_ dataKey: Secret<[UInt8]>, context: [UInt8]) async throws(KeyError) -> WrappedKey {
        note()
        return try await management.wrap(dataKey, context: context)
    }

    func unwrap(_ key: WrappedKey, context: [UInt8]) async throws(KeyError) -> Secret<[UInt8]> {
        note()
        return try await management.unwrap(key, context: context)
    }

    private func note() {
        let count = database.openTransactions
        noted.withLock { $0.append(count) }
    }
}
