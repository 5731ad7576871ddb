// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// How a tenant's mail leaves.
struct MailWay: Sendable {
    let transport: any MailTransport
    let from: Mailbox
    let replyTo: Email?

    func message(
        _ id: QueuedMail.ID,
        _ rendered: RenderedMail,
        to recipient: Email,
        in language: Language,
        queuedAt: Date
    ) -> OutgoingMail {
        OutgoingMail(
            messageID: "<\(id)@\(from.address.domain)>",
            from: from,
            replyTo: replyTo,
            to: recipient,
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            language: language.rawValue,
            date: queuedAt
        )
    }
}
