// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization

/// A database that fails when a test says so.
final class DisturbedDatabase: Database {
    /// What is wrong with it.
    enum Disturbance: Sendable {
        case none
        /// It cannot be reached.
        case down
        /// It commits, and the answer is lost on the way.
        case lostCommits
    }

    private let base: any Database
    private let state = Mutex((disturbance: Disturbance.none, commits: 0))

    init(_ base: any Database) {
        self.base = base
    }

    var disturbance: Disturbance {
        get { state.withLock { $0.disturbance } }
        set { state.withLock { $0.disturbance = newValue } }
    }

    /// How many transactions were committed.
    var commits: Int { state.withLock { $0.commits } }

    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        if disturbance == .down { throw .unavailable }
        return try await base.read(statements, scope: scope)
    }

    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        if disturbance == .down { throw .unavailable }
        let replies = try await base.write(statements, scope: scope)
        try countCommit()
        return replies
    }

    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        if disturbance == .down { throw .unavailable }
        return DisturbedTransaction(base: try await base.begin(scope), database: self)
    }

    fileprivate func countCommit() throws(DatabaseError) {
        let isLost = state.withLock { state in
            state.commits += 1
            return state.disturbance == .lostCommits
        }
        if isLost { throw .unknownOutcome }
    }
}

private struct DisturbedTransaction: DatabaseTransaction {
    let base: any DatabaseTransaction
    let database: DisturbedDatabase

    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await base.execute(statements)
    }

    func commit() async throws(DatabaseError) {
        try await base.commit()
        try database.countCommit()
    }

    func rollback() async {
        await base.rollback()
    }
}

extension TestInstallation {
    /// Runs transactions on tenants through another database.
    func tenants(over database: any Database) -> Tenants {
        let directory = directory
        return Tenants(
            cells: [.main: database],
            knownPlacement: directory.knownPlacement(of:),
            placement: { id throws(DatabaseError) in try await directory.find(id: id)?.placement }
        )
    }
}
