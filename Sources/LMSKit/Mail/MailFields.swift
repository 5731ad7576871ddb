// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// One field of a message's header, encoded and folded (RFC 5322 §2.2).
package struct MailField: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// Its value; an end of line in it is followed by a blank.
    package let value: String
}

extension OutgoingMail {
    /// The header without the fields of MIME.
    ///
    /// No value can end its line, whatever the message holds.
    package var fields: [MailField] {
        var fields = [
            MailField(name: "Date", value: date.mailDate),
            MailField(name: "From", value: from.encoded),
            MailField(name: "To", value: "<\(to.address)>"),
            MailField(name: "Message-ID", value: messageID.only { (0x21...0x7E).contains($0) }),
            MailField(name: "Subject", value: EncodedText.unstructured(subject)),
            // Nobody's holiday notice answers it (RFC 3834 §5).
            MailField(name: "Auto-Submitted", value: "auto-generated"),
            MailField(name: "Content-Language", value: language.only { $0 == 0x2D || $0.isLetterOrDigit }),
        ]
        if let replyTo { fields.append(MailField(name: "Reply-To", value: "<\(replyTo.address)>")) }
        if let unsubscribe {
            // Both fields, as RFC 8058 §3.1 asks.
            let address = unsubscribe.only { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
            fields.append(MailField(name: "List-Unsubscribe", value: "<\(address)>"))
            fields.append(MailField(name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click"))
        }
        return fields
    }

    /// Both forms of the message, the plainest first (RFC 2046 §5.1.4), their lines ended as MIME wants.
    package var alternatives: [(type: String, content: [UInt8])] {
        [("text/plain; charset=utf-8", text.canonicalLines), ("text/html; charset=utf-8", html.canonicalLines)]
    }
}

extension Mailbox {
    /// The mailbox as a header has it (RFC 5322 §3.4).
    fileprivate var encoded: String {
        guard let name, !name.isEmpty else { return "<\(address.address)>" }
        return "\(EncodedText.phrase(name))\r\n <\(address.address)>"
    }
}

/// Text beyond ASCII in a header (RFC 2047).
enum EncodedText {
    /// A text on its own, such as a subject.
    static func unstructured(_ text: String) -> String {
        isPlain(text) ? text : words(text)
    }

    /// A name before an address: as it is, quoted, or encoded.
    static func phrase(_ text: String) -> String {
        guard isPlain(text) else { return words(text) }
        let isAtoms = text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == 0x20 }
        return isAtoms ? text : "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// Whether a text can stand as it is on one line: printable, short, with nothing that a reader would decode or trim.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 60 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
            && text.utf8.first != 0x20 && text.utf8.last != 0x20
    }

    /// Encoded words of whole characters, one a line and none longer than 64, so that the line is not longer than 76 with
    /// the field's name.
    private static func words(_ text: String) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        func finish() {
            guard !bytes.isEmpty else { return }
            words.append("=?UTF-8?B?\(Data(bytes).base64EncodedString())?=")
            bytes = []
        }
        for scalar in text.unicodeScalars {
            let more = Array(String(scalar).utf8)
            if bytes.count + more.count > 39 { finish() }
            bytes += more
        }
        finish()
        return words.joined(separator: "\r\n ")
    }
}

extension Date {
    /// The moment as a `Date` field has it (RFC 5322 §3.3), in UTC.
    fileprivate var mailDate: String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute, .second], from: self)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        let day = "\(days[(parts.weekday ?? 1) - 1]), \(parts.day ?? 1) \(months[(parts.month ?? 1) - 1])"
        let time = "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
        return "\(day) \(parts.year ?? 1970) \(time) +0000"
    }
}

extension String {
    /// The bytes with CR LF at each end of line, which is the canonical form of text (RFC 2046 §4.1.1).
    fileprivate var canonicalLines: [UInt8] {
        var bytes: [UInt8] = []
        var previous: UInt8 = 0
        for byte in utf8 {
            switch byte {
            case 0x0D: bytes += [0x0D, 0x0A]
            case 0x0A where previous == 0x0D: break
            case 0x0A: bytes += [0x0D, 0x0A]
            default: bytes.append(byte)
            }
            previous = byte
        }
        return bytes
    }

    /// The text without other bytes.
    fileprivate func only(_ isAllowed: (UInt8) -> Bool) -> String {
        String(decoding: utf8.filter(isAllowed), as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}
