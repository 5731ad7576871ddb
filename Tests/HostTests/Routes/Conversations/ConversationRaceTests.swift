// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What several do in conversations at the same time.
@Suite struct ConversationRaceTests {
    @Test func `two who begin a conversation with each other at once have one, with every message in it`() async throws
    {
        try await TalkWorld.with { world in
            let begun = try await world.atOnce(12) { number in
                let (from, to) = number % 2 == 0 ? (world.asker, world.teacher) : (world.teacher, world.asker)
                let json = #"{"userIds":["\#(to.user)"],"body":"number \#(number)"}"#
                return try await world.send("POST", "conversations", as: from, json)
            }
            #expect(begun.allSatisfy { $0.status == 201 })
            let ids = Set(begun.compactMap { $0.json["id"]?.text })
            #expect(ids.count == 1)
            let path = "conversations/\(try #require(ids.first))"
            let page = try await world.send("GET", "\(path)/messages", as: world.asker)
            #expect(page.items.map { $0["position"]?.integer } == Array(1...12))
            #expect(Set(page.items.compactMap { $0["body"]?.text }).count == 12)
            for member in [world.asker, world.teacher] {
                #expect(try await world.send("GET", path, as: member).json["unread"]?.integer == 6)
                let unread = try await world.send("GET", "conversations/unread", as: member).json
                #expect(unread["messages"]?.integer == 6 && unread["conversations"]?.integer == 1)
            }
        }
    }

    @Test func `a message that is repeated with its key at once is written once, and told once`() async throws {
        try await TalkWorld.with { world in
            let path = "conversations/\(try await world.begin(with: [world.teacher], as: world.asker))"
            let sent = try await world.atOnce(10) { _ in
                let key = ["Idempotency-Key: m1"]
                return try await world.send("POST", "\(path)/messages", as: world.asker, #"{"body":"x"}"#, fields: key)
            }
            #expect(sent.allSatisfy { $0.status == 201 })
            #expect(Set(sent.map(\.text)).count == 1)
            let other = try await world.send(
                "POST",
                "\(path)/messages",
                as: world.asker,
                #"{"body":"y"}"#,
                fields: ["Idempotency-Key: m1"]
            )
            #expect(other.code == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await world.send("GET", path, as: world.teacher).json["lastPosition"]?.integer == 2)
            let events = try await world.tenant.events().filter { try $0["type"] == EventType.messageSent.name }
            #expect(events.count == 2)
            // One notice until it is read, whatever else is written.
            #expect(try await world.told(world.teacher) == ["message"])
            _ = try await world.send("PUT", "\(path)/read", as: world.teacher, #"{"position":2}"#)
            _ = try await world.send("POST", "\(path)/messages", as: world.asker, #"{"body":"z"}"#)
            #expect(try await world.told(world.teacher) == ["message", "message"])
            #expect(try await world.told(world.asker).isEmpty)
        }
    }

    @Test func `messages are read in the order in which they were answered, each once, while both write`() async throws
    {
        try await TalkWorld.with { world in
            let path = "conversations/\(try await world.begin(with: [world.teacher], as: world.asker))"
            async let sent = world.atOnce(40) { number in
                let writer = number % 2 == 0 ? world.asker : world.teacher
                return try await world.send("POST", "\(path)/messages", as: writer, #"{"body":"\#(number)"}"#)
            }
            var seen: [JSONValue] = []
            for _ in 0..<5_000 where seen.count < 41 {
                let after = seen.last?["position"]?.integer ?? 0
                seen += try await world.send("GET", "\(path)/messages?after=\(after)&limit=7", as: world.teacher).items
                await Task.yield()
            }
            #expect(seen.map { $0["position"]?.integer } == Array(1...41))
            let replies = try await sent
            #expect(Set(replies.map { $0.json["id"]?.text }) == Set(seen.dropFirst().map { $0["id"]?.text }))
            for reply in replies {
                let place = try #require(reply.json["position"]?.integer)
                #expect(seen[place - 1]["id"] == reply.json["id"])
            }
        }
    }
}
