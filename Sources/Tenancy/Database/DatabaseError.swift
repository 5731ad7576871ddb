// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why a statement or a transaction failed.
@nonexhaustive
public enum DatabaseError: Error, Sendable, Equatable {
    /// A constraint refused the write: SQLSTATE class 23 with the constraint's name.
    case constraint(Constraint, name: String)
    /// A concurrent transaction won (SQLSTATE 40001 or 40P01). Nothing was written; the whole transaction may be tried again.
    case serializationFailure
    /// A row lock was not had in time (SQLSTATE 55P03).
    case lockTimeout
    /// The database refused the statement for lack of a right (SQLSTATE 42501).
    case permissionDenied
    /// Any other refusal by the server, by its SQLSTATE.
    case refused(sqlState: String)
    /// No connection was free, or could be made, within the deadline. Nothing was sent.
    case unavailable
    /// The statement ran longer than its timeout, or the caller went away, and it was cancelled. Nothing was written.
    case cancelled
    /// The connection broke before COMMIT was sent. Nothing was written.
    case connectionLost
    /// The connection broke after COMMIT was sent and before its reply came: the write may have happened. Ask by the
    /// operation's idempotency key.
    case unknownOutcome
    /// A column does not hold what the code expects: the schema and the code disagree.
    case undecodable(column: String, expected: String)

    /// The kinds of constraint.
    public enum Constraint: Sendable, Hashable {
        /// A unique or primary key (23505) or an exclusion (23P01).
        case unique
        /// A foreign key (23503).
        case foreignKey
        /// A CHECK (23514).
        case check
        /// NOT NULL (23502); the name is the column's.
        case notNull
    }
}

extension DatabaseError: CustomStringConvertible {
    /// What happened, without data.
    public var description: String {
        switch self {
        case .constraint(let kind, let name): "\(kind) constraint \(name)"
        case .serializationFailure: "serialization failure"
        case .lockTimeout: "lock timeout"
        case .permissionDenied: "permission denied"
        case .refused(let state): "refused with SQLSTATE \(state)"
        case .unavailable: "no database connection in time"
        case .cancelled: "cancelled"
        case .connectionLost: "connection lost before commit"
        case .unknownOutcome: "connection lost during commit"
        case .undecodable(let column, let expected): "column \(column) is not \(expected)"
        }
    }
}
