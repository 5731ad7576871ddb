// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// No row for a sign-in that ended or is somebody else's.
    static func lockPushOwner(_ user: User.ID, in session: SignInSession.ID) -> SQL {
        """
        SELECT u.id FROM users u JOIN sessions s ON s.user_id = u.id
        WHERE u.id = \(user) AND s.id = \(session) AND s.revoked_at IS NULL
        FOR NO KEY UPDATE OF u
        """
    }

    private static let pushSubscriptionColumns: SQL = """
        id, kind, label, created_at, registered_at, succeeded_at, failed_at, failure, session_id
        """

    /// No row if another user has the device.
    static func putPushSubscription(
        _ id: PushSubscription.ID,
        of user: User.ID,
        in session: SignInSession.ID,
        _ kind: PushTarget.Kind,
        hash: Bytes,
        label: String,
        key: TenantKey.ID,
        sealed: Bytes,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO push_subscriptions AS s (id, user_id, session_id, kind, target_hash, label, tenant_key_id, sealed_target,
            created_at, registered_at)
        VALUES (\(id), \(user), \(session), \(kind), \(hash), \(label), \(key), \(sealed), \(instant), \(instant))
        ON CONFLICT ON CONSTRAINT push_subscriptions_target_hash_uq DO UPDATE
        SET session_id = excluded.session_id, label = excluded.label, tenant_key_id = excluded.tenant_key_id,
            sealed_target = excluded.sealed_target, registered_at = excluded.registered_at, failed_at = NULL, failure = NULL
        WHERE s.user_id = excluded.user_id
        RETURNING \(SQL.pushSubscriptionColumns)
        """
    }

    static func deletePushSubscription(hash: Bytes, notOf user: User.ID) -> SQL {
        "DELETE FROM push_subscriptions WHERE target_hash = \(hash) AND user_id <> \(user)"
    }

    static func deletePushSubscriptions(of user: User.ID, keeping count: Int) -> SQL {
        """
        DELETE FROM push_subscriptions
        WHERE id IN (SELECT id FROM push_subscriptions WHERE user_id = \(user)
                     ORDER BY registered_at DESC, id DESC OFFSET \(count))
        """
    }

    static func listPushSubscriptions(of user: User.ID, at instant: Date) -> SQL {
        """
        SELECT \(SQL.pushSubscriptionColumns) FROM push_subscriptions
        WHERE user_id = \(user) AND session_id IN (SELECT id FROM sessions WHERE user_id = \(user) AND revoked_at IS NULL
            AND expires_at > \(instant))
        ORDER BY registered_at DESC, id DESC
        """
    }

    static func deletePushSubscription(_ id: PushSubscription.ID, of user: User.ID) -> SQL {
        "DELETE FROM push_subscriptions WHERE id = \(id) AND user_id = \(user) RETURNING id"
    }
}
