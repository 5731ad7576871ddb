// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What is not shown in conversations, and who writes no more.
@Suite(.timeLimit(.minutes(3))) struct ConversationLimitsTests {
    @Test func `attack: who left a group finds out nothing of what follows, not even that something does`() async throws
    {
        try await TalkWorld.with { world in
            let id = try await world.begin(with: [world.asker, world.helper], as: world.teacher)
            let path = "conversations/\(id)"
            #expect(try await world.send("DELETE", "\(path)/members/me", as: world.asker).status == 204)
            func seen() async throws -> [JSONValue] {
                var seen: [JSONValue] = []
                for call in [path, "\(path)/messages", "\(path)/messages?after=1", "conversations/unread"] {
                    seen.append(try await world.send("GET", call, as: world.asker).json)
                }
                let read = #"{"position":1000000}"#
                seen.append(try await world.send("PUT", "\(path)/read", as: world.asker, read).json)
                seen.append(try await world.send("PUT", "\(path)/mute", as: world.asker, #"{"isMuted":false}"#).json)
                return seen
            }
            _ = try await seen()
            let before = try await seen()
            world.host.platform.clock.advance(by: 60)
            let message = try await world.write("A secret.", in: id, as: world.helper)
            #expect(message.status == 201)
            #expect(try await seen() == before)
            #expect(try await world.write(in: id, as: world.asker).code == "CONVERSATION_CLOSED")
            let report = "\(path)/messages/\(try world.id(of: message))/reports"
            let refused = try await world.send("POST", report, as: world.asker, #"{"reason":"abuse"}"#)
            #expect(refused.code == "MESSAGE_NOT_FOUND")
            #expect(try await world.told(world.asker).isEmpty)
            #expect(try await world.told(world.teacher) == ["message"])
        }
    }

    @Test func `who left the course reads a group of it on and writes no more`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.begin(with: [world.asker, world.helper], as: world.teacher)
            let message = try world.id(of: try await world.write("In time.", in: id, as: world.asker))
            let mine = try await world.send("GET", "enrollments/me/course/\(world.course)", as: world.asker)
            let place = "enrollments/\(try world.id(of: mine))"
            #expect(try await world.send("DELETE", place, as: world.asker).status == 204)
            #expect(try await world.write(in: id, as: world.asker).code == "CONVERSATION_CLOSED")
            let path = "conversations/\(id)/messages/\(message)"
            let edit = try await world.send("PATCH", path, as: world.asker, #"{"body":"Too late."}"#)
            #expect(edit.code == "CONVERSATION_CLOSED")
            #expect(try await world.write(in: id, as: world.helper).status == 201)
            #expect(try await world.write(in: id, as: world.teacher).status == 201)
            #expect(try await world.send("GET", "conversations/\(id)/messages", as: world.asker).items.count == 4)
            // The office's conversations are open to the answer of everybody in them.
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let office = try await world.begin(with: [world.asker, world.helper], as: owner)
            #expect(try await world.write(in: office, as: world.asker).status == 201)
        }
    }

    @Test func `attack: who is blocked is not told, and reads what they read before`() async throws {
        try await TalkWorld.with { world in
            let id = try await world.begin(with: [world.teacher], as: world.asker)
            #expect(try await world.write(in: id, as: world.teacher).status == 201)
            func seen() async throws -> [JSONValue] {
                try await world.handOn()
                var seen: [JSONValue] = []
                for path in ["conversations", "conversations/\(id)", "conversations/\(id)/messages", "notifications"] {
                    seen.append(try await world.send("GET", path, as: world.asker).json)
                }
                seen.append(try await world.send("GET", "users/me/blocks", as: world.asker).json)
                return seen
            }
            let before = try await seen()
            let block = "users/me/blocks/\(world.asker.user)"
            #expect(try await world.send("PUT", block, as: world.teacher).status == 204)
            #expect(try await world.write("Why?", in: id, as: world.asker).code == "CONVERSATION_CLOSED")
            #expect(try await seen() == before)
            #expect(try await world.write(in: id, as: world.teacher).code == "RECIPIENT_BLOCKED")
            // Both still learn and teach in the same course.
            let thread = try await world.open("And here, @\(world.teacher.user)?", as: world.asker)
            #expect(try await world.reply(in: thread, as: world.teacher).status == 201)
        }
    }

    @Test func `attack: who is suspended writes nowhere, and is like who never was`() async throws {
        try await TalkWorld.with { world in
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            let id = try await world.begin(with: [world.asker], as: world.teacher)
            let thread = try await world.open(as: world.asker)
            let status = #"{"status":"suspended"}"#
            #expect(try await world.send("PATCH", "users/\(world.asker.user)/status", as: owner, status).status == 200)
            // Tokens are believed for less than a second.
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.write(in: id, as: world.asker).status == 401)
            #expect(try await world.reply(in: thread, as: world.asker).status == 401)
            #expect(try await world.write(in: id, as: world.teacher).code == "CONVERSATION_CLOSED")
            func begin(_ user: String) async throws -> TestReply {
                let json = #"{"userIds":["\#(user)"],"body":"x"}"#
                return try await world.send("POST", "conversations", as: world.teacher, json)
            }
            let never = try await begin(TalkWorld.never)
            let gone = try await begin(world.asker.user)
            #expect(gone.status == 404 && gone.comparable == never.comparable)
        }
    }

    @Test func `attack: a message that a moderator hid is in no reply and no stream any more`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let world = try await TalkWorld(tenant, host: live.host)
            let owner = try await world.host.member("owner", .owner, of: tenant)
            let id = try await world.begin(with: [world.asker], as: world.teacher, "planted words")
            let path = "conversations/\(id)/messages"
            let first = try await world.send("GET", path, as: world.asker).items.first
            let message = try #require(first?["id"]?.text)
            let json = #"{"reason":"abuse","note":"planted note"}"#
            let report = try await world.send("POST", "\(path)/\(message)/reports", as: world.asker, json)
            // The conversation is about no course: who teaches decides on nothing in it.
            let decision = "moderation/reports/\(try world.id(of: report))"
            let verdict = #"{"verdict":"hide","reason":"x"}"#
            #expect(try await world.send("PATCH", decision, as: world.teacher, verdict).status == 404)
            #expect(try await world.send("GET", "conversations/\(id)", as: owner).status == 404)
            #expect(try await world.send("PATCH", decision, as: owner, verdict).status == 200)
            for member in [world.asker, world.teacher] {
                for call in [path, "conversations", "conversations/\(id)", "notifications"] {
                    let seen = try await world.send("GET", call, as: member)
                    #expect(seen.status == 200 && !seen.text.contains("planted"), "\(seen.text)")
                }
                let socket = try await live.socket(to: tenant, token: member.access)
                await socket.send(#"{"type":"subscribe","topic":"conversation","conversationId":"\#(id)","after":0}"#)
                let shown = await socket.first("message")
                #expect(shown?["message"]?["status"]?.text == "hidden")
                #expect(await !socket.client.text.contains("planted"))
            }
            #expect(try await world.audited() == ["message.hidden", "report.decided"])
            let dismiss = #"{"verdict":"dismiss","reason":"x"}"#
            #expect(try await world.send("PATCH", decision, as: owner, dismiss).status == 200)
            let again = try await world.send("GET", path, as: world.asker).items.first
            #expect(again?["body"]?.text == "planted words")
            await live.stop()
        }
    }
}
