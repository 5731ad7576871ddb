// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

@Suite struct WatchingTests {
    @Test func `watching enough of a medium completes its lesson once, wherever one jumps to`() async throws {
        try await MediaWorld.with { world in
            let place = try await world.learning.enroll(world.student)
            let id = try await world.made()
            let clock = world.host.platform.clock
            var sequence = 0
            func beat(_ event: String, _ position: Int, after seconds: Double = 0) async throws -> JSONValue {
                clock.advance(by: seconds)
                sequence += 1
                let reply = try await world.beat(id, event, position, sequence, as: world.student)
                #expect(reply.status == 200, "\(reply.text)")
                return reply.json
            }
            _ = try await beat("play", 0)
            #expect(try await beat("heartbeat", 30, after: 30)["watchedSeconds"] == .number("30"))
            // Back to the start: what was watched counts once.
            _ = try await beat("seek", 10)
            #expect(try await beat("heartbeat", 40, after: 30)["watchedSeconds"] == .number("40"))
            _ = try await beat("seek", 50)
            #expect(try await beat("pause", 80, after: 30)["percentage"]?.number == 70)
            let resumed = try await world.send("GET", "media/\(id)/watch", as: world.student)
            #expect(resumed.json["positionSeconds"] == .number("80"))
            let progress = "enrollments/\(place)/progress"
            let before = try await world.send("GET", progress, as: world.student)
            #expect(
                before.text.contains(#""positionSeconds":80"#)
                    && before.json["modules"]?[0]?["completed"] == .bool(false)
            )
            let done = try await beat("complete", 100, after: 20)
            #expect(done["watchedSeconds"] == .number("90") && done["completedAt"]?.text != nil)
            let after = try await world.send("GET", progress, as: world.student)
            #expect(after.json["modules"]?[0]?["completed"] == .bool(true))
            _ = try await beat("heartbeat", 100, after: 20)
            let completions = try await world.tenant.events().count { row in
                let type: String = try row["type"]
                return type == "enrollment.completed"
            }
            #expect(completions == 1)
        }
    }

    @Test func `a lesson is completed when all its media that ask for it were watched`() async throws {
        try await MediaWorld.with { world in
            let place = try await world.learning.enroll(world.student)
            let first = try await world.made()
            let file = try await world.host.storeFile(PlainWorkshop.file, in: world.learning.course, of: world.tenant)
            let json = #"{"fileId":"\#(file)","title":"Second","completionPercentage":50}"#
            let reply = try await world.send("POST", "lessons/\(world.lesson)/media", as: world.teacher, json)
            let second = try #require(reply.json["id"]?.text)
            _ = try await world.make(second)
            func watch(_ id: String, to end: Int) async throws -> JSONValue? {
                _ = try await world.beat(id, "play", 0, 1, as: world.student)
                for position in stride(from: 50, through: end, by: 50) {
                    world.host.platform.clock.advance(by: 50)
                    _ = try await world.beat(id, "heartbeat", position, 1 + position, as: world.student)
                }
                let shown = try await world.send("GET", "enrollments/\(place)/progress", as: world.student)
                return shown.json["modules"]?[0]?["completed"]
            }
            #expect(try await watch(first, to: 100) == .bool(false))
            #expect(try await watch(second, to: 50) == .bool(true))
        }
    }

    @Test func `attack: a player that says it is at the end, twice, fast or by many has watched nothing by that`()
        async throws
    {
        try await MediaWorld.with { world in
            _ = try await world.learning.enroll(world.student)
            let id = try await world.made()
            func beat(_ event: String, _ position: Int, _ sequence: Int, _ player: String = "player-1") async throws
                -> Int
            {
                let reply = try await world.beat(id, event, position, sequence, player: player, as: world.student)
                #expect(reply.json["completedAt"] == .null)
                guard case .number(let digits)? = reply.json["watchedSeconds"] else { return -1 }
                return Int(digits) ?? -1
            }
            #expect(try await beat("complete", 100, 1) == 0)
            #expect(try await beat("play", 0, 2) == 0)
            // No time passed.
            #expect(try await beat("heartbeat", 60, 3) == 0)
            #expect(try await beat("seek", 0, 4) == 0)
            world.host.platform.clock.advance(by: 5)
            #expect(try await beat("heartbeat", 60, 5) == 0)
            _ = try await beat("seek", 0, 6)
            world.host.platform.clock.advance(by: 5)
            #expect(try await beat("heartbeat", 10, 7) == 10)
            // The same again, and an earlier one.
            world.host.platform.clock.advance(by: 5)
            #expect(try await beat("heartbeat", 20, 7) == 10)
            #expect(try await beat("heartbeat", 20, 3) == 10)
            // Players side by side share the time that passes.
            for number in 0..<8 { _ = try await beat("seek", 20 + number * 10, 1, "player-\(number)-x") }
            world.host.platform.clock.advance(by: 5)
            var watched = 0
            for number in 0..<8 { watched = try await beat("heartbeat", 30 + number * 10, 2, "player-\(number)-x") }
            #expect(watched == 20)
            // However many there are, few are kept.
            for number in 0..<20 { _ = try await beat("play", 0, 1, "another-\(number)") }
            let rows = try await world.tenant.transaction { session in
                try await session.execute("SELECT count(*) FROM media_players").only
            }
            #expect(try rows?[0] == 10)
        }
    }

    @Test func `what somebody watched is theirs alone, is given to them, and is erased with them`() async throws {
        try await MediaWorld.with { world in
            _ = try await world.learning.enroll(world.student)
            let id = try await world.made()
            #expect(try await world.beat(id, "play", 7, 1, as: world.student).status == 200)
            #expect(try await world.beat(id, "play", 7, 1, as: world.other).code == "ENROLLMENT_NEEDED")
            let theirs = try await world.send("GET", "media/\(id)/watch", as: world.teacher)
            #expect(theirs.json["positionSeconds"] == .number("0"))
            let record = try await world.send("GET", "users/me/export", as: world.student)
            #expect(record.json["watchedMedia"]?[0]?["mediaId"]?.text == id)
            #expect(record.json["watchedMedia"]?[0]?["positionSeconds"] == .number("7"))
            let receipt = try await world.tenant.transaction { session in
                let user = try #require(User.ID(world.student.user))
                return try await world.host.platform.lms.users.erase(user, session: session)
            }
            let stores = receipt.stores.map { "\($0.table) \($0.rows) \($0.fate.rawValue)" }
            #expect(stores.contains("media_watches 1 erased") && stores.contains("media_players 1 erased"))
            let left = try await world.tenant.transaction { session in
                try await session.execute("SELECT count(*) FROM media_watches").only
            }
            #expect(try left?[0] == 0)
        }
    }
}
