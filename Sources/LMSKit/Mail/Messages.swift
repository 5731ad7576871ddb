// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Where messages to people go.
public enum Messages: Sendable {
    /// Nowhere: what needs one is refused before anything is done.
    case nowhere
    /// Into the queue of mail, which somebody delivers.
    case queued
    /// To something else.
    case through(any AccountMail, codes: any CodeDelivery)

    func ports(_ mail: Mail, _ notifications: Notifications) -> (any AccountMail, (any CodeDelivery)?) {
        switch self {
        case .nowhere: (NoAccountMail(), nil)
        case .queued:
            (
                MailPorts(mail: mail, notifications: notifications),
                MailPorts(mail: mail, notifications: notifications)
            )
        case .through(let mail, let codes): (mail, codes)
        }
    }
}
