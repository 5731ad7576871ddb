// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Synchronization

/// A driver for LMSKit that keeps every tenant's rows in this process.
///
/// It does what the `Database` port asks of a driver: a statement sees the rows of its scope and no others, a transaction
/// happens as a whole or not at all, and of two transactions that change the same tenant the second is refused.
final class MemoryDatabase: Database {
    private let tenants = Mutex<[SchemaName: TenantRows]>([:])

    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        var rows = self[try schema(of: scope)]
        return try rows.answer(statements)
    }

    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        let transaction = try await begin(scope)
        do throws(DatabaseError) {
            let replies = try await transaction.execute(statements)
            try await transaction.commit()
            return replies
        } catch {
            await transaction.rollback()
            throw error
        }
    }

    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        let schema = try schema(of: scope)
        return MemoryTransaction(on: self, schema, rows: self[schema])
    }

    /// Puts a transaction's rows in the place of those that it started from.
    fileprivate func replace(_ old: TenantRows, with new: TenantRows, in schema: SchemaName) throws(DatabaseError) {
        guard new.version != old.version else { return }
        let isReplaced = tenants.withLock { tenants in
            guard tenants[schema, default: TenantRows()].version == old.version else { return false }
            tenants[schema] = new
            return true
        }
        guard isReplaced else { throw .serializationFailure }
    }

    private subscript(schema: SchemaName) -> TenantRows {
        tenants.withLock { $0[schema, default: TenantRows()] }
    }

    /// The directory and the shared tables of a cell are not kept here.
    private func schema(of scope: DatabaseScope) throws(DatabaseError) -> SchemaName {
        guard case .tenant(let placement) = scope else { throw .permissionDenied }
        return placement.schema
    }
}

/// An open transaction: its own copy of the tenant's rows until it is committed.
private final class MemoryTransaction: DatabaseTransaction {
    private let database: MemoryDatabase
    private let schema: SchemaName
    private let old: TenantRows
    private let new: Mutex<TenantRows>

    init(on database: MemoryDatabase, _ schema: SchemaName, rows: TenantRows) {
        self.database = database
        self.schema = schema
        old = rows
        new = Mutex(rows)
    }

    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try new.withLock { rows throws(DatabaseError) in try rows.answer(statements) }
    }

    func commit() async throws(DatabaseError) {
        try database.replace(old, with: new.withLock { $0 }, in: schema)
    }

    func rollback() async {
        new.withLock { $0 = old }
    }
}
