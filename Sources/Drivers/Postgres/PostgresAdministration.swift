// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
public import LMSEventLoop
public import LMSTenancy
internal import Synchronization

/// One plain connection for provisioning, migrations and hardening: everything that a serving process must not be able to do.
///
/// Statements run one after another on side-pool threads, so that any task may wait for them. There is no tenant scope: the
/// login's own rights hold.
public final class PostgresAdministration: Sendable {
    private let link: Mutex<Link>
    private let pool: SidePool

    private init(link: Link, pool: SidePool) {
        self.link = Mutex(link)
        self.pool = pool
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - address: The database.
    ///   - login: As whom; `nil` for the user of the address.
    ///   - pool: The threads on which statements run.
    /// - Returns: The connection, which ends when it is released.
    /// - Throws: `PostgresConnectionError`.
    public static func connect(
        to address: PostgresAddress,
        as login: PostgresLogin? = nil,
        pool: SidePool
    ) async throws(PostgresConnectionError) -> PostgresAdministration {
        let opened: Result<Link, PostgresConnectionError>
        do {
            opened = try await pool.run {
                Result { () throws(PostgresConnectionError) in
                    try Link.open(address, as: login, application: "lms admin", timeoutInSeconds: 5)
                }
            }
        } catch {
            throw .busy
        }
        return PostgresAdministration(link: try opened.get(), pool: pool)
    }

    /// Runs a script of several statements: all of them happen or none, unless the script commits by itself.
    ///
    /// - Parameter script: The statements; reviewed text, never input.
    /// - Throws: `PostgresFailure` of the first statement that failed.
    public func run(script: String) async throws(PostgresFailure) {
        try await use { link throws(PostgresFailure) in
            guard let result = unsafe PQexec(link.handle, script) else { throw .connectionLost }
            let reply = unsafe Reply(result)
            guard reply.status != PGRES_FATAL_ERROR, reply.status != PGRES_BAD_RESPONSE else {
                throw PostgresFailure(reply)
            }
        }
    }

    /// Runs one statement in a transaction of its own, or in the one that an earlier `BEGIN` opened.
    ///
    /// - Parameter statement: The statement.
    /// - Returns: Its reply.
    /// - Throws: `PostgresFailure` if the server refuses it or is gone.
    @discardableResult
    public func execute(_ statement: SQL) async throws(PostgresFailure) -> Rows {
        try await use { link throws(PostgresFailure) in try Self.execute(statement, on: link) }
    }

    /// Runs statements in one transaction: all of them happen or none.
    ///
    /// - Parameter statements: The statements, in order.
    /// - Returns: As many replies.
    /// - Throws: `PostgresFailure` of the first statement that failed, or of the commit.
    @discardableResult
    public func transaction(_ statements: [SQL]) async throws(PostgresFailure) -> [Rows] {
        try await use { link throws(PostgresFailure) in
            _ = try Self.execute("BEGIN", on: link)
            do throws(PostgresFailure) {
                var replies: [Rows] = []
                for statement in statements { replies.append(try Self.execute(statement, on: link)) }
                _ = try Self.execute("COMMIT", on: link)
                return replies
            } catch {
                // On a broken connection the server rolls back by itself.
                _ = try? Self.execute("ROLLBACK", on: link)
                throw error
            }
        }
    }

    private func use<Value: Sendable>(
        _ body: @escaping @Sendable (Link) throws(PostgresFailure) -> Value
    ) async throws(PostgresFailure) -> Value {
        let outcome: Result<Value, PostgresFailure>
        do {
            outcome = try await pool.run {
                self.link.withLock { link in Result { () throws(PostgresFailure) in try body(link) } }
            }
        } catch {
            throw PostgresFailure(error: .unavailable, sqlState: "", message: "the side pool is full")
        }
        return try outcome.get()
    }

    private static func execute(_ statement: SQL, on link: Link) throws(PostgresFailure) -> Rows {
        var parameters = ParameterBuffer()
        for bind in statement.binds { parameters.append(bind) }
        let result = unsafe parameters.withArrays { count, types, values, lengths, formats in
            unsafe PQexecParams(link.handle, statement.text, count, types, values, lengths, formats, 1)
        }
        guard let result = unsafe result else { throw .connectionLost }
        let reply = unsafe Reply(result)
        guard reply.status == PGRES_TUPLES_OK || reply.status == PGRES_COMMAND_OK else { throw PostgresFailure(reply) }
        return reply.rows(known: nil)
    }
}

/// What the server said to an administrative statement.
///
/// For operators: the message may name objects.
public struct PostgresFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What it means.
    public let error: DatabaseError
    /// The five characters of the SQLSTATE; empty if the connection broke.
    public let sqlState: String
    /// The server's own words.
    public let message: String

    /// The server's words and its SQLSTATE.
    public var description: String { sqlState.isEmpty ? message : "\(message) (SQLSTATE \(sqlState))" }

    static let connectionLost = PostgresFailure(error: .connectionLost, sqlState: "", message: "the connection broke")

    init(error: DatabaseError, sqlState: String, message: String) {
        self.error = error
        self.sqlState = sqlState
        self.message = message
    }

    init(_ reply: borrowing Reply) {
        self.init(error: reply.failure, sqlState: reply.sqlState, message: reply.message)
    }
}
