// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What several do to a thread at the same time.
@Suite struct DiscussionRaceTests {
    @Test func `100 members who vote at once are 100 votes, and nobody has two`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let question = try await world.question(of: id)
            let path = "threads/\(id)/posts/\(question)/vote"
            let members = try await withThrowingTaskGroup(of: PlatformHost.Session.self) { group in
                for number in 0..<100 { group.addTask { try await world.learner("voter\(number)") } }
                return try await group.reduce(into: [PlatformHost.Session]()) { $0.append($1) }
            }
            func votes() async throws -> [Int?] {
                let post = try await world.posts(of: id, as: world.asker)[0]
                return [post["votes"]?.integer, try await world.thread(id, as: world.asker)["votes"]?.integer]
            }
            let first = try await world.atOnce(100) { try await world.send("PUT", path, as: members[$0]) }
            #expect(first.allSatisfy { $0.status == 200 && $0.json["isVoted"]?.flag == true })
            #expect(try await votes() == [100, 100])
            let again = try await world.atOnce(20) { try await world.send("PUT", path, as: members[$0 % 2]) }
            #expect(again.allSatisfy { $0.json["votes"]?.integer == 100 })
            let back = try await world.atOnce(20) { try await world.send("DELETE", path, as: members[$0 % 2]) }
            #expect(back.allSatisfy { $0.status == 200 && $0.json["isVoted"]?.flag == false })
            #expect(try await votes() == [98, 98])
            _ = try await world.atOnce(100) { number in
                try await world.send(number % 2 == 0 ? "PUT" : "DELETE", path, as: members[number])
            }
            #expect(try await votes() == [50, 50])
            #expect(try await world.send("PUT", path, as: world.asker).code == "OWN_POST")
        }
    }

    @Test func `of several who accept at once one is last, and its answer is the one that was told last`() async throws
    {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            var answers: [String] = []
            for _ in 0..<4 { answers.append(try world.id(of: try await world.reply(in: id, as: world.helper))) }
            let before = try #require(try await world.thread(id, as: world.asker)["version"]?.integer)
            let replies = try await world.atOnce(24) { [answers] number in
                try await world.send(
                    "PUT",
                    "threads/\(id)/answer",
                    as: number % 2 == 0 ? world.asker : world.teacher,
                    #"{"postId":"\#(answers[number % 4])"}"#
                )
            }
            #expect(replies.allSatisfy { $0.status == 200 })
            let thread = try await world.thread(id, as: world.helper)
            let told = try await world.tenant.events().filter { try $0["type"] == EventType.answerAccepted.name }.map {
                row in
                let payload: JSONText = try row["payload"]
                return try JSONValue.parse(payload.bytes)["postId"]?.text
            }
            #expect(thread["acceptedPostId"]?.text == told.last)
            // Each that changed something raised the version and was told, and none of the others.
            #expect(thread["version"]?.integer == before + told.count)
        }
    }

    @Test func `of two who pin what they both read one is refused`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let shown = try await world.send("GET", "threads/\(id)", as: world.teacher)
            let tag = try #require(shown[.etag])
            let replies = try await world.atOnce(2) { number in
                try await world.send(
                    "PATCH",
                    "threads/\(id)",
                    as: number == 0 ? world.teacher : owner,
                    number == 0 ? #"{"isPinned":true}"# : #"{"isFeatured":true}"#,
                    fields: ["If-Match: \(tag)"]
                )
            }
            #expect(replies.map(\.status).sorted() == [200, 412])
            let thread = try await world.thread(id, as: world.teacher)
            #expect((thread["isPinned"]?.flag == true) != (thread["isFeatured"]?.flag == true))
        }
    }

    @Test func `a locked thread takes no reply of a learner, also not at the moment of locking`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.open(as: world.asker)
            for round in 0..<5 {
                let replies = try await world.atOnce(13) { number in
                    guard number == 6 else {
                        return try await world.reply("\(round)-\(number)", in: id, as: world.helper)
                    }
                    return try await world.send("PATCH", "threads/\(id)", as: world.teacher, #"{"isLocked":true}"#)
                }
                let locked = try #require(replies.first { $0.json["isLocked"] != nil })
                let last = try #require(locked.json["lastPosition"]?.integer)
                let others = replies.filter { $0.json["isLocked"] == nil }
                let written = others.filter { $0.status == 201 }.compactMap { $0.json["position"]?.integer }
                #expect(others.count == 12 && written.allSatisfy { $0 <= last })
                #expect(others.filter { $0.status != 201 }.allSatisfy { $0.code == "THREAD_LOCKED" })
                #expect(try await world.thread(id, as: world.asker)["lastPosition"]?.integer == last)
                #expect(try await world.reply(in: id, as: world.asker).code == "THREAD_LOCKED")
                let question = try await world.question(of: id)
                let path = "threads/\(id)/posts/\(question)"
                #expect(try await world.send("PATCH", path, as: world.asker, #"{"body":"x"}"#).code == "THREAD_LOCKED")
                // Votes go on.
                #expect(try await world.send("PUT", "\(path)/vote", as: world.helper).status == 200)
                #expect(try await world.posts(of: id, as: world.asker).count == last)
                let unlock = #"{"isLocked":false}"#
                #expect(try await world.send("PATCH", "threads/\(id)", as: world.teacher, unlock).status == 200)
            }
        }
    }

    @Test func `a thread is deleted or answered, and never both`() async throws {
        try await TalkWorld.with { world in
            for _ in 0..<12 {
                let id = try await world.open(as: world.asker)
                let replies = try await world.atOnce(2) { number in
                    if number == 0 { return try await world.send("DELETE", "threads/\(id)", as: world.asker) }
                    return try await world.reply(in: id, as: world.helper)
                }
                let outcome = replies.map { $0.status == 204 || $0.status == 201 ? "\($0.status)" : $0.code }
                #expect([["204", "THREAD_NOT_FOUND"], ["201", "THREAD_ANSWERED"]].contains(outcome.sortedTexts))
                let isLeft = outcome.contains("201")
                let thread = try #require(DiscussionThread.ID(id))
                let count: Int = try await world.tenant.transaction { session in
                    let rows = try await session.execute(
                        "SELECT count(*) FROM discussion_posts WHERE thread_id = \(thread)"
                    )
                    return try rows.only?[0] ?? -1
                }
                #expect(count == (isLeft ? 2 : 0))
            }
        }
    }
}

extension [String?] {
    fileprivate var sortedTexts: [String] { compactMap(\.self).sorted() }
}
