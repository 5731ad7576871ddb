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
    private let servers: @Sendable (MailServer) -> any MailTransport
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
    ///   - transport: Takes those of tenants without a server of their own.
    ///   - servers: Makes what takes them for a tenant's own server. A tenant chose its address: it must refuse what is not public,
    ///     when it connects.
    ///   - tenants: Opens transactions.
    public init(
        mail: Mail,
        transport: any MailTransport,
        servers: @escaping @Sendable (MailServer) -> any MailTransport = { _ in NoMailTransport() },
        tenants: Tenants
    ) {
        self.mail = mail
        self.transport = transport
        self.servers = servers
        self.tenants = tenants
    }

    /// Tries to deliver a message.
    ///
    /// - Parameters:
    ///   - message: The subject of a `mail` job.
    ///   - tenant: The tenant whose it is.
    ///   - sender: Who sends the mail of tenants that chose nobody.
    /// - Returns: What became of it.
    /// - Throws: `MailError`.
    public func deliver(_ message: UUID, of tenant: Tenant, from sender: Mailbox) async throws(MailError) -> Outcome {
        let id = QueuedMail.ID(message)
        do {
            guard let (queued, letter, way) = try await open(id, of: tenant, from: sender) else { return .finished }
            if queued.template == .notification {
                return try await deliverNotifications(queued, letter, way, of: tenant)
            }
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
            let outgoing = way.message(id, of: tenant.id, rendered, to: to, in: language, queuedAt: queued.queuedAt)
            do throws(MailTransportError) {
                try await way.transport.send(outgoing)
            } catch {
                guard case .refused(let code) = error else { return .tryLater(reason: error.reason) }
                try await finish(id, as: .refused, and: bounces(of: id, to, code), of: tenant.id)
                return .finished
            }
            try await finish(id, as: .sent, of: tenant.id)
            return .finished
        } catch {
            throw MailError(error)
        }
    }

    private func open(
        _ id: QueuedMail.ID,
        of tenant: Tenant,
        from sender: Mailbox
    ) async throws -> (QueuedMail, Letter, MailWay)? {
        let reader = tenants.reader(for: tenant.id, as: Self.principal)
        let replies = try await reader.read([.selectQueuedMail(id), .selectTenantKeys(), .selectMailSettings()])
        guard let row = replies[0].only else { return nil }
        let queued = try QueuedMail(row: row)
        guard let keyRow = try replies[1].first(where: { try $0["id"] == queued.key }) else {
            throw KeyError.unusable
        }
        let key = try await mail.tenantKeys.open(keyRow, of: tenant.id)
        let opened = try key.open(queued.sealed.array, for: QueuedMail.purpose(id))
        guard let letter = Letter(opened.reveal()) else { throw KeyError.unusable }
        return (queued, letter, try await way(replies[2].only, keys: replies[1], of: tenant, from: sender))
    }

    /// How a tenant's mail leaves at this moment.
    func way(_ row: Row?, keys: Rows, of tenant: Tenant, from sender: Mailbox) async throws -> MailWay {
        guard let row else {
            let from = Mailbox(name: sender.name ?? tenant.name, address: sender.address)
            return MailWay(transport: transport, from: from, replyTo: nil)
        }
        let settings = try MailSettings(row: row)
        let server = try await mail.tenantKeys.mailServer(row, keys: keys, of: tenant.id)
        return MailWay(
            transport: server.map(servers) ?? transport,
            from: Mailbox(
                name: settings.senderName ?? sender.name ?? tenant.name,
                address: settings.senderAddress ?? sender.address
            ),
            replyTo: settings.replyTo
        )
    }

    /// Erases what a message says and notes what became of it, and of what it carries.
    func finish(
        _ id: QueuedMail.ID,
        as status: MailStatus,
        and more: [SQL] = [],
        of tenant: TenantID
    ) async throws {
        try await note([.finishMail(id, as: status, at: mail.clock.now())] + more, of: tenant)
    }

    func note(_ statements: [SQL], of tenant: TenantID) async throws {
        _ = try await tenants.write(statements, for: tenant, as: Self.principal)
    }

    /// Notes that a server will never take mail for an address.
    func bounces(of id: QueuedMail.ID, _ email: Email, _ code: Int) -> [SQL] {
        guard EmailBounce.isOfAddress(code) else { return [] }
        return [.noteBounce(.bounce, of: id, email.key, status: String(code), at: mail.clock.now())]
    }

    /// Reads the tenant's data for the delivery.
    func reader(of tenant: TenantID) -> TenantReader { tenants.reader(for: tenant, as: Self.principal) }

    /// Seals and dates messages.
    var queue: Mail { mail }

    static let principal = Principal(.system("mail"), grants: Grants())
}
