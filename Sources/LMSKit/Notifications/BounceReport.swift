// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What a mail server reports of a message that we sent: that it cannot be delivered (RFC 3464), or is not wanted (RFC 5965).
///
/// A report is believed because it names our message: the `Message-ID` is random, so whoever knows it had the message.
struct BounceReport: Sendable, Hashable {
    /// The message.
    let name: MailName
    /// What is reported of each recipient.
    let recipients: [Recipient]

    /// What is reported of one recipient.
    struct Recipient: Sendable, Hashable {
        let email: Email
        let kind: EmailBounce.Kind
        /// The code of RFC 3463.
        let status: String?
    }

    /// The most bytes of a report that are read; what it returns of the message comes last.
    static let limit = 1_048_576

    /// Reads a report; `nil` if it is none, or of no message of ours, or only says that a delivery is late.
    ///
    /// - Parameter message: The message as it came: RFC 5322 and RFC 2045, its lines ended in any way.
    init?(_ message: [UInt8]) {
        guard message.count <= Self.limit else { return nil }
        // By bytes: looking for the ends of lines among characters takes seconds for a megabyte.
        let lines = message.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)[...]
        }
        let parts = MailPart(lines[...]).leaves(depth: 0)
        guard let name = parts.lazy.compactMap(\.returnedName).first else { return nil }
        self.name = name
        var recipients: [Recipient] = []
        for part in parts {
            switch part.type {
            case "message/delivery-status", "message/global-delivery-status":
                recipients += part.groups.compactMap(Recipient.init(status:))
            case "message/feedback-report": recipients += part.groups.compactMap(Recipient.init(feedback:))
            default: continue
            }
        }
        // A complaint may leave out who complains, which the returned message says.
        let isComplaint = parts.contains { part in
            part.type == "message/feedback-report" && part.groups.first?["feedback-type"]?.lowercased() == "abuse"
        }
        if recipients.isEmpty, isComplaint, let email = parts.lazy.compactMap(\.returnedRecipient).first {
            recipients = [Recipient(email: email, kind: .complaint, status: nil)]
        }
        guard !recipients.isEmpty else { return nil }
        self.recipients = recipients
    }
}

extension BounceReport.Recipient {
    /// Reads the fields of one recipient (RFC 3464 §2.3); `nil` unless the delivery failed for good.
    fileprivate init?(status fields: [String: String]) {
        guard fields["action"]?.lowercased().hasPrefix("failed") == true, let status = fields["status"],
            status.hasPrefix("5."),
            let address = (fields["original-recipient"] ?? fields["final-recipient"]).flatMap(Email.init(reported:))
        else { return nil }
        let code = status.prefix { $0 == "." || $0.isASCII && $0.isNumber }
        // 5.1.x is the address, 5.2.1 a mailbox that takes nothing; others are of the message, of its size or of us.
        guard code.hasPrefix("5.1.") || code == "5.2.1" || code == "5.0.0" else { return nil }
        self.init(email: address, kind: .bounce, status: String(code.prefix(20)))
    }

    /// Reads the fields of a complaint (RFC 5965 §3.2); `nil` if it has no recipient.
    fileprivate init?(feedback fields: [String: String]) {
        guard fields["feedback-type"]?.lowercased() == "abuse",
            let address = fields["original-rcpt-to"].flatMap(Email.init(reported:))
        else { return nil }
        self.init(email: address, kind: .complaint, status: nil)
    }
}

extension Email {
    /// Reads `rfc822; ada@example.org`, or the address alone, perhaps in angle brackets.
    fileprivate init?(reported text: String) {
        let address = text.split(separator: ";").last ?? ""
        self.init(String(address.filter { $0 != "<" && $0 != ">" && $0 != " " && $0 != "\t" }))
    }
}
