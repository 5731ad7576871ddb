// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite(.timeLimit(.minutes(3))) struct LiveSocketTests {
    @Test func `notifications reach a socket that subscribed, after the place that it names`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: tenant)
            try await live.tell(ana.user, "past", at: tenant, count: 3)
            let socket = try await live.socket(to: tenant, token: ana.access)
            #expect(await socket.client.text.hasPrefix("HTTP/1.1 101 "))
            #expect(await socket.first("connected")?["userId"]?.text == ana.user)
            await socket.send(#"{"type":"subscribe","id":"7","topic":"notifications","after":1}"#)
            #expect(await socket.first("subscribed")?["id"]?.text == "7")
            try await live.tell(ana.user, "new", at: tenant)
            _ = await socket.first { $0["position"]?.integer == 4 }
            #expect(await socket.texts.compactMap { $0["position"]?.integer } == [2, 3, 4])
            await socket.send(#"{"type":"unsubscribe","topic":"notifications"}"#)
            #expect(await socket.first("unsubscribed") != nil)
            try await live.tell(ana.user, "later", at: tenant)
            await socket.send(#"{"type":"ping","id":"p"}"#)
            #expect(await socket.first("pong")?["id"]?.text == "p")
            #expect(await socket.texts.compactMap { $0["position"]?.integer } == [2, 3, 4])
            #expect(live.host.live.counts.sockets == 1)
            await live.stop()
            #expect(await socket.closeCode == 1_001)
        }
    }

    @Test func `who it is may be said by a subprotocol, by a ticket or in the first frame`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: tenant)
            let ticket = try await live.ticket(ana.access, at: tenant)
            let offered = try await live.socket(
                to: tenant,
                fields: ["Sec-WebSocket-Protocol: lms.v1, ticket.\(ticket)"]
            )
            #expect(await offered.first("connected")?["userId"]?.text == ana.user)
            #expect(await offered.client.text.contains("sec-websocket-protocol: lms.v1\r\n"))
            let addressed = try await live.socket("/api/v1/ws/notifications?token=\(ticket)", to: tenant)
            #expect(await addressed.first("subscribed")?["topic"]?.text == "notifications")
            for token in [ana.access, ticket] {
                let socket = try await live.socket("/api/v1/ws/notifications", to: tenant)
                await socket.send(#"{"type":"subscribe","topic":"notifications"}"#)
                #expect(await socket.first("error")?["code"]?.text == "UNAUTHENTICATED")
                await socket.send(#"{"type":"authenticate","token":"\#(token)"}"#)
                #expect(await socket.first("connected")?["userId"]?.text == ana.user)
                #expect(await socket.first("subscribed") != nil)
            }
            await live.stop()
        }
    }

    @Test func `who does not say who they are, or wrongly, is closed`() async throws {
        try await withTenant { tenant in
            var settings = LiveSettings()
            settings.signInTimeout = .milliseconds(200)
            let hasty = try await LiveHost(settings: settings)
            let silent = try await hasty.socket(to: tenant)
            #expect(await silent.waitForClose() == 4_401)
            await hasty.stop()
            let live = try await LiveHost()
            let wrong = try await live.socket(to: tenant)
            await wrong.send(#"{"type":"authenticate","token":"a.b.c"}"#)
            #expect(await wrong.first("error")?["code"]?.text == "INVALID_TOKEN")
            #expect(await wrong.waitForClose() == 4_401)
            let refused = try await live.socket(to: tenant, token: "a.b.c")
            #expect(await refused.client.text.hasPrefix("HTTP/1.1 401 "))
            await live.stop()
        }
    }

    @Test func `progress in a course reaches the learner and the staff, and no other learner`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let dean = try await live.host.member("dean", .owner, of: tenant)
            let ana = try await live.host.register("ana", at: tenant)
            let ben = try await live.host.register("ben", at: tenant)
            let course = try await live.host.importCourse("course", as: .published, by: dean.user, at: tenant)
            var places: [String] = []
            for learner in [ana, ben] {
                let reply = try await live.host.send(
                    "POST",
                    "/api/v1/enrollments",
                    to: tenant,
                    token: learner.access,
                    json: #"{"courseId":"\#(course.course)"}"#
                )
                places.append(try #require(reply.json["id"]?.text ?? reply.json["enrollment"]?["id"]?.text))
            }
            let target = "/api/v1/ws/course-progress/\(course.course)"
            let own = try await live.socket(target, to: tenant, token: ana.access)
            let staff = try await live.socket(target, to: tenant, token: dean.access)
            let other = try await live.socket(target, to: tenant, token: ben.access)
            let stranger = try await live.host.register("carla", at: tenant)
            let none = try await live.socket(target, to: tenant, token: stranger.access)
            for socket in [own, staff, other] { #expect(await socket.first("subscribed") != nil) }
            #expect(await none.first("error")?["code"]?.text == "ENROLLMENT_NOT_FOUND")
            let lesson: Lesson.ID = try await tenant.transaction { session in
                let rows = try await session.execute("SELECT id FROM lessons WHERE course_id = \(course.course)")
                return try #require(rows.first)["id"]
            }
            let done = try await live.host.send(
                "POST",
                "/api/v1/enrollments/\(places[0])/lessons/\(lesson)/complete",
                to: tenant,
                token: ana.access,
                json: "{}"
            )
            #expect(done.status == 200)
            for socket in [own, staff] {
                let news = await socket.first { $0["progress"]?["completedLessons"]?.integer == 1 }
                #expect(news?["progress"]?["enrollmentId"]?.text == places[0])
            }
            #expect(await !other.texts.contains { $0["progress"]?["enrollmentId"]?.text == places[0] })
            await live.stop()
        }
    }

    /// Somebody who learns in a course.
    private func learner(
        of live: LiveHost,
        at tenant: TestTenant
    ) async throws -> (session: PlatformHost.Session, course: Course.ID) {
        let dean = try await live.host.member("dean", .owner, of: tenant)
        let ana = try await live.host.register("ana", at: tenant)
        let course = try await live.host.importCourse("course", as: .published, by: dean.user, at: tenant).course
        let json = #"{"courseId":"\#(course)"}"#
        let place = try await live.host.send("POST", "/api/v1/enrollments", to: tenant, token: ana.access, json: json)
        #expect(place.status == 201)
        return (ana, course)
    }

    @Test func `attack: who lost their place in a course is told so once and hears no more of it`() async throws {
        try await withTenant { tenant in
            var settings = LiveSettings()
            settings.lookInterval = .seconds(1)
            let live = try await LiveHost(settings: settings)
            let (ana, course) = try await learner(of: live, at: tenant)
            let socket = try await live.socket(
                "/api/v1/ws/course-progress/\(course)",
                to: tenant,
                token: ana.access
            )
            #expect(await socket.first("subscribed") != nil)
            try await tenant.transaction { session in
                try await session.execute(
                    "UPDATE enrollments SET status = 'dropped', last_accessed_at = now(), time_spent_seconds = 60"
                )
            }
            #expect(await socket.first("error")?["code"]?.text == "ENROLLMENT_NOT_FOUND")
            await socket.send(#"{"type":"ping"}"#)
            #expect(await socket.first("pong") != nil)
            let types = await socket.texts.compactMap { $0["type"]?.text }
            #expect(types.count { $0 == "error" } == 1 && !types.contains("course_progress"))
            await live.stop()
        }
    }

    @Test func `what was refused since takes no place among the subscriptions of a socket`() async throws {
        try await withTenant { tenant in
            var settings = LiveSettings()
            settings.lookInterval = .seconds(1)
            settings.subscriptions = 1
            let live = try await LiveHost(settings: settings)
            let (ana, course) = try await learner(of: live, at: tenant)
            let target = "/api/v1/ws/course-progress/\(course)"
            let socket = try await live.socket(target, to: tenant, token: ana.access)
            #expect(await socket.first("subscribed") != nil)
            await socket.send(#"{"type":"subscribe","id":"full","topic":"notifications"}"#)
            #expect(await socket.first { $0["id"]?.text == "full" }?["code"]?.text == "TOO_MANY_SUBSCRIPTIONS")
            try await tenant.transaction { session in
                try await session.execute("UPDATE enrollments SET status = 'dropped', last_accessed_at = now()")
            }
            #expect(await socket.first { $0["code"]?.text == "ENROLLMENT_NOT_FOUND" } != nil)
            await socket.send(#"{"type":"subscribe","id":"free","topic":"notifications"}"#)
            #expect(await socket.first { $0["id"]?.text == "free" }?["type"]?.text == "subscribed")
            await live.stop()
        }
    }

    @Test func `messages reach those who take part in a conversation, who see each other there`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let dean = try await live.host.member("dean", .owner, of: tenant)
            let ana = try await live.host.register("ana", at: tenant)
            let ben = try await live.host.register("ben", at: tenant)
            let begun = try await live.host.send(
                "POST",
                "/api/v1/conversations",
                to: tenant,
                token: dean.access,
                json: #"{"userIds":["\#(ana.user)"],"body":"hello"}"#
            )
            let id = try #require(begun.json["id"]?.text, "\(begun.status) \(begun.text)")
            let socket = try await live.socket(to: tenant, token: ana.access)
            await socket.send(#"{"type":"subscribe","topic":"conversation","conversationId":"\#(id)","after":0}"#)
            #expect(await socket.first("message")?["message"]?["body"]?.text == "hello")
            await socket.send(#"{"type":"subscribe","topic":"presence","conversationId":"\#(id)"}"#)
            #expect(await socket.first("presence") != nil)
            let sent = try await live.host.send(
                "POST",
                "/api/v1/conversations/\(id)/messages",
                to: tenant,
                token: dean.access,
                json: #"{"body":"again"}"#
            )
            #expect(sent.status == 201)
            #expect(await socket.first { $0["message"]?["body"]?.text == "again" } != nil)
            let other = try await live.socket(to: tenant, token: ben.access)
            for topic in ["conversation", "presence"] {
                await other.send(
                    #"{"type":"subscribe","id":"\#(topic)","topic":"\#(topic)","conversationId":"\#(id)"}"#
                )
                let refused = await other.first { $0["id"]?.text == topic }
                #expect(refused?["code"]?.text == "CONVERSATION_NOT_FOUND")
            }
            #expect(await other.first("message", .milliseconds(200)) == nil)
            await live.stop()
        }
    }

    @Test func `a long conversation of long messages arrives whole`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let dean = try await live.host.member("dean", .owner, of: tenant)
            let ana = try await live.host.register("ana", at: tenant)
            let begun = try await live.host.send(
                "POST",
                "/api/v1/conversations",
                to: tenant,
                token: dean.access,
                json: #"{"userIds":["\#(ana.user)"],"body":"hello"}"#
            )
            let text = try #require(begun.json["id"]?.text, "\(begun.status) \(begun.text)")
            let id = try #require(Conversation.ID(text))
            try await tenant.transaction { session in
                try await session.execute(
                    """
                    INSERT INTO direct_messages (id, conversation_id, position, sender_id, body, sent_at)
                    SELECT gen_random_uuid(), c.id, n, c.created_by, repeat('ش', 4000), now()
                    FROM conversations c, generate_series(2, 60) n WHERE c.id = \(id)
                    """
                )
                try await session.execute("UPDATE conversations SET last_position = 60 WHERE id = \(id)")
            }
            let socket = try await live.socket(to: tenant, token: ana.access)
            await socket.send(#"{"type":"subscribe","topic":"conversation","conversationId":"\#(id)","after":0}"#)
            #expect(await socket.first { $0["position"]?.integer == 60 } != nil)
            #expect(await socket.texts.compactMap { $0["position"]?.integer } == Array(1...60))
            #expect(await socket.closeCode == nil)
            await live.stop()
        }
    }

    @Test func `a socket ends with its token unless a newer one is shown, and with its sign-in`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let live = try await LiveHost(clock: clock)
            let ana = try await live.host.register("ana", at: tenant)
            let ends = try await live.socket(to: tenant, token: ana.access)
            let stays = try await live.socket(to: tenant, token: ana.access)
            clock.advance(by: 600)
            let renewed = try await live.host.send(
                "POST",
                "/api/v1/auth/refresh",
                to: tenant,
                json: #"{"refreshToken":"\#(ana.refresh)"}"#
            )
            let access = try #require(renewed.json["accessToken"]?.text, "\(renewed.status) \(renewed.text)")
            await stays.send(#"{"type":"authenticate","id":"r","token":"\#(access)"}"#)
            #expect(await stays.first { $0["id"]?.text == "r" }?["type"]?.text == "connected")
            clock.advance(by: 301)
            #expect(await ends.waitForClose() == 4_401)
            await stays.send(#"{"type":"ping","id":"p"}"#)
            #expect(await stays.first("pong") != nil)
            let out = try await live.host.send("POST", "/api/v1/auth/logout", to: tenant, token: access, json: "{}")
            #expect(out.status == 204)
            clock.advance(by: 1)
            #expect(await stays.waitForClose() == 4_401)
            await live.stop()
        }
    }

    @Test func `frames that mean nothing, too many frames and too many subscriptions are refused`() async throws {
        try await withTenant { tenant in
            var settings = LiveSettings()
            settings.subscriptions = 1
            settings.framesPerTenSeconds = 6
            let live = try await LiveHost(settings: settings)
            let ana = try await live.host.register("ana", at: tenant)
            let socket = try await live.socket(to: tenant, token: ana.access)
            for text in ["{", "[]", #"{"type":"echo","id":"e"}"#] { await socket.send(text) }
            #expect(await socket.first { $0["id"]?.text == "e" }?["code"]?.text == "MALFORMED_FRAME")
            #expect(await socket.texts.filter { $0["type"]?.text == "error" }.count == 3)
            await socket.send(#"{"type":"subscribe","topic":"notifications"}"#)
            let attempt = "01890a5d-dead-774b-bcce-b302099a8057"
            await socket.send(#"{"type":"subscribe","id":"2","topic":"quiz_attempt","attemptId":"\#(attempt)"}"#)
            #expect(await socket.first { $0["id"]?.text == "2" }?["code"]?.text == "TOO_MANY_SUBSCRIPTIONS")
            await socket.send(#"{"type":"ping","id":"last"}"#)
            await socket.send(#"{"type":"ping","id":"beyond"}"#)
            #expect(await socket.waitForClose() == 1_008)
            let binary = try await live.socket(to: tenant, token: ana.access)
            await binary.client.send(TestSocket.frame(0x82, [1]))
            #expect(await binary.waitForClose() == 1_003)
            await live.stop()
        }
    }

    @Test func `attack: one tenant, and those who do not say who they are, leave room for others`() throws {
        var settings = LiveSettings()
        (settings.maximum, settings.perTenant, settings.unnamed) = (10, 4, 2)
        let hub = LiveHub(settings: settings, broadcast: LocalBroadcast())
        let (busy, quiet) = (TenantID(UUID()), TenantID(UUID()))
        func owner(at tenant: TenantID) -> LiveSeat.Owner {
            LiveSeat.Owner(kind: .socket, tenant: tenant, user: UUID())
        }
        func isRefused(_ owner: LiveSeat.Owner?, at tenant: TenantID) -> Bool {
            do throws(Problem) {
                _ = try hub.seat(for: owner, at: tenant)
                return false
            } catch {
                return error.code == .liveFull
            }
        }
        var seats: [LiveSeat] = []
        for _ in 0..<2 { seats.append(try hub.seat(for: nil, at: busy)) }
        #expect(isRefused(nil, at: busy) && isRefused(nil, at: quiet))
        for _ in 0..<2 { seats.append(try hub.seat(for: owner(at: busy), at: busy)) }
        #expect(isRefused(owner(at: busy), at: busy))
        #expect(!isRefused(owner(at: quiet), at: quiet))
        seats.removeFirst()
        #expect(!isRefused(nil, at: quiet) && !isRefused(owner(at: busy), at: busy))
    }

    @Test func `attack: a page of another origin, another tenant's token and ticket open no socket`() async throws {
        try await withTwoTenants { home, abroad in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: home)
            let ticket = try await live.ticket(ana.access, at: home)
            for origin in ["https://evil.example.org", "http://\(abroad.tenant.slug).localhost:8080", "null"] {
                let socket = try await live.socket(to: home, token: ana.access, fields: ["Origin: \(origin)"])
                #expect(await socket.client.text.hasPrefix("HTTP/1.1 403 "))
            }
            let own = try await live.socket(
                to: home,
                token: ana.access,
                fields: ["Origin: http://\(home.tenant.slug).localhost:8080"]
            )
            #expect(await own.client.text.hasPrefix("HTTP/1.1 101 "))
            for (target, token) in [("/api/v1/ws", ana.access), ("/api/v1/ws?token=\(ticket)", nil)] {
                let socket = try await live.socket(target, to: abroad, token: token)
                #expect(await socket.client.text.hasPrefix("HTTP/1.1 401 "))
            }
            for token in [ana.access, ticket] {
                let socket = try await live.socket(to: abroad)
                await socket.send(#"{"type":"authenticate","token":"\#(token)"}"#)
                #expect(await socket.first("error")?["code"]?.text == "INVALID_TOKEN")
                #expect(await socket.waitForClose() == 4_401)
            }
            // Another user's token does not take a socket over.
            let ben = try await live.host.register("ben", at: home)
            await own.send(#"{"type":"authenticate","token":"\#(ben.access)"}"#)
            #expect(await own.waitForClose() == 4_401)
            await live.stop()
        }
    }
}
