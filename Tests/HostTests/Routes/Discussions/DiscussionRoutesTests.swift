// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct DiscussionRoutesTests {
    @Test func `a learner asks, is answered, changes the question and accepts the answer`() async throws {
        try await TalkWorld.with { world in
            let json = #"{"kind":"question","title":"About proofs","body":"How does it go?","tags":["proofs"]}"#
            let opened = try await world.send("POST", "courses/\(world.course)/threads", as: world.asker, json)
            #expect(opened.status == 201, "\(opened.text)")
            let id = try world.id(of: opened)
            #expect(opened[.location] == "/api/v1/threads/\(id)")
            #expect(opened.json["isSubscribed"]?.flag == true && opened.json["unread"]?.integer == 0)
            let answer = try await world.reply(in: id, as: world.helper)
            #expect(answer.status == 201 && answer.json["position"]?.integer == 2)
            let post = try world.id(of: answer)
            let thanks = try await world.reply("Thank you.", in: id, answering: post, as: world.asker)
            #expect(thanks.json["parentId"]?.text == post)
            let third = try world.id(of: thanks)
            #expect(try await world.reply("No.", in: id, answering: third, as: world.helper).code == "POST_NOT_FOUND")
            let question = try await world.question(of: id)
            let path = "threads/\(id)/posts/\(question)"
            let edited = try await world.send(
                "PATCH",
                path,
                as: world.asker,
                #"{"body":"How does the second one go?"}"#
            )
            #expect(edited.json["status"]?.text == "edited")
            let versions = try await world.send("GET", "\(path)/versions", as: world.asker)
            #expect(versions.items.map { $0["body"]?.text } == ["How does it go?"])
            #expect(try await world.send("GET", "\(path)/versions", as: world.helper).status == 403)
            let accepted = try await world.send(
                "PUT",
                "threads/\(id)/answer",
                as: world.asker,
                #"{"postId":"\#(post)"}"#
            )
            #expect(accepted.json["acceptedPostId"]?.text == post)
            let bodies = try await world.posts(of: id, as: world.helper).map { $0["body"]?.text }
            #expect(bodies == ["How does the second one go?", "By induction.", "Thank you."])
            // An answer that is deleted answers nothing any more.
            #expect(try await world.send("DELETE", "threads/\(id)/posts/\(post)", as: world.helper).status == 204)
            #expect(try await world.thread(id, as: world.asker)["acceptedPostId"]?.text == nil)
        }
    }

    @Test func `1,040 posts are read in pages, each once, also while others write`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let thread = try #require(DiscussionThread.ID(id))
            try await world.tenant.transaction { session in
                try await session.execute(
                    """
                    INSERT INTO discussion_posts (id, thread_id, course_id, position, author_id, body, created_at)
                    SELECT gen_random_uuid(), t.id, t.course_id, n, t.author_id, 'Post ' || n, t.created_at
                    FROM discussion_threads t, generate_series(2, 1000) n WHERE t.id = \(thread)
                    """
                )
                try await session.execute("UPDATE discussion_threads SET last_position = 1000 WHERE id = \(thread)")
            }
            async let written = world.atOnce(40) { number in
                try await world.reply("Late \(number)", in: id, as: number % 2 == 0 ? world.asker : world.helper)
            }
            var seen: [Int] = []
            for _ in 0..<5_000 where seen.count < 1_040 {
                let page = try await world.posts(of: id, as: world.helper, "after=\(seen.last ?? 0)&limit=100")
                seen += page.compactMap { $0["position"]?.integer }
                await Task.yield()
            }
            #expect(try await written.allSatisfy { $0.status == 201 })
            #expect(seen == Array(1...1_040))
            var backwards: [Int] = []
            while let page = try await pageBefore(backwards.first ?? 1_041, of: id, in: world) {
                backwards = page + backwards
            }
            #expect(backwards == Array(1...1_040))
        }
    }

    private func pageBefore(_ end: Int, of id: String, in world: TalkWorld) async throws -> [Int]? {
        let page = try await world.posts(of: id, as: world.asker, "before=\(end)&limit=97")
        return page.isEmpty ? nil : page.compactMap { $0["position"]?.integer }
    }

    @Test(arguments: ["newest", "activity", "votes"])
    func `a list goes through all threads once, what is pinned first, also while others are opened`(order: String)
        async throws
    {
        try await TalkWorld.with { world in
            var ids: [String] = []
            for _ in 0..<12 {
                ids.append(try await world.open(as: world.asker))
                world.host.platform.clock.advance(by: 1)
            }
            for id in ids[3...4] {
                let pin = #"{"isPinned":true}"#
                #expect(try await world.send("PATCH", "threads/\(id)", as: world.teacher, pin).status == 200)
            }
            let path = "courses/\(world.course)/threads?sort=\(order)&limit=5"
            var (listed, cursor): ([String], String?) = ([], nil)
            repeat {
                let page = try await world.send(
                    "GET",
                    path + (cursor.map { "&cursor=\($0)" } ?? ""),
                    as: world.helper
                )
                #expect(page.status == 200)
                listed += page.items.compactMap { $0["id"]?.text }
                cursor = page.json["nextCursor"]?.text
                // It stands before all pages that are still to come.
                if order != "votes" { _ = try await world.open("Another one.", as: world.helper) }
            } while cursor != nil
            let rest = ids.enumerated().filter { !(3...4).contains($0.offset) }.map(\.element)
            #expect(listed == [ids[4], ids[3]] + rest.reversed())
            let other = order == "newest" ? "votes" : "newest"
            let first = try await world.send("GET", path, as: world.helper)
            let stolen = try #require(first.json["nextCursor"]?.text)
            let wrong = "courses/\(world.course)/threads?sort=\(other)&cursor=\(stolen)"
            #expect(try await world.send("GET", wrong, as: world.helper).code == "INVALID_CURSOR")
        }
    }

    @Test func `what is unread are the posts of others after the place up to which one has read`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            func unread(_ session: PlatformHost.Session) async throws -> Int? {
                try await world.thread(id, as: session)["unread"]?.integer
            }
            func listed(_ session: PlatformHost.Session) async throws -> Int {
                try await world.send("GET", "courses/\(world.course)/threads?unread=true", as: session).items.count
            }
            func read(_ position: Int, _ session: PlatformHost.Session) async throws -> JSONValue {
                try await world.send("PUT", "threads/\(id)/read", as: session, #"{"position":\#(position)}"#).json
            }
            for _ in 0..<3 { _ = try await world.reply(in: id, as: world.helper) }
            #expect(try await unread(world.asker) == 3)
            #expect(try await unread(world.helper) == 1)
            #expect(try await read(3, world.asker)["unread"]?.integer == 1)
            #expect(try await read(1, world.asker)["readPosition"]?.integer == 3)
            #expect(try await listed(world.asker) == 1)
            #expect(try await read(1_000_000, world.asker)["readPosition"]?.integer == 4)
            // What one writes oneself is nothing to read.
            _ = try await world.reply("Thank you.", in: id, as: world.asker)
            #expect(try await unread(world.asker) == 0)
            #expect(try await listed(world.asker) == 0)
            let last = try world.id(of: try await world.reply("Wrong.", in: id, as: world.helper))
            #expect(try await listed(world.asker) == 1)
            #expect(try await world.send("DELETE", "threads/\(id)/posts/\(last)", as: world.helper).status == 204)
            #expect(try await unread(world.asker) == 0)
            #expect(try await listed(world.asker) == 0)
        }
    }

    @Test func `a repeated request with its key writes once, also at once`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let replies = try await world.atOnce(8) { _ in
                try await world.send(
                    "POST",
                    "threads/\(id)/posts",
                    as: world.helper,
                    #"{"body":"By induction."}"#,
                    fields: ["Idempotency-Key: p1"]
                )
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            #expect(Set(replies.map(\.text)).count == 1)
            #expect(try await world.posts(of: id, as: world.asker).count == 2)
        }
    }
}
