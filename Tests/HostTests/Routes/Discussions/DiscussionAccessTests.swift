// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Who sees what is said in a course, and who may say what.
@Suite struct DiscussionAccessTests {
    private typealias Call = (method: String, path: String, json: String?)

    /// Every request about a thread and its post.
    private static func calls(_ thread: String, _ post: String) -> [Call] {
        ofThread(thread) + ofPost("threads/\(thread)/posts/\(post)")
            + [("PUT", "threads/\(thread)/answer", #"{"postId":"\#(post)"}"#)]
    }

    private static func ofThread(_ id: String) -> [Call] {
        [
            ("GET", "threads/\(id)", nil), ("PATCH", "threads/\(id)", #"{"title":"x"}"#),
            ("DELETE", "threads/\(id)", nil), ("DELETE", "threads/\(id)/answer", nil),
            ("PUT", "threads/\(id)/subscription", nil), ("DELETE", "threads/\(id)/subscription", nil),
            ("PUT", "threads/\(id)/read", #"{"position":1}"#), ("GET", "threads/\(id)/posts", nil),
            ("POST", "threads/\(id)/posts", #"{"body":"x"}"#),
        ]
    }

    private static func ofPost(_ path: String) -> [Call] {
        [
            ("PATCH", path, #"{"body":"x"}"#), ("DELETE", path, nil), ("PUT", "\(path)/vote", nil),
            ("DELETE", "\(path)/vote", nil), ("PUT", "\(path)/hidden", #"{"reason":"x"}"#),
            ("DELETE", "\(path)/hidden", nil), ("GET", "\(path)/versions", nil),
            ("POST", "\(path)/reports", #"{"reason":"abuse"}"#),
        ]
    }

    @Test func `attack: a post is reached through its own thread alone`() async throws {
        try await TalkWorld.with { world in
            let (first, second) = (try await world.open(as: world.asker), try await world.open(as: world.asker))
            let foreign = try world.id(of: try await world.reply("Of the second.", in: second, as: world.asker))
            for member in [world.asker, world.teacher] {
                let answer: Call = ("PUT", "threads/\(first)/answer", #"{"postId":"\#(foreign)"}"#)
                let parent: Call = ("POST", "threads/\(first)/posts", #"{"body":"x","parentId":"\#(foreign)"}"#)
                for (method, path, json) in Self.ofPost("threads/\(first)/posts/\(foreign)") + [answer, parent] {
                    let unknown = (
                        path: path.replacing(foreign, with: TalkWorld.never),
                        json: json?.replacing(foreign, with: TalkWorld.never)
                    )
                    let swapped = try await world.send(method, path, as: member, json)
                    let never = try await world.send(method, unknown.path, as: member, unknown.json)
                    #expect(swapped.status == never.status && swapped.status >= 400, "\(method) \(path)")
                    #expect(swapped.comparable == never.comparable, "\(method) \(path)")
                }
            }
            let left = try await world.posts(of: second, as: world.helper)
            #expect(left.map { $0["body"]?.text } == ["How does the second proof go?", "Of the second."])
            #expect(left.allSatisfy { $0["status"]?.text == "published" && $0["votes"]?.integer == 0 })
            #expect(try await world.posts(of: first, as: world.helper).count == 1)
        }
    }

    @Test func `attack: to who may not read the course its threads are as if they had never been`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply(in: id, as: world.asker))
            let left = try await world.learner("left")
            let mine = try await world.send("GET", "enrollments/me/course/\(world.course)", as: left)
            #expect(
                try await world.send("DELETE", "enrollments/\(try world.id(of: mine))", as: left).status == 204
            )
            let outsiders = [
                try await world.host.register("outsider", at: world.tenant), try await world.elsewhere().teacher, left,
            ]
            for outsider in outsiders {
                for (index, (method, path, json)) in Self.calls(id, post).enumerated() {
                    let call = Self.calls(TalkWorld.never, TalkWorld.never)[index]
                    let foreign = try await world.send(method, path, as: outsider, json)
                    let never = try await world.send(method, call.path, as: outsider, call.json)
                    #expect(foreign.comparable == never.comparable, "\(method) \(path)")
                    // Who has no right to moderate anywhere is told that before anything is looked for.
                    #expect(foreign.status == 404 || (foreign.status == 403 && path.hasSuffix("/hidden")), "\(path)")
                }
                for (method, json) in [("GET", nil), ("POST", #"{"title":"x","body":"x"}"#)] {
                    let list = try await world.send(method, "courses/\(world.course)/threads", as: outsider, json)
                    #expect(list.code == "ENROLLMENT_NEEDED")
                }
            }
            #expect(try await world.posts(of: id, as: world.helper).count == 2)
        }
    }

    @Test func `attack: a draft's threads, another tenant's and those that never were are alike`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await TalkWorld(home)
            let foreign = try await TalkWorld(abroad, host: world.host)
            let (draft, author) = try await world.elsewhere(.draft)
            let hidden = try await world.open("In the draft.", as: author, in: draft)
            let theirs = try await foreign.open(as: foreign.asker)
            let posts = [hidden: draft, theirs: foreign.course]
            for (thread, course) in posts {
                let reader = thread == hidden ? author : foreign.asker
                let place = thread == hidden ? world : foreign
                let post = try #require(try await place.posts(of: thread, as: reader).first?["id"]?.text)
                for (index, (method, path, json)) in Self.calls(thread, post).enumerated() {
                    let call = Self.calls(TalkWorld.never, TalkWorld.never)[index]
                    let seen = try await world.send(method, path, as: world.teacher, json)
                    let never = try await world.send(method, call.path, as: world.teacher, call.json)
                    #expect(seen.status == 404 && seen.comparable == never.comparable, "\(method) \(path)")
                }
                for (method, json) in [("GET", nil), ("POST", #"{"title":"x","body":"x"}"#)] {
                    let seen = try await world.send(method, "courses/\(course)/threads", as: world.asker, json)
                    let unknown = "courses/\(TalkWorld.never)/threads"
                    let never = try await world.send(method, unknown, as: world.asker, json)
                    #expect(seen.status == 404 && seen.comparable == never.comparable)
                }
                #expect(try await place.posts(of: thread, as: reader).count == 1)
            }
        }
    }

    @Test func `only who asked and moderators accept, and only moderators pin, lock, feature, hide and announce`()
        async throws
    {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply(in: id, as: world.helper))
            let answer = ("PUT", "threads/\(id)/answer", #"{"postId":"\#(post)"}"#)
            for flag in ["isPinned", "isLocked", "isFeatured"] {
                for member in [world.asker, world.helper] {
                    let json = #"{"title":"Mine","\#(flag)":true}"#
                    #expect(try await world.send("PATCH", "threads/\(id)", as: member, json).status == 403)
                }
            }
            let hide = ("PUT", "threads/\(id)/posts/\(post)/hidden", #"{"reason":"x"}"#)
            let block = (
                "PUT", "courses/\(world.course)/discussion-blocks/\(world.helper.user)", #"{"days":1,"reason":"x"}"#
            )
            let announce = (
                "POST", "courses/\(world.course)/threads", #"{"kind":"announcement","title":"x","body":"x"}"#
            )
            for (method, path, json) in [hide, block, announce] {
                #expect(try await world.send(method, path, as: world.asker, json).status == 403, "\(path)")
            }
            #expect(try await world.send(answer.0, answer.1, as: world.helper, answer.2).status == 403)
            #expect(try await world.send("PATCH", "threads/\(id)", as: world.helper, #"{"title":"x"}"#).status == 403)
            #expect(try await world.send("DELETE", "threads/\(id)", as: world.helper).status == 403)
            let foreign = try await world.send(
                "PATCH",
                "threads/\(id)/posts/\(post)",
                as: world.teacher,
                #"{"body":"x"}"#
            )
            #expect(foreign.status == 403)
            let thread = try await world.thread(id, as: world.asker)
            #expect(thread["title"]?.text == "About proofs" && thread["isPinned"]?.flag == false)
            for member in [world.asker, world.teacher] {
                #expect(try await world.send(answer.0, answer.1, as: member, answer.2).status == 200)
                #expect(try await world.send("DELETE", answer.1, as: member).json["acceptedPostId"]?.text == nil)
            }
            let json = #"{"isPinned":true,"isLocked":true,"isFeatured":true}"#
            #expect(try await world.send("PATCH", "threads/\(id)", as: world.teacher, json).status == 200)
            #expect(try await world.audited() == ["thread.moderated"])
            let question = try await world.question(of: id)
            let own = try await world.send(answer.0, answer.1, as: world.teacher, #"{"postId":"\#(question)"}"#)
            #expect(own.code == "NOT_AN_ANSWER")
        }
    }

    @Test func `an auditor reads, sees nothing hidden and changes nothing`() async throws {
        try await TalkWorld.with { world in
            let auditor = try await world.host.member("auditor", .auditor, of: world.tenant)
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply("A secret.", in: id, as: world.helper))
            let path = "threads/\(id)/posts/\(post)/hidden"
            #expect(try await world.send("PUT", path, as: world.teacher, #"{"reason":"x"}"#).status == 200)
            let seen = try await world.send("GET", "threads/\(id)/posts", as: auditor)
            #expect(seen.items.count == 2 && !seen.text.contains("A secret."))
            #expect(try await world.send("GET", "courses/\(world.course)/threads", as: auditor).items.count == 1)
            for (method, path, json) in Self.calls(id, post) where method != "GET" {
                #expect(try await world.send(method, path, as: auditor, json).status == 403, "\(method) \(path)")
            }
            let new = #"{"title":"x","body":"x"}"#
            #expect(try await world.send("POST", "courses/\(world.course)/threads", as: auditor, new).status == 403)
            let question = try await world.question(of: id)
            let first = "threads/\(id)/posts/\(question)/hidden"
            #expect(try await world.send("PUT", first, as: world.teacher, #"{"reason":"x"}"#).status == 200)
            for reader in [auditor, world.asker, world.helper] {
                #expect(try await world.send("GET", "threads/\(id)", as: reader).code == "THREAD_NOT_FOUND")
                #expect(try await world.send("GET", "courses/\(world.course)/threads", as: reader).items.isEmpty)
            }
        }
    }
}
