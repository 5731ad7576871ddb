// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

@Suite struct PlaybackTests {
    @Test func `a player gets from the token alone to every byte of a medium`() async throws {
        try await MediaWorld.with { world in
            _ = try await world.learning.enroll(world.student)
            let id = try await world.made()
            let begun = try await world.send("POST", "media/\(id)/playback", as: world.student)
            let address = try #require(begun.json["playlistUrl"]?.text)
            #expect(begun["cache-control"] == "no-store" && begun.json["positionSeconds"] == .number("0"))
            let all = try await world.get(address)
            #expect(all["content-type"] == "application/vnd.apple.mpegurl" && all["cache-control"] == "no-store")
            #expect(all.text.contains(#"RESOLUTION=640x360,CODECS="avc1.4d4028,mp4a.40.2""#))
            let second = try #require(all.text.split(separator: "\n").last { $0.hasPrefix("files/") })
            let pieces = try await world.get("/api/v1/media/\(id)/\(second)")
            let lines = pieces.text.split(separator: "\n")
            #expect(lines.contains("#EXT-X-BYTERANGE:2000@1100") && lines.last == "#EXT-X-ENDLIST")
            // `../` of `…/files/{id}/playlist` is `…/files/`.
            let segment = try #require(lines.first { $0.hasPrefix("../") }).dropFirst(3)
            let file = "/api/v1/media/\(id)/files/\(segment)"
            let whole = try await world.get(file)
            #expect(whole.bytes == PlainWorkshop.rendition && whole["cache-control"] == "private, no-cache")
            for range in [0..<1, 100..<1_100, 1_100..<3_100, 3_099..<3_100] {
                let part = try await world.get(file, ["Range: bytes=\(range.lowerBound)-\(range.upperBound - 1)"])
                #expect(part.status == 206 && part.bytes == Array(PlainWorkshop.rendition[range]))
                #expect(part["content-range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/3100")
            }
            #expect(
                try await world.get(file, ["Range: bytes=-100"]).bytes == Array(PlainWorkshop.rendition.suffix(100))
            )
            #expect(try await world.get(file, ["Range: bytes=3100-"]).status == 416)
            let several = try await world.get(file, ["Range: bytes=0-1,5-6"])
            #expect(several.status == 206 && several["content-type"]?.hasPrefix("multipart/byteranges") == true)
            let etag = try #require(whole["etag"])
            #expect(try await world.get(file, ["If-None-Match: \(etag)"]).status == 304)
            let picture = try #require(begun.json["thumbnailUrl"]?.text)
            #expect(try await world.get(picture)["content-type"] == "image/jpeg")
        }
    }

    @Test func `who may play is who may read the lesson: learners, previews, free and open courses, staff`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await MediaWorld(tenant, priceInCents: 1_000)
            let id = try await world.made()
            func play(_ session: PlatformHost.Session?) async throws -> String {
                let reply = try await world.send("POST", "media/\(id)/playback", as: session)
                return reply.code ?? "\(reply.status)"
            }
            #expect(try await play(world.teacher) == "200")
            #expect(try await play(world.student) == "PAYMENT_NEEDED")
            #expect(try await play(nil) == "UNAUTHENTICATED")
            func change(_ statement: SQL) async throws {
                try await tenant.transaction { _ = try await $0.execute(statement) }
            }
            try await change("UPDATE lessons SET is_preview = true")
            #expect(try await play(world.student) == "200")
            try await change("UPDATE lessons SET is_preview = false")
            try await change("UPDATE courses SET price_minor = NULL, currency = NULL")
            #expect(try await play(world.student) == "ENROLLMENT_NEEDED")
            try await change("UPDATE courses SET is_open = true")
            #expect(try await play(world.student) == "200")
            try await change("UPDATE courses SET status = 'draft'")
            #expect(try await play(world.student) == "MEDIA_NOT_FOUND")
            #expect(try await play(world.stranger) == "MEDIA_NOT_FOUND")
            #expect(try await play(world.teacher) == "200")
        }
    }

    @Test func `a token ends with its hour, with the place in the course, and with the sign-in`() async throws {
        try await MediaWorld.with { world in
            let place = try await world.learning.enroll(world.student)
            let id = try await world.made()
            let playlist = "/api/v1/media/\(id)/playlist?token="
            let token = try await world.token(id, as: world.student)
            #expect(try await world.get(playlist + token).status == 200)
            #expect(try await world.send("DELETE", "enrollments/\(place)", as: world.student).status < 300)
            #expect(try await world.get(playlist + token).code == "ENROLLMENT_NEEDED")
            let mine = try await world.token(id, as: world.teacher)
            #expect(try await world.get(playlist + mine).status == 200)
            world.host.platform.clock.advance(by: 3_599)
            #expect(try await world.get(playlist + mine).status == 200)
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.get(playlist + mine).code == "PLAYBACK_EXPIRED")
        }
        try await MediaWorld.with { world in
            let id = try await world.made()
            let playlist = "/api/v1/media/\(id)/playlist?token="
            let token = try await world.token(id, as: world.teacher)
            #expect(try await world.get(playlist + token).status == 200)
            let json = #"{"refreshToken":"\#(world.teacher.refresh)"}"#
            #expect(try await world.send("POST", "auth/logout", as: world.teacher, json).status < 300)
            #expect(try await world.get(playlist + token).code == "PLAYBACK_EXPIRED")
        }
    }

    @Test func `attack: a token shows nothing of another medium, to another user or at another tenant`() async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            let world = try await MediaWorld(home, host: host)
            let far = try await MediaWorld(abroad, host: host)
            let (id, foreign) = (try await world.made(), try await far.made())
            let token = try await world.token(id, as: world.teacher)
            func ask(_ id: String, _ token: String, of world: MediaWorld, as session: PlatformHost.Session? = nil)
                async throws -> JSONValue
            {
                try await world.send("GET", "media/\(id)/playlist?token=\(token)", as: session).comparable
            }
            let never = try await ask(MediaWorld.never, token, of: world)
            #expect(never["code"]?.text == "MEDIA_NOT_FOUND")
            // Another medium of the same tenant, whose author is the same.
            let file = try await host.storeFile(PlainWorkshop.file, in: world.learning.course, of: home)
            let json = #"{"fileId":"\#(file)","title":"Second"}"#
            let second = try await world.send("POST", "lessons/\(world.lesson)/media", as: world.teacher, json)
            let other = try #require(second.json["id"]?.text)
            #expect(try await world.make(other) == .finished)
            #expect(try await ask(other, token, of: world) == never)
            #expect(try await ask(foreign, token, of: far) == never)
            #expect(try await ask(id, token, of: far) == never)
            #expect(try await ask(id, token, of: world, as: world.student) == never)
            #expect(try await ask(id, String(token.dropLast(4)) + "AAAA", of: world) == never)
            // A file of another medium, by a token that is good for the first.
            let theirs = try await world.shown(other)["renditions"]?[0]?["id"]?.text ?? ""
            let path = "media/\(id)/files/\(theirs)?token=\(token)"
            #expect(try await world.send("GET", path, as: nil).comparable == never)
            // Neither does a token of a player open anything else.
            #expect(try await world.send("GET", "notifications/stream?token=\(token)", as: nil).status == 401)
        }
    }

    @Test func `files of media are sealed under the tenant's key, and another content is refused as damaged`()
        async throws
    {
        try await MediaWorld.with { world in
            let id = try await world.made()
            let file = try #require(try await world.shown(id)["renditions"]?[0]?["id"]?.text)
            let key = BlobKey(try #require(StoredFile.ID(file)), of: world.tenant.id)
            var stored = try #require(MemoryBlobStore.shared[key])
            #expect(stored.count > PlainWorkshop.rendition.count)
            #expect(!stored.contains(PlainWorkshop.rendition[100..<200]))
            stored[500] ^= 1
            MemoryBlobStore.shared[key] = stored
            let read = try await world.send("GET", "media/\(id)/files/\(file)", as: world.teacher)
            #expect(read.status == 500)
        }
    }
}

extension MediaWorld {
    /// Loads an address as a player does: without a field that says who asks.
    func get(_ address: String, _ fields: [String] = []) async throws -> TestReply {
        try await host.send("GET", address, to: tenant, fields: fields)
    }
}
