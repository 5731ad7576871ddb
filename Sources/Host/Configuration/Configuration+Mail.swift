// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy

extension Configuration {
    /// How messages leave.
    struct Mail: Sendable {
        let route: Route
        /// Who sends what no tenant's own server sends; without a name it is the tenant's.
        let sender: Mailbox
        /// The directory that text messages are written to; `nil` if they are not.
        let smsOutbox: String?
        /// What sends text messages instead.
        let smsGateway: SMSGateway?

        enum Route: Sendable {
            /// To a mail server; the authorities in the file are trusted instead of the system's.
            case server(MailServer, certificateFile: String?)
            /// Into files below a directory.
            case outbox(String)
            /// Messages wait until there is a way.
            case nowhere
        }
    }
}

extension Configuration.Mail {
    /// Whether text messages can be promised to anybody.
    var sendsSMS: Bool { smsGateway != nil || smsOutbox != nil }

    /// Whether messages can be promised to anybody.
    var isOffered: Bool {
        if case .nowhere = route { false } else { true }
    }

    init(
        _ reader: inout EnvironmentReader,
        environment: Configuration.Deployment,
        dataDirectory: String,
        baseDomains: [String]
    ) {
        let outbox = reader.text("LMS_MAIL_OUTBOX")
        let url = reader.secret("LMS_SMTP_URL")
        let certificateFile = reader.text("LMS_SMTP_CA_FILE")
        let server = url.flatMap { MailServer(url: $0) }
        if url != nil, server == nil {
            reader.refuse("LMS_SMTP_URL must be like smtp://user:password@host:587 or smtps://user:password@host:465")
        }
        if server?.protection == MailServer.Protection.none, environment == .production {
            reader.refuse("LMS_SMTP_URL must not send mail in the clear in production: remove tls=off")
        }
        if url != nil, outbox != nil { reader.refuse("LMS_SMTP_URL and LMS_MAIL_OUTBOX exclude each other: unset one") }
        if let server {
            route = .server(server, certificateFile: certificateFile)
        } else if let outbox {
            route = .outbox(outbox)
        } else {
            route = environment == .development ? .outbox("\(dataDirectory)/outbox") : .nowhere
        }
        let sender = reader.value("LMS_MAIL_FROM", "an address, or a name and an address: Academy <mail@example.org>") {
            Mailbox(parsing: $0)
        }
        self.sender = sender ?? Self.defaultSender(baseDomains)
        smsGateway = SMSGateway(&reader, environment: environment)
        let smsOutbox = reader.text("LMS_SMS_OUTBOX")
        if smsOutbox != nil, smsGateway != nil {
            reader.refuse("LMS_SMS_URL and LMS_SMS_OUTBOX exclude each other: unset one")
        }
        let isWritten = environment == .development && smsGateway == nil
        self.smsOutbox = smsOutbox ?? (isWritten ? "\(dataDirectory)/outbox/sms" : nil)
    }

    /// What is odd about it.
    func warnings(in environment: Configuration.Deployment) -> [String] {
        guard environment == .production else { return [] }
        switch route {
        case .server: return []
        case .outbox(let path): return ["LMS_MAIL_OUTBOX: mail is written to \(path) and sent to nobody"]
        case .nowhere: return ["LMS_SMTP_URL is not set: no mail is sent, and nobody can reset a password by mail"]
        }
    }

    private static func defaultSender(_ baseDomains: [String]) -> Mailbox {
        let domains = baseDomains + baseDomains.map { "mail.\($0)" }
        let address = domains.lazy.compactMap { Email("no-reply@\($0)") }.first
        return Mailbox(name: nil, address: address ?? .example)
    }
}

extension MailServer {
    /// Parses `smtp://user:password@host:587`, which is encrypted by STARTTLS unless it ends with `?tls=off`, and `smtps://…`.
    init?(url: Secret<String>) {
        guard let parts = URLComponents(string: url.reveal()), let host = parts.host, parts.fragment == nil,
            parts.path.isEmpty || parts.path == "/"
        else { return nil }
        let protection: Protection
        switch (parts.scheme?.lowercased(), parts.query) {
        case ("smtp", nil): protection = .startTLS
        case ("smtp", "tls=off"): protection = .none
        case ("smtps", nil): protection = .implicitTLS
        default: return nil
        }
        guard (parts.user == nil) == (parts.password == nil), let port = UInt16(exactly: parts.port ?? protection.port)
        else { return nil }
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
        self.init(
            host: isAddress ? String(host.dropFirst().dropLast()) : host,
            port: port,
            protection: protection,
            login: parts.user.map { Login(user: $0, password: Secret(parts.password ?? "")) }
        )
    }
}

extension MailServer.Protection {
    /// The port of submission (RFC 8314 §3), or that of a server that takes mail in the clear.
    fileprivate var port: Int {
        switch self {
        case .startTLS: 587
        case .implicitTLS: 465
        case .none: 25
        }
    }
}

extension Mailbox {
    /// Parses `mail@example.org` and `Academy <mail@example.org>`.
    fileprivate init?(parsing text: String) {
        guard let start = text.lastIndex(of: "<") else {
            guard let address = Email(text) else { return nil }
            self.init(name: nil, address: address)
            return
        }
        guard text.hasSuffix(">"), let address = Email(String(text[text.index(after: start)...].dropLast())) else {
            return nil
        }
        let name = text[..<start].trimmingBlanks
        self.init(name: name.isEmpty ? nil : String(name), address: address)
    }
}
