// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

extension SQL {
    /// Returns the statement that enqueues work in the transaction of its cause.
    ///
    /// The tenant is the transaction's own role. Of several enqueuings of one kind and subject before it begins, one counts; once it has
    /// begun, or failed, the next enqueuing is another job, so that no cause is missed. The job that waits already is locked until
    /// the transaction ends.
    ///
    /// - Parameters:
    ///   - kind: What is to be done.
    ///   - subject: What it is to be done with.
    ///   - instant: From when on.
    /// - Returns: A SELECT.
    public static func enqueueJob(_ kind: JobKind, _ subject: UUID, at instant: Date) -> SQL {
        ("SELECT cell.enqueue_job(\(kind), \(subject), \(instant))" as SQL).announcing(.jobs)
    }

    /// Returns the statement that enqueues one kind of work for many subjects in the transaction of its cause.
    ///
    /// - Parameters:
    ///   - kind: What is to be done.
    ///   - subjects: What it is to be done with: a job for each; at most some thousands in one statement.
    ///   - payload: An object of references that the subjects do not give, at most 1,024 bytes; never anything personal. Jobs with
    ///     different ones are different jobs.
    ///   - instant: From when on.
    /// - Returns: A SELECT.
    public static func enqueueJobs(
        _ kind: JobKind,
        _ subjects: [UUID],
        payload: JSONText = .emptyObject,
        at instant: Date
    ) -> SQL {
        ("SELECT cell.enqueue_jobs(\(kind), \(subjects), \(instant), \(payload))" as SQL).announcing(.jobs)
    }

    /// Returns the statement that ends a job in the transaction of its effect: both happen or neither.
    ///
    /// It fails with SQLSTATE `LMJ01` if the lease was lost.
    ///
    /// - Parameter job: The job, of the tenant whose transaction it is.
    /// - Returns: A SELECT.
    public static func finishJob(_ job: Job) -> SQL {
        "SELECT cell.finish_job(\(job.id), \(job.lease))"
    }
}

extension JSONText {
    /// An object without members.
    public static let emptyObject = JSONText(Array("{}".utf8))
}
