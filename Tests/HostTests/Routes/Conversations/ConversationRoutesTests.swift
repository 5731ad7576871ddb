// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ConversationRoutesTests {
    private func begin(
        _ world: LearningWorld,
        to recipient: PlatformHost.Session,
        as writer: PlatformHost.Session,
        _ body: String = "May I hand it in on Monday?",
        fields: [String] = []
    ) async throws -> TestReply {
        let json = #"{"userIds":["\#(recipient.user)"],"body":"\#(body)"}"#
        return try await world.send("POST", "v1/conversations", as: writer, json, fields: fields)
    }

    @Test func `a learner asks, a teacher answers, both read and neither has anything unread in the end`() async throws
    {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            let begun = try await begin(world, to: world.teacher, as: world.student)
            #expect(begun.status == 201)
            let id = try #require(begun.json["id"]?.text)
            #expect(begun[.location] == "/api/v1/conversations/\(id)")
            let path = "v1/conversations/\(id)"
            #expect(
                try await world.send("GET", "v1/conversations/unread", as: world.teacher).json["messages"]
                    == .number("1")
            )
            let answer = try await world.send("POST", "\(path)/messages", as: world.teacher, #"{"body":"Yes."}"#)
            #expect(answer.status == 201)
            #expect(answer.json["position"] == .number("2"))
            let page = try await world.send("GET", "\(path)/messages?after=1", as: world.student)
            #expect(page.items.map { $0["body"]?.text } == ["Yes."])
            #expect(page.json["lastPosition"] == .number("2"))
            let window = try await world.send("GET", "\(path)/messages?after=0&before=2", as: world.student)
            #expect(window.items.count == 1)
            for member in [world.student, world.teacher] {
                let read = try await world.send("PUT", "\(path)/read", as: member, #"{"position":2}"#)
                #expect(read.json["unread"] == .number("0"))
                #expect(try await world.send("GET", "v1/conversations", as: member).items.count == 1)
            }
            let message = try #require(answer.json["id"]?.text)
            let edited = try await world.send(
                "PATCH",
                "\(path)/messages/\(message)",
                as: world.teacher,
                #"{"body":"Yes, on Monday."}"#
            )
            #expect(edited.json["status"]?.text == "edited")
            let foreign = try await world.send("DELETE", "\(path)/messages/\(message)", as: world.student)
            #expect(foreign.status == 403)
            #expect(try await world.send("DELETE", "\(path)/messages/\(message)", as: world.teacher).status == 204)
            #expect(
                try await world.send("PUT", "\(path)/mute", as: world.teacher, #"{"isMuted":true}"#).json["isMuted"]
                    == .bool(true)
            )
            #expect(try await world.send("DELETE", "\(path)/members/me", as: world.teacher).status == 204)
            #expect(try await world.send("GET", "v1/conversations", as: world.teacher).items.isEmpty)
        }
    }

    @Test func `a repeated request with its key writes once`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            let key = ["Idempotency-Key: c1"]
            let first = try await begin(world, to: world.teacher, as: world.student, fields: key)
            let second = try await begin(world, to: world.teacher, as: world.student, fields: key)
            #expect(first.json == second.json)
            #expect(second.json["lastPosition"] == .number("1"))
        }
    }

    @Test func `learners write to each other once their tenant lets them`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            _ = try await world.enroll(world.other)
            #expect(try await begin(world, to: world.other, as: world.student).code == "RECIPIENT_NOT_FOUND")
            let open = try await PlatformHost(settings: { $0.learnerMessages = true }, clock: world.host.platform.clock)
            let json = #"{"userIds":["\#(world.other.user)"],"body":"Hello."}"#
            let begun = try await open.send(
                "POST",
                "/api/v1/conversations",
                to: tenant,
                token: world.student.access,
                json: json
            )
            #expect(begun.status == 201)
            let path = "v1/conversations/\(try #require(begun.json["id"]?.text))/messages"
            #expect(try await world.send("POST", path, as: world.other, #"{"body":"x"}"#).code == "CONVERSATION_CLOSED")
            #expect(try await world.send("GET", path, as: world.other).items.count == 1)
        }
    }

    @Test func `attack: who may not be written to, who blocks and who does not exist cannot be told apart`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            let blocking = try await begin(world, to: world.teacher, as: world.student)
            #expect(blocking.status == 201)
            let block = "v1/users/me/blocks/\(world.student.user)"
            #expect(try await world.send("PUT", block, as: world.teacher).status == 204)
            let never = #"{"userIds":["\#(IdentifierSource().next(User.self))"],"body":"May I hand it in on Monday?"}"#
            let unknown = try await world.send("POST", "v1/conversations", as: world.student, never)
            #expect(unknown.status == 404)
            let admin = try await world.host.member("admin", .admin, of: tenant)
            for recipient in [world.teacher, world.other, admin] {
                let refused = try await begin(world, to: recipient, as: world.student)
                #expect(refused.comparable == unknown.comparable)
            }
            let id = try #require(blocking.json["id"]?.text)
            let closed = try await world.send(
                "POST",
                "v1/conversations/\(id)/messages",
                as: world.student,
                #"{"body":"Why?"}"#
            )
            #expect(closed.code == "CONVERSATION_CLOSED")
            #expect(try await world.send("DELETE", block, as: world.teacher).status == 204)
            #expect(try await world.send("DELETE", block, as: world.teacher).status == 404)
            #expect(try await begin(world, to: world.teacher, as: world.student).status == 201)
        }
    }

    @Test func `attack: a conversation of others looks like one that never was, on every route and to the owner too`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            let begun = try await begin(world, to: world.teacher, as: world.student)
            let message = try #require(begun.json["lastMessage"]?["id"]?.text)
            let theirs = "v1/conversations/\(try #require(begun.json["id"]?.text))"
            let never = "v1/conversations/\(IdentifierSource().next(Conversation.self))"
            let owner = try await world.host.member("owner", .owner, of: tenant)
            let calls: [(String, String, String?)] = [
                ("GET", "", nil), ("GET", "/messages", nil), ("POST", "/messages", #"{"body":"x"}"#),
                ("PUT", "/read", #"{"position":1}"#), ("PUT", "/mute", #"{"isMuted":true}"#),
                ("DELETE", "/members/me", nil), ("PATCH", "/messages/\(message)", #"{"body":"x"}"#),
                ("DELETE", "/messages/\(message)", nil),
            ]
            for reader in [world.other, owner] {
                for (method, suffix, json) in calls {
                    let foreign = try await world.send(method, theirs + suffix, as: reader, json)
                    let unknown = try await world.send(method, never + suffix, as: reader, json)
                    #expect(foreign.status == 404, "\(method) \(suffix)")
                    #expect(foreign.comparable == unknown.comparable, "\(method) \(suffix)")
                }
            }
        }
    }

    @Test func `attack: the sender is who signed in, whatever a request says`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            let forged = #"{"userIds":["\#(world.teacher.user)"],"body":"x","senderId":"\#(world.teacher.user)"}"#
            let reply = try await world.send("POST", "v1/conversations", as: world.student, forged)
            #expect(reply.json["errors"]?[0]?["code"]?.text == "UNKNOWN_FIELD")
            let begun = try await begin(world, to: world.teacher, as: world.student)
            #expect(begun.json["lastMessage"]?["senderId"]?.text == world.student.user)
        }
    }

    @Test func `attack: markup is text and comes back as it was, in a reply that no browser runs`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            let text = #"<script>alert(1)</script><img src=x onerror=\"alert(2)\"> & javascript:alert(3)"#
            let begun = try await begin(world, to: world.teacher, as: world.student, text)
            let id = try #require(begun.json["id"]?.text)
            let read = try await world.send("GET", "v1/conversations/\(id)/messages", as: world.teacher)
            #expect(read.items[0]["body"]?.text == text.replacing(#"\""#, with: "\""))
            #expect(read[.contentType] == "application/json")
            #expect(read["x-content-type-options"] == "nosniff")
        }
    }

    @Test(
        arguments: [
            (#"{"userIds":[],"body":"x"}"#, "userIds", "TOO_FEW"),
            (#"{"userIds":["nobody"],"body":"x"}"#, "userIds[0]", "MALFORMED"),
            (#"{"userIds":["01890a5d-dead-774b-bcce-b302099a8057"]}"#, "body", "REQUIRED"),
            (#"{"userIds":["01890a5d-dead-774b-bcce-b302099a8057"],"body":""}"#, "body", "TOO_SHORT"),
        ]
    )
    func `a conversation that says it wrong is told where`(json: String, field: String, code: String) async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let reply = try await world.send("POST", "v1/conversations", as: world.student, json)
            #expect(reply.status == 400)
            #expect(reply.json["errors"]?[0]?["field"]?.text == field)
            #expect(reply.json["errors"]?[0]?["code"]?.text == code)
        }
    }
}
