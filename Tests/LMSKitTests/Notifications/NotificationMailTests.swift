// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

/// Notifications on their way by mail, and what comes back.
@Suite struct NotificationMailTests {
    private let platform: TestPlatform
    private let transport = RecordingTransport()
    private var notifications: Notifications { platform.lms.notifications }

    init() throws {
        platform = try TestPlatform()
    }

    @discardableResult
    private func tell(
        _ principal: Principal,
        _ type: NotificationType = .enrollment,
        because cause: String = UUID().uuidString,
        _ parameters: [String: String] = ["course": "Algebra <b>"],
        link: NotificationLink? = .home,
        at tenant: TestTenant
    ) async throws -> Int {
        let users = [principal.user].compactMap(\.self)
        let told = try await tenant.transaction { session in
            let draft = NotificationDraft(type, because: cause, parameters, link: link)
            return try await notifications.notify(users, draft, session: session)
        }
        // The log is in the order of identifiers, which begin with the time.
        platform.clock.advance(by: 1)
        return told
    }

    private func queued(at tenant: TestTenant) async throws -> [UUID] {
        try await tenant.transaction { session in
            try await session.execute("SELECT id FROM mail_messages WHERE status = 'queued' ORDER BY id").map {
                row throws(DatabaseError) -> UUID in try row["id"]
            }
        }
    }

    /// Delivers all that is queued.
    @discardableResult
    private func deliver(at tenant: TestTenant) async throws -> [MailDelivery.Outcome] {
        let sender = Mailbox(name: nil, address: try TestPlatform.email("no-reply"))
        let delivery = MailDelivery(mail: platform.lms.mail, transport: transport, tenants: tenant.tenants)
        var outcomes: [MailDelivery.Outcome] = []
        for id in try await queued(at: tenant) {
            outcomes.append(try await delivery.deliver(id, of: tenant.tenant, from: sender))
        }
        return outcomes
    }

    private func log(of principal: Principal, at tenant: TestTenant) async throws -> [NotificationDelivery] {
        let reader = tenant.tenants.reader(for: tenant.id, as: principal)
        let query = NotificationLogQuery(channel: .email)
        return try await notifications.log(query, reader: reader).items
    }

    private func choose(_ choice: NotificationChoice, as principal: Principal, at tenant: TestTenant) async throws {
        try await tenant.transaction(as: principal) { session in
            _ = try await notifications.choose([choice], session: session)
        }
    }

    private func token(_ mail: OutgoingMail) throws -> Secret<String> {
        Secret(String(try #require(mail.unsubscribe?.split(separator: "/").last)))
    }

    @Test func `a notification is mailed once, worded when it leaves, and noted`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            for _ in 0..<2 { try await tell(ada, because: "once", at: tenant) }
            #expect(try await deliver(at: tenant) == [.finished])
            let mail = try #require(transport.mails.first)
            #expect(transport.mails.count == 1)
            #expect(mail.subject == "You are enrolled in Algebra <b>")
            #expect(mail.html.contains("Your place in Algebra &lt;b&gt; is ready."))
            #expect(!mail.html.contains("<b>"))
            #expect(mail.text.contains("https://"))
            let entry = try #require(try await log(of: ada, at: tenant).first)
            #expect(entry.status == .sent)
            #expect(entry.attempts.map(\.outcome) == [.sent])
            #expect(mail.messageID.hasPrefix("<\(entry.id).\(tenant.id)@"))
        }
    }

