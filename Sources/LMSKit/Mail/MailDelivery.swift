// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Delivers queued messages.
///
/// A message is handed to the transport outside of any transaction and marked after that. Between the two a process may die; then the
/// message is sent once more with the same `Message-ID`, by which most servers and readers show it once.
public struct MailDelivery: Sendable {
    private let mail: Mail
    private let transport: any MailTransport
    private let tenants: Tenants

    /// What became of an attempt.
    @nonexhaustive
    public enum Outcome: Sendable, Equatable {
        /// Nothing is left to do: it was handed over, refused for good, of no use any more, or erased.
        case finished
        /// It is to be tried again.
        case tryLater(reason: String)
    }

    /// Makes a deliverer.
    ///
    /// - Parameters:
    ///   - mail: Queued the messages.
    ///   - transport: Takes them.
    ///   - tenants: Opens transactions.
    public init(mail: Mail, transport: any MailTransport, tenants: Tenants) {
        self.mail = mail
        self.transport = transport
        self.tenants = tenants
    }

    /// Tries to deliver a message.
    ///
    /// - Parameters:
    ///   - message: The subject of a `mail` job.
    ///   - tenant: The tenant whose it is.
    ///   - sender: Who sends the tenant's mail.
    /// - Returns: What became of it.
    /// - Throws: `MailError`.
    public func deliver(_ message: UUID, of tenant: Tenant, from sender: Mailbox) async throws(MailError) -> Outcome {
        let id = QueuedMail.ID(message)
        do {
            guard let (queued, letter) = try await open(id, of: tenant.id) else { return .finished }
            guard mail.clock.now() < queued.expiresAt else {
                try await finish(id, as: .expired, of: tenant.id)
                return .finished
            }
            guard let to = Email(letter.email) else {
                try await finish(id, as: .refused, of: tenant.id)
                return .finished
            }
            let language = letter.language ?? Language(rawValue: tenant.settings.locale) ?? .english
            let rendered = RenderedMail(queued.template, letter, in: language, organization: tenant.name)
            let outgoing = OutgoingMail(
                messageID: "<\(id)@\(sender.address.domain)>",
                from: Mailbox(name: sender.name ?? tenant.name, address: sender.address),
                to: to,
                subject: rendered.subject,
                text: rendered.text,
                html: rendered.html,
                language: language.rawValue,
                date: queued.queuedAt
            )
            do throws(MailTransportError) {
                try await transport.send(outgoing)
            } catch {
                switch error {
                case .refused:
                    try await finish(id, as: .refused, of: tenant.id)
                    return .finished
                case .tryLater(let code): return .tryLater(reason: code.map { "smtp \($0)" } ?? "unreachable")
                case .insecure: return .tryLater(reason: "insecure")
                case .notBuilt: return .tryLater(reason: "not built")
                }
            }
            try await finish(id, as: .sent, of: tenant.id)
            return .finished
        } catch {
            throw MailError(error)
        }
    }

    private func open(_ id: QueuedMail.ID, of tenant: TenantID) async throws -> (QueuedMail, Letter)? {
        let reader = tenants.reader(for: tenant, as: Self.principal)
        let replies = try await reader.read([.selectQueuedMail(id), .selectTenantKeys()])
        guard let row = replies.first?.only else { return nil }
        let queued = try QueuedMail(row: row)
        guard let keyRow = try replies.last?.first(where: { try $0["id"] == queued.key }) else {
            throw KeyError.unusable
        }
        let key = try await mail.tenantKeys.open(keyRow, of: tenant)
        let opened = try key.open(queued.sealed.array, for: QueuedMail.purpose(id))
        guard let letter = Letter(opened.reveal()) else { throw KeyError.unusable }
        return (queued, letter)
    }

    private func finish(_ id: QueuedMail.ID, as status: MailStatus, of tenant: TenantID) async throws {
        _ = try await tenants.write(
            [.finishMail(id, as: status, at: mail.clock.now())],
            for: tenant,
            as: Self.principal
        )
    }

    private static let principal = Principal(.system("mail"), grants: Grants())
}
