// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// That mail to somebody's address came back, or was not wanted.
public struct EmailBounce: Sendable, Hashable {
    /// What came back.
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// No server takes mail for the address.
        case bounce
        /// Its reader called the mail unwanted (RFC 5965).
        case complaint
    }

    /// What came back.
    public let kind: Kind
    /// The code of RFC 3463, or the number of the server's reply.
    public let status: String?
    /// When that was noted, UTC.
    public let notedAt: Date

    /// Whether a reply of a server says that nobody reads mail at the address: no such mailbox, or a host that takes none.
    ///
    /// Other refusals are of the message, of its size, or of us (RFC 5321 §4.2.3, RFC 7504).
    static func isOfAddress(_ code: Int) -> Bool { [521, 550, 551, 553, 556].contains(code) }
}

extension SQL {
    /// Notes it of whoever the message was for, if they still have the address.
    static func noteBounce(
        _ kind: EmailBounce.Kind,
        of mail: QueuedMail.ID,
        _ emailKey: String,
        status: String?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO email_bounces (user_id, email_key, kind, status, bounced_at)
        SELECT u.id, u.email_key, \(kind), left(\(status), 20), \(instant)
        FROM mail_messages m JOIN users u ON u.id = m.user_id
        WHERE m.id = \(mail) AND u.email_key = \(emailKey)
        ON CONFLICT ON CONSTRAINT email_bounces_user_id_key DO UPDATE
        SET email_key = excluded.email_key, kind = excluded.kind, status = excluded.status, bounced_at = excluded.bounced_at
        """
    }
}
