// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSCurlDriver
    import LMSEventLoop
    import LMSKit
    import LMSTenancy
    import LMSTestSupport
    import Testing

    /// Notifications from their cause to a mail server that is not ours, read there by a parser that is not ours.
    @Suite struct NotificationMailPeerTests {
        private let certificate: SelfSignedCertificate
        private let platform: TestPlatform
        private let pool: SidePool

        init() throws {
            certificate = try SelfSignedCertificate()
            platform = try TestPlatform()
            pool = try SidePool(threads: 2, queueLimit: 8)
        }

        private func member(_ name: String, _ locale: String, of tenant: TestTenant) async throws -> User.ID {
            let principal = try await platform.member(name, .student, of: tenant)
            let user = try #require(principal.user)
            try await tenant.transaction { session in
                try await session.execute("UPDATE users SET locale = \(locale) WHERE id = \(user)")
            }
            return user
        }

        @Test
        func
            `notifications arrive once per cause, in both directions, with a link that ends them and a name that stays`()
            async throws
        {
            let server = try TestMailServer(.plain, certificate)
            let port = server.port
            let mailServer = try #require(MailServer(host: "127.0.0.1", port: port, protection: .none, login: nil))
            var options = SMTPTransport.Options()
            options.timeout = .seconds(30)
            let transport = SMTPTransport(server: mailServer, options: options, pool: pool)
            let sender = Mailbox(name: nil, address: try #require(Email("school@mail.example.org")))
            try await withTenant { tenant in
                let users = [try await member("ada", "en", of: tenant), try await member("zaynab", "ar", of: tenant)]
                let draft = NotificationDraft(
                    .enrollment,
                    because: "enrollment:1",
                    ["course": "Algebra <b>\r\nBcc: eve@example.org"]
                )
                for _ in 0..<3 {
                    try await tenant.transaction { session in
                        _ = try await platform.lms.notifications.notify(users, draft, session: session)
                    }
                }
                let queued: [UUID] = try await tenant.transaction { session in
                    try await session.execute("SELECT id FROM mail_messages ORDER BY user_id").map { try $0[0] }
                }
                try #require(queued.count == 2)
                let delivery = MailDelivery(mail: platform.lms.mail, transport: transport, tenants: tenant.tenants)
                for _ in 0..<2 {
                    for id in queued {
                        #expect(try await delivery.deliver(id, of: tenant.tenant, from: sender) == .finished)
                    }
                }
                let messages = try server.messages
                try #require(messages.count == 2)
                for (message, id) in zip(messages, queued) {
                    try expect(message, id, of: tenant)
                }
                let english = try #require(messages.first { $0.field("Content-Language") == ["en"] })
                let arabic = try #require(messages.first { $0.field("Content-Language") == ["ar"] })
                #expect(english.field("Subject") == ["You are enrolled in Algebra <b>  Bcc: eve@example.org"])
                #expect(try html(english).contains(#"<html lang="en" dir="ltr">"#))
                #expect(try html(english).contains("Algebra &lt;b&gt;"))
                #expect(arabic.field("Subject").first?.hasPrefix("تم تسجيلك في Algebra") == true)
                #expect(try html(arabic).contains(#"<html lang="ar" dir="rtl">"#))
                #expect(try html(arabic).contains("مكانك في"))
            }
        }

        private func html(_ message: ReceivedMail) throws -> String {
            String(decoding: try #require(message.parts.last).content, as: UTF8.self)
        }

        private func expect(_ message: ReceivedMail, _ id: UUID, of tenant: TestTenant) throws {
            #expect(message.type == "multipart/alternative")
            #expect(message.parts.map(\.type) == ["text/plain", "text/html"])
            #expect(message.parts.map(\.charset) == ["utf-8", "utf-8"])
            #expect(message.defects.isEmpty)
            #expect(message.field("Bcc").isEmpty)
            #expect(message.delivery?.recipients.count == 1)
            #expect(message.field("Message-ID") == ["<\(Identifier<Tenant>(id)).\(tenant.id)@mail.example.org>"])
            let unsubscribe = try #require(message.field("List-Unsubscribe").first)
            #expect(unsubscribe.hasPrefix("<https://"))
            #expect(unsubscribe.hasSuffix(">"))
            #expect(message.field("List-Unsubscribe").count == 1)
            #expect(message.field("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"])
            let address = String(unsubscribe.dropFirst().dropLast())
            let text = String(decoding: try #require(message.parts.first).content, as: UTF8.self)
            #expect(text.contains(address))
        }
    }
#endif
