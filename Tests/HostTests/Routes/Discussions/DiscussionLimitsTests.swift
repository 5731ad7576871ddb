// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What is not shown, and where nothing more is said.
@Suite struct DiscussionLimitsTests {
    @Test(arguments: ["deleted", "hidden"])
    func `attack: what a post said is nowhere once it is gone, not even in a search`(how: String) async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let mention = "planted words for @\(world.teacher.user)"
            let post = try world.id(of: try await world.reply("planted early", in: id, as: world.helper))
            let path = "threads/\(id)/posts/\(post)"
            #expect(try await world.send("PATCH", path, as: world.helper, #"{"body":"\#(mention)"}"#).status == 200)
            let search = "courses/\(world.course)/threads?q=planted"
            #expect(try await world.send("GET", search, as: world.asker).items.count == 1)
            if how == "deleted" {
                #expect(try await world.send("DELETE", path, as: world.helper).status == 204)
            } else {
                let reason = #"{"reason":"planted reason"}"#
                #expect(try await world.send("PUT", "\(path)/hidden", as: world.teacher, reason).status == 200)
            }
            for reader in [world.asker, world.helper] {
                let seen = [
                    try await world.send("GET", "threads/\(id)/posts", as: reader),
                    try await world.send("GET", "threads/\(id)", as: reader),
                    try await world.send("GET", "\(path)/versions", as: reader),
                    try await world.send("PUT", "\(path)/vote", as: reader),
                    try await world.send("DELETE", "\(path)/vote", as: reader),
                    try await world.send("PATCH", path, as: reader, #"{"body":"Shown again."}"#),
                    try await world.send("GET", search, as: reader),
                ]
                #expect(!seen.contains { $0.text.contains("planted") })
                let shown = try await world.posts(of: id, as: reader)[1]
                #expect(shown["status"]?.text == how && shown["mentions"] == .array([]))
                #expect(try await world.send("GET", search, as: reader).items.isEmpty)
            }
            // Evidence stays for those who moderate, whatever its author does.
            #expect(try await world.send("DELETE", path, as: world.helper).status == (how == "hidden" ? 409 : 204))
            let moderated = try await world.send("GET", "threads/\(id)/posts", as: world.teacher)
            #expect(moderated.text.contains("planted words") == (how == "hidden"))
        }
    }

    @Test func `in an archived course nothing is said, and moderators still hide and delete`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply(in: id, as: world.helper))
            try await world.set(.archived)
            let path = "threads/\(id)/posts/\(post)"
            let words: [(PlatformHost.Session, String, String, String?)] = [
                (world.helper, "PATCH", path, #"{"body":"x"}"#), (world.helper, "DELETE", path, nil),
                (world.asker, "PUT", "\(path)/vote", nil), (world.asker, "DELETE", "threads/\(id)", nil),
                (world.asker, "PUT", "threads/\(id)/answer", #"{"postId":"\#(post)"}"#),
                (world.teacher, "PATCH", "threads/\(id)", #"{"isPinned":true}"#),
                (world.teacher, "POST", "threads/\(id)/posts", #"{"body":"x"}"#),
                (world.teacher, "POST", "courses/\(world.course)/threads", #"{"title":"x","body":"x"}"#),
            ]
            for (member, method, path, json) in words {
                let refused = try await world.send(method, path, as: member, json)
                #expect(refused.code == "COURSE_ARCHIVED", "\(method) \(path)")
            }
            #expect(try await world.posts(of: id, as: world.asker).count == 2)
            let read = try await world.send("PUT", "threads/\(id)/read", as: world.asker, #"{"position":2}"#)
            #expect(read.json["unread"]?.integer == 0)
            let hide = try await world.send("PUT", "\(path)/hidden", as: world.teacher, #"{"reason":"x"}"#)
            #expect(hide.status == 200)
            #expect(try await world.send("DELETE", "threads/\(id)", as: world.teacher).status == 204)
            #expect(try await world.audited() == ["post.hidden", "thread.deleted"])
        }
    }

    @Test func `who is blocked in a course reads on, writes nothing there and is let back`() async throws {
        try await TalkWorld.with { world in
            let (other, teacher) = try await world.elsewhere()
            let enroll = #"{"courseId":"\#(other)"}"#
            #expect(try await world.send("POST", "enrollments", as: world.asker, enroll).status == 201)
            let abroad = try await world.open(as: teacher, in: other)
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply(in: id, as: world.helper))
            let question = try await world.question(of: id)
            let blocks = "courses/\(world.course)/discussion-blocks"
            let block = "\(blocks)/\(world.asker.user)"
            let words = #"{"days":1,"reason":"planted reason"}"#
            #expect(try await world.send("PUT", block, as: world.teacher, words).status == 204)
            let writing: [(String, String, String?)] = [
                ("POST", "courses/\(world.course)/threads", #"{"title":"x","body":"x"}"#),
                ("POST", "threads/\(id)/posts", #"{"body":"x"}"#), ("PATCH", "threads/\(id)", #"{"title":"x"}"#),
                ("PATCH", "threads/\(id)/posts/\(question)", #"{"body":"x"}"#),
                ("PUT", "threads/\(id)/posts/\(post)/vote", nil),
                ("PUT", "threads/\(id)/answer", #"{"postId":"\#(post)"}"#), ("DELETE", "threads/\(id)/answer", nil),
            ]
            for (method, path, json) in writing {
                let refused = try await world.send(method, path, as: world.asker, json)
                #expect(refused.code == "DISCUSSION_SUSPENDED", "\(method) \(path)")
                #expect(!refused.text.contains("planted reason"))
            }
            #expect(try await world.posts(of: id, as: world.asker).count == 2)
            #expect(try await world.send("GET", blocks, as: world.teacher).items.count == 1)
            #expect(try await world.send("GET", blocks, as: world.asker).status == 403)
            // Not in another course, and nobody blocks from elsewhere.
            #expect(try await world.reply(in: abroad, as: world.asker).status == 201)
            #expect(try await world.send("DELETE", block, as: teacher).status == 403)
            #expect(try await world.send("DELETE", block, as: world.teacher).status == 204)
            #expect(try await world.reply(in: id, as: world.asker).status == 201)
            #expect(
                try await world.audited() == ["discussion.member_restored", "discussion.member_suspended"]
            )
        }
    }

    @Test func `a block is over after its days`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.helper)
            let block = "courses/\(world.course)/discussion-blocks/\(world.asker.user)"
            let words = #"{"days":1,"reason":"x"}"#
            #expect(try await world.send("PUT", block, as: world.teacher, words).status == 204)
            world.host.platform.clock.advance(by: 86_399)
            func reply() async throws -> TestReply {
                let login = #"{"email":"\#(world.asker.email)","password":"\#(PlatformHost.password)"}"#
                let again = try await world.host.send("POST", "/api/v1/auth/login", to: world.tenant, json: login)
                return try await world.reply(in: id, as: try PlatformHost.Session(again))
            }
            #expect(try await reply().code == "DISCUSSION_SUSPENDED")
            world.host.platform.clock.advance(by: 2)
            #expect(try await reply().status == 201)
        }
    }

    @Test func `attack: nobody finds out who exists by blocking`() async throws {
        try await TalkWorld.with { world in
            let outsider = try await world.host.register("outsider", at: world.tenant)
            func block(_ user: String) async throws -> TestReply {
                let path = "courses/\(world.course)/discussion-blocks/\(user)"
                return try await world.send("PUT", path, as: world.teacher, #"{"days":1,"reason":"x"}"#)
            }
            let never = try await block(TalkWorld.never)
            #expect(never.code == "COURSE_MEMBER_NOT_FOUND")
            #expect(try await block(outsider.user).comparable == never.comparable)
            #expect(try await world.audited().isEmpty)
        }
    }
}
