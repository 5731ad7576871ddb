// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A mail server that takes our messages, and how to speak to it.
public struct MailServer: Sendable {
    /// Its name or address; an IPv6 address is without brackets.
    public let host: String
    /// Its port: 587 and 465 are those of submission (RFC 8314 §3).
    public let port: UInt16
    /// What protects the connection.
    public let protection: Protection
    /// Who we are there; `nil` for nobody.
    public let login: Login?

    /// What protects a connection.
    @nonexhaustive
    public enum Protection: String, Sendable, Hashable {
        /// It begins in the clear and is encrypted before anything is said; if the server cannot, nothing is sent.
        case startTLS = "starttls"
        /// It is encrypted from its first byte.
        case implicitTLS = "tls"
        /// Nothing does: for a server on one's own machine, and never in production.
        case none
    }

    /// An account of the server.
    public struct Login: Sendable {
        /// Its name.
        public let user: String
        /// Its password.
        public let password: Secret<String>

        /// Names an account.
        ///
        /// - Parameters:
        ///   - user: Its name.
        ///   - password: Its password.
        public init(user: String, password: Secret<String>) {
            self.user = user
            self.password = password
        }
    }

    /// Describes a server.
    ///
    /// - Parameters:
    ///   - host: Its name or address: letters, digits, `.`, `-` and, in an address, `:`; others make it `nil`.
    ///   - port: Its port, not 0.
    ///   - protection: What protects the connection.
    ///   - login: Who we are there; a name or a password with control characters makes it `nil`.
    public init?(host: String, port: UInt16, protection: Protection, login: Login?) {
        let isAddress = host.utf8.contains(0x3A)
        let isHost = host.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E: true
            case 0x2D: !isAddress
            case 0x3A: true
            default: false
            }
        }
        guard isHost, (1...253).contains(host.utf8.count), host.utf8.first != 0x2D, port > 0 else { return nil }
        if let login {
            let texts = [login.user, login.password.reveal()]
            guard texts.allSatisfy({ text in !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
            else { return nil }
        }
        self.host = host
        self.port = port
        self.protection = protection
        self.login = login
    }
}
