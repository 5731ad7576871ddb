// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import LMSTestSupport

/// A database that answers as always and keeps nothing: every transaction is rolled back where it would commit.
///
/// What a request would do can be seen for each of a thousand requests without making its world anew for each.
struct ForgetfulDatabase: Database {
    let base: any Database

    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        try await base.read(statements, scope: scope)
    }

    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        let transaction = try await base.begin(scope)
        let replies: [Rows]
        do throws(DatabaseError) {
            replies = try await transaction.execute(statements)
        } catch {
            await transaction.rollback()
            throw error
        }
        await transaction.rollback()
        return replies
    }

    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        ForgetfulTransaction(base: try await base.begin(scope))
    }
}

private struct ForgetfulTransaction: DatabaseTransaction {
    let base: any DatabaseTransaction

    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await base.execute(statements)
    }

    func commit() async throws(DatabaseError) {
        await base.rollback()
    }

    func rollback() async {
        await base.rollback()
    }
}

extension TestInstallation {
    /// Runs transactions on tenants and keeps nothing of them.
    var forgetfulTenants: Tenants { tenants(over: ForgetfulDatabase(base: cell)) }
}
