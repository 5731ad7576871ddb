// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Shows a tenant its jobs, and lets whoever may try them again, cancel and discard them.
///
/// The database knows whose a job is by the transaction's role: another tenant's is not found, whatever the code asks for.
public struct TenantJobs: Sendable {
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameter audit: Records what is done to jobs.
    public init(audit: Audit = Audit()) {
        self.audit = audit
    }

    /// Reads a job.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The job.
    /// - Throws: `JobError.forbidden`; `.notFound`, also for one that is done and not kept.
    public func fetch(_ id: QueuedJob.ID, reader: TenantReader) async throws(JobError) -> QueuedJob {
        guard reader.principal.may(.jobRead, on: .foreign) else { throw .forbidden }
        return try await JobError.translating {
            guard let row = try await reader.read(.selectJob(id)).only else { throw JobError.notFound }
            return try QueuedJob(row: row)
        }
    }

    /// Lists jobs, the last enqueued first.
    ///
    /// - Parameters:
    ///   - filter: Which.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most jobs to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `JobError.forbidden`; `.invalidPosition`.
    public func list(
        _ filter: JobFilter = JobFilter(),
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(JobError) -> Page<QueuedJob> {
        guard reader.principal.may(.jobRead, on: .foreign) else { throw .forbidden }
        if let position, position.order != filter.order { throw .invalidPosition }
        return try await JobError.translating {
            let last = position.map { QueuedJob.ID($0.id) }
            let rows = try await reader.read(.listJobs(filter, before: last, limit: limit.withProbe))
            return Page(cutting: try rows.map(QueuedJob.init(row:)), limit: limit.count) {
                PagePosition(order: filter.order, id: $0.id.uuid)
            }
        }
    }

    /// Has a job tried again at once, with all its attempts before it.
    ///
    /// A notification that it carries waits again, if it was given up with the job.
    ///
    /// - Parameters:
    ///   - id: A job that was given up, was cancelled or waits for its time.
    ///   - session: The tenant's open transaction; the caller commits it. The job's row is locked.
    /// - Returns: The job, which is `ready`.
    /// - Throws: `JobError.forbidden`; `.notFound`; `.notInState` if it runs or is done.
    public func retry(_ id: QueuedJob.ID, session: borrowing TenantSession) async throws(JobError) -> QueuedJob {
        let job = try await change(id, .retryJob(id), to: .ready, AuditEvent("job.retried", on: id), session: session)
        if Notifications.jobKinds.contains(job.kind) {
            _ = try await JobError.translating { try await session.execute(.reopenDeliveries(ofJob: id)) }
        }
        return job
    }

    /// Cancels a job.
    ///
    /// Of a running job nothing happens any more that its transaction has not committed; what it did outside is done.
    ///
    /// - Parameters:
    ///   - id: A job that waits or runs.
    ///   - session: The tenant's open transaction; the caller commits it. The job's row is locked.
    /// - Returns: The job, which is `cancelled`.
    /// - Throws: `JobError.forbidden`; `.notFound`; `.notInState` if it is done or was given up.
    public func cancel(_ id: QueuedJob.ID, session: borrowing TenantSession) async throws(JobError) -> QueuedJob {
        try await change(id, .cancelJob(id), to: .cancelled, AuditEvent("job.cancelled", on: id), session: session)
    }

    /// Deletes a job.
    ///
    /// - Parameters:
    ///   - id: A job that does not run.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `JobError.forbidden`; `.notFound`; `.notInState` if it runs.
    public func discard(_ id: QueuedJob.ID, session: borrowing TenantSession) async throws(JobError) {
        guard session.principal.may(.jobManage, on: .foreign) else { throw .forbidden }
        try await JobError.translating {
            let state: String? = try await session.execute(.discardJob(id)).only?["state"]
            guard let state else { throw JobError.notFound }
            if let kept = QueuedJob.State(rawValue: state) { throw JobError.notInState(kept) }
            try await session.execute(
                audit.recording(AuditEvent("job.discarded", on: id), by: session.principal)
            )
        }
    }

    private func change(
        _ id: QueuedJob.ID,
        _ statement: SQL,
        to wanted: QueuedJob.State,
        _ event: AuditEvent,
        session: borrowing TenantSession
    ) async throws(JobError) -> QueuedJob {
        guard session.principal.may(.jobManage, on: .foreign) else { throw .forbidden }
        return try await JobError.translating {
            let replies = try await session.batch([statement, .selectJob(id)])
            let state: QueuedJob.State? = try replies[0].only?["state"]
            guard let state, let row = replies[1].only else { throw JobError.notFound }
            guard state == wanted else { throw JobError.notInState(state) }
            try await session.execute(audit.recording(event, by: session.principal))
            return try QueuedJob(row: row)
        }
    }
}

/// Which jobs are wanted.
public struct JobFilter: Sendable, Hashable {
    /// Only those in this state.
    public var state: QueuedJob.State?
    /// Only those of this queue.
    public var queue: JobQueue?
    /// Only those of this kind.
    public var kind: JobKind?

    /// Wants all of them.
    public init() {}

    /// Names the list, so that a position does not reach another one.
    var order: String {
        "\(state?.rawValue ?? "*").\(queue?.rawValue ?? "*").\(kind?.description ?? "*")"
    }
}
