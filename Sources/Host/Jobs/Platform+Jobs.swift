// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

extension Platform {
    /// The work of all tenants.
    var jobs: Jobs {
        Jobs(cell: installation.control, installation: installation.prefix)
    }

    /// What does the queued work of all tenants in this process.
    ///
    /// - Parameters:
    ///   - lanes: The queues that it serves, and how many jobs of each it does at a time.
    ///   - report: Tells an operator what goes wrong.
    /// - Returns: The runner, not started.
    func jobRunner(
        lanes: [JobQueue: Int] = JobRunner.lanes,
        report: @escaping @Sendable (String) -> Void
    ) -> JobRunner {
        JobRunner(
            jobs: jobs,
            handlers: jobHandlers,
            lanes: lanes,
            afterwards: lms.notifications.afterBurials(tenants: installation.tenants),
            report: report
        )
    }

    /// What does which kind of work.
    var jobHandlers: [JobKind: JobHandler] {
        let (courier, phoneDelivery, webhookSender) = (courier, phoneDelivery, webhookSender)
        let pushDelivery = pushDelivery
        let (webhooks, tenants, notificationTexts) = (lms.webhooks, installation.tenants, notificationTexts)
        let media = lms.media
        let handlers: [JobKind: JobHandler] = [
            .mail: whereServed { job, tenant in
                try await job.through {
                    JobOutcome(try await courier.delivery.deliver(job.subject, of: tenant, from: courier.sender))
                }
            },
            .sms: whereServed { job, tenant in
                try await job.through {
                    // A subject is a code or a notification; what is not one's own is finished.
                    let code = try await phoneDelivery.deliver(job.subject, of: tenant)
                    guard code == .finished else { return JobOutcome(code) }
                    return JobOutcome(try await notificationTexts.deliver(job.subject, of: tenant))
                }
            },
            .push: whereServed { job, tenant in
                // It asks about each service by itself: a user's devices have several.
                JobOutcome(try await pushDelivery.deliver(job.subject, of: tenant))
            },
            .webhook: whereServed { job, tenant in
                switch try await webhookSender.deliver(job.subject, of: tenant.id) {
                case .finished: .finished
                case .tryLater(let reason): .tryLater(reason: reason)
                }
            },
            .retention: whereServed { [certificates = lms.certificates, issuers, uploads] _, tenant in
                try await certificates.redraw(of: tenant.id, tenants: tenants)
                try await certificates.keepIssuer(of: tenant.id, in: issuers, tenants: tenants)
                while try await webhooks.keep(tenant.id, tenants: tenants) == Webhooks.keptAtATime {}
                while try await media.sweep(tenant.id, tenants: tenants) {}
                do {
                    _ = try await uploads.tidy(tenant.id, tenants: tenants)
                } catch UploadError.store {
                    return .tryLater(reason: "store unavailable")
                }
                return .finished
            },
            .certificate: certificate,
            .upload: upload,
            .media: medium,
            .quizDeadline: whereServed { [quizzes = lms.quizzes] job, tenant in
                let principal = Principal(.system("quizzes"), grants: Grants())
                let later = try await tenants.transaction(for: tenant.id, as: principal) { session in
                    try await quizzes.closeOverdue(QuizAttempt.ID(job.subject), session: session)
                }
                return later.map { .wait(until: $0, reason: "more time was given") } ?? .finished
            },
            .quizClosing: whereServed { [quizzes = lms.quizzes] job, tenant in
                let principal = Principal(.system("quizzes"), grants: Grants())
                let later = try await tenants.transaction(for: tenant.id, as: principal) { session in
                    try await quizzes.settle(Quiz.ID(job.subject), session: session)
                }
                return later.map { .wait(until: $0, reason: "not closed for everybody") } ?? .finished
            },
            .assignmentReminder: whereServed { [assignments = lms.assignments] job, tenant in
                let principal = Principal(.system("assignments"), grants: Grants())
                let later = try await tenants.transaction(for: tenant.id, as: principal) { session in
                    try await assignments.remind(of: Assignment.ID(job.subject), session: session)
                }
                return later.map { .wait(until: $0, reason: "it is due later now") } ?? .finished
            },
            .submissionComparison: whereServed { [assignments = lms.assignments] job, tenant in
                let principal = Principal(.system("assignments"), grants: Grants())
                try await tenants.transaction(for: tenant.id, as: principal) { session in
                    try await assignments.compare(Submission.ID(job.subject), session: session)
                }
                return .finished
            },
            .completionDecision: whereServed { [completions = lms.completions] job, tenant in
                let principal = Principal(.system("completions"), grants: Grants())
                let later = try await tenants.transaction(for: tenant.id, as: principal) { session in
                    try await completions.decide(in: Course.ID(job.subject), session: session)
                }
                return later.map { .wait(until: $0, reason: "other work is due later") } ?? .finished
            },
            .probe: probe,
        ]
        return handlers.merging(notificationHandlers) { $1 }
    }

