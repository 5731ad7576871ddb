// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct BounceReportTests {
    private static let tenant = TenantID(UUID())
    private static let mail = QueuedMail.ID(UUID())

    /// As Postfix writes it.
    static func report(
        of name: String = "<\(mail).\(tenant)@example.org>",
        status: String = "5.1.1",
        action: String = "failed",
        recipient: String = "ada@example.org"
    ) -> String {
        """
        From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
        To: no-reply@example.org
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="4X5.1700000000/mx.example.net"

        This is a MIME-encapsulated message.

        --4X5.1700000000/mx.example.net
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --4X5.1700000000/mx.example.net
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        Arrival-Date: Sat, 31 Jan 2026 12:00:05 +0000 (UTC)

        Final-Recipient: rfc822; \(recipient)
        Original-Recipient: rfc822;\(recipient)
        Action: \(action)
        Status: \(status)
        Diagnostic-Code: smtp; 550 5.1.1 <\(recipient)>: Recipient address
            rejected: User unknown

        --4X5.1700000000/mx.example.net
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        From: Acme <no-reply@example.org>
        To: <\(recipient)>
        Message-ID:
         \(name)
        Subject: Welcome

        --4X5.1700000000/mx.example.net--
        """
    }

    private func parse(_ text: String, lineEnd: String = "\n") -> BounceReport? {
        BounceReport(Array(text.replacing("\n", with: lineEnd).utf8))
    }

    @Test(arguments: ["\n", "\r\n"])
    func `a report names our message, its reader and the reason`(lineEnd: String) throws {
        let report = try #require(parse(Self.report(), lineEnd: lineEnd))
        #expect(report.name == MailName(Self.mail, of: Self.tenant))
        #expect(report.recipients.map(\.email.address) == ["ada@example.org"])
        #expect(report.recipients.map(\.status) == ["5.1.1"])
        #expect(report.recipients.map(\.kind) == [.bounce])
    }

    @Test(arguments: [
        ("4.4.1", "delayed"), ("4.2.2", "failed"), ("5.7.1", "failed"), ("5.2.2", "failed"), ("2.0.0", "delivered"),
    ])
    func `what is late, too long or unwelcome is no word about the address`(status: String, action: String) {
        #expect(parse(Self.report(status: status, action: action)) == nil)
    }

    @Test(arguments: ["<x@y>", "<1.2@example.org>", "", "<\(mail)@example.org>", "<\(mail).\(tenant).3@example.org>"])
    func `attack: a report of no message of ours is nothing`(name: String) {
        #expect(parse(Self.report(of: name)) == nil)
    }

    @Test func `a complaint is one, also without its recipient`() throws {
        let complaint = """
            Content-Type: multipart/report; report-type=feedback-report; boundary=b

            --b
            Content-Type: text/plain

            This is an email abuse report.
            --b
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: SomeGenerator/1.0
            Version: 1
            --b
            Content-Type: message/rfc822

            To: <ada@example.org>
            Message-ID: <\(Self.mail).\(Self.tenant)@example.org>
            Subject: News

            Hello
            --b--
            """
        let report = try #require(parse(complaint))
        #expect(report.recipients.map(\.kind) == [.complaint])
        #expect(report.recipients.map(\.email.address) == ["ada@example.org"])
    }

    @Test func `attack: parts without end, without number and without sense end soon`() {
        let nested = String(repeating: "Content-Type: multipart/mixed; boundary=b\n\n--b\n", count: 20_000)
        #expect(parse(nested) == nil)
        #expect(
            parse("Content-Type: multipart/mixed; boundary=\"\"\n\n" + String(repeating: "--\n\n", count: 100_000))
                == nil
        )
        #expect(BounceReport(Array(repeating: 0xFF, count: 1_000_000)) == nil)
        #expect(BounceReport(Array(repeating: 0x0A, count: BounceReport.limit + 1)) == nil)
        #expect(BounceReport([]) == nil)
    }

    @Test func `a report stops notifications to the address of whoever the message was for, and to no other`()
        async throws
    {
        let platform = try TestPlatform()
        let notifications = platform.lms.notifications
        try await withTwoTenants { home, abroad in
            let ada = try await platform.member("ada", .student, of: home)
            let users = [ada.user].compactMap(\.self)
            let draft = NotificationDraft(.welcome, because: "welcome")
            let id: QueuedMail.ID = try await home.transaction { session in
                try await notifications.notify(users, draft, session: session)
                let rows = try await session.execute("SELECT id FROM mail_messages")
                return try #require(rows.only)["id"]
            }
            func note(_ tenant: TestTenant, recipient: String) async throws -> BounceOutcome? {
                let name = MailName(id, of: tenant.id).messageID(at: "example.org")
                return try await notifications.noteBounce(
                    Array(Self.report(of: name, recipient: recipient).utf8),
                    ofTenant: { id throws(DatabaseError) in [home.id, abroad.id].contains(id) },
                    tenants: home.tenants
                )
            }
            #expect(try await note(abroad, recipient: "ada@example.org")?.marked == 0)
            #expect(try await note(home, recipient: "bob@example.org")?.marked == 0)
            #expect(try await note(home, recipient: "ADA@example.org")?.marked == 1)
            let next = NotificationDraft(.certificateIssued, because: "next")
            let rows = try await home.transaction { session in
                try await notifications.notify(users, next, session: session)
                return try await session.execute(
                    "SELECT reason FROM notification_deliveries WHERE channel = 'email' AND status = 'suppressed'"
                )
            }
            #expect(try rows.only?["reason"] == "bouncing")
        }
    }
}
