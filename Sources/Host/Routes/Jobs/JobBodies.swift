// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/jobs/{jobId}`.
struct JobPath: PathParameters {
    let jobId: QueuedJob.ID

    init(fields: inout FieldReader) {
        jobId = fields.required("jobId", .id())
    }
}

/// Which jobs are wanted.
struct JobListQuery: QueryParameters {
    let filter: JobFilter
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        var filter = JobFilter()
        filter.state = fields.optional("state", .choice(QueuedJob.State.dead))
        filter.queue = fields.optional("queue", .choice(JobQueue.mail))
        filter.kind = fields.optional("kind", .jobKind)
        self.filter = filter
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

extension FieldRule where Self == ParsedRule<JobKind> {
    /// A kind of work.
    fileprivate static var jobKind: ParsedRule<JobKind> {
        .parsed(format: "job-kind", 1...64, example: "mail", placeholder: .mail) { text in JobKind(text) }
    }
}

/// A job.
struct JobBody: ResponseBody {
    private let fields: Fields

    private struct Fields: Sendable {
        var id: String
        var kind: String
        var queue: JobQueue
        var priority: Int
        var subject: String
        var state: QueuedJob.State
        var attempts: Int
        var progress: Int
        var progressCode: String?
        var failure: String?
        var createdAt: Date
        var scheduledAt: Date?
        var startedAt: Date?
        var endedAt: Date?
    }

    init(_ job: QueuedJob) {
        fields = Fields(
            id: job.id.description,
            kind: job.kind.description,
            queue: job.queue,
            priority: job.priority,
            subject: Identifier<QueuedJob>(job.subject).description,
            state: job.state,
            attempts: job.attempts,
            progress: job.progress,
            progressCode: job.progressCode,
            failure: job.failure,
            createdAt: job.createdAt,
            scheduledAt: job.scheduledAt,
            startedAt: job.startedAt,
            endedAt: job.endedAt
        )
    }

    private init(_ fields: Fields) {
        self.fields = fields
    }

    static var example: JobBody {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057"
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return JobBody(
            Fields(
                id: id,
                kind: "mail",
                queue: .mail,
                priority: 3,
                subject: id,
                state: .scheduled,
                attempts: 2,
                progress: 0,
                progressCode: "writing",
                failure: "unreachable",
                createdAt: time,
                scheduledAt: time,
                startedAt: time,
                endedAt: time
            )
        )
    }

    static var variations: [JobBody] {
        var fields = example.fields
        fields.progressCode = nil
        fields.failure = nil
        fields.scheduledAt = nil
        fields.startedAt = nil
        fields.endedAt = nil
        return [JobBody(fields)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", fields.id)
            object.field("kind", fields.kind)
            object.field("queue", fields.queue.rawValue)
            object.field("priority", fields.priority)
            object.field("subject", fields.subject)
            object.field("state", fields.state.rawValue)
            object.field("attempts", fields.attempts)
            object.field("progress", fields.progress)
            object.field("progressCode", fields.progressCode)
            object.field("failure", fields.failure)
            object.field("createdAt", fields.createdAt)
            object.field("scheduledAt", fields.scheduledAt)
            object.field("startedAt", fields.startedAt)
            object.field("endedAt", fields.endedAt)
        }
    }
}
