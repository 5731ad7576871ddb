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
            let second = try await world.second()
            func watch(_ id: String, to end: Int) async throws -> JSONValue? {
                try await world.watch(id, to: end, as: world.student)
                let shown = try await world.send("GET", "enrollments/\(place)/progress", as: world.student)
                return shown.json["modules"]?[0]?["completed"]
            }
            #expect(try await watch(first, to: 100) == .bool(false))
            #expect(try await watch(second, to: 50) == .bool(true))
        }
    }

    @Test func `attack: a learner does not complete the lesson of a medium by saying so`() async throws {
        try await MediaWorld.with { world in
            let place = "enrollments/\(try await world.learning.enroll(world.student))"
            let id = try await world.made()
            let lesson = world.lesson
            let ways: [(String, String, String?)] = [
                ("POST", "\(place)/lessons/\(lesson)/complete", nil),
                ("PATCH", "\(place)/lessons/\(lesson)/complete", nil),
                ("PUT", "\(place)/lessons/\(lesson)/progress", #"{"status":"completed"}"#),
                ("PATCH", "\(place)/progress", #"{"lessonId":"\#(lesson)","completed":true}"#),
                ("POST", "\(place)/progress", #"{"lessonIds":["\#(lesson)"]}"#),
            ]
            for (method, path, json) in ways {
                let reply = try await world.send(method, path, as: world.student, json)
                #expect(reply.status == 409 && reply.code == "MEDIA_NOT_WATCHED", "\(method) \(path) \(reply.text)")
            }
            #expect(try await world.isCompleted(by: world.student) == false)
            let looking = #"{"status":"in_progress","positionSeconds":3}"#
            let seen = try await world.send("PUT", ways[2].1, as: world.student, looking)
            #expect(seen.status == 200)
            try await world.watch(id, to: 100, as: world.student)
            #expect(try await world.isCompleted(by: world.student))
            for (method, path, json) in ways {
                #expect(try await world.send(method, path, as: world.student, json).status == 200)
            }
        }
    }

    @Test func `a medium that asks for nothing, or can not be played yet, keeps nobody from completing its lesson`()
        async throws
    {
        try await MediaWorld.with { world in
            let place = try await world.learning.enroll(world.student)
            let id = try await world.create()
            let path = "enrollments/\(place)/lessons/\(world.lesson)/complete"
            #expect(try await world.send("POST", path, as: world.student).status == 200)
            #expect(try await world.make(id) == .finished)
            let second = try await world.learning.enroll(world.other)
            let other = "enrollments/\(second)/lessons/\(world.lesson)/complete"
            #expect(try await world.send("POST", other, as: world.other).code == "MEDIA_NOT_WATCHED")
            // It stays completed for who had completed it.
            #expect(try await world.send("POST", path, as: world.student).status == 200)
            let nothing = #"{"completionPercentage":null}"#
            #expect(try await world.send("PATCH", "media/\(id)", as: world.teacher, nothing).status == 200)
            #expect(try await world.send("POST", other, as: world.other).status == 200)
        }
    }

    @Test func `what was watched before there was a place completes the lesson with the next beat`() async throws {
        try await MediaWorld.with { world in
            let lesson = world.lesson
            try await world.tenant.transaction { session in
                _ = try await session.execute("UPDATE lessons SET is_preview = true WHERE id = \(lesson)")
            }
            let id = try await world.made()
            try await world.watch(id, to: 100, as: world.student)
            _ = try await world.learning.enroll(world.student)
            #expect(try await world.isCompleted(by: world.student) == false)
            #expect(try await world.beat(id, "play", 0, 1_000, as: world.student).status == 200)
            #expect(try await world.isCompleted(by: world.student))
        }
    }

    @Test(arguments: [true, false])
    func `a beat completes the lesson once another medium is gone or asks for nothing`(isDeleted: Bool) async throws {
        try await MediaWorld.with { world in
            _ = try await world.learning.enroll(world.student)
            let first = try await world.made()
            let second = try await world.second()
            try await world.watch(first, to: 100, as: world.student)
            #expect(try await world.isCompleted(by: world.student) == false)
            let reply =
                if isDeleted {
                    try await world.send("DELETE", "media/\(second)", as: world.teacher)
                } else {
                    try await world.send(
                        "PATCH",
                        "media/\(second)",
                        as: world.teacher,
                        #"{"completionPercentage":null}"#
                    )
                }
            #expect(reply.status < 300, "\(reply.text)")
            _ = try await world.beat(first, "pause", 100, 1_000, as: world.student)
            #expect(try await world.isCompleted(by: world.student))
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

    @Test func `attack: what was watched of a file does not count for the one that takes its place`() async throws {
        try await MediaWorld.with { world in
            for learner in [world.student, world.other] { _ = try await world.learning.enroll(learner) }
            let id = try await world.made()
            try await world.watch(id, to: 50, as: world.student)
            try await world.watch(id, to: 100, as: world.other)
            func watched(by session: PlatformHost.Session) async throws -> [JSONValue?] {
                let shown = try await world.send("GET", "media/\(id)/watch", as: session).json
                return [shown["watchedSeconds"], shown["positionSeconds"]]
            }
            // Of the same file it is made again, and nothing is lost.
            #expect(try await world.send("POST", "media/\(id)/remake", as: world.teacher, "{}").status < 300)
            #expect(try await world.make(id) == .finished)
            #expect(try await watched(by: world.student) == [.number("50"), .number("50")])
            let file = try await world.host.storeFile(PlainWorkshop.file, in: world.learning.course, of: world.tenant)
            let json = #"{"fileId":"\#(file)"}"#
            #expect(try await world.send("POST", "media/\(id)/remake", as: world.teacher, json).status < 300)
            // Until it is made the one before is played.
            #expect(try await watched(by: world.student) == [.number("50"), .number("50")])
            #expect(try await world.make(id) == .finished)
            #expect(try await watched(by: world.student) == [.number("0"), .number("0")])
            #expect(try await watched(by: world.other) == [.number("100"), .number("100")])
            #expect(try await world.isCompleted(by: world.other))
            // A player that goes on with the one before begins anew too.
            world.host.platform.clock.advance(by: 50)
            _ = try await world.beat(id, "heartbeat", 100, 1_000, as: world.student)
            #expect(try await watched(by: world.student)[0] == .number("0"))
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
