// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Sends what accounts need to have mailed: the port that the platform's mail fits into.
///
/// A message is queued in the transaction of its cause, so that neither exists without the other.
public protocol AccountMail: Sendable {
    /// Whether messages are sent at all; without that nobody is promised one.
    var isOffered: Bool { get }

    /// Queues a message.
    ///
    /// - Parameters:
    ///   - message: What it says.
    ///   - address: Whom it goes to.
    ///   - language: The language it is in: `en`, `es` or `ar`.
    ///   - session: The transaction of its cause; the caller commits it.
    /// - Throws: `DatabaseError` if the server refused it.
    func queue(
        _ message: AccountMessage,
        to address: Email,
        language: String,
        session: borrowing TenantSession
    ) async throws(DatabaseError)
}

/// What accounts have to say by mail.
@nonexhaustive
public enum AccountMessage: Sendable {
    /// Follow the link to show that the address is yours.
    case verifyEmail(link: Secret<String>)
    /// Follow the link to choose a new password.
    case resetPassword(link: Secret<String>)
    /// Your password was changed; if it was not you, say so.
    case passwordChanged
    /// Follow the link to sign in with this address from now on.
    case confirmNewEmail(link: Secret<String>)
    /// Somebody who is signed in as you wants to sign in with another address; if it was not you, change your password.
    case newEmailRequested
    /// You sign in with another address from now on; if it was not you, say so.
    case emailChanged
    /// A second factor of yours was set up or taken away; if it was not you, say so.
    case secondFactorChanged
    /// Somebody signed in as you with a client that was not seen before, which calls itself so.
    case newDevice(String)
    /// You are invited to an organization; follow the link to come.
    case invitation(link: Secret<String>, organization: String)
    /// Nothing is sent any more to an endpoint of the organization's webhooks, at this host: it took nothing for days.
    case webhookDisabled(host: String)
}

/// Stands where the installation sends no mail: what would need it is refused before anything is done.
public struct NoAccountMail: AccountMail {
    /// Makes it.
    public init() {}

    /// Nothing is sent.
    public var isOffered: Bool { false }

    /// Refuses the message.
    ///
    /// - Throws: `DatabaseError.unavailable`, always.
    public func queue(
        _ message: AccountMessage,
        to address: Email,
        language: String,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        throw .unavailable
    }
}

/// Where the pages are that mailed links lead to.
///
/// The address is the tenant's own from the directory and never that of the request: who sends `Host: evil.example` with somebody else's address
/// would get their token.
public struct AccountLinks: Sendable {
    private let base: @Sendable (Tenant) -> String
    private let platform: String

    /// Says where a tenant's pages are.
    ///
    /// - Parameters:
    ///   - base: The address without a slash at its end, such as `https://acme.example.org`.
    ///   - platform: That of the platform itself, such as `https://example.org`.
    public init(
        _ base: @escaping @Sendable (Tenant) -> String = AccountLinks.ownDomain,
        platform: String = "https://localhost"
    ) {
        self.base = base
        self.platform = platform
    }

    /// Where anybody finds who issues a tenant's badges, whatever becomes of the tenant's own address.
    func issuer(_ tenant: TenantID) -> String { "\(platform.lowercased())/issuers/\(tenant)" }

    /// The tenant's first domain, or its subdomain at `localhost`.
    public static let ownDomain: @Sendable (Tenant) -> String = { tenant in
        "https://" + (tenant.domains.sorted().first ?? "\(tenant.slug).localhost")
    }

    /// The address of a path of the tenant's pages; what is an address already stays as it is.
    func address(of path: String, at tenant: Tenant) -> String {
        path.hasPrefix("/") ? base(tenant) + path : path
    }

    /// A page with a token, behind `#`: that part reaches neither a server's log nor another site.
    func link(_ page: StaticString, _ token: OneTimeToken, of tenant: Tenant) -> Secret<String> {
        Secret("\(base(tenant))/\(page)#token=\(token.text.reveal())")
    }
}
