// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Who may report, who decides, and who learns of it.
@Suite struct ModerationAccessTests {
    private let reason = #"{"reason":"abuse","note":"planted note"}"#
    private let verdict = #"{"verdict":"hide","reason":"x"}"#

    /// Has a post written and reported.
    private func report(_ author: PlatformHost.Session, by reporter: PlatformHost.Session, in world: TalkWorld)
        async throws -> (thread: String, post: String, id: String)
    {
        let thread = try await world.open(as: world.asker)
        let post = try world.id(of: try await world.reply("An insult.", in: thread, as: author))
        let reply = try await world.send("POST", "threads/\(thread)/posts/\(post)/reports", as: reporter, reason)
        return (thread, post, try world.id(of: reply))
    }

    @Test func `attack: who was reported does not learn by whom, that they were, or what was noted`() async throws {
        try await TalkWorld.with { world in
            let reporter = try await world.learner("reporter")
            // Also a teacher, who decides on everything else in the course.
            for author in [world.helper, world.teacher] {
                let report = try await report(author, by: reporter, in: world)
                let never = try await world.send("GET", "moderation/reports/\(TalkWorld.never)", as: author)
                let shown = try await world.send("GET", "moderation/reports/\(report.id)", as: author)
                #expect(shown.status == 404 && shown.comparable == never.comparable)
                let path = "moderation/reports/\(report.id)"
                let decided = try await world.send("PATCH", path, as: author, #"{"verdict":"dismiss","reason":"x"}"#)
                #expect(decided.code == "REPORT_NOT_FOUND")
                let owner = try await world.host.member("owner-\(author.email.prefix(4))", .owner, of: world.tenant)
                for step in ["reported", "hidden"] {
                    if step == "hidden" {
                        #expect(try await world.send("PATCH", path, as: owner, verdict).status == 200)
                    }
                    let seen = [
                        try await world.send("GET", "threads/\(report.thread)", as: author),
                        try await world.send("GET", "threads/\(report.thread)/posts", as: author),
                        try await world.send("GET", "notifications", as: author),
                        try await world.send("GET", "moderation/reports", as: author),
                    ]
                    for reply in seen {
                        for planted in [reporter.user, "planted note", report.id] {
                            #expect(!reply.text.contains(planted), "\(step) \(reply.text)")
                        }
                    }
                }
                #expect(try await world.send("GET", path, as: owner).json["reporterId"]?.text == reporter.user)
            }
        }
    }

    @Test func `attack: nobody takes back what was decided on what they wrote themselves`() async throws {
        try await TalkWorld.with { world in
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let report = try await report(world.teacher, by: world.helper, in: world)
            #expect(try await world.send("PATCH", "moderation/reports/\(report.id)", as: owner, verdict).status == 200)
            let path = "threads/\(report.thread)/posts/\(report.post)"
            #expect(try await world.send("DELETE", "\(path)/hidden", as: world.teacher).status == 403)
            #expect(try await world.send("DELETE", path, as: world.teacher).code == "POST_GONE")
            #expect(try await world.send("PATCH", path, as: world.teacher, #"{"body":"x"}"#).code == "POST_GONE")
            let shown = try await world.posts(of: report.thread, as: world.helper)[1]
            #expect(shown["status"]?.text == "hidden" && shown["body"]?.text == "")
            #expect(try await world.send("DELETE", "\(path)/hidden", as: owner).status == 200)
            let restored = try await world.posts(of: report.thread, as: world.helper)[1]
            #expect(restored["body"]?.text == "An insult.")
        }
    }

    @Test func `attack: a report of a course of others, or of another tenant, is as if it had never been`() async throws
    {
        try await withTwoTenants { home, abroad in
            let world = try await TalkWorld(home)
            let foreign = try await TalkWorld(abroad, host: world.host)
            let own = try await report(world.helper, by: world.asker, in: world)
            let theirs = try await report(foreign.helper, by: foreign.asker, in: foreign)
            let teacher = try await world.elsewhere().teacher
            let owner = try await world.host.member("owner", .owner, of: home)
            for (moderator, id) in [(teacher, own.id), (owner, theirs.id)] {
                for (method, json) in [("GET", nil), ("PATCH", verdict)] {
                    let path = "moderation/reports/"
                    let never = try await world.send(method, path + TalkWorld.never, as: moderator, json)
                    let seen = try await world.send(method, path + id, as: moderator, json)
                    #expect(seen.status == 404 && seen.comparable == never.comparable)
                }
                #expect(try await !world.send("GET", "moderation/reports", as: moderator).text.contains(id))
            }
            #expect(try await world.send("GET", "moderation/reports", as: teacher).items.isEmpty)
            for learner in [world.asker, world.helper] {
                #expect(try await world.send("GET", "moderation/reports", as: learner).status == 403)
                let path = "moderation/reports/\(own.id)"
                #expect(try await world.send("PATCH", path, as: learner, verdict).code == "REPORT_NOT_FOUND")
            }
            for (place, post) in [(world, own), (foreign, theirs)] {
                let shown = try await place.posts(of: post.thread, as: place.asker)
                #expect(shown[1]["body"]?.text == "An insult.")
            }
        }
    }

    @Test func `attack: nobody reports what they do not see`() async throws {
        try await TalkWorld.with { world in
            let outsider = try await world.host.register("outsider", at: world.tenant)
            let thread = try await world.open(as: world.asker)
            let post = try await world.question(of: thread)
            let never = "threads/\(TalkWorld.never)/posts/\(TalkWorld.never)/reports"
            let unknown = try await world.send("POST", never, as: outsider, reason)
            let path = "threads/\(thread)/posts/\(post)/reports"
            let seen = try await world.send("POST", path, as: outsider, reason)
            #expect(seen.status == 404 && seen.comparable == unknown.comparable)
            let message = try await world.send(
                "POST",
                "conversations",
                as: world.asker,
                #"{"userIds":["\#(world.teacher.user)"],"body":"x"}"#
            )
            let id = try #require(message.json["lastMessage"]?["id"]?.text)
            let messages = "conversations/\(try world.id(of: message))/messages/\(id)/reports"
            let strange = try await world.send("POST", messages, as: world.helper, reason)
            let nowhere = messages.replacing(id, with: TalkWorld.never)
            #expect(strange.status == 404)
            #expect(
                try await world.send("POST", nowhere, as: world.helper, reason).comparable == strange.comparable
            )
            let count: Int = try await world.tenant.transaction { session in
                try await session.execute("SELECT count(*) FROM moderation_reports").only?[0] ?? -1
            }
            #expect(count == 0)
        }
    }
}
