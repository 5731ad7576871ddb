// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy

extension Platform {
    /// What does the queued work of all tenants in this process.
    ///
    /// - Parameter report: Tells an operator what goes wrong.
    /// - Returns: The runner, not started.
    /// - Throws: If threads cannot be started.
    func jobRunner(report: @escaping @Sendable (String) -> Void) throws -> JobRunner {
        // A mail server may keep a thread waiting for a minute.
        let pool = try SidePool(threads: 4, queueLimit: 64, name: "mail")
        let delivery = MailDelivery(
            mail: lms.mail,
            transport: configuration.mail.transport(pool: pool),
            tenants: installation.tenants
        )
        let directory = installation.directory
        let sender = configuration.mail.sender
        return JobRunner(
            jobs: Jobs(cell: installation.control, installation: installation.prefix),
            handlers: [
                .mail: { job in
                    guard let tenant = try await directory.find(id: job.tenant) else { return .finished }
                    guard tenant.status == .active else { return .tryLater(reason: "tenant not served") }
                    switch try await delivery.deliver(job.subject, of: tenant, from: sender) {
                    case .finished: return .finished
                    case .tryLater(let reason): return .tryLater(reason: reason)
                    }
                }
            ],
            report: report
        )
    }
}
