// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension Platform {
    /// What does the queued work of all tenants in this process.
    ///
    /// - Parameter report: Tells an operator what goes wrong.
    /// - Returns: The runner, not started.
    func jobRunner(report: @escaping @Sendable (String) -> Void) -> JobRunner {
        let (courier, phoneDelivery) = (courier, phoneDelivery)
        let directory = installation.directory
        return JobRunner(
            jobs: Jobs(cell: installation.control, installation: installation.prefix),
            handlers: [
                .mail: { job in
                    guard let tenant = try await directory.find(id: job.tenant) else { return .finished }
                    guard tenant.status == .active else { return .tryLater(reason: "tenant not served") }
                    switch try await courier.delivery.deliver(job.subject, of: tenant, from: courier.sender) {
                    case .finished: return .finished
                    case .tryLater(let reason): return .tryLater(reason: reason)
                    }
                },
                .sms: { job in
                    guard let tenant = try await directory.find(id: job.tenant) else { return .finished }
                    guard tenant.status == .active else { return .tryLater(reason: "tenant not served") }
                    switch try await phoneDelivery.deliver(job.subject, of: tenant) {
                    case .finished: return .finished
                    case .tryLater(let reason): return .tryLater(reason: reason)
                    }
                },
            ],
            report: report
        )
    }
}
