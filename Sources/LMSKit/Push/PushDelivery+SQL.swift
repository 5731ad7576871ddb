// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The devices of somebody who may sign in, of sign-ins that go on; without those that a delivery is done with.
    static func selectPushDevices(
        of user: User.ID,
        but delivery: NotificationDelivery.ID?,
        at instant: Date
    ) -> SQL {
        """
        SELECT d.id, d.kind, d.label, d.registered_at, d.target_hash, d.tenant_key_id, d.sealed_target
        FROM push_subscriptions d
            JOIN sessions s ON s.id = d.session_id
            JOIN users u ON u.id = d.user_id
        WHERE d.user_id = \(user) AND u.status = 'active' AND s.revoked_at IS NULL AND s.expires_at > \(instant)
            AND NOT EXISTS (SELECT FROM notification_attempts a
                WHERE a.delivery_id = \(delivery) AND a.target = d.id AND a.outcome <> 'retry')
        ORDER BY d.id
        """
    }

    /// Notes what became of a message to a device.
    ///
    /// One that is gone is deleted, unless it was registered anew meanwhile.
    static func notePush(
        _ result: PushResult,
        on id: PushSubscription.ID,
        _ registeredAt: Date,
        at instant: Date
    ) -> SQL {
        switch result {
        case .delivered:
            """
            UPDATE push_subscriptions SET succeeded_at = \(instant), failed_at = NULL, failure = NULL WHERE id = \(id)
            """
        case .gone: "DELETE FROM push_subscriptions WHERE id = \(id) AND registered_at = \(registeredAt)"
        case .tooLarge, .retryAfter, .rejected, .failed:
            "UPDATE push_subscriptions SET failed_at = \(instant), failure = \(result.text) WHERE id = \(id)"
        }
    }
}

extension PushResult {
    /// The name and the service's word, 80 characters at most.
    fileprivate var text: String { code.map { "\(name) \($0)" } ?? name }
}
