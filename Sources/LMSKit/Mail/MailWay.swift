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
        of tenant: TenantID,
        _ rendered: RenderedMail,
        to recipient: Email,
        in language: Language,
        queuedAt: Date,
        unsubscribe: String? = nil
    ) -> OutgoingMail {
        OutgoingMail(
            messageID: MailName(id, of: tenant).messageID(at: from.address.domain),
            from: from,
            replyTo: replyTo,
            to: recipient,
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            language: language.rawValue,
            date: queuedAt,
            unsubscribe: unsubscribe
        )
    }
}

/// The name of a message in the world: what comes back because of it says whose it is.
struct MailName: Sendable, Hashable {
    let id: QueuedMail.ID
    let tenant: TenantID

    init(_ id: QueuedMail.ID, of tenant: TenantID) {
        self.id = id
        self.tenant = tenant
    }

    /// Reads a `Message-ID`, with or without angle brackets; `nil` if it is none of ours.
    init?(_ messageID: some StringProtocol) {
        let parts = messageID.drop { $0 == "<" }.prefix { $0 != "@" }.split(separator: ".")
        guard parts.count == 2, let id = QueuedMail.ID(String(parts[0])), let tenant = TenantID(String(parts[1])) else {
            return nil
        }
        self.init(id, of: tenant)
    }

    func messageID(at domain: some StringProtocol) -> String { "<\(id).\(tenant)@\(domain)>" }
}
