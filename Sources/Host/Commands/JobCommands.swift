// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

struct ListJobsArguments: CommandArguments {
    let tenant: String
    let filter: JobFilter
    let limit: Int
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        var filter = JobFilter()
        filter.state = arguments.optional("state", "STATE", "Only jobs in this state", QueuedJob.State.init(rawValue:))
        filter.queue = arguments.optional("queue", "QUEUE", "Only jobs of this queue", JobQueue.init(rawValue:))
        filter.kind = arguments.optional("kind", "KIND", "Only jobs of this kind") { JobKind($0) }
        self.filter = filter
        limit =
            arguments.optional("limit", "NUMBER", "How many at most, 1 to 1000; 20 unless said") { text in
                Int(text).flatMap { (1...1000).contains($0) ? $0 : nil }
            } ?? 20
        isJSON = arguments.flag("json", "Print JSON lines")
    }
}

struct OneJobArguments: CommandArguments {
    let id: String
    let tenant: String
    let isJSON: Bool

    init(arguments: inout ArgumentReader) {
        id = arguments.positional("JOB", "The job")
        tenant = arguments.required("tenant", "SLUG", "The tenant")
        isJSON = arguments.flag("json", "Print JSON")
    }
}

extension Command {
    /// `lms jobs …`.
    static let jobs: [Command] = [
        jobsList,
        jobCommand("jobs show", "Show a job of a tenant") { jobs, tenants, tenant, id in
            try await jobs.fetch(id, reader: tenants.reader(for: tenant, as: JobCommands.principal))
        },
        jobCommand("jobs retry", "Try a job of a tenant again at once") { jobs, tenants, tenant, id in
            try await tenants.transaction(for: tenant, as: JobCommands.principal) { session in
                try await jobs.retry(id, session: session)
            }
        },
        jobCommand("jobs cancel", "Cancel a job of a tenant") { jobs, tenants, tenant, id in
            try await tenants.transaction(for: tenant, as: JobCommands.principal) { session in
                try await jobs.cancel(id, session: session)
            }
        },
        jobCommand("jobs discard", "Delete a job of a tenant that does not run") { jobs, tenants, tenant, id in
            try await tenants.transaction(for: tenant, as: JobCommands.principal) { session in
                try await jobs.discard(id, session: session)
            }
            return nil
        },
    ]

    private static let jobsList = Command(
        "jobs list",
        "List the jobs of a tenant, the last enqueued first",
        ListJobsArguments.self
    ) { arguments, console in
        let platform = try Platform.connecting(console)
        let tenant = try await JobCommands.tenant(arguments.tenant, of: platform)
        let reader = platform.installation.tenants.reader(for: tenant, as: JobCommands.principal)
        try await Command.showPages(upTo: arguments.limit) { position, limit in
            try await platform.lms.jobs.list(arguments.filter, after: position, limit: limit, reader: reader)
        } show: { job in
            JobCommands.show(job, asJSON: arguments.isJSON, console)
        }
        return .success
    }

    private static func jobCommand(
        _ name: StaticString,
        _ summary: String,
        _ body: @escaping @Sendable (TenantJobs, Tenants, TenantID, QueuedJob.ID) async throws -> QueuedJob?
    ) -> Command {
        Command(name, summary, OneJobArguments.self) { arguments, console in
            guard let id = QueuedJob.ID(arguments.id) else {
                throw CommandFailure("\(arguments.id) is no identifier of a job", code: .usage)
            }
            let platform = try Platform.connecting(console)
            let tenant = try await JobCommands.tenant(arguments.tenant, of: platform)
            do {
                let job = try await body(platform.lms.jobs, platform.installation.tenants, tenant, id)
                if let job {
                    JobCommands.show(job, asJSON: arguments.isJSON, console)
                } else {
                    console.print("Deleted.")
                }
                return .success
            } catch JobError.notFound {
                throw CommandFailure("The tenant has no such job; one that is done may not be kept.")
            } catch JobError.notInState(let state) {
                throw CommandFailure("The job is \(state.rawValue); that cannot be done to it.")
            }
        }
    }
}

private enum JobCommands {
    /// Whoever may run `lms` on the server.
    static let principal = Principal(.system("cli"), grants: Grants([.jobRead: .any, .jobManage: .any]))

    static func tenant(_ slug: String, of platform: Platform) async throws -> TenantID {
        try await TenantOperations(installation: platform.installation, lms: platform.lms).find(slug).id
    }

    static func show(_ job: QueuedJob, asJSON isJSON: Bool, _ console: Console) {
        guard isJSON else {
            let failure = job.failure.map { "\t\($0)" } ?? ""
            console.print("\(job.id)\t\(job.kind)\t\(job.state.rawValue)\t\(job.attempts)\(failure)")
            return
        }
        var json = JSONWriter()
        JobBody(job).write(to: &json)
        console.print(String(decoding: json.bytes, as: UTF8.self))
    }
}
