// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite(.timeLimit(.minutes(3))) struct NotificationStreamTests {
    @Test func `what somebody is told reaches every stream of theirs, and nobody else's`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: tenant)
            let ben = try await live.host.register("ben", at: tenant)
            let first = try await live.listen(to: tenant, token: ana.access)
            let second = try await live.listen(to: tenant, token: ana.access)
            let other = try await live.listen(to: tenant, token: ben.access)
            let head = await first.text
            #expect(head.hasPrefix("HTTP/1.1 200 OK"))
            #expect(head.contains("content-type: text/event-stream\r\n"))
            #expect(head.contains("cache-control: no-store\r\n"))
            try await live.tell(ana.user, "a", at: tenant, count: 2)
            for stream in [first, second] {
                #expect(await stream.wait { StreamEvents($0).positions.count == 2 })
                #expect(StreamEvents(await stream.bytes).positions == [1, 2])
            }
            try await live.tell(ben.user, "b", at: tenant)
            #expect(await other.wait { !StreamEvents($0).positions.isEmpty })
            #expect(await !other.text.contains(ana.user))
            #expect(live.host.live.counts.streams == 3)
            await live.stop()
            #expect(await first.waitForEnd())
            #expect(live.host.live.counts.streams == 0)
        }
    }

    @Test func `who comes back with the last identifier misses nothing and gets nothing twice while others write`()
        async throws
    {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: tenant)
            let total = 60
            async let writing: Void = withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask { try await live.tell(ana.user, "w\(writer)", at: tenant, count: total / 4) }
                }
                try await group.waitForAll()
            }
            var seen: [Int] = []
            var last = 0
            var visits = 0
            while seen.count < total, visits < 500 {
                visits += 1
                let stream = try await live.listen(to: tenant, token: ana.access, fields: ["Last-Event-ID: \(last)"])
                let wanted = 1 + visits % 5
                await stream.wait(.seconds(2)) { StreamEvents($0).positions.count >= wanted }
                // Closed in the middle of whatever is on its way.
                let events = StreamEvents(await stream.bytes)
                await stream.close()
                seen += events.positions
                last = max(last, events.lastID)
            }
            try await writing
            #expect(seen == Array(1...total))
            await live.stop()
        }
    }

    @Test func `a notification that one process writes reaches a stream of another`() async throws {
        try await withTenant { tenant in
            let shared = LocalBroadcast()
            let (here, there) = (try await LiveHost(broadcast: shared), try await LiveHost(broadcast: shared))
            let ana = try await here.host.register("ana", at: tenant)
            let stream = try await there.listen(to: tenant, token: ana.access)
            try await here.tell(ana.user, "x", at: tenant, count: 3)
            #expect(await stream.wait(.seconds(3)) { StreamEvents($0).positions == [1, 2, 3] })
            await here.stop()
            await there.stop()
        }
    }

    @Test func `without any hint a stream looks by itself`() async throws {
        try await withTenant { tenant in
            var settings = LiveSettings()
            settings.lookInterval = .seconds(1)
            let here = try await LiveHost()
            let there = try await LiveHost(settings: settings)
            let ana = try await here.host.register("ana", at: tenant)
            let stream = try await there.listen(to: tenant, token: ana.access)
            try await here.tell(ana.user, "x", at: tenant, count: 2)
            #expect(await stream.wait { StreamEvents($0).positions == [1, 2] })
            await here.stop()
            await there.stop()
        }
    }

    @Test func `a long past is sent in pages, whole`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: tenant)
            try await live.tell(ana.user, "x", at: tenant, count: 130)
            let stream = try await live.listen(
                "/api/v1/notifications/stream?lastEventId=0",
                to: tenant,
                token: ana.access
            )
            #expect(await stream.wait { StreamEvents($0).positions.count >= 130 })
            #expect(StreamEvents(await stream.bytes).positions == Array(1...130))
            await live.stop()
        }
    }

    @Test func `a stream ends with its token`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let live = try await LiveHost(clock: clock)
            let ana = try await live.host.register("ana", at: tenant)
            let stream = try await live.listen(to: tenant, token: ana.access)
            clock.advance(by: 901)
            #expect(await stream.wait(forText: "event: expired"))
            #expect(await stream.wait(forText: "\r\n0\r\n\r\n"))
            #expect(StreamEvents(await stream.bytes).names == ["expired"])
            await live.stop()
        }
    }

    @Test func `a stream ends when its sign-in is ended`() async throws {
        try await withTenant { tenant in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: tenant)
            let stream = try await live.listen(to: tenant, token: ana.access)
            let other = try await live.host.register("ben", at: tenant)
            let stays = try await live.listen(to: tenant, token: other.access)
            let reply = try await live.host.send(
                "POST",
                "/api/v1/auth/logout",
                to: tenant,
                token: ana.access,
                json: "{}"
            )
            #expect(reply.status == 204)
            live.host.platform.clock.advance(by: 1)
            #expect(await stream.wait(forText: "event: ended"))
            #expect(await !stays.text.contains("event:"))
            await live.stop()
        }
    }

    @Test func `there are so many streams of one user, and so many in all`() async throws {
        try await withTenant { tenant in
            var settings = LiveSettings()
            settings.perUser = 2
            settings.maximum = 3
            let live = try await LiveHost(settings: settings)
            let ana = try await live.host.register("ana", at: tenant)
            let first = try await live.listen(to: tenant, token: ana.access)
            _ = try await live.listen(to: tenant, token: ana.access)
            let third = try await live.listen(to: tenant, token: ana.access)
            #expect(await third.text.hasPrefix("HTTP/1.1 429 "))
            #expect(await third.wait(forText: "TOO_MANY_STREAMS"))
            let ben = try await live.host.register("ben", at: tenant)
            _ = try await live.listen(to: tenant, token: ben.access)
            let full = try await live.listen(to: tenant, token: ben.access)
            #expect(await full.text.hasPrefix("HTTP/1.1 503 "))
            #expect(await full.text.contains("retry-after: "))
            await first.close()
            let watch = try await live.listen("/live", to: tenant)
            for _ in 0..<500 where live.host.live.counts.streams > 2 {
                await watch.wait(.milliseconds(10)) { _ in false }
            }
            let again = try await live.listen(to: tenant, token: ana.access)
            #expect(await again.text.hasPrefix("HTTP/1.1 200 "))
            await live.stop()
        }
    }

    @Test func `a ticket opens streams for a minute, again too, and nothing else`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let live = try await LiveHost(clock: clock)
            let ana = try await live.host.register("ana", at: tenant)
            let ticket = try await live.ticket(ana.access, at: tenant)
            for _ in 0..<2 {
                let stream = try await live.listen("/api/v1/notifications/stream?token=\(ticket)", to: tenant)
                #expect(await stream.text.hasPrefix("HTTP/1.1 200 "))
            }
            #expect(try await live.host.send("GET", "/api/v1/auth/me", to: tenant, token: ticket).status == 401)
            #expect(try await live.host.send("GET", "/api/v1/auth/me?token=\(ticket)", to: tenant).status == 401)
            clock.advance(by: 61)
            let late = try await live.host.send("GET", "/api/v1/notifications/stream?token=\(ticket)", to: tenant)
            #expect(late.status == 401 && late.code == "TOKEN_EXPIRED")
            await live.stop()
        }
    }

    @Test func `attack: another tenant's ticket, a changed or ended one and a token in the address open nothing`()
        async throws
    {
        try await withTwoTenants { home, abroad in
            let live = try await LiveHost()
            let ana = try await live.host.register("ana", at: home)
            let target = "/api/v1/notifications/stream?token="
            let ticket = try await live.ticket(ana.access, at: home)
            #expect(try await live.host.send("GET", target + ticket, to: home).status == 200)
            #expect(try await live.host.send("GET", target + ticket, to: abroad).status == 401)
            for place in [0, 20, ticket.count / 2, ticket.count - 2] {
                var changed = Array(ticket)
                changed[place] = changed[place] == "A" ? "B" : "A"
                #expect(try await live.host.send("GET", target + String(changed), to: home).status == 401)
            }
            let token = try await live.host.send("GET", target + ana.access, to: home)
            #expect(token.status == 400 && token.code == "TOKEN_IN_ADDRESS")
            _ = try await live.host.send("POST", "/api/v1/auth/logout", to: home, token: ana.access, json: "{}")
            #expect(try await live.host.send("GET", target + ticket, to: home).status == 401)
            await live.stop()
        }
    }
}
