// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// A piece of work that a worker has for itself until its lease ends.
public struct Job: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Job>
    /// The job's name, which its tenant sees.
    public let id: ID
    /// Proves that the lease is still this worker's.
    public let lease: UUID
    /// Whose it is.
    public let tenant: TenantID
    /// What is to be done.
    public let kind: JobKind
    /// The line that it waited in.
    public let queue: JobQueue
    /// What it is to be done with: the identifier of a row in the tenant's schema.
    public let subject: UUID
    /// References that the subject does not give.
    public let payload: JSONText
    /// How often it was leased, this time included.
    public let attempts: Int
    /// After how many attempts it is given up.
    public let maximumAttempts: Int
    /// How long it was ready before this lease; of a job that was tried before, since it was enqueued.
    public let waited: Duration
    let role: String

    init(row: Row, of queue: JobQueue, lease: UUID, tenant: TenantID, role: String) throws(DatabaseError) {
        id = try row["id"]
        self.lease = lease
        self.tenant = tenant
        self.role = role
        self.queue = queue
        kind = try row["kind"]
        subject = try row["subject"]
        payload = try row["payload"]
        attempts = try row["attempts"]
        maximumAttempts = try row["max_attempts"]
        let seconds: Double = try row["waited"]
        // It was leased as of a moment that is that far ahead.
        waited = .seconds(max(0, seconds - Jobs.clockTolerance))
    }
}

/// What becomes of a job that a worker had.
@nonexhaustive
public enum JobEnd: Sendable {
    /// Nothing is left to do.
    case done(Job)
    /// It is tried again after a time, or given up if that was its last attempt. The reason is a code of at most 100 characters.
    case failed(Job, retryAfter: Duration, reason: String)
    /// It is tried again from then on, and the attempt does not count.
    case waiting(Job, until: Date, reason: String?)
    /// It is given up; it stays for whoever looks after the tenant.
    case dead(Job, reason: String)
}

/// Why a job was not finished.
@nonexhaustive
public enum JobLeaseError: Error, Sendable, Equatable {
    /// The lease ended and another worker has the job, or it was cancelled: nothing of the transaction happened.
    case lost
}
