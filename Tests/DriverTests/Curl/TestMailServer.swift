// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// A mail server that is not ours (`mail_server.py`), and what it got.
final class TestMailServer {
    let port: UInt16
    private let directory: URL
    private let program: Program

    /// How it behaves.
    enum Kind: String, Sendable, CaseIterable {
        case plain = "none"
        case startTLS = "starttls"
        case login
        case implicitTLS = "tls"
        case silent
        case busy
    }

    init(_ kind: Kind, _ certificate: SelfSignedCertificate) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "lms-mail-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let settings = [directory.path, kind.rawValue, certificate.file, certificate.key]
        // It tells of every client that goes away.
        program = try Program(Self.python, ["-W", "ignore", Self.script] + settings, input: .open(), hasErrors: false)
        port = try #require(UInt16(try program.waitHere(for: "\n").trimmingCharacters(in: .newlines)))
    }

    deinit {
        // Left behind in the temporary directory if it fails.
        try? FileManager.default.removeItem(at: directory)
    }

    /// What it got, in order.
    var messages: [ReceivedMail] {
        get throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
                try JSONDecoder().decode(ReceivedMail.self, from: Data(contentsOf: directory.appending(path: name)))
            }
        }
    }

    /// Debian's, which has aiosmtpd.
    private static let python = "/usr/bin/python3"
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "mail_server.py").path

    /// Reads a message in a file with Python's parser.
    static func read(_ file: URL) throws -> ReceivedMail {
        let told = try Program.run(python, ["-W", "ignore", script, "read", file.path], hasErrors: false)
        return try JSONDecoder().decode(ReceivedMail.self, from: Data(told.text.utf8))
    }
}

/// A message as Python's own parser decoded it.
struct ReceivedMail: Decodable {
    let type: String
    let fields: [Field]
    let sentBy: [String]
    let parts: [Part]
    let defects: [String]
    let longestLine: Int
    /// What was said around it; missing in a file.
    let delivery: Delivery?

    struct Field: Decodable {
        let name: String
        let value: String
    }

    struct Part: Decodable {
        let type: String
        let charset: String
        let content: Data
    }

    struct Delivery: Decodable {
        let sender: String
        let recipients: [String]
        let isEncrypted: Bool
        let user: String?
        let greeting: String
    }

    func field(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}

/// Messages for the tests.
enum MailExample {
    static func mail(
        to: String = "ada@example.org",
        name: String? = "Akademie",
        subject: String = "Welcome",
        text: String = "Hello\n",
        html: String = "<p>Hello</p>\n",
        language: String = "en",
        messageID: String = "<one@mail.example.org>"
    ) throws -> OutgoingMail {
        OutgoingMail(
            messageID: messageID,
            from: Mailbox(name: name, address: try #require(Email("school@mail.example.org"))),
            replyTo: Email("office@example.org"),
            to: try #require(Email(to)),
            subject: subject,
            text: text,
            html: html,
            language: language,
            date: Date(timeIntervalSince1970: 1_769_860_805)
        )
    }

    static let arabic = (
        subject: "تأكيد عنوان بريدك الإلكتروني في أكاديمية القاهرة للعلوم والفنون والآداب — الخطوة الأخيرة قبل البدء ✅",
        text: "مرحبًا آدا،\n\nافتحي هذا الرابط: https://example.org/ت?a=1&b=2\n.\n..نقطة\n"
            + String(repeating: "سلام ", count: 400),
        html: "<html dir=\"rtl\" lang=\"ar\"><body><p>مرحبًا</p></body></html>\n"
    )
    static let spanish = (
        subject: "¡Confirma tu dirección, por favor!",
        text: "Hola, Íñigo:\r\n\r\nAbre este enlace = ahora.\r\n",
        html: "<p>¿Qué tal, <b>Íñigo</b>?</p>"
    )
}
