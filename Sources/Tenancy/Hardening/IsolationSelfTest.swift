// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Tries, with the serving process's own logins, what must not be possible.
///
/// Run at start: a database that was not hardened, or was loosened since, is found before the first request and not after
/// the first leak.
public struct IsolationSelfTest: Sendable {
    private let database: any Database

    /// Makes the test.
    ///
    /// - Parameter database: The cell to test.
    public init(database: any Database) {
        self.database = database
    }

    /// Tries every escape.
    ///
    /// - Parameters:
    ///   - tenant: The tenant to escape from.
    ///   - other: Another tenant of the same shard, if there is one.
    /// - Returns: The escapes that worked; empty for a database that isolates.
    /// - Throws: `DatabaseError.unavailable` if the database cannot be asked.
    public func run(from tenant: TenantPlacement, to other: TenantPlacement?) async throws(DatabaseError)
        -> [IsolationEscape]
    {
        var escapes: [IsolationEscape] = []
        for attempt in IsolationEscape.allCases {
            guard let statement = attempt.statement(from: tenant, to: other) else { continue }
            if try await succeeds(statement, scope: attempt.needsTenant ? .tenant(tenant) : .control) {
                escapes.append(attempt)
            }
        }
        return escapes
    }

    /// Whether the database lets a statement through; each is tried in a transaction of its own that is rolled back.
    private func succeeds(_ statement: SQL, scope: DatabaseScope) async throws(DatabaseError) -> Bool {
        let transaction = try await database.begin(scope)
        do throws(DatabaseError) {
            let replies = try await transaction.execute([statement])
            await transaction.rollback()
            guard let rows = replies.first, let row = rows.only, rows.shape.names.first == "is_safe" else {
                return true
            }
            let isSafe: Bool = try row["is_safe"]
            return !isSafe
        } catch {
            await transaction.rollback()
            switch error {
            case .unavailable, .connectionLost, .unknownOutcome, .cancelled: throw error
            default: return false
            }
        }
    }
}

/// A way out of a tenant.
public enum IsolationEscape: String, Sendable, Hashable, CaseIterable {
    /// A SELECT that changes the role and reads in the same statement.
    case changesRoleInStatement
    /// A SELECT that changes the search path.
    case changesSearchPath
    /// Procedural code, which may run any statement.
    case runsProceduralCode
    /// A temporary table, which is found before the tenant's own.
    case makesTemporaryTable
    /// A large object, which every tenant can read.
    case makesLargeObject
    /// An advisory lock, which another tenant can hold.
    case takesAdvisoryLock
    /// A table of its own.
    case makesTable
    /// Another tenant's table by its full name.
    case readsOtherTenant
    /// The directory of all tenants.
    case readsDirectory
    /// A file of the database server.
    case readsServerFile
    /// A tenant's table without a tenant's role.
    case readsTenantWithoutRole
    /// A serving login with more rights than it needs.
    case hasPowerfulLogin

    /// Whether it is tried from inside a tenant.
    var needsTenant: Bool {
        self != .readsTenantWithoutRole && self != .hasPowerfulLogin
    }
}
