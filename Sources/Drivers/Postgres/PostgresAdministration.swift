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
    /// - Throws: `AdministrationFailure` of the first statement that failed.
    public func run(script: String) async throws(AdministrationFailure) {
        try await use { link throws(AdministrationFailure) in
            guard let result = unsafe PQexec(link.handle, script) else { throw .connectionLost }
            let reply = unsafe Reply(result)
            guard reply.status != PGRES_FATAL_ERROR, reply.status != PGRES_BAD_RESPONSE else {
                // A script that opened a transaction leaves it aborted, which the next caller must not find.
                unsafe PQclear(PQexec(link.handle, "ROLLBACK"))
                throw AdministrationFailure(reply)
            }
        }
    }

    /// Runs one statement in a transaction of its own, or in the one that an earlier `BEGIN` opened.
    ///
    /// - Parameter statement: The statement.
    /// - Returns: Its reply.
    /// - Throws: `AdministrationFailure` if the server refuses it or is gone.
    @discardableResult
    public func execute(_ statement: SQL) async throws(AdministrationFailure) -> Rows {
        try await use { link throws(AdministrationFailure) in try Self.execute(statement, on: link) }
    }

    /// Runs statements in one transaction: all of them happen or none.
    ///
    /// - Parameter statements: The statements, in order.
    /// - Returns: As many replies.
    /// - Throws: `AdministrationFailure` of the first statement that failed, or of the commit.
    @discardableResult
    public func transaction(_ statements: [SQL]) async throws(AdministrationFailure) -> [Rows] {
        try await use { link throws(AdministrationFailure) in
            _ = try Self.execute("BEGIN", on: link)
            do throws(AdministrationFailure) {
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
        _ body: @escaping @Sendable (Link) throws(AdministrationFailure) -> Value
    ) async throws(AdministrationFailure) -> Value {
        let outcome: Result<Value, AdministrationFailure>
        do {
            outcome = try await pool.run {
                self.link.withLock { link in Result { () throws(AdministrationFailure) in try body(link) } }
            }
        } catch {
            throw AdministrationFailure(error: .unavailable, sqlState: "", message: "the side pool is full")
        }
        return try outcome.get()
    }

    private static func execute(_ statement: SQL, on link: Link) throws(AdministrationFailure) -> Rows {
        var parameters = ParameterBuffer()
        for bind in statement.binds { parameters.append(bind) }
        let result = unsafe parameters.withArrays { count, types, values, lengths, formats in
            unsafe PQexecParams(link.handle, statement.text, count, types, values, lengths, formats, 1)
        }
        guard let result = unsafe result else { throw .connectionLost }
        let reply = unsafe Reply(result)
        guard reply.status == PGRES_TUPLES_OK || reply.status == PGRES_COMMAND_OK else {
            throw AdministrationFailure(reply)
        }
        return reply.rows(known: nil)
    }
}

extension AdministrationFailure {
    static let connectionLost = AdministrationFailure(
        error: .connectionLost,
        sqlState: "",
        message: "the connection broke"
    )

    init(_ reply: borrowing Reply) {
        self.init(error: reply.failure, sqlState: reply.sqlState, message: reply.message)
    }
}
