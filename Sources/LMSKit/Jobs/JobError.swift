// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a job was refused.
@nonexhaustive
public enum JobError: Error, Sendable, Equatable {
    /// The tenant has no such job.
    case notFound
    /// The principal may not do this.
    case forbidden
    /// The job is in a state in which this cannot be done to it.
    case notInState(QueuedJob.State)
    /// The position belongs to another list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)
}

extension JobError: FeatureError {
    init(_ error: DatabaseError) {
        self = .database(error)
    }
}
