// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSKit

/// Takes messages and keeps them, or fails as it is told.
final class RecordingTransport: MailTransport {
    private let state = Mutex((mails: [OutgoingMail](), failure: MailTransportError?.none))

    var mails: [OutgoingMail] { state.withLock { $0.mails } }

    func fail(with failure: MailTransportError?) { state.withLock { $0.failure = failure } }

    func send(_ mail: OutgoingMail) async throws(MailTransportError) {
        let failure = state.withLock { state in
            state.mails.append(mail)
            return state.failure
        }
        if let failure { throw failure }
    }
}

@Suite struct MailTests {
    private let platform: TestPlatform
    private let transport = RecordingTransport()

    init() throws {
        platform = try TestPlatform()
    }

    private static let reset = MailMessage.passwordReset(link: Secret("https://a.example/r#planted-link"), minutes: 30)

    private func queue(
        _ message: MailMessage = reset,
        to name: String = "Ada <b>",
        _ language: Language = .english,
        occasion: String? = nil,
        at tenant: TestTenant
    ) async throws {
        let email = try TestPlatform.email("ada")
        try await tenant.transaction { session in
            try await platform.lms.mail.queue(
                message,
                to: MailRecipient(email, name: name, language: language),
                occasion: occasion,
                session: session
            )
        }
    }

    private func queued(at tenant: TestTenant) async throws -> [UUID] {
        try await tenant.transaction { session in
            try await session.execute("SELECT id FROM mail_messages ORDER BY id").map { try $0["id"] }
        }
    }

    private func deliver(_ id: UUID, of tenant: TestTenant) async throws -> MailDelivery.Outcome {
        let sender = Mailbox(name: nil, address: try TestPlatform.email("no-reply"))
        return try await MailDelivery(mail: platform.lms.mail, transport: transport, tenants: tenant.tenants)
            .deliver(id, of: tenant.tenant, from: sender)
    }

    @Test func `a message is delivered in its language with its values and then erased`() async throws {
        try await withTenant { tenant in
            try await queue(at: tenant)
            let id = try #require(try await queued(at: tenant).first)
            #expect(try await deliver(id, of: tenant) == .finished)
            let mail = try #require(transport.mails.first)
            #expect(mail.to.address == "ada@example.org")
            #expect(mail.messageID == "<\(Identifier<Tenant>(id)).\(tenant.id)@example.org>")
            #expect(mail.text.contains("https://a.example/r#planted-link"))
            #expect(mail.html.contains("Hello Ada &lt;b&gt;,"))
            #expect(mail.html.contains(#"<html lang="en" dir="ltr">"#))
            let rows = try await tenant.transaction { session in
                try await session.execute("SELECT status, sealed IS NULL AS erased FROM mail_messages")
            }
            #expect(try rows.only?["status"] == "sent")
            #expect(try rows.only?["erased"] == true)
            #expect(try await deliver(id, of: tenant) == .finished)
            #expect(transport.mails.count == 1)
        }
    }

    @Test func `what is rolled back is never sent, and one occasion gives one message`() async throws {
        try await withTenant { tenant in
            await #expect(throws: TestFailure.self) {
                try await tenant.transaction { session in
                    let to = MailRecipient(try TestPlatform.email("ada"), language: .english)
                    try await platform.lms.mail.queue(Self.reset, to: to, session: session)
                    throw TestFailure("rolled back")
                }
            }
            #expect(try await queued(at: tenant).isEmpty)
            for _ in 0..<2 { try await queue(occasion: "invitation:1", at: tenant) }
            #expect(try await queued(at: tenant).count == 1)
        }
    }

    @Test func `a message that cannot be sent waits with the same name, a refused one is erased`() async throws {
        try await withTenant { tenant in
            try await queue(at: tenant)
            let id = try #require(try await queued(at: tenant).first)
            transport.fail(with: .tryLater(code: 421))
            #expect(try await deliver(id, of: tenant) == .tryLater(reason: "smtp 421"))
            transport.fail(with: .insecure)
            #expect(try await deliver(id, of: tenant) == .tryLater(reason: "insecure"))
            transport.fail(with: .refused(code: 550))
            #expect(try await deliver(id, of: tenant) == .finished)
            #expect(Set(transport.mails.map(\.messageID)).count == 1)
            transport.fail(with: nil)
            #expect(try await deliver(id, of: tenant) == .finished)
            #expect(transport.mails.count == 3)
        }
    }

    @Test func `a message that came too late to be of use is not sent`() async throws {
        try await withTenant { tenant in
            try await queue(at: tenant)
            let id = try #require(try await queued(at: tenant).first)
            platform.clock.advance(by: 31 * 60)
            #expect(try await deliver(id, of: tenant) == .finished)
            #expect(transport.mails.isEmpty)
        }
    }

    @Test func `nothing of a waiting message can be read in the database, nor opened by another tenant`() async throws {
        try await withTwoTenants { tenant, abroad in
            try await queue(to: "planted-name", at: tenant)
            let text: String = try await tenant.transaction { session in
                let rows = try await session.execute(
                    "SELECT query_to_xml('SELECT *, encode(sealed, ''escape'') FROM mail_messages', true, true, '')::text AS x"
                )
                return try rows.only?["x"] ?? ""
            }
            #expect(!text.isEmpty)
            for planted in ["planted-link", "planted-name", "ada@example.org"] { #expect(!text.contains(planted)) }
            let id = try #require(try await queued(at: tenant).first)
            #expect(try await deliver(id, of: abroad) == .finished)
            #expect(transport.mails.isEmpty)
        }
    }

    @Test(arguments: MailTemplate.allCases, Language.allCases)
    private func `every kind of message has words for all its values in every language`(
        template: MailTemplate,
        language: Language
    ) throws {
        let words = template.words(in: language)
        let names = try (words.paragraphs + [words.subject]).flatMap { text in
            try text.split(separator: "{").dropFirst().map { try #require($0.split(separator: "}").first) }
        }
        let english = template.words(in: .english)
        let expected = (english.paragraphs + [english.subject]).joined()
        for name in names { #expect(expected.contains("{\(name)}"), "\(name)") }
        #expect((words.action == nil) == (english.action == nil))
        let parameters = #"{"code":"<{hours}>"}"#
        let json = #"{"email":"a@example.org","language":"\#(language.rawValue)","parameters":\#(parameters)}"#
        let letter = try #require(Letter(Array(json.utf8)))
        let rendered = RenderedMail(template, letter, in: language, organization: "Acme & Sons")
        #expect(!rendered.html.contains("<{hours}>"))
        #expect(rendered.html.contains("Acme &amp; Sons"))
        #expect(rendered.html.contains(language == .arabic ? #"dir="rtl""# : #"dir="ltr""#))
        #expect(!rendered.html.contains("src="))
    }

    @Test func `a line break in a name or a subject ends no header`() throws {
        let box = Mailbox(name: "Acme\r\nBcc: eve@example.org", address: try TestPlatform.email("a"))
        #expect(box.name == "Acme  Bcc: eve@example.org")
    }
}
