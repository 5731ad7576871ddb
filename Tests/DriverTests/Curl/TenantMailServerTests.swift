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

    @Suite struct TenantMailServerTests {
        private let certificate: SelfSignedCertificate
        private let pool: SidePool

        init() throws {
            certificate = try SelfSignedCertificate()
            pool = try SidePool(threads: 2, queueLimit: 8)
        }

        private func transport(to server: MailServer, within addresses: OutgoingAddresses) -> SMTPTransport {
            var options = SMTPTransport.Options()
            options.certificateFile = certificate.file
            options.timeout = .seconds(30)
            options.addresses = addresses
            return SMTPTransport(server: server, options: options, pool: pool)
        }

        @Test(arguments: [MailServer.Protection.startTLS, .implicitTLS, .none])
        func `attack: a tenant's mail server is at a private address`(protection: MailServer.Protection) async throws {
            let kind: TestMailServer.Kind =
                switch protection {
                case .startTLS: .startTLS
                case .implicitTLS: .implicitTLS
                default: .plain
                }
            let peer = try TestMailServer(kind, certificate)
            let mail = try MailExample.mail()
            for host in ["127.0.0.1", "localhost"] {
                let server = MailServer(host: host, port: peer.port, protection: protection, login: nil)
                let closed = transport(to: try #require(server), within: OutgoingAddresses())
                await #expect(throws: MailTransportError.addressRefused) { try await closed.send(mail) }
            }
            #expect(try peer.messages.isEmpty)
            let loopback = try #require(NetworkRange("127.0.0.0/8"))
            let server = MailServer(host: "127.0.0.1", port: peer.port, protection: protection, login: nil)
            let open = transport(to: try #require(server), within: OutgoingAddresses(allowing: [loopback]))
            try await open.send(mail)
            #expect(try peer.messages.count == 1)
        }

        @Test func `a queued message goes through the tenant's server, signed in with the sealed password`()
            async throws
        {
            try await withTenant { tenant in
                let peer = try TestMailServer(.login, certificate)
                let platform = try TestPlatform()
                let login = "postmaster"
                let settings = MailSettings(
                    senderName: "Academy",
                    senderAddress: Email("school@mail.example.org"),
                    replyTo: Email("office@example.org"),
                    server: TenantMailServer(
                        host: "127.0.0.1",
                        port: Int(peer.port),
                        protection: .startTLS,
                        login: login
                    )
                )
                let recipient = MailRecipient(try TestPlatform.email("ada"), name: "Ada", language: .english)
                let ids: [UUID] = try await tenant.transaction { session in
                    _ = try await platform.lms.tenantMail.set(
                        settings,
                        password: Secret("correct horse: ñ"),
                        session: session
                    )
                    try await platform.lms.mail.queue(.passwordChanged, to: recipient, session: session)
                    return try await session.execute("SELECT id FROM mail_messages").map { try $0["id"] }
                }
                let loopback = try #require(NetworkRange("127.0.0.0/8"))
                let delivery = MailDelivery(
                    mail: platform.lms.mail,
                    transport: NoMailTransport(),
                    servers: { transport(to: $0, within: OutgoingAddresses(allowing: [loopback])) },
                    tenants: tenant.tenants
                )
                let sender = Mailbox(name: nil, address: try TestPlatform.email("no-reply"))
                // A new key seals the password anew; the old one is gone from the row.
                let before = try await sealedPassword(tenant)
                _ = try await platform.lms.keyRotation.rotateDataKey(tenant.id, tenants: tenant.tenants)
                #expect(try await sealedPassword(tenant) != before)
                #expect(try await delivery.deliver(ids[0], of: tenant.tenant, from: sender) == .finished)
                let got = try #require(try peer.messages.first)
                #expect(got.delivery?.user == login && got.delivery?.isEncrypted == true)
                #expect(got.delivery?.sender == "school@mail.example.org")
                #expect(got.field("From") == ["Academy <school@mail.example.org>"])
                #expect(got.field("Reply-To") == ["office@example.org"])
            }
        }

        private func sealedPassword(_ tenant: TestTenant) async throws -> Bytes? {
            try await tenant.transaction { session in
                try await session.execute("SELECT sealed_password FROM mail_settings").only?["sealed_password"]
            }
        }
    }
#endif
