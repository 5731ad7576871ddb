// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Runs transactions on tenants' data: finds where a tenant lives and opens its scope there.
public struct Tenants: Sendable {
    private let cells: [CellID: any Database]
    private let placement: @Sendable (TenantID) async throws(DatabaseError) -> TenantPlacement?
    private let knownPlacement: @Sendable (TenantID) -> TenantPlacement?
    private let committed: @Sendable (TenantID, Set<CommitNotice>) -> Void

    /// Puts the cells together.
    ///
    /// - Parameters:
    ///   - cells: The databases by name.
    ///   - knownPlacement: Where a tenant lives, if that is in memory: it is asked first.
    ///   - committed: Is told after each commit what it made new, if anything; it must return at once.
    ///   - placement: Finds where a tenant lives; `nil` for one that does not exist.
    public init(
        cells: [CellID: any Database],
        knownPlacement: @escaping @Sendable (TenantID) -> TenantPlacement? = { _ in nil },
        committed: @escaping @Sendable (TenantID, Set<CommitNotice>) -> Void = { _, _ in },
        placement: @escaping @Sendable (TenantID) async throws(DatabaseError) -> TenantPlacement?
    ) {
        self.cells = cells
        self.knownPlacement = knownPlacement
        self.committed = committed
        self.placement = placement
    }

    /// Runs several statements in one READ COMMITTED transaction on a borrowed connection.
    ///
    /// Commits when `body` returns, rolls back when it throws or the task is cancelled. Nothing is retried here: a
    /// `DatabaseError.serializationFailure` reaches the caller, who knows whether the body may run twice. After
    /// `DatabaseError.unknownOutcome` the caller asks by its idempotency key whether the write happened.
    ///
    /// - Parameters:
    ///   - tenant: Whose data it touches.
    ///   - principal: Who acts.
    ///   - body: The statements. The session is borrowed and cannot leave it.
    /// - Returns: What `body` returned, after the commit was acknowledged.
    /// - Throws: What `body` threw; `DatabaseError.unavailable` if no connection was had in time or the tenant is gone.
    @discardableResult
    public func transaction<Result: Sendable>(
        for tenant: TenantID,
        as principal: Principal,
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        let (database, scope) = if let known = known(tenant) { known } else { try await locate(tenant) }
        let transaction = try await database.begin(scope)
        let notices = CommitNotices()
        let session = TenantSession(
            tenant: tenant,
            principal: principal,
            transaction: transaction,
            notices: notices
        )
        let result: Result
        do {
            if principal.isReadOnly { _ = try await transaction.execute([.makeReadOnly]) }
            result = try await body(session)
        } catch {
            await transaction.rollback()
            throw error
        }
        try await transaction.commit()
        tell(notices, of: tenant)
        return result
    }

    /// Runs a cheap read-only batch in one round trip on a connection that other requests share.
    ///
    /// - Parameters:
    ///   - statements: One or more SELECTs that an index answers.
    ///   - tenant: Whose data they read.
    ///   - principal: Who acts.
    /// - Returns: As many replies, in order.
    /// - Throws: `DatabaseError.unavailable` if no connection was had in time; otherwise what the server said.
    public func read(
        _ statements: [SQL],
        for tenant: TenantID,
        as principal: Principal
    ) async throws(DatabaseError) -> [Rows] {
        if principal.isReadOnly { return try await readOnly(statements, for: tenant) }
        if let (database, scope) = known(tenant) { return try await database.read(statements, scope: scope) }
        let (database, scope) = try await locate(tenant)
        return try await database.read(statements, scope: scope)
    }

    /// Runs statements in one implicit transaction and one round trip: all of them happen or none.
    ///
    /// - Parameters:
    ///   - statements: One or more statements.
    ///   - tenant: Whose data they touch.
    ///   - principal: Who acts.
    /// - Returns: As many replies, in order, after the commit was acknowledged.
    /// - Throws: `DatabaseError.unknownOutcome` if the connection broke before the reply.
    public func write(
        _ statements: [SQL],
        for tenant: TenantID,
        as principal: Principal
    ) async throws(DatabaseError) -> [Rows] {
        if principal.isReadOnly { return try await readOnly(statements, for: tenant) }
        let (database, scope) = if let known = known(tenant) { known } else { try await locate(tenant) }
        let replies = try await database.write(statements, scope: scope)
        let notices = CommitNotices()
        notices.add(of: statements)
        tell(notices, of: tenant)
        return replies
    }

    /// Says where there is something new that a commit has made, for what only its reply tells.
    ///
    /// - Parameters:
    ///   - notices: Where there is something new.
    ///   - tenant: Whose commit it was.
    public func announce(_ notices: Set<CommitNotice>, of tenant: TenantID) {
        committed(tenant, notices)
    }

    private func tell(_ notices: CommitNotices, of tenant: TenantID) {
        let all = notices.all
        if !all.isEmpty { committed(tenant, all) }
    }

    /// Runs statements in a transaction that PostgreSQL keeps from writing, whatever they are.
    private func readOnly(_ statements: [SQL], for tenant: TenantID) async throws(DatabaseError) -> [Rows] {
        let (database, scope) = if let known = known(tenant) { known } else { try await locate(tenant) }
        let transaction = try await database.begin(scope)
        do throws(DatabaseError) {
            let replies = try await transaction.execute([.makeReadOnly] + statements)
            try await transaction.commit()
            return Array(replies.dropFirst())
        } catch {
            await transaction.rollback()
            throw error
        }
    }

    /// Where a tenant's statements go, if that needs no waiting.
    private func known(_ tenant: TenantID) -> (any Database, DatabaseScope)? {
        guard let placement = knownPlacement(tenant), let database = cells[placement.cell] else { return nil }
        return (database, .tenant(placement))
    }

    private func locate(_ tenant: TenantID) async throws(DatabaseError) -> (any Database, DatabaseScope) {
        guard let placement = try await placement(tenant), let database = cells[placement.cell] else {
            throw .unavailable
        }
        return (database, .tenant(placement))
    }
}

extension SQL {
    /// Cannot be taken back in the same transaction once it has read something.
    fileprivate static let makeReadOnly: SQL = "SET TRANSACTION READ ONLY"
}
