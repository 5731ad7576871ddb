// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Sends notifications to telephones as text messages, after the transaction of their cause.
public struct NotificationTextDelivery: Sendable {
    private let notifications: Notifications
    private let transport: any SMSTransport
    private let tenants: Tenants

    /// What became of an attempt.
    public typealias Outcome = MailDelivery.Outcome

    /// The most characters of a message: it costs by the piece.
    static let limit = 300

    /// Makes a deliverer.
    ///
    /// - Parameters:
    ///   - notifications: Planned the deliveries.
    ///   - transport: Sends messages.
    ///   - tenants: Opens readers and transactions.
    public init(_ notifications: Notifications, transport: any SMSTransport, tenants: Tenants) {
        self.notifications = notifications
        self.transport = transport
        self.tenants = tenants
    }

    /// Tries to send a notification.
    ///
    /// The message goes out outside of any transaction; if the process dies after that it is sent once more, with the same reference.
    ///
    /// - Parameters:
    ///   - message: The subject of an `sms` job; one that is no delivery of a notification is left alone.
    ///   - tenant: The tenant whose it is.
    /// - Returns: What became of it.
    /// - Throws: `NotificationError.database`.
    public func deliver(_ message: UUID, of tenant: Tenant) async throws(NotificationError) -> Outcome {
        let id = NotificationDelivery.ID(message)
        guard let outgoing = try await notifications.prepare(id, at: tenant, tenants: tenants),
            let phone = outgoing.phone
        else { return .finished }
        let text = outgoing.notification.text
        let words = [tenant.name + ": " + text.title, outgoing.address].compactMap(\.self).joined(separator: " ")
        let outcome: NotificationAttempt.Outcome
        var reason: String?
        do throws(SMSTransportError) {
            try await transport.send(String(words.prefix(Self.limit)), to: phone.text, reference: id.description)
            outcome = .sent
        } catch {
            switch error {
            case .refused: (outcome, reason) = (.failed, NotificationDelivery.Reason.refused.description)
            case .tryLater: (outcome, reason) = (.retry, "unreachable")
            case .notBuilt: (outcome, reason) = (.retry, "not_built")
            }
        }
        let status: NotificationDelivery.Status? =
            switch outcome {
            case .sent: .sent
            case .failed: .failed
            case .retry: nil
            }
        try await notifications.record(
            outcome,
            because: reason,
            of: id,
            finishing: status,
            at: tenant.id,
            tenants: tenants
        )
        return status == nil ? .tryLater(reason: reason ?? "unreachable") : .finished
    }
}