    @Test func `a server that is away is tried again under the same name, and each try is noted`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            try await tell(ada, at: tenant)
            transport.fail(with: .tryLater(code: 451))
            #expect(try await deliver(at: tenant) == [.tryLater(reason: "smtp 451")])
            transport.fail(with: nil)
            #expect(try await deliver(at: tenant) == [.finished])
            #expect(Set(transport.mails.map(\.messageID)).count == 1)
            let entry = try #require(try await log(of: ada, at: tenant).first)
            #expect(entry.attempts.map(\.outcome) == [.retry, .sent])
            #expect(entry.attempts.map(\.reason) == ["smtp 451", nil])
        }
    }

    @Test func `an Arabic reader gets a message from right to left`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let user = try #require(ada.user)
            try await tenant.transaction { try await $0.execute("UPDATE users SET locale = 'ar' WHERE id = \(user)") }
            try await tell(ada, at: tenant)
            try await deliver(at: tenant)
            let mail = try #require(transport.mails.first)
            #expect(mail.html.contains(#"<html lang="ar" dir="rtl">"#))
            #expect(mail.subject.contains("تم تسجيلك"))
        }
    }

    @Test func `one click ends messages of the type, also in a course where they were wanted`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            try await tell(ada, at: tenant)
            try await deliver(at: tenant)
            let token = try token(try #require(transport.mails.first))
            for _ in 0..<2 {
                let types = try await tenant.transaction(as: .anonymous) { session in
                    try await notifications.unsubscribe(token, session: session)
                }
                #expect(types == [.enrollment])
            }
            try await tell(ada, at: tenant)
            #expect(try await deliver(at: tenant).isEmpty)
            #expect(try await log(of: ada, at: tenant).first?.reason == "turned_off")
            try await tell(ada, .welcome, because: "welcome", [:], at: tenant)
            #expect(try await deliver(at: tenant) == [.finished])
        }
    }

    @Test func `attack: a link to unsubscribe of another tenant does nothing, and neither does a made-up one`()
        async throws
    {
        try await withTwoTenants { home, abroad in
            let ada = try await platform.member("ada", .student, of: home)
            let bob = try await platform.member("bob", .student, of: abroad)
            try await tell(ada, at: home)
            try await tell(bob, at: abroad)
            try await deliver(at: home)
            let token = try token(try #require(transport.mails.first))
            for wrong in [token, Secret(""), Secret("x"), Secret(String(repeating: "A", count: 43))] {
                await #expect(throws: NotificationError.invalidToken) {
                    try await abroad.transaction(as: .anonymous) { session in
                        try await notifications.unsubscribe(wrong, session: session)
                    }
                }
            }
            let rows = try await abroad.transaction { try await $0.execute("SELECT id FROM notification_preferences") }
            #expect(rows.isEmpty)
        }
    }

    @Test func `what was turned off, deleted or outdated before it left is not sent`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            try await tell(ada, .enrollment, at: tenant)
            try await choose(NotificationChoice(.enrollment, by: .email, isEnabled: false), as: ada, at: tenant)
            try await tell(ada, .welcome, because: "deleted", [:], at: tenant)
            let reader = tenant.tenants.reader(for: tenant.id, as: ada)
            let voice = NotificationVoice(language: .english, organization: "Acme")
            let newest = try #require(try await notifications.list(in: voice, reader: reader).items.first)
            try await tenant.transaction(as: ada) { try await notifications.delete(newest.id, session: $0) }
            try await tell(ada, .exportReady, at: tenant)
            platform.clock.advance(by: 20 * 86_400)
            #expect(try await deliver(at: tenant) == [.finished, .finished, .finished])
            #expect(transport.mails.isEmpty)
            #expect(try await log(of: ada, at: tenant).map(\.reason) == ["expired", "deleted", "turned_off"])
        }
    }

    @Test func `an address that a server refuses for good gets no more until it is proved again`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let user = try #require(ada.user)
            try await tell(ada, at: tenant)
            transport.fail(with: .refused(code: 550))
            try await deliver(at: tenant)
            transport.fail(with: nil)
            try await tell(ada, at: tenant)
            #expect(try await deliver(at: tenant).isEmpty)
            #expect(try await log(of: ada, at: tenant).map(\.reason) == ["bouncing", "smtp 550"])
            platform.clock.advance(by: 60)
            let proof = platform.clock.wall.now()
            try await tenant.transaction { session in
                try await session.execute("UPDATE users SET email_verified_at = \(proof) WHERE id = \(user)")
            }
            try await tell(ada, at: tenant)
            #expect(try await deliver(at: tenant) == [.finished])
        }
    }

    @Test func `a refusal of the message is no word about the address`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            try await tell(ada, at: tenant)
            transport.fail(with: .refused(code: 554))
            try await deliver(at: tenant)
            transport.fail(with: nil)
            try await tell(ada, at: tenant)
            #expect(try await deliver(at: tenant) == [.finished])
            #expect(try await log(of: ada, at: tenant).map(\.status) == [.sent, .failed])
        }
    }

    @Test func `a digest collects what waits into one message, and one click ends the types in it`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            try await tenant.transaction(as: ada) { session in
                _ = try await notifications.replacePreferences(
                    [],
                    NotificationSchedule(digest: .daily),
                    at: tenant.tenant,
                    session: session
                )
            }
            try await tell(ada, .enrollment, at: tenant)
            try await tell(ada, .welcome, because: "welcome", [:], at: tenant)
            #expect(try await queued(at: tenant).isEmpty)
            let waiting = try await log(of: ada, at: tenant)
            #expect(waiting.map(\.reason) == ["digest", "digest"])
            let first = try #require(waiting.first)
            try await notifications.collectDigest(first.id, at: tenant.id, tenants: tenant.tenants)
            #expect(try await queued(at: tenant).isEmpty)
            platform.clock.advance(by: first.dueAt.timeIntervalSince(platform.clock.wall.now()) + 1)
            for entry in waiting {
                try await notifications.collectDigest(entry.id, at: tenant.id, tenants: tenant.tenants)
            }
            #expect(try await deliver(at: tenant) == [.finished])
            let mail = try #require(transport.mails.first)
            #expect(mail.subject.hasPrefix("2 notifications from "))
            #expect(mail.text.contains("You are enrolled in Algebra <b>"))
            #expect(try await log(of: ada, at: tenant).map(\.status) == [.sent, .sent])
            let token = try token(mail)
            let types = try await tenant.transaction(as: .anonymous) { session in
                try await notifications.unsubscribe(token, session: session)
            }
            #expect(Set(types) == [.enrollment, .welcome])
        }
    }

    @Test func `quiet hours are those of the user's own time zone`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let user = try #require(ada.user)
            let now = platform.clock.wall.now()
            // The hour that it is in Kiritimati, fourteen hours ahead.
            let minute = (Int(now.timeIntervalSince1970) / 60 + 14 * 60) % 1440
            try await tenant.transaction { session in
                try await session.execute("UPDATE users SET time_zone = 'Pacific/Kiritimati' WHERE id = \(user)")
            }
            try await tenant.transaction(as: ada) { session in
                let schedule = NotificationSchedule(
                    quietFrom: MinuteOfDay(minute),
                    quietUntil: MinuteOfDay((minute + 90) % 1440)
                )
                _ = try await notifications.replacePreferences([], schedule, at: tenant.tenant, session: session)
            }
            try await tell(ada, .welcome, because: "welcome", [:], at: tenant)
            let entry = try #require(try await log(of: ada, at: tenant).first)
            #expect(entry.reason == "quiet_hours")
            let wait = entry.dueAt.timeIntervalSince(now)
            #expect((89 * 60...90 * 60).contains(Int(wait)))
        }
    }

    @Test func `what guards the account has no link that ends it`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            try await choose(NotificationChoice(.passwordChanged, by: .email, isEnabled: true), as: ada, at: tenant)
            try await tell(ada, .passwordChanged, [:], at: tenant)
            try await deliver(at: tenant)
            #expect(transport.mails.count == 1)
            #expect(transport.mails.first?.unsubscribe == nil)
            await #expect(throws: NotificationError.mandatory(.passwordChanged)) {
                try await choose(
                    NotificationChoice(.passwordChanged, by: .inApp, isEnabled: false),
                    as: ada,
                    at: tenant
                )
            }
        }
    }
}
