// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension MailDelivery {
    /// Delivers a message that carries notifications, to the address that their user has now.
    func deliverNotifications(
        _ queued: QueuedMail,
        _ letter: Letter,
        _ way: MailWay,
        of tenant: Tenant
    ) async throws -> Outcome {
        let (id, now) = (queued.id, queue.clock.now())
        let rows = try await reader(of: tenant.id).read(.selectDue(mail: id.uuid, in: tenant.settings.locale))
        let due = try rows.map { row throws(DatabaseError) in
            try DueNotification(row: row, at: tenant, queue.links, now: now)
        }
        let leftOut = due.compactMap { item in
            item.obstacle.map {
                SQL.finishDelivery(item.outgoing.delivery, as: .suppressed, because: $0.description, at: now)
            }
        }
        let items = due.filter { $0.obstacle == nil }.map(\.outgoing)
        guard let first = items.first, let email = first.email else {
            try await finish(id, as: .expired, and: leftOut, of: tenant.id)
            return .finished
        }
        if !leftOut.isEmpty { try await note(leftOut, of: tenant.id) }
        let unsubscribe = letter.parameters["token"].map {
            queue.links.address(of: "/api/v1/notifications/unsubscribe/\($0)", at: tenant)
        }
        let outgoing = way.message(
            id,
            of: tenant.id,
            RenderedMail(items, unsubscribe: unsubscribe, organization: tenant.name),
            to: email,
            in: first.language,
            queuedAt: queued.queuedAt,
            unsubscribe: unsubscribe
        )
        do throws(MailTransportError) {
            try await way.transport.send(outgoing)
        } catch {
            let reason = error.reason
            guard case .refused(let code) = error else {
                try await note([.recordAttempts(of: id.uuid, .retry, because: reason, at: now)], of: tenant.id)
                return .tryLater(reason: reason)
            }
            let statements: [SQL] = [
                .recordAttempts(of: id.uuid, .failed, because: reason, at: now),
                .finishDeliveries(of: id.uuid, as: .failed, because: reason, at: now),
            ]
            try await finish(id, as: .refused, and: statements + bounces(of: id, email, code), of: tenant.id)
            return .finished
        }
        try await finish(
            id,
            as: .sent,
            and: [
                .recordAttempts(of: id.uuid, .sent, because: nil, at: now),
                .finishDeliveries(of: id.uuid, as: .sent, because: nil, at: now),
            ],
            of: tenant.id
        )
        return .finished
    }
}
