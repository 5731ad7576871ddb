// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why a server cannot be used.
///
/// Nothing in it is secret.
@nonexhaustive
public enum PostgresConnectionError: Error, Sendable, Hashable {
    /// The connection URL cannot be understood.
    case invalidAddress(reason: String)
    /// Nothing answers at the address.
    case unreachable(detail: String)
    /// The server does not let this user in: unknown, wrong password, or no matching line in `pg_hba.conf`.
    case notAdmitted(detail: String)
    /// The server has no database of that name.
    case noSuchDatabase(detail: String)
    /// Every connection of the server is taken.
    case tooManyConnections
    /// The server is starting, stopping or in recovery.
    case notReady
    /// The server answers and something else is wrong.
    case refused(detail: String)
    /// The driver's side pool is full, so that no attempt was made.
    case busy
}

extension PostgresConnectionError: CustomStringConvertible {
    /// What is wrong and what to look at.
    public var description: String {
        switch self {
        case .invalidAddress(let reason):
            "The database URL is not valid: \(reason). It has the form postgres://user:password@host:5432/database"
        case .unreachable(let detail): "No PostgreSQL server answers: \(detail)"
        case .notAdmitted(let detail): "PostgreSQL does not admit the login: \(detail)"
        case .noSuchDatabase(let detail): "The database does not exist: \(detail)"
        case .tooManyConnections:
            "PostgreSQL has no connection left; compare max_connections with the budgets of all processes"
        case .notReady: "PostgreSQL is starting up or shutting down"
        case .refused(let detail): "PostgreSQL refuses the connection: \(detail)"
        case .busy: "Too many connections are being opened at the same time"
        }
    }

    /// Sorts libpq's text, which is all that it tells about a failed connection.
    init(text: String) {
        let detail = text.split(separator: "\n").joined(separator: "; ")
        if detail.contains("authentication failed") || detail.contains("no pg_hba.conf entry")
            || detail.contains("no password supplied") || detail.contains("not permitted to log in")
            || (detail.contains("role \"") && detail.contains("does not exist"))
        {
            self = .notAdmitted(detail: detail)
        } else if detail.contains("database \""), detail.contains("does not exist") {
            self = .noSuchDatabase(detail: detail)
        } else if detail.contains("too many clients") || detail.contains("remaining connection slots") {
            self = .tooManyConnections
        } else if detail.contains("starting up") || detail.contains("shutting down") || detail.contains("recovery mode")
        {
            self = .notReady
        } else if detail.contains("FATAL") || detail.contains("SSL") {
            self = .refused(detail: detail)
        } else if detail.hasPrefix("invalid ") {
            self = .invalidAddress(reason: detail)
        } else {
            self = .unreachable(detail: detail)
        }
    }
}
