// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// Has somebody write to the dean and their friend, whom they block.
    ///
    /// - Returns: The message.
    /// - Throws: If the tenant refuses it.
    func talk(of user: User.ID) async throws -> DirectMessage {
        let conversations = host.platform.lms.conversations
        let (dean, friend) = (try #require(User.ID(dean.user)), try #require(User.ID(friend.user)))
        let others = [dean, friend].filter { $0 != user }
        let writer = Principal(.user(user), grants: BuiltInRole.owner.grants)
        return try await tenant.transaction(as: writer) { session in
            // They wrote to their friend before.
            try await session.execute("DELETE FROM user_blocks WHERE user_id = \(user)")
            let begun = try await conversations.begin(
                NewConversation(to: others, title: mark, body: "\(mark): may I hand it in on Monday?"),
                at: tenant.tenant,
                session: session
            )
            if user != friend { try await conversations.block(friend, session: session) }
            return try #require(begun.lastMessage)
        }
    }

    /// Has somebody ask in a course, as one of those who moderate there, and answer themselves.
    ///
    /// - Returns: The answer.
    /// - Throws: If the tenant refuses it.
    func ask(in course: Course.ID, as user: User.ID) async throws -> DiscussionPost {
        let discussions = host.platform.lms.discussions
        let writer = Principal(.user(user), grants: BuiltInRole.owner.grants)
        return try await tenant.transaction(as: writer) { session in
            let question = NewDiscussionThread(.question, title: mark, body: "\(mark): how does the proof go?")
            let thread = try await discussions.open(question, in: course, session: session)
            return try await discussions.reply("\(mark): by induction.", in: thread.id, session: session)
        }
    }

    /// Has the dean keep somebody from writing in a course.
    ///
    /// - Throws: If the tenant refuses it.
    func suspend(_ user: User.ID, from course: Course.ID) async throws {
        let discussions = host.platform.lms.discussions
        let moderator = Principal(.user(try #require(User.ID(dean.user))), grants: BuiltInRole.owner.grants)
        try await tenant.transaction(as: moderator) { session in
            try await discussions.suspend(user, from: course, days: 1, because: mark, session: session)
        }
    }

    /// Has the dean report a message, or their friend one of the dean's.
    ///
    /// - Returns: The report.
    /// - Throws: If the tenant refuses it.
    func report(_ message: DirectMessage) async throws -> ModerationReport.ID {
        let (dean, friend) = (try #require(User.ID(dean.user)), try #require(User.ID(friend.user)))
        let reporter = Principal(.user(message.sender == dean ? friend : dean), grants: BuiltInRole.student.grants)
        return try await tenant.transaction(as: reporter) { session in
            try await host.platform.lms.moderation.report(
                message.id,
                in: message.conversation,
                because: .other,
                note: mark,
                session: session
            )
        }
    }
}
