// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct NotificationsTests {
    let platform: TestPlatform

    init() throws {
        platform = try TestPlatform()
    }

    static let voice = NotificationVoice(language: .english, organization: "Acme")

    func notify(
        _ users: [Principal],
        _ draft: NotificationDraft = NotificationDraft(.enrollment, because: UUID().uuidString, ["course": "Algebra"]),
        at tenant: TestTenant
    ) async throws -> Int {
        let ids = users.compactMap(\.user)
        return try await tenant.transaction { session in
            try await platform.lms.notifications.notify(ids, draft, session: session)
        }
    }

    func list(
        _ query: NotificationQuery = NotificationQuery(),
        as principal: Principal,
        at tenant: TestTenant
    ) async throws -> [UserNotification] {
        let reader = tenant.tenants.reader(for: tenant.id, as: principal)
        return try await platform.lms.notifications.list(query, in: Self.voice, reader: reader).items
    }

    @Test func `somebody reads what they were told in their language, the newest first`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            #expect(try await notify([ada], at: tenant) == 1)
            let welcome = NotificationDraft(.welcome, because: "welcome")
            #expect(try await notify([ada], welcome, at: tenant) == 1)
            let titles = try await list(as: ada, at: tenant).map(\.text.title)
            #expect(titles == ["Welcome to Acme", "You are enrolled in Algebra"])
            let reader = tenant.tenants.reader(for: tenant.id, as: ada)
            let arabic = NotificationVoice(language: .arabic, organization: "Acme")
            let page = try await platform.lms.notifications.list(in: arabic, reader: reader)
            #expect(page.items.first?.text.title == "مرحبًا بك في Acme")
        }
    }

    @Test func `one cause tells everybody once, also when two tell it at the same time`() async throws {
        try await withTenant { tenant in
            let users = [
                try await platform.member("ada", .student, of: tenant),
                try await platform.member("bob", .student, of: tenant),
            ]
            let draft = NotificationDraft(.welcome, because: "welcome")
            let told = try await withThrowingTaskGroup(of: Int.self) { group in
                for turn in 0..<6 {
                    let turned = turn.isMultiple(of: 2) ? users : users.reversed()
                    group.addTask { try await notify(turned, draft, at: tenant) }
                }
                return try await group.reduce(0, +)
            }
            #expect(told == 2)
            for user in users { #expect(try await list(as: user, at: tenant).count == 1) }
        }
    }

    @Test func `whoever reads after a place misses nothing and sees nothing twice while others write`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let user = try #require(ada.user)
            let reader = tenant.tenants.reader(for: tenant.id, as: ada)
            let seen = try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<10 { _ = try await notify([ada], at: tenant) }
                    }
                }
                var seen: [Int] = []
                while seen.count < 40 {
                    let next = try await platform.lms.notifications.after(
                        position: seen.last ?? 0,
                        of: user,
                        in: Self.voice,
                        limit: 7,
                        reader: reader
                    )
                    seen += next.map(\.position)
                }
                try await group.waitForAll()
                return seen
            }
            #expect(seen == Array(1...40))
            #expect(try await platform.lms.notifications.lastPosition(of: user, reader: reader) == 40)
        }
    }

    @Test func `what was read is counted once, and what came since is left unread`() async throws {
        try await withTenant { tenant in
            let notifications = platform.lms.notifications
            let ada = try await platform.member("ada", .student, of: tenant)
            for _ in 0..<3 { _ = try await notify([ada], at: tenant) }
            let reader = tenant.tenants.reader(for: tenant.id, as: ada)
            #expect(try await notifications.countUnread(reader: reader) == 3)
            let newest = try #require(try await list(as: ada, at: tenant).first)
            for _ in 0..<2 {
                let read = try await tenant.transaction(as: ada) { session in
                    try await notifications.markRead(newest.id, in: Self.voice, session: session)
                }
                #expect(read.readAt == platform.clock.wall.now())
            }
            #expect(try await notifications.countUnread(reader: reader) == 2)
            _ = try await notify([ada], at: tenant)
            let rest = try await tenant.transaction(as: ada) { session in
                let (marked, unread) = try await notifications.markRead(.all(upTo: newest.position), session: session)
                return [marked, unread]
            }
            #expect(rest == [2, 1])
            #expect(try await list(NotificationQuery(isUnread: true), as: ada, at: tenant).map(\.position) == [4])
            #expect(try await list(NotificationQuery(type: .welcome), as: ada, at: tenant).isEmpty)
        }
    }

    @Test func `what is deleted is not told again, and what is out of date is not shown`() async throws {
        try await withTenant { tenant in
            let notifications = platform.lms.notifications
            let ada = try await platform.member("ada", .student, of: tenant)
            let draft = NotificationDraft(.courseUpdate, because: "once")
            _ = try await notify([ada], draft, at: tenant)
            let one = try #require(try await list(as: ada, at: tenant).first)
            try await tenant.transaction(as: ada) { try await notifications.delete(one.id, session: $0) }
            #expect(try await list(as: ada, at: tenant).isEmpty)
            #expect(try await notify([ada], draft, at: tenant) == 0)
            _ = try await notify([ada], NotificationDraft(.courseUpdate, because: "twice"), at: tenant)
            platform.clock.advance(by: 15 * 86_400)
            #expect(try await list(as: ada, at: tenant).isEmpty)
        }
    }

    @Test func `a thousand are kept of one user, and the oldest that were read go first`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let user = try #require(ada.user)
            let now = platform.clock.wall.now()
            try await tenant.transaction { session in
                try await session.batch([
                    "INSERT INTO notification_counters VALUES (\(user), 1000)",
                    """
                    INSERT INTO notifications (user_id, position, id, type, priority, cause, is_shown, created_at, expires_at, read_at)
                    SELECT \(user), n, gen_random_uuid(), 'welcome', 'low', n::text, true, \(now),
                        \(now)::timestamptz + interval '1 day', CASE WHEN n = 500 THEN \(now)::timestamptz END
                    FROM generate_series(1, 1000) n
                    """,
                ])
            }
            _ = try await notify([ada], at: tenant)
            _ = try await notify([ada], at: tenant)
            let left = try await tenant.transaction { session in
                try await session.execute("SELECT position FROM notifications ORDER BY position").map {
                    row throws(DatabaseError) -> Int in try row[0]
                }
            }
            #expect(left == (2...1002).filter { $0 != 500 })
        }
    }

    @Test func `attack: what others were told can be neither seen, marked nor deleted`() async throws {
        try await withTenant { tenant in
            let notifications = platform.lms.notifications
            let ada = try await platform.member("ada", .student, of: tenant)
            let eve = try await platform.member("eve", .instructor, of: tenant)
            _ = try await notify([ada], at: tenant)
            let one = try #require(try await list(as: ada, at: tenant).first)
            let reader = tenant.tenants.reader(for: tenant.id, as: eve)
            let user = try #require(ada.user)
            await #expect(throws: NotificationError.notFound) {
                try await notifications.fetch(one.id, in: Self.voice, reader: reader)
            }
            await #expect(throws: NotificationError.userNotFound) {
                try await notifications.after(position: 0, of: user, in: Self.voice, reader: reader)
            }
            await #expect(throws: NotificationError.userNotFound) {
                try await notifications.list(of: user, in: Self.voice, reader: reader)
            }
            for act in [0, 1] {
                await #expect(throws: NotificationError.notFound) {
                    try await tenant.transaction(as: eve) { session in
                        if act == 0 {
                            _ = try await notifications.markRead(one.id, in: Self.voice, session: session)
                        } else {
                            try await notifications.delete(one.id, session: session)
                        }
                    }
                }
            }
            let marked = try await tenant.transaction(as: eve) { session in
                try await notifications.markRead(.these([one.id]), session: session).marked
            }
            #expect(marked == 0)
            #expect(try await list(as: ada, at: tenant).first?.readAt == nil)
        }
    }
}
