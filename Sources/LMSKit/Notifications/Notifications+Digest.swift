// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// Collects what waits for a user's digest into one message.
    ///
    /// Each notification that waits has a job of its own; the first that is due takes with it all that are, and leaves nothing to the others.
    ///
    /// - Parameters:
    ///   - delivery: The subject of a `digest` job.
    ///   - tenant: The tenant whose it is.
    ///   - tenants: Opens the transaction.
    /// - Throws: `NotificationError.keys`; `.database`.
    public func collectDigest(
        _ delivery: NotificationDelivery.ID,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(NotificationError) {
        do {
            try await tenants.transaction(for: tenant, as: Self.principal) { session in
                let now = clock.now()
                let facts = try await session.execute(.selectDigestRecipient(of: delivery, at: now))
                guard let row = facts.only else { return }
                let recipient = NotificationRecipient(user: try row["user_id"], email: try row["email"])
                let id = QueuedMail.ID(identifiers.next(UserNotification.self).uuid)
                let token = UnsubscribeToken(random: cryptography)
                let taken = try await session.batch([
                    .takeDigest(of: recipient.user, into: id.uuid, at: now),
                    .setToken(token.hash, of: id.uuid),
                ])
                guard taken[0].affected > 0 else { return }
                let letter = NotificationLetter(
                    id: id,
                    recipient: recipient,
                    token: token.text,
                    dueAt: now,
                    expiresAt: now.addingTimeInterval(2 * 86_400)
                )
                try await session.batch(try await mail.statements(queueing: [letter], session: session))
            }
        } catch {
            throw NotificationError(error)
        }
    }
}

extension SQL {
    /// The user's row is locked, so that two digests of theirs do not share what waits.
    fileprivate static func selectDigestRecipient(of delivery: NotificationDelivery.ID, at now: Date) -> SQL {
        """
        SELECT u.id AS user_id, u.email
        FROM notification_deliveries d JOIN users u ON u.id = d.user_id
        WHERE d.id = \(delivery) AND d.status = 'pending' AND d.reason = 'digest' AND d.due_at <= \(now)
        FOR NO KEY UPDATE OF u
        """
    }

    fileprivate static func takeDigest(of user: User.ID, into mail: UUID, at now: Date) -> SQL {
        """
        UPDATE notification_deliveries SET mail_id = \(mail), reason = NULL
        WHERE user_id = \(user) AND status = 'pending' AND reason = 'digest' AND due_at <= \(now)
        """
    }

    /// One of a message's deliveries has its token.
    fileprivate static func setToken(_ hash: Bytes, of mail: UUID) -> SQL {
        """
        UPDATE notification_deliveries SET token_hash = \(hash)
        WHERE id = (SELECT id FROM notification_deliveries WHERE mail_id = \(mail) ORDER BY id LIMIT 1)
        """
    }
}
