// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Who sends a tenant's mail, and through which server.
public struct MailSettings: Sendable {
    /// The name that recipients see; the tenant's without one.
    public let senderName: String?
    /// The address that messages come from; the installation's without one.
    ///
    /// It needs a server of the tenant's own, as no other may send in the name of its domain.
    public let senderAddress: Email?
    /// Where replies go, if not to the sender.
    public let replyTo: Email?
    /// The tenant's own server; the installation's without one.
    public let server: TenantMailServer?
    /// The version, for `If-Match`.
    public let version: Int

    /// Describes what a tenant chose.
    ///
    /// - Parameters:
    ///   - senderName: The name that recipients see, 1–100 characters.
    ///   - senderAddress: The address that messages come from.
    ///   - replyTo: Where replies go.
    ///   - server: The tenant's own server.
    ///   - version: The version.
    public init(
        senderName: String?,
        senderAddress: Email?,
        replyTo: Email?,
        server: TenantMailServer?,
        version: Int = 0
    ) {
        self.senderName = senderName
        self.senderAddress = senderAddress
        self.replyTo = replyTo
        self.server = server
        self.version = version
    }

    /// Nothing was chosen: the installation's server and sender.
    public static let none = MailSettings(senderName: nil, senderAddress: nil, replyTo: nil, server: nil)
}

/// A tenant's own mail server, without the password, which is shown to nobody.
public struct TenantMailServer: Sendable, Hashable {
    /// Its name or address; an IPv6 address is without brackets.
    public let host: String
    /// Its port.
    public let port: Int
    /// What protects the connection.
    public let protection: MailServer.Protection
    /// The name of the account there; `nil` for none.
    public let login: String?

    /// Describes a server.
    ///
    /// - Parameters:
    ///   - host: Its name or address.
    ///   - port: Its port, 1–65535.
    ///   - protection: What protects the connection.
    ///   - login: The name of the account there.
    public init(host: String, port: Int, protection: MailServer.Protection, login: String?) {
        self.host = host
        self.port = port
        self.protection = protection
        self.login = login
    }

    /// The server with the account's password; `nil` if a part makes no sense.
    func server(password: Secret<String>?) -> MailServer? {
        guard (login == nil) == (password == nil), login == nil || protection != .none,
            let port = UInt16(exactly: port)
        else { return nil }
        let account = login.flatMap { user in password.map { MailServer.Login(user: user, password: $0) } }
        return MailServer(host: host, port: port, protection: protection, login: account)
    }
}

/// Why a tenant's mail was not set up or tried out.
@nonexhaustive
public enum MailSettingsError: Error, Sendable, Equatable {
    /// The principal may not do this.
    case forbidden
    /// The server's name, its account or its password make no sense, or an account is used in the clear.
    case invalidServer
    /// An address of the tenant's own needs a server of the tenant's own.
    case serverNeeded
    /// The account has another name than before, so its password is needed.
    case passwordNeeded
    /// Somebody changed the settings since they were read.
    case versionMismatch
    /// Who asks is no person with an address.
    case noRecipient
    /// The tenant's keys cannot be used.
    case keys(KeyError)
    /// The database failed.
    case database(DatabaseError)
}

extension MailSettingsError {
    init(_ error: any Error) {
        switch error {
        case let error as MailSettingsError: self = error
        case .database(let error) as KeyError: self = .database(error)
        case let error as KeyError: self = .keys(error)
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}

extension MailServer.Protection: CaseIterable, DatabaseConvertible {
    /// Every kind.
    public static let allCases: [MailServer.Protection] = [.startTLS, .implicitTLS, .none]
}
