// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTestSupport
import Testing

@testable import LMSKit
@testable import LMSTenancy

/// What people are told of what happened.
@Suite struct NotificationEventsTests {
    private let platform: TestPlatform
    private var notifications: Notifications { platform.lms.notifications }

    init() throws {
        platform = try TestPlatform()
    }

    private func react(
        to type: EventType,
        _ payload: [String: String],
        isReplay: Bool = false,
        occurredAt: Date? = nil,
        at tenant: TestTenant
    ) async throws {
        let event = RecordedEvent(
            id: Event.ID(UUID()),
            position: 1,
            tenant: tenant.id,
            type: type.name,
            topic: type.topic.rawValue,
            version: type.version,
            aggregate: UUID(),
            actor: nil,
            traceID: nil,
            payload: .object(payload.map { JSONMember(name: $0.key, value: .string($0.value)) }),
            occurredAt: occurredAt ?? platform.clock.wall.now(),
            isReplay: isReplay
        )
        try await tenant.transaction(as: Principal(.system("notifications"), grants: Grants())) { session in
            try await notifications.react(to: event, session: session)
        }
    }

    private func titles(of principal: Principal, at tenant: TestTenant) async throws -> [String] {
        let reader = tenant.tenants.reader(for: tenant.id, as: principal)
        let voice = NotificationVoice(language: .english, organization: "Acme")
        return try await notifications.list(in: voice, reader: reader).items.map(\.text.title)
    }

    private func course(_ title: String, at tenant: TestTenant) async throws -> Course.ID {
        let (id, now) = (Course.ID(UUID()), platform.clock.wall.now())
        try await tenant.transaction { session in
            try await session.execute(
                """
                INSERT INTO courses (id, slug, title, description, status, created_at, updated_at, published_at)
                VALUES (\(id), 'algebra', \(title), '', 'published', \(now), \(now), \(now))
                """
            )
        }
        return id
    }

    @Test func `what somebody is told is recorded as theirs, in the order of the positions`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let bob = try await platform.member("bob", .student, of: tenant)
            let users = [try #require(ada.user), try #require(bob.user)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...6 {
                    group.addTask {
                        let draft = NotificationDraft(.welcome, because: "cause-\(number)")
                        _ = try await tenant.transaction { session in
                            try await notifications.notify(users, draft, session: session)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let events = try await SeenEvent.all(of: tenant).filter { $0.type == EventType.notificationCreated.name }
            let fields = try #require(try SeenEvent.documentedFields()[EventType.notificationCreated.name])
            for (user, principal) in zip(users, [ada, bob]) {
                let own = events.filter { $0.aggregate == user.uuid }
                #expect(own.compactMap { $0.payload["position"]?.integer } == Array(1...6))
                #expect(own.allSatisfy { $0.payload["userId"]?.text == user.description })
                #expect(own.allSatisfy { Set($0.payload.keys) == fields })
                let reader = tenant.tenants.reader(for: tenant.id, as: principal)
                let voice = NotificationVoice(language: .english, organization: "Acme")
                let listed = try await notifications.list(in: voice, reader: reader).items
                #expect(
                    own.reversed().compactMap { $0.payload["notificationId"]?.text } == listed.map(\.id.description)
                )
            }
        }
    }

    @Test func `people are told of their place, their certificate and their payment`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let user = try #require(ada.user).description
            let course = try await course("Algebra", at: tenant).description
            try await react(to: .userCreated, ["userId": user, "cause": "registered"], at: tenant)
            try await react(
                to: .enrollmentCreated,
                ["userId": user, "courseId": course, "status": "pending_payment"],
                at: tenant
            )
            try await react(
                to: .paymentCompleted,
                ["userId": user, "courseId": course, "amount": "9.00", "currency": "USD"],
                at: tenant
            )
            try await react(to: .enrollmentActivated, ["userId": user, "courseId": course], at: tenant)
            try await react(to: .enrollmentCompleted, ["userId": user, "courseId": course], at: tenant)
            try await react(
                to: .certificateIssued,
                ["userId": user, "courseId": course, "certificateNumber": "7"],
                at: tenant
            )
            #expect(
                try await titles(of: ada, at: tenant).reversed() == [
                    "Welcome to Acme", "Your payment arrived", "You are enrolled in Algebra", "You completed Algebra",
                    "Your certificate for Algebra",
                ]
            )
        }
    }

    @Test func `what is shown again, or happened long ago, tells nobody`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let payload = ["userId": try #require(ada.user).description]
            try await react(to: .userCreated, payload, isReplay: true, at: tenant)
            let past = platform.clock.wall.now().addingTimeInterval(-91 * 86_400)
            try await react(to: .userCreated, payload, occurredAt: past, at: tenant)
            #expect(try await titles(of: ada, at: tenant).isEmpty)
        }
    }

    @Test func `learners are told of an assignment by a job, once`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let bob = try await platform.member("bob", .student, of: tenant)
            let (course, user) = (try await course("Algebra", at: tenant), try #require(ada.user))
            let now = platform.clock.wall.now()
            try await tenant.transaction { session in
                try await session.execute(
                    """
                    INSERT INTO enrollments (id, user_id, course_id, status, enrolled_at)
                    VALUES (gen_random_uuid(), \(user), \(course), 'active', \(now))
                    """
                )
            }
            for _ in 0..<2 {
                try await react(
                    to: .courseUpdated,
                    ["courseId": course.description, "change": "content"],
                    at: tenant
                )
            }
            let ids: [Announcement.ID] = try await tenant.transaction { session in
                try await session.execute("SELECT id FROM notification_announcements").map { try $0[0] }
            }
            #expect(ids.count == 1)
            for _ in 0..<2 {
                for id in ids { try await notifications.fanOut(id, at: tenant.id, tenants: tenant.tenants) }
            }
            #expect(try await titles(of: ada, at: tenant) == ["Algebra was updated"])
            #expect(try await titles(of: bob, at: tenant).isEmpty)
        }
    }

    @Test func `a learner who stopped is reminded once, until they learn and stop again`() async throws {
        try await withTenant { tenant in
            let ada = try await platform.member("ada", .student, of: tenant)
            let (course, user) = (try await course("Algebra", at: tenant), try #require(ada.user))
            let now = platform.clock.wall.now()
            try await tenant.transaction { session in
                try await session.execute(
                    """
                    INSERT INTO enrollments (id, user_id, course_id, status, enrolled_at)
                    VALUES (gen_random_uuid(), \(user), \(course), 'active', \(now))
                    """
                )
            }
            func remind() async throws -> Int {
                try await notifications.remind(at: tenant.id, tenants: tenant.tenants)
            }
            #expect(try await remind() == 0)
            platform.clock.advance(by: 8 * 86_400)
            #expect(try await remind() == 1)
            platform.clock.advance(by: 86_400)
            #expect(try await remind() == 0)
            let learned = platform.clock.wall.now()
            try await tenant.transaction { session in
                try await session.execute("UPDATE enrollments SET last_accessed_at = \(learned)")
            }
            platform.clock.advance(by: 10 * 86_400)
            #expect(try await remind() == 1)
            #expect(
                try await titles(of: ada, at: tenant) == ["Algebra is waiting for you", "Algebra is waiting for you"]
            )
        }
    }
}
