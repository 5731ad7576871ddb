// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct ConversationsTests {
    @Test func `two have one conversation, whoever begins it and however often, also at once`() async throws {
        try await ConversationWorld.with { world in
            let ids = try await withThrowingTaskGroup(of: Conversation.ID.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let (from, to) =
                            number % 2 == 0 ? (world.learner, world.teacher) : (world.teacher, world.learner)
                        return try await world.begin([to], as: from, "number \(number)").id
                    }
                }
                return try await group.reduce(into: Set<Conversation.ID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let id = try #require(ids.first)
            let page = try await world.messages(of: id, as: world.learner)
            #expect(page.items.map(\.position) == Array(1...10))
            #expect(Set(page.items.map(\.body)).count == 10)
            #expect(
                try await world.show(id, as: world.teacher).members.map(\.displayName).sorted() == [
                    "learner", "teacher",
                ]
            )
        }
    }

    @Test func `positions are in the order of commits, so whoever reads after one misses nothing`() async throws {
        try await ConversationWorld.with { world in
            let id = try await world.begin([world.teacher], as: world.learner).id
            let seen = try await withThrowingTaskGroup(of: [Int].self) { group in
                for writer in [world.learner, world.teacher, world.learner, world.teacher] {
                    group.addTask {
                        for number in 0..<25 { _ = try await world.send("\(number)", in: id, as: writer) }
                        return []
                    }
                }
                // Reads what there is after what was seen, while others write.
                group.addTask {
                    var seen: [Int] = []
                    while seen.count < 101 {
                        let page = try await world.messages(of: id, .after(seen.last ?? 0), limit: 7, as: world.teacher)
                        seen += page.items.map(\.position)
                    }
                    return seen
                }
                return try await group.reduce(into: [Int]()) { $0 += $1 }
            }
            #expect(seen == Array(1...101))
        }
    }

    @Test func `what is unread are the messages of others after the place up to which one has read`() async throws {
        try await ConversationWorld.with { world in
            let id = try await world.begin([world.teacher], as: world.learner).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = try await world.send(in: id, as: world.learner) }
                    group.addTask { _ = try await world.send(in: id, as: world.teacher) }
                }
                try await group.waitForAll()
            }
            #expect(try await world.show(id, as: world.teacher).unread == 21)
            #expect(try await world.show(id, as: world.learner).unread == 20)
            let reader = world.tenant.reader(as: world.teacher)
            #expect(try await world.lms.conversations.unread(reader: reader).messages == 21)
            func read(_ position: Int) async throws -> Conversation {
                try await world.tenant.transaction(as: world.teacher) { session in
                    try await world.lms.conversations.markRead(id, through: position, session: session)
                }
            }
            let ofOthers = try await world.messages(of: id, as: world.teacher).items.filter {
                $0.sender == world.learner.user && $0.position > 30
            }
            #expect(try await read(30).unread == ofOthers.count)
            #expect(try await read(10).readPosition == 30)
            #expect(try await read(1_000_000).readPosition == 41)
            #expect(try await world.lms.conversations.unread(reader: reader).conversations == 0)
            let last = try await world.send(in: id, as: world.learner)
            #expect(try await world.show(id, as: world.teacher).unread == 1)
            try await world.tenant.transaction(as: world.learner) { session in
                try await world.lms.conversations.delete(last.id, in: id, session: session)
            }
            #expect(try await world.show(id, as: world.teacher).unread == 0)
        }
    }

    @Test func `who is muted does not count, and who left a conversation of two is back with the next message`()
        async throws
    {
        try await ConversationWorld.with { world in
            let conversations = world.lms.conversations
            let id = try await world.begin([world.teacher], as: world.learner).id
            let reader = world.tenant.reader(as: world.teacher)
            try await world.tenant.transaction(as: world.teacher) { session in
                let muted = try await conversations.set(.muted, for: id, session: session)
                #expect(muted.isMuted)
            }
            #expect(try await conversations.unread(reader: reader).conversations == 0)
            try await world.tenant.transaction(as: world.teacher) { session in
                let heard = try await conversations.set(.wanted, for: id, session: session)
                #expect(!heard.isMuted)
                try await conversations.leave(id, session: session)
            }
            #expect(try await conversations.list(reader: reader).items.isEmpty)
            _ = try await world.send(in: id, as: world.learner)
            #expect(try await conversations.list(reader: reader).items.map(\.unread) == [2])
        }
    }

    @Test func `who left a group reads up to there and writes no more`() async throws {
        try await ConversationWorld.with { world in
            let other = try await world.courses.learners(1)[0]
            _ = try await world.courses.enroll(other, in: world.course)
            let id = try await world.begin([world.learner, other], as: world.teacher).id
            try await world.tenant.transaction(as: other) { session in
                try await world.lms.conversations.leave(id, session: session)
            }
            _ = try await world.send(in: id, as: world.learner)
            #expect(try await world.messages(of: id, as: other).items.count == 1)
            #expect(try await world.messages(of: id, as: world.teacher).items.count == 2)
            let left = try await world.show(id, as: other)
            #expect(left.hasLeft && left.lastPosition == 1 && left.unread == 1)
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: id, as: other) }
            #expect(try await world.show(id, as: world.teacher).members.count == 2)
        }
    }

    @Test func `a message is changed for a quarter of an hour and its words are kept for moderators`() async throws {
        try await ConversationWorld.with { world in
            let conversations = world.lms.conversations
            let id = try await world.begin([world.teacher], as: world.learner, "first").id
            let message = try #require(try await world.messages(of: id, as: world.learner).items.first)
            @Sendable func edit(_ body: String, as principal: Principal) async throws -> DirectMessage {
                try await world.tenant.transaction(as: principal) { session in
                    try await conversations.edit(
                        message.id,
                        in: id,
                        to: body,
                        at: world.tenant.tenant,
                        session: session
                    )
                }
            }
            await #expect(throws: ConversationError.forbidden) { _ = try await edit("mine", as: world.teacher) }
            let edited = try await edit("second", as: world.learner)
            #expect(edited.status == .edited && edited.body == "second" && edited.position == 1)
            #expect(try await versions(of: message.id, in: world) == ["first"])
            world.courses.platform.clock.advance(by: 901)
            await #expect(throws: ConversationError.tooLate) { _ = try await edit("third", as: world.learner) }
            try await world.tenant.transaction(as: world.learner) { session in
                try await conversations.delete(message.id, in: id, session: session)
            }
            let shown = try await world.messages(of: id, as: world.teacher).items
            #expect(shown.map(\.status) == [.deleted] && shown.map(\.body) == [""])
            #expect(try await versions(of: message.id, in: world) == [])
        }
    }

    private func versions(of message: DirectMessage.ID, in world: ConversationWorld) async throws -> [String] {
        try await world.tenant.transaction { session in
            try await session.execute("SELECT body FROM direct_message_versions WHERE message_id = \(message)")
                .map { row in try row[0] }
        }
    }

    @Test(arguments: [("", false), (" \n\t", false), (String(repeating: "é", count: 4001), false), ("x", true)])
    func `a message says something in 4,000 characters`(body: String, isGood: Bool) async throws {
        try await ConversationWorld.with { world in
            if isGood {
                _ = try await world.begin([world.teacher], as: world.learner, body)
            } else {
                await #expect(throws: ConversationError.invalid(constraint: "direct_messages_body_ck")) {
                    _ = try await world.begin([world.teacher], as: world.learner, body)
                }
            }
        }
    }

    @Test func `nobody begins more than fifty conversations a day, also not at once`() async throws {
        try await ConversationWorld.with { world in
            let admin = world.courses.admin
            let others = try await world.courses.learners(53)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for other in others {
                    group.addTask {
                        do {
                            _ = try await world.begin([other], as: admin)
                            return "begun"
                        } catch ConversationError.tooManyConversations {
                            return "too many"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["begun": 50, "too many": 3])
            world.courses.platform.clock.advance(by: 86_401)
            for other in others { _ = try? await world.begin([other], as: admin) }
            #expect(
                try await world.lms.conversations.list(limit: PageLimit(100), reader: world.tenant.reader(as: admin))
                    .items.count == 53
            )
        }
    }

    @Test func `a list goes through all conversations once, the one last written in first`() async throws {
        try await ConversationWorld.with { world in
            let admin = world.courses.admin
            var ids: [Conversation.ID] = []
            for other in try await world.courses.learners(7) {
                ids.append(try await world.begin([other], as: admin).id)
                world.courses.platform.clock.advance(by: 1)
            }
            _ = try await world.send(in: ids[0], as: admin)
            var listed: [Conversation.ID] = []
            var position: PagePosition?
            repeat {
                let page = try await world.lms.conversations.list(
                    after: position,
                    limit: PageLimit(3),
                    reader: world.tenant.reader(as: admin)
                )
                listed += page.items.map(\.id)
                position = page.next
            } while position != nil
            #expect(listed == [ids[0]] + ids.dropFirst().reversed())
        }
    }

    @Test func `whoever is erased leaves places without words and name`() async throws {
        try await ConversationWorld.with { world in
            let id = try await world.begin([world.teacher], as: world.learner, "a secret of mine").id
            _ = try await world.send(in: id, as: world.teacher)
            let alone = try await world.begin([world.learner], as: world.courses.admin).id
            try await world.tenant.transaction { session in
                _ = try await world.lms.users.erase(try #require(world.learner.user), session: session)
            }
            let left = try await world.messages(of: id, as: world.teacher)
            #expect(left.items.map(\.body) == ["", "On Tuesday, then."])
            #expect(left.items[0].sender == nil && left.items[0].status == .deleted)
            await #expect(throws: ConversationError.closed) { _ = try await world.send(in: id, as: world.teacher) }
            try await world.tenant.transaction { session in
                _ = try await world.lms.users.erase(try #require(world.courses.admin.user), session: session)
                let rows = try await session.execute("SELECT true FROM conversations WHERE id = \(alone)")
                #expect(rows.isEmpty)
            }
        }
    }
}
