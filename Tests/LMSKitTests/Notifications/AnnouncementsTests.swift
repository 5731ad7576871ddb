// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct AnnouncementsTests {
    private let platform: TestPlatform
    private var notifications: Notifications { platform.lms.notifications }

    init() throws {
        platform = try TestPlatform()
    }

    private static let text = NotificationText("No lessons on Friday", "We are at a fair.")

    private func announce(
        to audience: Announcement.Audience = .all,
        channels: Set<NotificationChannel> = [.inApp],
        priority: NotificationPriority = .medium,
        as principal: Principal,
        at tenant: TestTenant
    ) async throws -> Announcement {
        let new = NewAnnouncement(to: audience, [.english: Self.text], channels: channels, priority: priority)
        return try await tenant.transaction(as: principal) { session in
            try await notifications.announce(new, at: tenant.tenant, session: session)
        }
    }

    /// Fills a tenant with students.
    private func populate(_ count: Int, of tenant: TestTenant) async throws {
        let now = platform.clock.wall.now()
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO users (id, email, email_key, display_name, status, created_at, updated_at)
                SELECT gen_random_uuid(), 's' || n || '@example.org', 's' || n || '@example.org', 'S', 'active', \(now), \(now)
                FROM generate_series(1, \(count)) n
                """
            )
        }
    }

    private func count(_ statement: SQL, at tenant: TestTenant) async throws -> Int {
        try await tenant.transaction { session in try #require(try await session.execute(statement).only)[0] }
    }

    @Test func `an announcement reaches everybody once, by parts, also when its work is interrupted and done twice`()
        async throws
    {
        try await withTenant { tenant in
            let admin = try await platform.member("admin", .admin, of: tenant)
            try await populate(1_203, of: tenant)
            let made = try await announce(channels: [.inApp, .email], as: admin, at: tenant)
            #expect(made.status == .queued)
            #expect(made.expected == 1_204)
            // One part, and then an interruption.
            let isLeft = try await tenant.transaction(as: Notifications.principal) { session in
                try await notifications.reachNext(made.id, session: session)
            }
            #expect(isLeft)
            #expect(try await count("SELECT count(*) FROM notifications", at: tenant) == 500)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        try await notifications.fanOut(made.id, at: tenant.id, tenants: tenant.tenants)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await count("SELECT count(DISTINCT user_id) FROM notifications", at: tenant) == 1_204)
            #expect(try await count("SELECT count(*) FROM notifications", at: tenant) == 1_204)
            #expect(try await count("SELECT count(*) FROM mail_messages", at: tenant) == 1_204)
            let reader = tenant.tenants.reader(for: tenant.id, as: admin)
            let ended = try await notifications.announcement(made.id, reader: reader)
            #expect(ended.status == .finished)
            #expect(ended.notified == 1_204)
        }
    }

    @Test func `a fan-out to 10,000 tells each once, with a message for each`() async throws {
        try await withTenant { tenant in
            let admin = try await platform.member("admin", .admin, of: tenant)
            try await populate(10_000, of: tenant)
            let made = try await announce(channels: [.inApp, .email], as: admin, at: tenant)
            try await notifications.fanOut(made.id, at: tenant.id, tenants: tenant.tenants)
            let reader = tenant.tenants.reader(for: tenant.id, as: admin)
            #expect(try await notifications.announcement(made.id, reader: reader).notified == 10_001)
            #expect(try await count("SELECT count(*) FROM notification_deliveries", at: tenant) == 20_002)
        }
    }

    @Test func `what is canceled reaches nobody else`() async throws {
        try await withTenant { tenant in
            let admin = try await platform.member("admin", .admin, of: tenant)
            try await populate(600, of: tenant)
            let made = try await announce(as: admin, at: tenant)
            _ = try await tenant.transaction(as: Notifications.principal) { session in
                try await notifications.reachNext(made.id, session: session)
            }
            let canceled = try await tenant.transaction(as: admin) { session in
                try await notifications.cancel(made.id, session: session)
            }
            #expect(canceled.status == .canceled)
            try await notifications.fanOut(made.id, at: tenant.id, tenants: tenant.tenants)
            #expect(try await count("SELECT count(*) FROM notifications", at: tenant) == 500)
            await #expect(throws: NotificationError.ended) {
                try await tenant.transaction(as: admin) { session in
                    try await notifications.cancel(made.id, session: session)
                }
            }
        }
    }

    @Test func `everybody reads it in their language, or in the organization's`() async throws {
        try await withTenant { tenant in
            let admin = try await platform.member("admin", .admin, of: tenant)
            let texts: [Language: NotificationText] = [
                .english: Self.text, .spanish: NotificationText("Aviso", "Hola."),
            ]
            let new = NewAnnouncement(to: .all, texts, channels: [.inApp])
            let made = try await tenant.transaction(as: admin) { session in
                try await notifications.announce(new, at: tenant.tenant, session: session)
            }
            try await notifications.fanOut(made.id, at: tenant.id, tenants: tenant.tenants)
            let reader = tenant.tenants.reader(for: tenant.id, as: admin)
            for (language, title) in [(Language.spanish, "Aviso"), (.arabic, Self.text.title)] {
                let voice = NotificationVoice(language: language, organization: "Acme")
                #expect(try await notifications.list(in: voice, reader: reader).items.first?.text.title == title)
            }
        }
    }

    @Test func `an announcement to a role and to named users reaches those`() async throws {
        try await withTenant { tenant in
            let admin = try await platform.member("admin", .admin, of: tenant)
            let teacher = try await platform.member("teacher", .instructor, of: tenant)
            let ada = try await platform.member("ada", .student, of: tenant)
            let made = try await announce(to: .role(Role.Name(.instructor)), as: admin, at: tenant)
            try await notifications.fanOut(made.id, at: tenant.id, tenants: tenant.tenants)
            let named = try await announce(to: .users([try #require(ada.user)]), as: admin, at: tenant)
            #expect(named.status == .finished)
            #expect(named.notified == 1)
            let told = try await tenant.transaction { session in
                try await session.execute("SELECT user_id FROM notifications ORDER BY created_at, position, user_id")
                    .map {
                        row throws(DatabaseError) -> User.ID in try row[0]
                    }
            }
            #expect(Set(told) == Set([teacher.user, ada.user].compactMap(\.self)))
            await #expect(throws: NotificationError.userNotFound) {
                try await announce(to: .users([User.ID(UUID())]), as: admin, at: tenant)
            }
        }
    }

    @Test func `attack: an instructor tells only the learners of their own course, and nothing urgent`() async throws {
        try await withTenant { tenant in
            let owner = try await platform.member("owner", .owner, of: tenant)
            let teacher = try await platform.member("teacher", .instructor, of: tenant)
            let other = try await platform.member("other", .instructor, of: tenant)
            let course = try await draftCourse(by: teacher, at: tenant)
            for audience in [Announcement.Audience.all, .role(Role.Name(.student)), .users([try #require(owner.user)])]
            {
                await #expect(throws: NotificationError.forbidden) {
                    try await announce(to: audience, as: teacher, at: tenant)
                }
            }
            await #expect(throws: NotificationError.courseNotFound) {
                try await announce(to: .course(course), as: other, at: tenant)
            }
            await #expect(throws: NotificationError.forbidden) {
                try await announce(to: .course(course), priority: .urgent, as: teacher, at: tenant)
            }
            let made = try await announce(to: .course(course), as: teacher, at: tenant)
            let reader = tenant.tenants.reader(for: tenant.id, as: other)
            await #expect(throws: NotificationError.announcementNotFound) {
                try await notifications.announcement(made.id, reader: reader)
            }
            #expect(try await notifications.announcements(reader: reader).items.isEmpty)
        }
    }

    private func draftCourse(by principal: Principal, at tenant: TestTenant) async throws -> Course.ID {
        let id = Course.ID(UUID())
        let (user, now) = (try #require(principal.user), platform.clock.wall.now())
        try await tenant.transaction { session in
            try await session.batch([
                """
                INSERT INTO courses (id, slug, title, description, status, created_at, updated_at)
                VALUES (\(id), 'algebra', 'Algebra', '', 'draft', \(now), \(now))
                """,
                """
                INSERT INTO course_instructors (course_id, user_id, assigned_at) VALUES (\(id), \(user), \(now))
                """,
            ])
        }
        return id
    }
}
