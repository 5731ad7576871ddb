// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ModerationRoutesTests {
    private let reason = #"{"reason":"abuse","note":"The second time."}"#

    @Test func `a post is reported once by each person, also at once, and the list shows each report once`()
        async throws
    {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            var posts: [String] = []
            for number in 0..<4 {
                posts.append(try world.id(of: try await world.reply("Insult \(number)", in: id, as: world.helper)))
            }
            var reports: [String] = []
            for post in posts {
                let path = "threads/\(id)/posts/\(post)/reports"
                let third = try await world.learner("reader-\(post.suffix(12))")
                for reporter in [world.asker, third] {
                    world.host.platform.clock.advance(by: 1)
                    let replies = try await world.atOnce(5) { [reason] _ in
                        try await world.send("POST", path, as: reporter, reason)
                    }
                    #expect(replies.allSatisfy { $0.status == 201 })
                    let ids = Set(replies.compactMap { $0.json["id"]?.text })
                    #expect(ids.count == 1)
                    reports += ids
                }
            }
            var (listed, cursor): ([String], String?) = ([], nil)
            repeat {
                let query = "moderation/reports?limit=3" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await world.send("GET", query, as: world.teacher)
                #expect(page.status == 200 && page.items.count <= 3)
                listed += page.items.compactMap { $0["id"]?.text }
                cursor = page.json["nextCursor"]?.text
            } while cursor != nil
            // The oldest first.
            #expect(listed.count == 8 && listed == reports)
            let first = try await world.send("GET", "moderation/reports/\(listed[0])", as: world.teacher)
            #expect(first.json["quotation"]?.text == "Insult 0" && first.json["note"]?.text == "The second time.")
            #expect(first.json["authorId"]?.text == world.helper.user && first.json["status"]?.text == "open")
        }
    }

    @Test func `a post is hidden, shown again and hidden, and each decision is in the audit log`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply("An insult.", in: id, as: world.helper))
            let accept = #"{"postId":"\#(post)"}"#
            #expect(try await world.send("PUT", "threads/\(id)/answer", as: world.asker, accept).status == 200)
            let reported = try await world.send("POST", "threads/\(id)/posts/\(post)/reports", as: world.asker, reason)
            let report = "moderation/reports/\(try world.id(of: reported))"
            func decide(_ verdict: String) async throws -> JSONValue {
                let json = #"{"verdict":"\#(verdict)","reason":"planted reason"}"#
                return try await world.send("PATCH", report, as: world.teacher, json).json
            }
            func text(_ reader: PlatformHost.Session) async throws -> String? {
                try await world.posts(of: id, as: reader)[1]["body"]?.text
            }
            let hidden = try await decide("hide")
            #expect(hidden["status"]?.text == "upheld" && hidden["verdict"]?.text == "planted reason")
            for reader in [world.asker, world.helper] {
                #expect(try await text(reader) == "")
                let seen = try await world.send("GET", "threads/\(id)/posts", as: reader)
                #expect(!seen.text.contains("planted reason") && !seen.text.contains("An insult."))
            }
            #expect(try await text(world.teacher) == "An insult.")
            #expect(try await world.thread(id, as: world.asker)["acceptedPostId"]?.text == nil)
            #expect(try await decide("dismiss")["status"]?.text == "dismissed")
            #expect(try await text(world.helper) == "An insult.")
            _ = try await decide("hide")
            #expect(try await text(world.asker) == "")
            let closed = try await world.send("GET", "moderation/reports?status=upheld", as: world.teacher)
            #expect(closed.items.count == 1)
            #expect(try await world.send("GET", "moderation/reports", as: world.teacher).items.isEmpty)
            #expect(
                try await world.audited() == [
                    "post.hidden", "post.hidden", "post.restored", "report.decided", "report.decided", "report.decided",
                ]
            )
        }
    }

    @Test func `of several who decide at once one is last, and the post is as they said`() async throws {
        try await TalkWorld.with { world in
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let id = try await world.open(as: world.asker)
            for _ in 0..<5 {
                let post = try world.id(of: try await world.reply("An insult.", in: id, as: world.helper))
                let path = "threads/\(id)/posts/\(post)/reports"
                let report = try world.id(of: try await world.send("POST", path, as: world.asker, reason))
                let replies = try await world.atOnce(6) { number in
                    try await world.send(
                        "PATCH",
                        "moderation/reports/\(report)",
                        as: number % 2 == 0 ? world.teacher : owner,
                        number % 2 == 0 ? #"{"verdict":"hide","reason":"a"}"# : #"{"verdict":"dismiss","reason":"b"}"#
                    )
                }
                #expect(replies.allSatisfy { $0.status == 200 })
                let decided = try await world.send("GET", "moderation/reports/\(report)", as: owner).json
                let isUpheld = decided["status"]?.text == "upheld"
                #expect(decided["verdict"]?.text == (isUpheld ? "a" : "b"))
                let shown = try await world.posts(of: id, as: world.teacher).last
                #expect(shown?["status"]?.text == (isUpheld ? "hidden" : "published"))
            }
            #expect(try await world.audited().filter { $0 == "report.decided" }.count == 30)
        }
    }

    @Test func `what was said is kept in the report, also if its author deletes it, and goes with who is erased`()
        async throws
    {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let post = try world.id(of: try await world.reply("An insult.", in: id, as: world.helper))
            let path = "threads/\(id)/posts/\(post)"
            let report = try world.id(of: try await world.send("POST", "\(path)/reports", as: world.asker, reason))
            #expect(try await world.send("DELETE", path, as: world.helper).status == 204)
            func shown() async throws -> JSONValue {
                try await world.send("GET", "moderation/reports/\(report)", as: world.teacher).json
            }
            #expect(try await shown()["quotation"]?.text == "An insult.")
            let again = try await world.send("POST", "\(path)/reports", as: try await world.learner("third"), reason)
            #expect(again.code == "POST_NOT_FOUND")
            let author = try #require(User.ID(world.helper.user))
            try await world.tenant.transaction { session in
                _ = try await world.host.platform.lms.users.erase(author, session: session)
            }
            let left = try await shown()
            #expect(left["quotation"]?.text == "" && left["authorId"]?.text == nil)
            let verdict = #"{"verdict":"hide","reason":"x"}"#
            let decided = try await world.send("PATCH", "moderation/reports/\(report)", as: world.teacher, verdict)
            #expect(decided.json["status"]?.text == "upheld")
        }
    }
}
