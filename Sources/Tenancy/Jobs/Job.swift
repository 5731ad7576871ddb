// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// A kind of work that is done after a commit.
///
/// The database has the list of those that exist.
public struct JobKind: Sendable, Hashable, CustomStringConvertible, DatabaseConvertible {
    /// The name in the database.
    public let description: String

    private init(known: StaticString) {
        description = known.description
    }

    /// Deliver a message by mail.
    public static let mail = JobKind(known: "mail")
    /// Deliver a message by SMS.
    public static let sms = JobKind(known: "sms")

    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(description) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        description = try String(column: column)
    }
}

/// A piece of work that a worker has for itself until its lease ends.
public struct Job: Sendable {
    /// The number in its cell.
    let id: Int
    /// Proves that the lease is still this worker's.
    let lease: UUID
    /// Whose it is.
    public let tenant: TenantID
    /// What is to be done.
    public let kind: JobKind
    /// What it is to be done with: the identifier of a row in the tenant's schema.
    public let subject: UUID
    /// How often it was leased, this time included.
    public let attempts: Int
}

extension SQL {
    /// Returns the statement that enqueues work in the transaction of its cause.
    ///
    /// The tenant is the transaction's own role; of several enqueuings of one kind and subject, one counts.
    ///
    /// - Parameters:
    ///   - kind: What is to be done.
    ///   - subject: What it is to be done with.
    ///   - instant: From when on.
    /// - Returns: A SELECT.
    public static func enqueueJob(_ kind: JobKind, _ subject: UUID, at instant: Date) -> SQL {
        "SELECT cell.enqueue_job(\(kind), \(subject), \(instant))"
    }
}
