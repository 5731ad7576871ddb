// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// Who may write to whom, over real courses and blocks.
@Suite struct ConversationAccessTests {
    @Test func `a learner writes to who teaches them and to nobody else`() async throws {
        try await ConversationWorld.with { world in
            let other = try await world.courses.learners(1)[0]
            _ = try await world.courses.enroll(other, in: world.course)
            _ = try await world.begin([world.teacher], as: world.learner)
            _ = try await world.begin([other], as: world.teacher)
            let never: Principal.ID = IdentifierSource().next()
            let nobody = Principal(.user(never), grants: Grants())
            for recipient in [other, world.courses.stranger, world.courses.admin, world.learner, nobody] {
                await #expect(throws: ConversationError.recipientNotFound) {
                    _ = try await world.begin([recipient], as: world.learner)
                }
            }
            await #expect(throws: ConversationError.recipientNotFound) {
                _ = try await world.begin([world.teacher, other], as: world.learner)
            }
            await #expect(throws: ConversationError.recipientNotFound) {
                _ = try await world.begin([world.learner], as: world.courses.stranger)
            }
        }
    }

    @Test func `learners write to each other as long as the tenant lets them`() async throws {
        try await ConversationWorld.with { world in
            let other = try await world.courses.learners(1)[0]
            _ = try await world.courses.enroll(other, in: world.course)
            let id = try await world.begin([other], as: world.learner, learnersMayWrite: true).id
            _ = try await world.send(in: id, as: other, learnersMayWrite: true)
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: id, as: other) }
            let group = try await world.begin([other, world.teacher], as: world.learner, learnersMayWrite: true).id
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: group, as: world.learner) }
            #expect(try await world.messages(of: id, as: other).items.count == 2)
        }
    }

    @Test func `who left the course reads on and writes no more, but answers who may write to everybody`() async throws
    {
        try await ConversationWorld.with { world in
            let id = try await world.begin([world.teacher], as: world.learner).id
            let office = try await world.begin([world.learner], as: world.courses.admin).id
            try await world.tenant.transaction(as: world.learner) { session in
                try await session.execute("UPDATE enrollments SET status = 'dropped'")
            }
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: id, as: world.learner) }
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: id, as: world.teacher) }
            #expect(try await world.messages(of: id, as: world.learner).items.count == 1)
            _ = try await world.send(in: office, as: world.learner)
        }
    }

    @Test func `a block holds both ways, looks like any other reason and is lifted`() async throws {
        try await ConversationWorld.with { world in
            let conversations = world.lms.conversations
            let id = try await world.begin([world.teacher], as: world.learner).id
            try await world.block(world.teacher, as: world.learner)
            try await world.block(world.teacher, as: world.learner)
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: id, as: world.teacher) }
            await #expect(throws: ConversationError.recipientNotFound) {
                _ = try await world.begin([world.learner], as: world.teacher)
            }
            await #expect(throws: ConversationError.recipientBlocked) {
                _ = try await world.send(in: id, as: world.learner)
            }
            await #expect(throws: ConversationError.recipientBlocked) {
                _ = try await world.begin([world.teacher], as: world.learner)
            }
            #expect(try await world.messages(of: id, as: world.teacher).items.count == 1)
            // Nobody shuts out who looks after the tenant.
            let office = try await world.begin([world.learner], as: world.courses.admin).id
            try await world.block(world.courses.admin, as: world.learner)
            _ = try await world.send(in: office, as: world.courses.admin)
            let blocks = try await conversations.blocks(reader: world.tenant.reader(as: world.learner))
            #expect(Set(blocks.map(\.displayName)) == ["teacher", "admin"])
            #expect(try await conversations.blocks(reader: world.tenant.reader(as: world.teacher)).isEmpty)
            try await world.tenant.transaction(as: world.learner) { session in
                try await conversations.unblock(try #require(world.teacher.user), session: session)
            }
            _ = try await world.send(in: id, as: world.teacher)
        }
    }

    @Test func `attack: what may not be said any more is not said by changing an old message`() async throws {
        try await ConversationWorld.with { world in
            let id = try await world.begin([world.learner], as: world.teacher).id
            let message = try #require(try await world.messages(of: id, as: world.teacher).items.first)
            try await world.block(world.teacher, as: world.learner)
            await #expect(throws: ConversationError.closed) {
                try await world.tenant.transaction(as: world.teacher) { session in
                    _ = try await world.lms.conversations.edit(
                        message.id,
                        in: id,
                        to: "And one more thing.",
                        at: world.tenant.tenant,
                        session: session
                    )
                }
            }
        }
    }

    @Test func `attack: nobody finds out who exists by blocking, and nobody blocks who never wrote`() async throws {
        try await ConversationWorld.with { world in
            let never: Principal.ID = IdentifierSource().next()
            for user in [try #require(world.courses.stranger.user), never, try #require(world.learner.user)] {
                await #expect(throws: ConversationError.recipientNotFound) {
                    try await world.tenant.transaction(as: world.learner) { session in
                        try await world.lms.conversations.block(user, session: session)
                    }
                }
            }
        }
    }

    @Test func `attack: owners and admins read nobody's conversation`() async throws {
        try await ConversationWorld.with { world in
            let begun = try await world.begin([world.teacher], as: world.learner)
            let owner = try await world.courses.platform.member("owner", .owner, of: world.tenant)
            let message = try #require(begun.lastMessage)
            for reader in [owner, world.courses.admin, world.courses.stranger, .anonymous] {
                await #expect(throws: ConversationError.notFound) { _ = try await world.show(begun.id, as: reader) }
                await #expect(throws: ConversationError.notFound) {
                    _ = try await world.messages(of: begun.id, as: reader)
                }
                await #expect(throws: ConversationError.notFound) { _ = try await world.send(in: begun.id, as: reader) }
                await #expect(throws: ConversationError.notFound) {
                    try await world.tenant.transaction(as: reader) { session in
                        try await world.lms.conversations.delete(message.id, in: begun.id, session: session)
                    }
                }
                await #expect(throws: ConversationError.notFound) {
                    try await world.tenant.transaction(as: reader) { session in
                        _ = try await world.lms.conversations.markRead(begun.id, through: 1, session: session)
                    }
                }
            }
        }
    }

    @Test func `attack: an operator who acts as a member neither reads nor writes what they write to each other`()
        async throws
    {
        try await ConversationWorld.with { world in
            let conversations = world.lms.conversations
            let id = try await world.begin([world.teacher], as: world.learner).id
            let support: Principal.ID = IdentifierSource().next()
            let operated = Principal(world.teacher.kind, grants: world.teacher.grants, impersonator: support)
            let reader = world.tenant.reader(as: operated)
            await #expect(throws: ConversationError.notFound) { _ = try await world.show(id, as: operated) }
            await #expect(throws: ConversationError.notFound) { _ = try await world.messages(of: id, as: operated) }
            #expect(try await conversations.list(reader: reader).items.isEmpty)
            #expect(try await conversations.unread(reader: reader).messages == 0)
            await #expect(throws: ConversationError.notFound) { _ = try await world.send(in: id, as: operated) }
            await #expect(throws: ConversationError.forbidden) {
                _ = try await world.begin([world.learner], as: operated)
            }
            await #expect(throws: ConversationError.forbidden) { try await world.block(world.learner, as: operated) }
            #expect(try await world.messages(of: id, as: world.teacher).items.count == 1)
        }
    }

    @Test func `attack: who left, is blocked or blocks does not see who of them is connected`() async throws {
        try await ConversationWorld.with { world in
            let conversations = world.lms.conversations
            let other = try await world.courses.learners(1)[0]
            _ = try await world.courses.enroll(other, in: world.course)
            let group = try await world.begin([world.learner, other], as: world.teacher).id
            let pair = try await world.begin([world.teacher], as: world.learner).id
            @Sendable func company(_ id: Conversation.ID, _ reader: Principal) async throws -> Set<Principal.ID?> {
                let found = try await conversations.company(in: id, reader: world.tenant.reader(as: reader))
                return Set(found.map { Optional($0) })
            }
            #expect(try await company(group, other) == [world.teacher.user, world.learner.user, other.user])
            #expect(try await company(pair, world.learner) == [world.teacher.user, world.learner.user])
            try await world.tenant.transaction(as: other) { session in
                try await conversations.leave(group, session: session)
            }
            await #expect(throws: ConversationError.notFound) { _ = try await company(group, other) }
            await #expect(throws: ConversationError.notFound) { _ = try await company(pair, other) }
            #expect(try await company(group, world.learner) == [world.teacher.user, world.learner.user])
            try await world.block(world.teacher, as: world.learner)
            for id in [group, pair] {
                #expect(try await company(id, world.teacher) == [world.teacher.user])
                #expect(try await company(id, world.learner) == [world.learner.user])
            }
        }
    }

    @Test func `attack: a message is reached through its own conversation alone`() async throws {
        try await ConversationWorld.with { world in
            let first = try await world.begin([world.teacher], as: world.learner)
            let other = try await world.begin([world.learner], as: world.courses.admin)
            await #expect(throws: ConversationError.messageNotFound) {
                try await world.tenant.transaction(as: world.learner) { session in
                    try await world.lms.conversations.delete(
                        try #require(first.lastMessage).id,
                        in: other.id,
                        session: session
                    )
                }
            }
        }
    }

    @Test func `a conversation about a course is with those who have to do with the writer in it`() async throws {
        try await ConversationWorld.with { world in
            let elsewhere = try await world.courses.course("Chemistry").course.id
            await #expect(throws: ConversationError.recipientNotFound) {
                _ = try await world.begin([world.teacher], as: world.learner, about: elsewhere)
            }
            #expect(
                try await world.begin([world.teacher], as: world.learner, about: world.course).course == world.course
            )
            await #expect(throws: ConversationError.courseNotFound) {
                _ = try await world.begin(
                    [world.teacher, world.learner],
                    as: world.courses.admin,
                    about: IdentifierSource().next()
                )
            }
        }
    }
}