    /// Makes a file of an upload that is complete.
    private var upload: JobHandler {
        let (uploads, tenants) = (uploads, installation.tenants)
        return whereServed { job, tenant in
            do {
                try await uploads.check(FileUpload.ID(job.subject), of: tenant.id, tenants: tenants)
                return .finished
            } catch UploadError.busy {
                return .tryLater(reason: "busy")
            } catch UploadError.scanner(.busy), UploadError.scanner(.unreachable) {
                // Nothing of it was looked at, and it waits for as long as there is no scanner.
                return .wait(until: job.now.addingTimeInterval(30), reason: "malware scanner unavailable")
            } catch UploadError.scanner {
                return .tryLater(reason: "malware scanner failed")
            } catch UploadError.notBuilt {
                return .tryLater(reason: "types of files cannot be told")
            } catch UploadError.store {
                return .tryLater(reason: "store unavailable")
            }
        }
    }

    /// Draws a certificate, or removes the file of one that is gone, and keeps what outlives the tenant.
    private var certificate: JobHandler {
        let (certificates, tenants, issuers) = (lms.certificates, installation.tenants, self.issuers)
        return whereServed { job, tenant in
            do throws(CertificateError) {
                try await certificates.prepare(Certificate.ID(job.subject), of: tenant, tenants: tenants)
                try await certificates.keepIssuer(of: tenant.id, in: issuers, tenants: tenants)
                return .finished
            } catch {
                guard let outcome = error.outcomeOfDrawing else { throw error }
                return outcome
            }
        }
    }

    /// Makes what players get of a medium.
    private var medium: JobHandler {
        let (media, tenants) = (lms.media, installation.tenants)
        return whereServed { job, tenant in
            let outcome = try await media.make(
                MediaItem.ID(job.subject),
                of: tenant.id,
                attempt: job.attempts,
                tenants: tenants
            ) { progress, step in
                try await job.report(progress: progress, step)
            }
            return switch outcome {
            case .finished: .finished
            case .tryLater(let reason): .tryLater(reason: reason)
            }
        }
    }

    /// Does nothing; or, where its references say so, leaves a row in the audit log, by which a check counts how often it was done.
    private var probe: JobHandler {
        let (tenants, audit) = (installation.tenants, lms.audit)
        let principal = Principal(.system("jobs"), grants: Grants())
        return { job in
            // Without a payload that says so there is nothing to leave; the database keeps none that is no object.
            guard let payload = try? JSONValue.parse(job.payload.bytes), payload["leaves"]?.text == "audit" else {
                return .finished
            }
            let event = AuditEvent("job.probed", on: Identifier<Job>(job.subject))
            try await job.transaction(on: tenants, as: principal) { session in
                try await session.execute(audit.recording(event, by: principal))
            }
            return .finished
        }
    }

    /// What comes again by the clock on the tenants' walls; kinds without a handler are left out.
    var jobSchedules: [JobSchedule] {
        let all = [
            JobSchedule(.reminders, .hourly(minute: 10)),
            JobSchedule(.digest, .hourly(minute: 0)),
            JobSchedule(.retention, .daily(hour: 3, minute: 30)),
        ]
        let handlers = jobHandlers
        return all.filter { handlers[$0.kind] != nil }
    }

    /// Does a job with its tenant, if that is served: a suspended tenant's jobs wait, a deleted one's are for nothing.
    func whereServed(
        _ handler: @escaping @Sendable (JobRun, Tenant) async throws -> JobOutcome
    ) -> JobHandler {
        let directory = installation.directory
        return { job in
            guard let tenant = try await directory.find(id: job.tenant), tenant.status != .deleted else {
                return .finished
            }
            guard tenant.status == .active else {
                return .wait(until: job.now.addingTimeInterval(600), reason: "tenant not served")
            }
            return try await handler(job, tenant)
        }
    }
}

extension JobOutcome {
    /// What became of an attempt to deliver a message.
    init(_ outcome: MailDelivery.Outcome) {
        switch outcome {
        case .finished: self = .finished
        case .tryLater(reason: "unreachable"): self = .unavailable(reason: "unreachable")
        case .tryLater(let reason): self = .tryLater(reason: reason)
        }
    }

    /// What became of an attempt to tell a user on their devices.
    init(_ outcome: PushDelivery.Outcome) {
        switch outcome {
        case .finished: self = .finished
        case .tryLater(let reason, let seconds): self = .tryLater(reason: reason, after: seconds.map { .seconds($0) })
        case .wait(let instant): self = .wait(until: instant, reason: "service unavailable")
        }
    }
}

extension CertificateError {
    /// What becomes of a job whose certificate could not be drawn; `nil` for what is not of drawing.
    ///
    /// Fonts are installed and memory is freed while a job waits for its next try.
    var outcomeOfDrawing: JobOutcome? {
        switch self {
        case .busy: .tryLater(reason: "busy")
        case .press(let error): .tryLater(reason: "\(error)")
        case .store(.unavailable): .tryLater(reason: "store unavailable")
        default: nil
        }
    }
}
