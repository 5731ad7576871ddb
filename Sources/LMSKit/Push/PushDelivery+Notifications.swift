// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension PushDelivery {
    /// What became of an attempt.
    @nonexhaustive
    public enum Outcome: Sendable, Equatable {
        /// Nothing is left to do: each device has it, or never will.
        case finished
        /// Some devices are to be told again, after a time that a service asked for or that doubles.
        case tryLater(reason: String, seconds: Int?)
        /// Nobody calls the services of the devices that are left before then, because they failed; nothing was tried in vain.
        case wait(until: Date)
    }

    /// Tries to tell a user on their devices what a notification says; only those that were not told before.
    ///
    /// Each device is an attempt in the log of the delivery; one whose service fails for everybody is left for later, and none. The messages go out outside of any transaction; if the process dies after
    /// that, those that were not noted go out once more, with the same name, by which devices show them once.
    ///
    /// - Parameters:
    ///   - delivery: The subject of a `push` job.
    ///   - tenant: The tenant whose it is.
    /// - Returns: What became of it.
    /// - Throws: `PushError.keys`; `.database`.
    public func deliver(_ delivery: UUID, of tenant: Tenant) async throws(PushError) -> Outcome {
        let id = NotificationDelivery.ID(delivery)
        do {
            guard let outgoing = try await notifications.prepare(id, at: tenant, tenants: tenants) else {
                return .finished
            }
            let devices = try await devices(of: outgoing.notification.user, but: id, at: tenant.id)
            let admission = try await admit(devices, at: tenant.id)
            let now = clock.now()
            let attempts = try await send(PushNotice(outgoing), to: admission.devices, at: tenant.id) { attempt in
                let (result, device) = (attempt.result, attempt.subscription.uuid)
                return [.recordAttempt(of: id, result.outcome, because: result.reason, to: device, at: now)]
            }
            try await note(attempts, of: admission, at: tenant.id)
            guard let waiting = attempts.first(where: { $0.result.isTransient }) else {
                if let instant = admission.waitsUntil { return .wait(until: instant) }
                let reason = attempts.last { $0.result != .delivered }?.result.reason
                let finish = SQL.finishPush(id, because: reason, at: clock.now())
                _ = try await tenants.write([finish], for: tenant.id, as: Self.principal)
                return .finished
            }
            let pauses = attempts.compactMap { attempt in
                if case .retryAfter(let seconds) = attempt.result { seconds } else { nil }
            }
            return .tryLater(reason: waiting.result.reason ?? "failed", seconds: pauses.max())
        } catch let error as NotificationError {
            if case .database(let error) = error { throw .database(error) }
            throw .database(.cancelled)
        } catch {
            throw PushError(error)
        }
    }
}

extension PushNotice {
    init(_ outgoing: OutgoingNotification) {
        let notification = outgoing.notification
        let urgency: PushUrgency =
            switch notification.priority {
            case .low: .veryLow
            case .medium: .normal
            case .high, .urgent: .high
            }
        self.init(
            outgoing.delivery.uuid,
            title: notification.text.title,
            body: notification.text.message,
            link: outgoing.address,
            language: outgoing.language,
            urgency: urgency,
            expiresAt: notification.expiresAt
        )
    }
}

extension PushResult {
    fileprivate var outcome: NotificationAttempt.Outcome {
        if self == .delivered { return .sent }
        return isTransient ? .retry : .failed
    }

    /// Why it was not handed over, for the log.
    fileprivate var reason: String? { self == .delivered ? nil : code ?? name }
}

extension SQL {
    /// Ends a delivery: it was sent if any device ever took it, and left out if there was none.
    fileprivate static func finishPush(
        _ delivery: NotificationDelivery.ID,
        because reason: String?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE notification_deliveries d
        SET finished_at = \(instant),
            status = CASE WHEN a.sent > 0 THEN 'sent' WHEN a.tried > 0 THEN 'failed' ELSE 'suppressed' END,
            reason = CASE WHEN a.sent > 0 THEN NULL
                WHEN a.tried > 0 THEN coalesce(left(\(reason), 60), 'refused') ELSE \(NotificationDelivery.Reason.noSubscription) END
        FROM (SELECT count(*) FILTER (WHERE outcome = 'sent') AS sent, count(*) AS tried
              FROM notification_attempts WHERE delivery_id = \(delivery)) a
        WHERE d.id = \(delivery) AND d.status = 'pending'
        """
    }
}
