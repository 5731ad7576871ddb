// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What other features have to say, queued as mail to the member who has the address; what guards their account is told by other channels too.
struct MailPorts: AccountMail, CodeDelivery {
    let mail: Mail
    let notifications: Notifications

    var isOffered: Bool { true }

    func queue(
        _ message: AccountMessage,
        to address: Email,
        language: String,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        let member = try await send(
            message.mail,
            to: address,
            language: Language(rawValue: language),
            session: session
        )
        guard let member, let draft = message.notice(notifications.identifiers.next()) else { return }
        do {
            try await notifications.notify([member], draft, session: session)
        } catch {
            if case .database(let error) = error { throw error }
            throw .unavailable
        }
    }

    func deliver(
        _ code: Secret<String>,
        to address: Email,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        _ = try await send(.signInCode(code, minutes: 10), to: address, language: nil, session: session)
    }

    /// Queues a message, and says who gets it if that is a member.
    private func send(
        _ message: MailMessage,
        to address: Email,
        language: Language?,
        session: borrowing TenantSession
    ) async throws(DatabaseError) -> User.ID? {
        let member = try await session.execute(.selectMailRecipient(address)).only
        let known: String? = try member?["locale"]
        let recipient = MailRecipient(
            address,
            name: try member?["display_name"],
            user: try member?["id"],
            language: language ?? known.flatMap(Language.init)
        )
        do {
            try await mail.queue(message, to: recipient, session: session)
        } catch {
            switch error {
            case .database(let error): throw error
            // The tenant's keys are out of use; the cause is rolled back with its message.
            case .keys: throw .unavailable
            }
        }
        return recipient.user
    }
}

extension AccountMessage {
    /// The same as a notification, if it guards the account; changes of the address are told when they were made.
    fileprivate func notice(_ id: UserNotification.ID) -> NotificationDraft? {
        switch self {
        case .passwordChanged: NotificationDraft(.passwordChanged, because: "password_changed:\(id)")
        case .secondFactorChanged: NotificationDraft(.secondFactorChanged, because: "second_factor_changed:\(id)")
        case .newDevice(let name): NotificationDraft(.newDevice, because: "new_device:\(id)", ["device": name])
        default: nil
        }
    }

    fileprivate var mail: MailMessage {
        switch self {
        case .verifyEmail(let link), .confirmNewEmail(let link): .verifyEmail(link: link, hours: 24)
        case .resetPassword(let link): .passwordReset(link: link, minutes: 30)
        case .passwordChanged: .passwordChanged
        case .newEmailRequested: .newEmailRequested
        case .emailChanged: .emailChanged
        case .secondFactorChanged: .secondFactorChanged
        case .newDevice(let name): .newDevice(name)
        case .invitation(let link, _): .invitation(link: link)
        case .webhookDisabled(let host): .webhookDisabled(host: host)
        }
    }
}

extension SQL {
    fileprivate static func selectMailRecipient(_ email: Email) -> SQL {
        "SELECT id, display_name, locale FROM users WHERE email_key = \(email.key)"
    }
}
