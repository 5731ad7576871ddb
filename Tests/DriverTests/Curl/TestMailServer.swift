// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSKit
import LMSTenancy
import Testing

/// A mail server that is not ours (`mail_server.py`), and what it got.
final class TestMailServer {
    let port: UInt16
    private let directory: URL
    private let process = Process()
    private let input = Pipe()

    /// How it behaves.
    enum Kind: String, Sendable, CaseIterable {
        case plain = "none"
        case startTLS = "starttls"
        case login
        case implicitTLS = "tls"
        case silent
        case busy
    }

    init(_ kind: Kind, _ certificate: TestCertificate) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "lms-mail-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let output = Pipe()
        process.executableURL = URL(filePath: Self.python)
        let settings = [directory.path, kind.rawValue, certificate.file, certificate.key]
        process.arguments = ["-W", "ignore", Self.script] + settings
        process.standardInput = input
        process.standardOutput = output
        // It tells of every client that goes away.
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(UInt16(line.trimmingCharacters(in: .newlines)))
    }

    deinit {
        process.terminate()
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
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-W", "ignore", script, "read", file.path]
        process.standardOutput = output
        try process.run()
        let json = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(ReceivedMail.self, from: json)
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

/// A certificate that signed itself, in a directory of its own.
struct TestCertificate {
    let directory = FileManager.default.temporaryDirectory.appending(path: "lms-mail-tls-\(UUID())")
    var file: String { directory.appending(path: "certificate.pem").path }
    var key: String { directory.appending(path: "key.pem").path }

    init(names: String = "IP:127.0.0.1,DNS:localhost") throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-subj", "/CN=mail", "-addext", "subjectAltName=\(names)", "-keyout", key, "-out", file]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
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
