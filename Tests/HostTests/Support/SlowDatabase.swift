// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import Synchronization

/// A database that has something happen whenever somebody waits for one of its connections.
final class SlowDatabase: Database {
    private let base: any Database
    private let wait = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ base: any Database) {
        self.base = base
    }

    /// Has something happen before whatever is done next, once.
    func beforeNext(_ happens: @escaping @Sendable () -> Void) { wait.withLock { $0 = happens } }

    private func happen() {
        let happens = wait.withLock { wait in
            defer { wait = nil }
            return wait
        }
        happens?()
    }

    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        happen()
        return try await base.read(statements, scope: scope)
    }

    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        happen()
        return try await base.write(statements, scope: scope)
    }

    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        happen()
        return try await base.begin(scope)
    }
}
