// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

@Suite struct MediaRoutesTests {
    @Test func `a medium is made of a file of the course and shown to learners when it can be played`() async throws {
        try await MediaWorld.with { world in
            _ = try await world.learning.enroll(world.student)
            let id = try await world.create()
            #expect(try await world.shown(id)["status"]?.text == "pending")
            #expect(try await world.send("GET", "media/\(id)", as: world.student).code == "MEDIA_NOT_FOUND")
            #expect(try await world.send("GET", "lessons/\(world.lesson)/media", as: world.student).items.isEmpty)
            let queued = try await world.tenant.transaction { session in
                try await session.execute("SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'media'").only
            }
            #expect(try queued?[0] == 1)
            #expect(try await world.make(id) == .finished)
            let shown = try await world.shown(id)
            #expect(shown["status"]?.text == "ready" && shown["kind"]?.text == "video")
            #expect(shown["durationSeconds"]?.number == 100 && shown["height"] == .number("720"))
            #expect(shown["renditions"]?[0]?["height"] == .number("360"))
            #expect(shown["renditions"]?[1]?["width"] == .number("1280"))
            #expect(shown["thumbnails"]?[0]?["width"] == .number("640"))
            let listed = try await world.send("GET", "lessons/\(world.lesson)/media", as: world.student)
            #expect(listed.items.count == 1 && listed.items[0]["status"] == nil)
            let events = try await world.tenant.events().map { row -> String in try row["type"] }
            #expect(events.contains("content.published"))
        }
    }

