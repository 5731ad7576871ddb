// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct MailConfigurationTests {
    private let production = [
        "LMS_ENV": "production",
        "LMS_BASE_DOMAINS": "learn.acme.org",
        "DATABASE_URL": "postgres://lms_directory:kD83-hnqP-0Zm2-wv5T@db.internal/lms?sslmode=verify-full",
        "LMS_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "LMS_TRUSTED_PROXIES": "10.0.0.0/8",
    ]

    private func problems(_ variables: [String: String]) -> [String] {
        do {
            _ = try Configuration(variables)
            return []
        } catch {
            return error.problems
        }
    }

    @Test(
        arguments: [
            ("smtp://ada:p%40ss@mail.example.org", "mail.example.org", 587, .startTLS, "p@ss"),
            ("smtps://ada:pw@mail.example.org/", "mail.example.org", 465, .implicitTLS, "pw"),
            ("smtp://[2001:db8::25]:2525", "2001:db8::25", 2525, .startTLS, nil),
            ("smtp://localhost?tls=off", "localhost", 25, .none, nil),
        ] as [(String, String, UInt16, MailServer.Protection, String?)]
    )
    func `a URL names a server`(
        url: String,
        host: String,
        port: UInt16,
        protection: MailServer.Protection,
        password: String?
    ) throws {
        let server = try #require(MailServer(url: Secret(url)))
        #expect(server.host == host)
        #expect(server.port == port)
        #expect(server.protection == protection)
        #expect(server.login?.password.reveal() == password)
    }

    @Test(
        arguments: [
            "mail.example.org", "http://mail.example.org", "smtp://", "smtp://ada@mail.example.org", "smtp://h:0",
            "smtp://h:99999", "smtp://h/path", "smtp://h?tls=no", "smtps://h?tls=off", "smtp://h#x",
            "smtp://ada:hunter2%0d%0a@h",
        ]
    )
    func `a URL that cannot be used is refused and not shown`(url: String) {
        let problems = problems(["LMS_SMTP_URL": url])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("LMS_SMTP_URL must be like") == true)
        #expect(!problems.joined().contains("hunter2"))
    }

    @Test func `in development mail and text messages go to files`() throws {
        let mail = try Configuration(["LMS_DATA_DIR": "/data"]).mail
        guard case .outbox("/data/outbox") = mail.route else {
            Issue.record("\(mail.route)")
            return
        }
        #expect(mail.smsOutbox == "/data/outbox/sms")
        #expect(mail.sender == Mailbox(name: nil, address: try #require(Email("no-reply@mail.localhost"))))
    }

    @Test func `production without a way for mail starts with a warning and writes no files`() throws {
        let configuration = try Configuration(production)
        guard case .nowhere = configuration.mail.route else {
            Issue.record("\(configuration.mail.route)")
            return
        }
        #expect(configuration.mail.smsOutbox == nil)
        #expect(configuration.warnings.contains { $0.hasPrefix("LMS_SMTP_URL is not set") })
        #expect(configuration.mail.sender.address == Email("no-reply@learn.acme.org"))
        let outbox = try Configuration(production.merging(["LMS_MAIL_OUTBOX": "/out"]) { $1 })
        #expect(outbox.warnings.contains { $0.contains("sent to nobody") })
    }

    @Test func `production sends nothing in the clear`() {
        let problems = problems(production.merging(["LMS_SMTP_URL": "smtp://localhost?tls=off"]) { $1 })
        #expect(problems.contains { $0.contains("in the clear") })
    }

    @Test func `a server and an outbox exclude each other`() {
        let problems = problems(["LMS_SMTP_URL": "smtp://localhost", "LMS_MAIL_OUTBOX": "/out"])
        #expect(problems.contains { $0.contains("exclude each other") })
    }

    @Test func `the sender has a name or none`() throws {
        func sender(_ text: String) throws -> Mailbox { try Configuration(["LMS_MAIL_FROM": text]).mail.sender }
        let address = try #require(Email("mail@example.org"))
        #expect(try sender("mail@example.org") == Mailbox(name: nil, address: address))
        #expect(try sender("أكاديمية ACME <mail@example.org>") == Mailbox(name: "أكاديمية ACME", address: address))
        #expect(try sender("<mail@example.org>") == Mailbox(name: nil, address: address))
        for text in ["Academy", "Academy <mail>", "Academy <mail@example.org", "a@b.org, c@d.org"] {
            #expect(problems(["LMS_MAIL_FROM": text]).count == 1, "\(text)")
        }
    }

    @Test func `doctor tells where mail goes, and of a server that is not there`() async throws {
        let files = try Configuration(["LMS_DATA_DIR": "/data"])
        let written = await files.mail.finding(in: .development)
        #expect(written.state == .good)
        #expect(written.detail.contains("/data/outbox"))
        let nowhere = try Configuration(production)
        #expect(await nowhere.mail.finding(in: .production).state == .odd)
        let server = try Configuration(["LMS_SMTP_URL": "smtp://ada:hunter2@127.0.0.1:1"])
        let unreachable = await server.mail.finding(in: .development)
        #expect(unreachable.state == .bad)
        #expect(unreachable.detail.contains("127.0.0.1:1"))
        #expect(!unreachable.detail.contains("hunter2"))
    }

    @Test func `what is configured is what sends`() async throws {
        let pool = try SidePool(threads: 1, queueLimit: 1)
        #expect(try Configuration(production).mail.transport(pool: pool) is NoMailTransport)
        #expect(try Configuration(production).mail.smsTransport(pool: pool, http: NoHTTPClient()) is NoSMSTransport)
        #expect(!(try Configuration([:]).mail.transport(pool: pool) is NoMailTransport))
        #expect(!(try Configuration([:]).mail.smsTransport(pool: pool, http: NoHTTPClient()) is NoSMSTransport))
    }
}
