// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

extension Platform {
    /// Those of this process who react to events.
    var eventConsumers: [EventConsumer] {
        let webhooks = lms.webhooks
        var consumers = [
            EventConsumer("webhooks", to: nil) { event, session in try await webhooks.queue(event, session: session) },
            lms.notifications.consumer,
            lms.certificates.consumer,
            lms.completions.consumer,
        ]
        // Without a Redis nobody outside can read a stream.
        if shared.redis != nil { consumers.append(.streams(into: shared.events)) }
        return consumers
    }

    /// The events of all tenants.
    var outbox: Outbox {
        Outbox(cell: installation.control, installation: installation.prefix)
    }

    /// What hands on events and has the consumers react to them in this process.
    ///
    /// - Parameter report: Tells an operator what goes wrong.
    /// - Returns: The runner, not started.
    func eventRunner(report: @escaping @Sendable (String) -> Void) -> EventRunner {
        let directory = installation.directory
        return EventRunner(
            outbox: outbox,
            consumers: eventConsumers,
            tenants: installation.tenants,
            standing: { id in
                switch try await directory.find(id: id)?.status {
                case .active: .served
                case nil, .deleted: .gone
                default: .suspended
                }
            },
            report: report
        )
    }
}
