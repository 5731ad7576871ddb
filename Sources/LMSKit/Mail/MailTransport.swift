// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Hands messages to the next mail server.
public protocol MailTransport: Sendable {
    /// Hands one message over.
    ///
    /// Returning means that the next server took responsibility for it (RFC 5321 §4.2.5).
    ///
    /// - Parameter mail: The message.
    /// - Throws: `MailTransportError`.
    func send(_ mail: OutgoingMail) async throws(MailTransportError)
}

/// A message as it is sent.
public struct OutgoingMail: Sendable {
    /// Its `Message-ID` (RFC 5322 §3.6.4) with angle brackets: the same each time it is tried.
    public let messageID: String
    /// Who sends it.
    public let from: Mailbox
    /// Where replies go, if not to the sender.
    public let replyTo: Email?
    /// Who gets it.
    public let to: Email
    /// The subject, one line.
    public let subject: String
    /// The message as plain text.
    public let text: String
    /// The same as HTML, with nothing to be loaded from elsewhere.
    public let html: String
    /// The language of it (RFC 5646).
    public let language: String
    /// When it was queued, UTC.
    public let date: Date
    /// Where its reader ends such messages by one click (RFC 8058); `nil` if that cannot be.
    public let unsubscribe: String?

    /// Puts a message together.
    ///
    /// - Parameters:
    ///   - messageID: Its `Message-ID` with angle brackets.
    ///   - from: Who sends it.
    ///   - replyTo: Where replies go, if not to the sender.
    ///   - to: Who gets it.
    ///   - subject: The subject; control characters become blanks.
    ///   - text: The message as plain text.
    ///   - html: The same as HTML.
    ///   - language: The language of it.
    ///   - date: When it was queued.
    ///   - unsubscribe: An `https` address that ends such messages when it is posted to.
    public init(
        messageID: String,
        from: Mailbox,
        replyTo: Email? = nil,
        to: Email,
        subject: String,
        text: String,
        html: String,
        language: String,
        date: Date,
        unsubscribe: String? = nil
    ) {
        self.messageID = messageID
        self.from = from
        self.replyTo = replyTo
        self.to = to
        self.subject = subject.onOneLine
        self.text = text
        self.html = html
        self.language = language
        self.date = date
        self.unsubscribe = unsubscribe
    }
}

/// An address with the name of whoever has it.
public struct Mailbox: Sendable, Hashable {
    /// The name, one line.
    public let name: String?
    /// The address.
    public let address: Email

    /// Puts both together.
    ///
    /// - Parameters:
    ///   - name: The name; control characters become blanks.
    ///   - address: The address.
    public init(name: String?, address: Email) {
        self.name = name?.onOneLine
        self.address = address
    }
}

/// Why a message was not handed over.
@nonexhaustive
public enum MailTransportError: Error, Sendable, Equatable {
    /// The server will never take it: its reply begins with 5, or it takes no such address.
    case refused(code: Int)
    /// It may be taken later: a reply that begins with 4, no connection, or no reply in time.
    case tryLater(code: Int?)
    /// TLS was wanted and not had, or the server's certificate is not good.
    case insecure
    /// The server is at an address that must not be connected to.
    case addressRefused
    /// The build has no transport.
    case notBuilt
}

extension MailTransportError {
    /// Why, for those who look after the queue.
    var reason: String {
        switch self {
        case .refused(let code): "smtp \(code)"
        case .tryLater(let code): code.map { "smtp \($0)" } ?? "unreachable"
        case .insecure: "insecure"
        case .addressRefused: "address not allowed"
        case .notBuilt: "not built"
        }
    }
}

extension String {
    /// The text without control characters, so that it cannot end a header's line (RFC 5322 §2.2).
    fileprivate var onOneLine: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars { line.append(scalar.isControl ? " " : scalar) }
        return String(line)
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
