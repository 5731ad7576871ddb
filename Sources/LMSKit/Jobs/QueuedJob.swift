// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A job as its tenant sees it.
public struct QueuedJob: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Job.ID
    /// The job's identifier.
    public let id: ID
    /// What is to be done.
    public let kind: JobKind
    /// The line that it waits in.
    public let queue: JobQueue
    /// Of the tenant's jobs in the same line those of a lower number go first: 0 through 9.
    public let priority: Int
    /// What it is done with: the identifier of a row of the feature that enqueued it.
    public let subject: UUID
    /// How far it is.
    public let state: State
    /// How often it was tried.
    public let attempts: Int
    /// How much of it is done, 0 through 100, as far as its kind says.
    public let progress: Int
    /// What is being done, as a code, as far as its kind says.
    public let progressCode: String?
    /// Why the last attempt failed, as a code.
    public let failure: String?
    /// When it was enqueued.
    public let createdAt: Date
    /// When it may begin, for a job that is `scheduled`.
    public let scheduledAt: Date?
    /// When it was begun the last time.
    public let startedAt: Date?
    /// When it ended.
    public let endedAt: Date?

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        kind = try fields.next()
        queue = try fields.next()
        priority = try fields.next()
        subject = try fields.next()
        let state: State = try fields.next()
        self.state = state
        attempts = try fields.next()
        progress = try fields.next()
        progressCode = try fields.next()
        failure = try fields.next()
        createdAt = try fields.next()
        let runAt: Date = try fields.next()
        scheduledAt = state == .scheduled ? runAt : nil
        startedAt = try fields.next()
        endedAt = try fields.next()
    }
}

extension QueuedJob {
    /// The states that a job moves through.
    @nonexhaustive
    public enum State: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Waits for its time: it is delayed, or is tried again after a failure.
        case scheduled
        /// Waits for a worker.
        case ready
        /// A worker has it.
        case running
        /// It was done; only some kinds are kept then.
        case done
        /// It was given up.
        case dead
        /// Somebody cancelled it.
        case cancelled
    }
}
