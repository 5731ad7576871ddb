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

    @Suite struct SMTPTransportTests {
        private let certificate: SelfSignedCertificate

        init() throws {
            certificate = try SelfSignedCertificate()
        }

        private func transport(
            to server: TestMailServer,
            _ protection: MailServer.Protection,
            login: MailServer.Login? = nil,
            trusting file: String?,
            timeout: Duration = .seconds(30)
        ) throws -> SMTPTransport {
            try transport(port: server.port, protection, login: login, trusting: file, timeout: timeout)
        }

        private func transport(
            port: UInt16,
            _ protection: MailServer.Protection,
            login: MailServer.Login? = nil,
            trusting file: String?,
            timeout: Duration = .seconds(30),
            pool: SidePool? = nil
        ) throws -> SMTPTransport {
            var options = SMTPTransport.Options()
            options.certificateFile = file
            options.timeout = timeout
            let server = MailServer(host: "127.0.0.1", port: port, protection: protection, login: login)
            let own = try pool ?? SidePool(threads: 2, queueLimit: 8)
            return SMTPTransport(server: try #require(server), options: options, pool: own)
        }

        private static let login = MailServer.Login(user: "postmaster", password: Secret("correct horse: ñ"))

        @Test(
            arguments: [
                (TestMailServer.Kind.plain, MailServer.Protection.none), (.startTLS, .startTLS), (.login, .startTLS),
                (.implicitTLS, .implicitTLS),
            ]
        )
        func `a message arrives as it was written`(
            kind: TestMailServer.Kind,
            protection: MailServer.Protection
        ) async throws {
            let server = try TestMailServer(kind, certificate)
            let login = kind == .login ? Self.login : nil
            let transport = try transport(to: server, protection, login: login, trusting: certificate.file)
            let (arabic, spanish) = (MailExample.arabic, MailExample.spanish)
            try await transport.send(
                MailExample.mail(
                    name: "أكاديمية القاهرة",
                    subject: arabic.subject,
                    text: arabic.text,
                    html: arabic.html,
                    language: "ar"
                )
            )
            try await transport.send(
                MailExample.mail(
                    name: "Academia \"Ñ\"",
                    subject: spanish.subject,
                    text: spanish.text,
                    html: spanish.html,
                    language: "es"
                )
            )
            let messages = try server.messages
            try #require(messages.count == 2)
            for (message, original) in zip(messages, [arabic, spanish]) {
                try expect(message, holds: original)
                let delivery = try #require(message.delivery)
                #expect(delivery.sender == "school@mail.example.org")
                #expect(delivery.recipients == ["ada@example.org"])
                #expect(delivery.isEncrypted == (protection != .none))
                #expect(delivery.user == login?.user)
                #expect(delivery.greeting == "mail.example.org")
            }
            #expect(messages.map(\.sentBy) == [["أكاديمية القاهرة"], ["Academia \"Ñ\""]])
            #expect(messages.map { $0.field("Content-Language") } == [["ar"], ["es"]])
        }

        private func expect(
            _ message: ReceivedMail,
            holds original: (subject: String, text: String, html: String)
        ) throws {
            func canonical(_ text: String) -> Data {
                Data(text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
            }
            #expect(message.type == "multipart/alternative")
            #expect(message.parts.map(\.type) == ["text/plain", "text/html"])
            #expect(message.parts.map(\.charset) == ["utf-8", "utf-8"])
            #expect(message.parts.map(\.content) == [canonical(original.text), canonical(original.html)])
            #expect(message.field("Subject") == [original.subject])
            #expect(message.field("To") == ["ada@example.org"])
            #expect(message.field("Reply-To") == ["office@example.org"])
            #expect(message.field("Message-ID") == ["<one@mail.example.org>"])
            #expect(message.field("Date") == ["Sat, 31 Jan 2026 12:00:05 +0000"])
            #expect(message.field("Auto-Submitted") == ["auto-generated"])
            #expect(message.field("MIME-Version") == ["1.0"])
            #expect(message.defects.isEmpty)
            #expect(message.longestLine <= 78)
        }

        @Test func `attack: nothing in a message adds a field, a recipient or a second message`() async throws {
            let server = try TestMailServer(.plain, certificate)
            let transport = try transport(to: server, .none, trusting: nil)
            let field = "\r\nBcc: eve@example.org\r\n\r\nmine"
            // What servers that take a bare line feed for an end of line have taken for the end of a message.
            let smuggled = ["\r\n.\r\n", "\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r"].map { end in
                "a\(end)MAIL FROM:<eve@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\nSubject: b\r\n\r\nc\(end)"
            }.joined()
            try await transport.send(
                MailExample.mail(
                    name: "School\(field)",
                    subject: "Welcome\(field)\u{2028}Bcc: eve@example.org\u{0}",
                    text: smuggled,
                    html: smuggled,
                    language: "en\(field)",
                    messageID: "<one@mail.example.org>\(field)"
                )
            )
            let encoded = "=?UTF-8?Q?a=0D=0ABcc:_eve?="
            try await transport.send(MailExample.mail(name: encoded, subject: encoded))
            let messages = try server.messages
            try #require(messages.count == 2)
            for message in messages {
                #expect(message.field("Bcc").isEmpty)
                #expect(message.delivery?.recipients == ["ada@example.org"])
                #expect(message.parts.count == 2)
                #expect(message.fields.count == 10)
            }
            #expect(messages[1].field("Subject") == [encoded])
            #expect(messages[1].sentBy == [encoded])
        }

        @Test(
            arguments: [
                ("later@example.org", MailTransportError.tryLater(code: 451)),
                ("never@example.org", .refused(code: 550)),
                ("later.content@example.org", .tryLater(code: 452)),
                ("never.content@example.org", .refused(code: 554)),
            ]
        )
        func `the server's reply decides whether a message is tried again`(
            to: String,
            error: MailTransportError
        ) async throws {
            let server = try TestMailServer(.startTLS, certificate)
            let transport = try transport(to: server, .startTLS, trusting: certificate.file)
            await #expect(throws: error) { try await transport.send(MailExample.mail(to: to)) }
            #expect(try server.messages.isEmpty)
        }

        @Test func `a server that refuses us or our password does not cost a message`() async throws {
            let busy = try TestMailServer(.busy, certificate)
            let toBusy = try transport(to: busy, .none, trusting: nil)
            await #expect(throws: MailTransportError.tryLater(code: 554)) { try await toBusy.send(MailExample.mail()) }
            let strict = try TestMailServer(.login, certificate)
            let wrong = MailServer.Login(user: "postmaster", password: Secret("wrong"))
            let stranger = try transport(to: strict, .startTLS, login: wrong, trusting: certificate.file)
            await #expect(throws: MailTransportError.tryLater(code: 535)) {
                try await stranger.send(MailExample.mail())
            }
            let nobody = try transport(to: strict, .startTLS, trusting: certificate.file)
            await #expect(throws: MailTransportError.tryLater(code: 530)) { try await nobody.send(MailExample.mail()) }
        }

        @Test func `a check signs in and sends nothing`() async throws {
            let server = try TestMailServer(.login, certificate)
            let sender = Mailbox(name: nil, address: try #require(Email("school@mail.example.org")))
            try await transport(to: server, .startTLS, login: Self.login, trusting: certificate.file).check(as: sender)
            let wrong = MailServer.Login(user: "postmaster", password: Secret("wrong"))
            let stranger = try transport(to: server, .startTLS, login: wrong, trusting: certificate.file)
            await #expect(throws: MailTransportError.tryLater(code: 535)) { try await stranger.check(as: sender) }
            let distrustful = try transport(to: server, .startTLS, login: Self.login, trusting: nil)
            await #expect(throws: MailTransportError.insecure) { try await distrustful.check(as: sender) }
            #expect(try server.messages.isEmpty)
        }

        @Test func `attack: who hides STARTTLS gets neither password nor message`() async throws {
            let server = try TestMailServer(.plain, certificate)
            let transport = try transport(to: server, .startTLS, login: Self.login, trusting: certificate.file)
            await #expect(throws: MailTransportError.insecure) { try await transport.send(MailExample.mail()) }
            #expect(try server.messages.isEmpty)
        }

        @Test(
            arguments: [(TestMailServer.Kind.startTLS, MailServer.Protection.startTLS), (.implicitTLS, .implicitTLS)]
        )
        func `attack: a certificate of somebody else is not taken`(
            kind: TestMailServer.Kind,
            protection: MailServer.Protection
        ) async throws {
            let server = try TestMailServer(kind, certificate)
            let other = try SelfSignedCertificate()
            for file in [other.file, nil, "/nowhere.pem"] {
                let transport = try transport(to: server, protection, trusting: file)
                await #expect(throws: MailTransportError.insecure, "\(file ?? "the system's")") {
                    try await transport.send(MailExample.mail())
                }
            }
            let foreign = try SelfSignedCertificate(for: "DNS:mail.example.net")
            let impostor = try TestMailServer(kind, foreign)
            let transport = try transport(to: impostor, protection, trusting: foreign.file)
            await #expect(throws: MailTransportError.insecure, "another host") {
                try await transport.send(MailExample.mail())
            }
            #expect(try server.messages.isEmpty && impostor.messages.isEmpty)
        }

        @Test func `a server in the clear where TLS is spoken from the first byte is insecure`() async throws {
            let server = try TestMailServer(.plain, certificate)
            let transport = try transport(to: server, .implicitTLS, trusting: certificate.file, timeout: .seconds(5))
            await #expect(throws: MailTransportError.self) { try await transport.send(MailExample.mail()) }
            #expect(try server.messages.isEmpty)
        }

        @Test func `a server that says nothing or is not there is tried again later`() async throws {
            let silent = try TestMailServer(.silent, certificate)
            let waiting = try transport(to: silent, .startTLS, trusting: nil, timeout: .milliseconds(300))
            await #expect(throws: MailTransportError.tryLater(code: nil)) { try await waiting.send(MailExample.mail()) }
            let nowhere = try transport(port: 1, .startTLS, trusting: nil)
            await #expect(throws: MailTransportError.tryLater(code: nil)) { try await nowhere.send(MailExample.mail()) }
        }

        @Test func `what finds no thread is tried again later`() async throws {
            let pool = try SidePool(threads: 1, queueLimit: 0)
            let gate = DispatchSemaphore(value: 0)
            defer { gate.signal() }
            #expect(pool.submit { gate.wait() })
            let transport = try transport(port: 1, .none, trusting: nil, pool: pool)
            await #expect(throws: MailTransportError.tryLater(code: nil)) {
                try await transport.send(MailExample.mail())
            }
        }
    }
#endif