    @Test func `what is made again plays on until it is done, and is removed a day after it was replaced`() async throws
    {
        try await MediaWorld.with { world in
            let id = try await world.made()
            let old = try await world.shown(id)["renditions"]?[0]?["id"]?.text ?? ""
            let remade = try await world.send("POST", "media/\(id)/remake", as: world.teacher, "{}")
            #expect(remade.json["status"]?.text == "pending" && remade.json["isPlayable"] == .bool(true))
            #expect(try await world.make(id) == .finished)
            #expect(try await world.shown(id)["renditions"]?[0]?["id"]?.text != old)
            #expect(try await world.send("GET", "media/\(id)/files/\(old)", as: world.teacher).status == 404)
            let key = BlobKey(try #require(StoredFile.ID(old)), of: world.tenant.id)
            _ = try await world.media.sweep(world.tenant.id, tenants: world.tenant.tenants)
            #expect(MemoryBlobStore.shared[key] != nil)
            world.host.platform.clock.advance(by: 86_401)
            _ = try await world.media.sweep(world.tenant.id, tenants: world.tenant.tenants)
            #expect(MemoryBlobStore.shared[key] == nil)
        }
    }

    @Test func `a deleted medium takes its files along, and work on it is for nothing`() async throws {
        try await MediaWorld.with { world in
            let id = try await world.made()
            let file = try await world.shown(id)["renditions"]?[0]?["id"]?.text ?? ""
            let key = BlobKey(try #require(StoredFile.ID(file)), of: world.tenant.id)
            #expect(MemoryBlobStore.shared[key] != nil)
            #expect(try await world.send("DELETE", "media/\(id)", as: world.teacher).status == 204)
            _ = try await world.media.sweep(world.tenant.id, tenants: world.tenant.tenants)
            #expect(MemoryBlobStore.shared[key] == nil)
            #expect(try await world.make(id) == .finished)
            #expect(try await world.send("GET", "media/\(id)", as: world.teacher).code == "MEDIA_NOT_FOUND")
        }
    }

    @Test func `what fails by chance is tried twice, and then the author is told what to do`() async throws {
        try await withTenant { tenant in
            let workshop = PlainWorkshop(failure: .timedOut)
            let host = try await PlatformHost(media: MediaPorts(store: MemoryBlobStore.shared, workshop: workshop))
            let world = try await MediaWorld(tenant, host: host)
            let id = try await world.create()
            #expect(try await world.make(id, attempt: 1) == .tryLater(reason: "timed out"))
            #expect(try await world.shown(id)["status"]?.text == "processing")
            #expect(try await world.make(id, attempt: 2) == .finished)
            let failed = try await world.shown(id)
            #expect(failed["status"]?.text == "failed" && failed["failure"]?.text == "timed_out")
            #expect(failed["advice"]?.text?.contains("lower resolution") == true)
            let spanish = try await world.send("GET", "media/\(id)", as: world.teacher, fields: ["Accept-Language: es"])
            #expect(spanish.json["advice"]?.text?.contains("resolución") == true)
        }
    }

    @Test func `attack: a file that only calls itself a video is refused by its content`() async throws {
        for bytes in ["#EXTM3U\nfile:///etc/passwd", "ffconcat version 1.0\nfile /etc/passwd", "<svg/>"] {
            try await withTenant { tenant in
                let world = try await MediaWorld(tenant, file: Array(bytes.utf8))
                let id = try await world.create()
                #expect(try await world.make(id) == .finished)
                #expect(try await world.shown(id)["failure"]?.text == "unsupported")
            }
        }
    }

    @Test func `whoever does not teach the course cannot make, change or delete its media`() async throws {
        try await MediaWorld.with { world in
            _ = try await world.learning.enroll(world.student)
            let id = try await world.made()
            let json = #"{"fileId":"\#(world.file)","title":"Mine"}"#
            for session in [world.student, world.stranger] {
                #expect(try await world.send("POST", "lessons/\(world.lesson)/media", as: session, json).status == 403)
                #expect(try await world.send("PATCH", "media/\(id)", as: session, #"{"title":"Mine"}"#).status == 403)
                #expect(try await world.send("POST", "media/\(id)/remake", as: session, "{}").status == 403)
                #expect(try await world.send("DELETE", "media/\(id)", as: session).status == 403)
            }
            let again = try await world.send("POST", "lessons/\(world.lesson)/media", as: world.teacher, json)
            #expect(again.code == "MEDIA_EXISTS")
            let foreign = #"{"fileId":"\#(MediaWorld.never)","title":"None"}"#
            let none = try await world.send("POST", "lessons/\(world.lesson)/media", as: world.teacher, foreign)
            #expect(none.code == "FILE_NOT_FOUND")
        }
    }

    @Test func `a change of a version that was not seen is refused`() async throws {
        try await MediaWorld.with { world in
            let id = try await world.made()
            let etag = try #require(try await world.send("GET", "media/\(id)", as: world.teacher)["etag"])
            let change = #"{"title":"Welcome","completionPercentage":null}"#
            let first = try await world.send(
                "PATCH",
                "media/\(id)",
                as: world.teacher,
                change,
                fields: ["If-Match: \(etag)"]
            )
            #expect(first.status == 200 && first.json["completionPercentage"] == .null)
            let late = #"{"title":"Hello"}"#
            let second = try await world.send(
                "PATCH",
                "media/\(id)",
                as: world.teacher,
                late,
                fields: ["If-Match: \(etag)"]
            )
            #expect(second.status == 412)
        }
    }

    @Test func `captions are checked, replaced by language and taken away`() async throws {
        try await MediaWorld.with { world in
            let id = try await world.made()
            func set(_ text: String) async throws -> TestReply {
                let json = #"{"language":"ar","label":"العربية","text":"\#(text)"}"#
                return try await world.send("POST", "media/\(id)/captions", as: world.teacher, json)
            }
            #expect(try await set("1\\n00:00:01,000 --> 00:00:02,000\\nSRT").code == "CAPTIONS_REFUSED")
            let first = try await set("WEBVTT\\n\\nSTYLE\\n::cue{}\\n\\n00:01.000 --> 00:02.000\\nمرحبا")
            #expect(first.status == 200)
            let second = try await set("WEBVTT\\n\\n00:01.000 --> 00:02.500\\nأهلا")
            #expect(second.json["captions"]?[1] == nil)
            let file = try #require(second.json["captions"]?[0]?["id"]?.text)
            let read = try await world.send("GET", "media/\(id)/files/\(file)", as: world.teacher)
            #expect(read.text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nأهلا\n")
            #expect(read["content-type"]?.hasPrefix("text/vtt") == true)
            let playlist = try await world.send("GET", "media/\(id)/playlist", as: world.teacher).text
            #expect(playlist.contains(#"TYPE=SUBTITLES,GROUP-ID="captions",NAME="العربية",LANGUAGE="ar""#))
            #expect(try await world.send("DELETE", "media/\(id)/captions/\(file)", as: world.teacher).status == 204)
            #expect(try await world.send("GET", "media/\(id)/files/\(file)", as: world.teacher).status == 404)
        }
    }
}
