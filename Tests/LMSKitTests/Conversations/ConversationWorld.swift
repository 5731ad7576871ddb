// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// What members of a course write to each other.
struct ConversationWorld: Sendable {
    let courses: CourseWorld
    let course: Course.ID

    var lms: LMS { courses.lms }
    var tenant: TestTenant { courses.tenant }
    var teacher: Principal { courses.teacher }
    var learner: Principal { courses.learner }

    /// A course of the teacher's in which the learner has a place.
    static func with(_ body: (ConversationWorld) async throws -> Void) async throws {
        try await CourseWorld.with { courses in
            let course = try await courses.course().course.id
            _ = try await courses.enroll(courses.learner, in: course)
            try await body(ConversationWorld(courses: courses, course: course))
        }
    }

    /// The tenant, perhaps as one that lets learners write to each other.
    func tenant(learnersMayWrite: Bool) -> Tenant {
        let tenant = tenant.tenant
        var settings = tenant.settings
        settings.learnerMessages = learnersMayWrite
        return Tenant(
            slug: tenant.slug,
            name: tenant.name,
            status: tenant.status,
            settings: settings,
            placement: tenant.placement,
            domains: tenant.domains,
            createdAt: tenant.createdAt
        )
    }

    func begin(
        _ others: [Principal],
        as writer: Principal,
        about course: Course.ID? = nil,
        _ body: String = "May I hand it in on Monday?",
        learnersMayWrite: Bool = false
    ) async throws -> Conversation {
        let new = NewConversation(to: others.compactMap(\.user), about: course, body: body)
        return try await tenant.transaction(as: writer) { session in
            try await lms.conversations.begin(new, at: tenant(learnersMayWrite: learnersMayWrite), session: session)
        }
    }

    func send(
        _ body: String = "On Tuesday, then.",
        in id: Conversation.ID,
        as writer: Principal,
        learnersMayWrite: Bool = false
    ) async throws -> DirectMessage {
        try await tenant.transaction(as: writer) { session in
            try await lms.conversations.send(
                body,
                in: id,
                at: tenant(learnersMayWrite: learnersMayWrite),
                session: session
            )
        }
    }

    func messages(
        of id: Conversation.ID,
        _ start: Conversations.Start = .latest,
        limit: Int = 100,
        as reader: Principal
    ) async throws -> MessagePage {
        try await lms.conversations.messages(
            of: id,
            start,
            limit: PageLimit(limit),
            reader: tenant.reader(as: reader)
        )
    }

    func show(_ id: Conversation.ID, as reader: Principal) async throws -> Conversation {
        try await lms.conversations.fetch(id, reader: tenant.reader(as: reader))
    }

    func block(_ other: Principal, as blocker: Principal) async throws {
        try await tenant.transaction(as: blocker) { session in
            try await lms.conversations.block(try #require(other.user), session: session)
        }
    }
}
