// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Sends codes to telephones, after the transaction that queued them.
public struct PhoneDelivery: Sendable {
    private let factors: SecondFactors
    private let transport: any SMSTransport
    private let tenants: Tenants

    /// What became of an attempt.
    public typealias Outcome = MailDelivery.Outcome

    /// Makes a deliverer.
    ///
    /// - Parameters:
    ///   - lms: Queued the codes.
    ///   - transport: Sends messages.
    ///   - tenants: Opens readers and transactions.
    public init(_ lms: LMS, transport: any SMSTransport, tenants: Tenants) {
        factors = lms.factors
        self.transport = transport
        self.tenants = tenants
    }

    /// Tries to send a code.
    ///
    /// The message goes out outside of any transaction; if the process dies after that it is sent once more, with the same reference.
    ///
    /// - Parameters:
    ///   - message: The subject of an `sms` job.
    ///   - tenant: The tenant whose it is.
    /// - Returns: What became of it.
    /// - Throws: `PhoneError`.
    public func deliver(_ message: UUID, of tenant: Tenant) async throws(PhoneError) -> Outcome {
        let id = PhoneProof.ID(message)
        do {
            let reader = tenants.reader(for: tenant.id, as: Self.principal)
            let replies = try await reader.read([
                .selectUnsentPhoneProof(id, at: factors.clock.now()), .selectTenantKeys(),
            ])
            guard let row = replies[0].only else { return .finished }
            let keyID: TenantKey.ID = try row["tenant_key_id"]
            guard let keyRow = try replies[1].first(where: { try $0["id"] == keyID }) else { throw KeyError.unusable }
            let sealed: Bytes = try row["sealed_code"]
            let code = try await factors.tenantKeys.open(keyRow, of: tenant.id)
                .open(sealed.array, for: PhoneProof.purpose(id))
            let phone: PhoneNumber = try row["phone"]
            let locale: String? = try row["locale"]
            let language = Language(rawValue: locale ?? tenant.settings.locale) ?? .english
            let text = Self.text(String(decoding: code.reveal(), as: UTF8.self), of: tenant.name, in: language)
            do throws(SMSTransportError) {
                try await transport.send(text, to: phone.text, reference: id.description)
            } catch {
                switch error {
                case .refused: break
                case .tryLater: return .tryLater(reason: "unreachable")
                case .notBuilt: return .tryLater(reason: "not built")
                }
            }
            _ = try await tenants.write([.forgetSentPhoneCode(id)], for: tenant.id, as: Self.principal)
            return .finished
        } catch {
            throw PhoneError(error)
        }
    }

    private static func text(_ code: String, of organization: String, in language: Language) -> String {
        switch language {
        case .english: "\(organization): your code is \(code), for 10 minutes. Nobody will ever ask you for it."
        case .spanish: "\(organization): su código es \(code), válido 10 minutos. Nadie se lo pedirá nunca."
        case .arabic: "\(organization): رمزك هو \(code)، صالح لمدة 10 دقائق. لن يطلبه منك أحد أبداً."
        }
    }

    private static let principal = Principal(.system("sms"), grants: Grants())
}
