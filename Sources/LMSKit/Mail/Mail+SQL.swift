// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func insertMail(
        _ id: QueuedMail.ID,
        of user: User.ID?,
        _ template: MailTemplate,
        occasion: String?,
        key: TenantKey.ID,
        sealed: Bytes,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO mail_messages (id, user_id, template, occasion, tenant_key_id, sealed, queued_at, expires_at)
        VALUES (\(id), \(user), \(template), \(occasion), \(key), \(sealed), \(instant), \(end))
        ON CONFLICT ON CONSTRAINT mail_messages_occasion_uq DO NOTHING
        """
    }

    static func selectQueuedMail(_ id: QueuedMail.ID) -> SQL {
        """
        SELECT id, template, sealed, tenant_key_id, queued_at, expires_at
        FROM mail_messages WHERE id = \(id) AND status = 'queued'
        """
    }

    /// Erases what it said with it.
    static func finishMail(_ id: QueuedMail.ID, as status: MailStatus, at instant: Date) -> SQL {
        """
        UPDATE mail_messages
        SET status = \(status), sealed = NULL, tenant_key_id = NULL, finished_at = \(instant)
        WHERE id = \(id) AND status = 'queued'
        """
    }
}

/// What became of a message.
enum MailStatus: String, Sendable, DatabaseConvertible {
    case sent
    case refused
    case expired
}
