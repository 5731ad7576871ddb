// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Who is told of what is written in threads.
@Suite struct DiscussionNotificationTests {
    private func subscribe(_ method: String, _ id: String, _ session: PlatformHost.Session, in world: TalkWorld)
        async throws
    {
        #expect(try await world.send(method, "threads/\(id)/subscription", as: session).status == 204)
    }

    @Test func `whoever follows a thread is told once of each reply, but of none of their own`() async throws {
        try await TalkWorld.with { world in
            let (follower, silent) = (try await world.learner("follower"), try await world.learner("silent"))
            let id = try await world.open(as: world.asker)
            try await subscribe("PUT", id, follower, in: world)
            try await subscribe("PUT", id, silent, in: world)
            try await subscribe("DELETE", id, silent, in: world)
            for _ in 0..<2 { #expect(try await world.reply(in: id, as: world.helper).status == 201) }
            #expect(try await world.told(world.asker) == ["answer", "answer"])
            #expect(try await world.told(follower) == ["reply", "reply"])
            #expect(try await world.told(world.helper).isEmpty)
            #expect(try await world.told(silent).isEmpty)
            // Who answered follows from then on; who asked is told of what follows in the same way.
            _ = try await world.reply("Thank you.", in: id, as: world.asker)
            #expect(try await world.told(world.helper) == ["reply"])
            #expect(try await world.told(world.asker).count == 2)
            let told = try await world.send("GET", "notifications", as: world.helper).items
            let link = "/courses/\(world.course)/threads/\(id)"
            #expect(told.contains { $0["type"]?.text == "reply" && $0["link"]?.text == link })
        }
    }

    @Test func `who wants to hear no more of a thread is not told of answers either`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            try await subscribe("DELETE", id, world.asker, in: world)
            _ = try await world.reply(in: id, as: world.helper)
            #expect(try await world.told(world.asker).isEmpty)
            // Writing in it is no wish to hear of it; asking for it is.
            _ = try await world.reply("Thank you.", in: id, as: world.asker)
            _ = try await world.reply(in: id, as: world.helper)
            #expect(try await world.told(world.asker).isEmpty)
            try await subscribe("PUT", id, world.asker, in: world)
            _ = try await world.reply(in: id, as: world.helper)
            #expect(try await world.told(world.asker) == ["answer"])
        }
    }

    @Test func `who read a thread before they wrote in it follows it like others`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let read = try await world.send("PUT", "threads/\(id)/read", as: world.helper, #"{"position":1}"#)
            #expect(read.json["isSubscribed"]?.flag == false)
            _ = try await world.reply("Thank you for asking.", in: id, as: world.asker)
            #expect(try await world.told(world.helper).isEmpty)
            _ = try await world.reply(in: id, as: world.helper)
            #expect(try await world.thread(id, as: world.helper)["isSubscribed"]?.flag == true)
            _ = try await world.reply("Thank you.", in: id, as: world.asker)
            #expect(try await world.told(world.helper) == ["reply"])
        }
    }

    @Test func `who is mentioned is told of that once, also if they follow the thread and are mentioned again`()
        async throws
    {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            try await subscribe("PUT", id, world.teacher, in: world)
            let names = "@\(world.teacher.user) and @\(world.teacher.user) and @\(world.asker.user)"
            let reply = try await world.reply("See \(names).", in: id, as: world.helper)
            #expect(reply.status == 201)
            #expect(try await world.told(world.teacher) == ["mention"])
            #expect(try await world.told(world.asker) == ["mention"])
            let path = "threads/\(id)/posts/\(try world.id(of: reply))"
            let other = try await world.learner("third")
            for body in ["\(names), @\(other.user)", "@\(other.user), \(names)", "\(names)", "\(names) @\(other.user)"]
            {
                let edited = try await world.send("PATCH", path, as: world.helper, #"{"body":"\#(body)"}"#)
                #expect(edited.status == 200, "\(edited.text)")
                try await world.handOn()
            }
            for member in [world.teacher, world.asker, other] {
                #expect(try await world.told(member) == ["mention"])
            }
            #expect(try await world.told(world.helper).isEmpty)
        }
    }

    @Test func `attack: who may not read the course is not told of a mention, and is like who never was`() async throws
    {
        try await TalkWorld.with { world in
            let outsider = try await world.host.register("outsider", at: world.tenant)
            let (away, gone) = (try await world.learner("away"), try await world.learner("gone"))
            let mine = try await world.send("GET", "enrollments/me/course/\(world.course)", as: away)
            #expect(try await world.send("DELETE", "enrollments/\(try world.id(of: mine))", as: away).status == 204)
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let status = #"{"status":"suspended"}"#
            #expect(try await world.send("PATCH", "users/\(gone.user)/status", as: owner, status).status == 200)
            let id = try await world.open(as: world.asker)
            let never = try await world.reply("Ask @\(TalkWorld.never).", in: id, as: world.helper)
            #expect(never.json["mentions"] == .array([]))
            let users = [outsider.user, away.user, gone.user, world.helper.user]
            for user in users {
                let reply = try await world.reply("Ask @\(user).", in: id, as: world.helper)
                #expect(reply.status == never.status)
                for name in ["mentions", "status", "votes", "authorId", "threadId", "parentId"] {
                    #expect(reply.json[name] == never.json[name])
                }
            }
            let events = try await world.tenant.events()
            #expect(try events.filter { try $0["type"] == EventType.mentionCreated.name }.isEmpty)
            for member in [outsider, away, world.helper] { #expect(try await world.told(member).isEmpty) }
            let told: Int = try await world.tenant.transaction { session in
                let user = try #require(User.ID(gone.user))
                let rows = try await session.execute(
                    "SELECT count(*) FROM notifications WHERE user_id = \(user) AND type IN ('mention', 'reply', 'answer')"
                )
                return try rows.only?[0] ?? -1
            }
            #expect(told == 0)
        }
    }

    @Test func `attack: who may not see a thread any more is told of nothing in it`() async throws {
        try await TalkWorld.with { world in
            let left = try await world.learner("left")
            let id = try await world.open(as: world.asker)
            let parent = try world.id(of: try await world.reply("Mine.", in: id, as: left))
            try await subscribe("PUT", id, world.teacher, in: world)
            try await world.handOn()
            let before = try await world.told(world.asker)
            let mine = try await world.send("GET", "enrollments/me/course/\(world.course)", as: left)
            #expect(try await world.send("DELETE", "enrollments/\(try world.id(of: mine))", as: left).status == 204)
            #expect(try await world.reply(in: id, answering: parent, as: world.helper).status == 201)
            #expect(try await world.told(left).isEmpty)
            let now = try await world.told(world.asker)
            #expect(now.count == before.count + 1)
            // The thread is hidden from who asked too; its moderators go on in it.
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let question = try await world.question(of: id)
            let hide = "threads/\(id)/posts/\(question)/hidden"
            #expect(try await world.send("PUT", hide, as: world.teacher, #"{"reason":"x"}"#).status == 200)
            let words = "Shall we keep it, @\(world.asker.user) @\(world.teacher.user)?"
            let named = try await world.reply(words, in: id, as: owner)
            guard case .array(let mentions) = named.json["mentions"] else { throw TestFailure(named.text) }
            #expect(mentions.map { $0["userId"]?.text } == [world.teacher.user])
            #expect(try await world.reply("I think so.", in: id, as: owner).status == 201)
            #expect(try await world.told(world.asker) == now)
            #expect(try await world.told(world.teacher).suffix(2) == ["mention", "reply"])
        }
    }

    @Test func `what was hidden or deleted before it was told is told to nobody`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let names = "@\(world.teacher.user)"
            let first = try world.id(of: try await world.reply(names, in: id, as: world.helper))
            let second = try world.id(of: try await world.reply(names, in: id, as: world.helper))
            let third = try world.id(of: try await world.reply(names, in: id, as: world.helper))
            let path = "threads/\(id)/posts"
            let hide = try await world.send("PUT", "\(path)/\(first)/hidden", as: world.teacher, #"{"reason":"x"}"#)
            #expect(hide.status == 200)
            #expect(try await world.send("DELETE", "\(path)/\(second)", as: world.helper).status == 204)
            let edit = try await world.send("PATCH", "\(path)/\(third)", as: world.helper, #"{"body":"Nobody."}"#)
            #expect(edit.status == 200)
            #expect(try await world.told(world.teacher).isEmpty)
            #expect(try await world.told(world.asker) == ["answer"])
        }
    }
}
