// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSKit
import LMSMailDriver
import Testing

@Suite struct FileTransportTests {
    private let root = FileManager.default.temporaryDirectory.appending(path: "lms-outbox-\(UUID())")
    private let pool: SidePool

    init() throws {
        pool = try SidePool(threads: 2, queueLimit: 100)
    }

    private func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(root.path)/\(path)")
            return attributes[.type] as? FileAttributeType == .typeRegular
        }
    }

    private func mode(of file: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func `a message is in a file that Python's parser reads back`() async throws {
        let transport = FileMailTransport(directory: root.path, pool: pool)
        let arabic = MailExample.arabic
        let mail = try MailExample.mail(
            name: "أكاديمية",
            subject: arabic.subject,
            text: arabic.text,
            html: arabic.html,
            language: "ar"
        )
        try await transport.send(mail)
        // Tried again, it is still one.
        try await transport.send(mail)
        let name = "mail.example.org/20260131T120005Z-one@mail.example.org.eml"
        #expect(try files() == [name])
        let file = root.appending(path: name)
        #expect(try mode(of: file.path) == 0o600)
        let message = try TestMailServer.read(file)
        #expect(message.type == "multipart/alternative")
        #expect(message.parts.map(\.type) == ["text/plain", "text/html"])
        #expect(message.parts.map(\.content) == mail.alternatives.map { Data($0.content) })
        #expect(message.field("Subject") == [arabic.subject])
        #expect(message.sentBy == ["أكاديمية"])
        #expect(message.field("Content-Language") == ["ar"])
        #expect(message.defects.isEmpty)
        #expect(message.longestLine <= 78)
    }

    @Test(arguments: ["<../../evil@example.org>", "</etc/passwd>", "<a\u{0}b>", "<.>"])
    func `attack: a message's name cannot leave the outbox`(messageID: String) async throws {
        try await FileMailTransport(directory: root.path, pool: pool).send(MailExample.mail(messageID: messageID))
        let files = try files()
        #expect(files.count == 1)
        #expect(files.first?.hasPrefix("mail.example.org/20260131T120005Z-") == true)
    }

    @Test func `an outbox that cannot be written to is tried again later`() async throws {
        let transport = FileMailTransport(directory: "/dev/null/outbox", pool: pool)
        await #expect(throws: MailTransportError.tryLater(code: nil)) { try await transport.send(MailExample.mail()) }
    }

    @Test func `a text message is in a file of its number`() async throws {
        let transport = FileSMSTransport(directory: root.path, pool: pool)
        try await transport.send("الرمز 123456", to: "+34600111222", reference: "a/../b")
        try await transport.send("الرمز 123456", to: "+34600111222", reference: "a/../b")
        let file = root.appending(path: "+34600111222/a_.._b.txt")
        #expect(try String(contentsOf: file, encoding: .utf8) == "الرمز 123456")
        #expect(try mode(of: file.path) == 0o600)
        #expect(try files().count == 1)
    }

    @Test(arguments: ["", "+", "34600111222", "+34 600", "+../../evil", "+1234567890123456", "+٣٤٦"])
    func `what is no number is refused`(number: String) async throws {
        let transport = FileSMSTransport(directory: root.path, pool: pool)
        await #expect(throws: SMSTransportError.refused) { try await transport.send("x", to: number, reference: "1") }
    }
}
