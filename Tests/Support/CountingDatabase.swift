// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy
import Synchronization

/// Counts the round trips to a database.
public final class CountingDatabase: Database {
    private let database: any Database
    private let count = Mutex(0)

    /// Stands before a database.
    ///
    /// - Parameter database: The database.
    public init(_ database: any Database) {
        self.database = database
    }

    /// How many there were.
    public var roundTrips: Int { count.withLock { $0 } }

    /// Counts one.
    public func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        count.withLock { $0 += 1 }
        return try await database.read(statements, scope: scope)
    }

    /// Counts one.
    public func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        count.withLock { $0 += 1 }
        return try await database.write(statements, scope: scope)
    }

    /// Counts each statement or batch of the transaction.
    public func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        CountingTransaction(try await database.begin(scope)) { self.count.withLock { $0 += 1 } }
    }
}

private struct CountingTransaction: DatabaseTransaction {
    let transaction: any DatabaseTransaction
    let note: @Sendable () -> Void

    init(_ transaction: any DatabaseTransaction, _ note: @escaping @Sendable () -> Void) {
        self.transaction = transaction
        self.note = note
    }

    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        note()
        return try await transaction.execute(statements)
    }

    func commit() async throws(DatabaseError) {
        note()
        try await transaction.commit()
    }

    func rollback() async { await transaction.rollback() }
}
