// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A message that is to carry a notification.
struct NotificationLetter: Sendable {
    let id: QueuedMail.ID
    let recipient: NotificationRecipient
    /// Unsubscribes by one click; `nil` if that cannot be.
    let token: Secret<String>?
    let dueAt: Date
    let expiresAt: Date
}

extension Mail {
    /// Returns the statements that queue messages which carry notifications.
    func statements(queueing letters: [NotificationLetter], session: borrowing TenantSession) async throws -> [SQL] {
        guard !letters.isEmpty else { return [] }
        let key = try await tenantKeys.current(session: session)
        var rows: [SealedLetter] = []
        var jobs = NotificationJobs()
        for letter in letters {
            guard let email = Email(letter.recipient.email) else { continue }
            let recipient = MailRecipient(email, user: letter.recipient.user, language: nil)
            let content = Letter(.notification(unsubscribing: letter.token), recipient)
            let sealed = try key.seal(Secret(content.written), for: QueuedMail.purpose(letter.id))
            rows.append(SealedLetter(letter: letter, sealed: Bytes(sealed)))
            jobs.add(.mail, letter.id.uuid, at: letter.dueAt)
        }
        return [.insertLetters(rows, key: key.id, at: clock.now())] + jobs.statements
    }
}

private struct SealedLetter: Sendable {
    let letter: NotificationLetter
    let sealed: Bytes
}

extension SQL {
    fileprivate static func insertLetters(_ rows: [SealedLetter], key: TenantKey.ID, at instant: Date) -> SQL {
        """
        INSERT INTO mail_messages (id, user_id, template, tenant_key_id, sealed, queued_at, expires_at)
        SELECT id, user_id, \(MailTemplate.notification), \(key), sealed, \(instant), expires_at
        FROM unnest(\(rows.map(\.letter.id)), \(rows.map(\.letter.recipient.user)), \(rows.map(\.sealed)),
            \(rows.map(\.letter.expiresAt))) AS m (id, user_id, sealed, expires_at)
        """
    }
}
