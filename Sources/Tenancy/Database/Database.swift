// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One PostgreSQL database ("cell"), as a driver offers it.
///
/// A driver never retries a statement, never runs one outside the scope it was given, and returns a connection to its
/// pool only when no transaction is open on it.
public protocol Database: Sendable {
    /// Runs cheap read-only statements in one implicit transaction and one round trip, on a connection that other requests share.
    ///
    /// Cancelling the caller abandons the reply; the server finishes the statements under their timeout.
    ///
    /// - Parameters:
    ///   - statements: One or more SELECTs.
    ///   - scope: Whose data they read.
    /// - Returns: As many replies, in order.
    /// - Throws: `DatabaseError.unavailable` if no connection was had in time; otherwise what the server said.
    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows]

    /// Runs statements in one implicit transaction and one round trip, on a connection of its own: all happen or none.
    ///
    /// - Parameters:
    ///   - statements: One or more statements.
    ///   - scope: Whose data they touch.
    /// - Returns: As many replies, in order, after the commit was acknowledged.
    /// - Throws: `DatabaseError.unknownOutcome` if the connection broke before the reply.
    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows]

    /// Borrows a connection and opens a transaction; nothing is sent before its first statement.
    ///
    /// - Parameter scope: Whose data it touches.
    /// - Returns: The open transaction, which must be committed or rolled back.
    /// - Throws: `DatabaseError.unavailable` if no connection was had in time.
    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction
}

/// An open transaction on a borrowed connection.
public protocol DatabaseTransaction: Sendable {
    /// Runs statements in one round trip; the first one after an error rolls everything back.
    ///
    /// Cancelling the caller cancels the running statement on the server.
    ///
    /// - Parameter statements: One or more statements.
    /// - Returns: As many replies, in order.
    /// - Throws: What the server said about the first statement that failed; the transaction can then only be rolled back.
    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows]

    /// Commits and returns the connection.
    ///
    /// - Throws: `DatabaseError.unknownOutcome` if the connection broke before the reply.
    func commit() async throws(DatabaseError)

    /// Rolls back and returns the connection; does nothing on a broken connection, which the server rolls back itself.
    func rollback() async
}

/// Whose data a statement touches: what is set for the transaction before its first statement.
public enum DatabaseScope: Sendable, Hashable {
    /// One tenant's schema, as the tenant's role, through the login of its membership shard.
    case tenant(TenantPlacement)
    /// The directory of all tenants, as the login itself.
    case control
    /// The tables of a cell that all its tenants share (jobs, outbox), as the login itself.
    case cell
}

/// Where one tenant lives and as whom its statements run.
public struct TenantPlacement: Sendable, Hashable {
    /// The tenant.
    public let tenant: TenantID
    /// The database that holds its schema.
    public let cell: CellID
    /// The tenant's schema, the only entry of `search_path`.
    public let schema: SchemaName
    /// The tenant's role, which has the rights on that schema and no others.
    public let role: RoleName
    /// Which login role is a member of the tenant's role: at most 500 tenants to a login.
    public let shard: Int

    /// Describes a placement; the directory makes them.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - cell: The database that holds its schema.
    ///   - schema: The tenant's schema.
    ///   - role: The tenant's role.
    ///   - shard: The number of its login role.
    public init(tenant: TenantID, cell: CellID, schema: SchemaName, role: RoleName, shard: Int) {
        self.tenant = tenant
        self.cell = cell
        self.schema = schema
        self.role = role
        self.shard = shard
    }
}
