// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What became of a message that was sent to try out a tenant's settings.
public struct MailTrial: Sendable, Hashable {
    /// What became of it.
    public let outcome: Outcome
    /// The number that the server's reply began with; `nil` if it accepted the message or said nothing.
    public let replyCode: Int?

    /// Describes a trial.
    package init(_ outcome: Outcome, replyCode: Int? = nil) {
        self.outcome = outcome
        self.replyCode = replyCode
    }

    /// What became of a message.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The server took responsibility for it.
        case accepted
        /// The server will never take it.
        case refused
        /// The server does not take it now, refuses the account, or cannot be reached.
        case tryLater = "try_later"
        /// TLS was wanted and not had, or the server's certificate is not good.
        case insecure
        /// The server is at an address that tenants may not have the platform connect to.
        case addressNotAllowed = "address_not_allowed"
        /// The installation sends no mail.
        case notBuilt = "not_built"
    }
}

extension MailDelivery {
    /// Sends a message to whoever asks, by the way that the tenant's messages take, and waits for the server's answer.
    ///
    /// No transaction is open meanwhile.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - principal: Who asks and gets it.
    ///   - sender: Who sends the mail of tenants that chose nobody.
    /// - Returns: What became of it.
    /// - Throws: `MailSettingsError.forbidden` without `tenant:update`; `.noRecipient`; `.keys`; `.database`.
    public func tryOut(
        at tenant: Tenant,
        as principal: Principal,
        from sender: Mailbox
    ) async throws(MailSettingsError) -> MailTrial {
        guard principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        guard let user = principal.user else { throw .noRecipient }
        let outgoing: OutgoingMail
        let way: MailWay
        do {
            let replies = try await reader(of: tenant.id).read([
                .selectHolder(user), .selectTenantKeys(), .selectMailSettings(),
            ])
            guard let row = replies[0].only else { throw MailSettingsError.noRecipient }
            let holder = try AccountHolder(row: row)
            way = try await self.way(replies[2].only, keys: replies[1], of: tenant, from: sender)
            let language = Language(rawValue: holder.locale ?? tenant.settings.locale) ?? .english
            let recipient = MailRecipient(holder.email, name: holder.displayName, user: user, language: language)
            let message = MailMessage.trial
            let letter = Letter(message, recipient)
            let rendered = RenderedMail(message.template, letter, in: language, organization: tenant.name)
            outgoing = way.message(
                queue.identifiers.next(),
                of: tenant.id,
                rendered,
                to: holder.email,
                in: language,
                queuedAt: queue.clock.now()
            )
        } catch {
            throw MailSettingsError(error)
        }
        do throws(MailTransportError) {
            try await way.transport.send(outgoing)
            return MailTrial(.accepted)
        } catch {
            switch error {
            case .refused(let code): return MailTrial(.refused, replyCode: code)
            case .tryLater(let code): return MailTrial(.tryLater, replyCode: code)
            case .insecure: return MailTrial(.insecure)
            case .addressRefused: return MailTrial(.addressNotAllowed)
            case .notBuilt: return MailTrial(.notBuilt)
            }
        }
    }
}
