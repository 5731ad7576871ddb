// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

@Suite struct MediaStorageTests {
    /// How long the file is that media are made of.
    private static let source = PlainWorkshop.file.count
    /// How long a rendition is; there are two, and a picture.
    private static let rendition = PlainWorkshop.rendition.count
    private static let made = 2 * rendition + "a picture".utf8.count

    @Test func `what is made of a file counts as stored until it is removed`() async throws {
        try await MediaWorld.with { world in
            let owner = try await world.owner()
            let id = try await world.create()
            #expect(try await world.used(as: owner) == Self.source)
            #expect(try await world.make(id) == .finished)
            #expect(try await world.used(as: owner) == Self.source + Self.made)
            #expect(try await world.send("POST", "media/\(id)/remake", as: world.teacher, "{}").status == 200)
            #expect(try await world.used(as: owner) == Self.source + Self.made)
            #expect(try await world.make(id) == .finished)
            // What was replaced is still stored.
            #expect(try await world.used(as: owner) == Self.source + 2 * Self.made)
            try await world.sweep()
            #expect(try await world.used(as: owner) == Self.source + 2 * Self.made)
            world.host.platform.clock.advance(by: 86_401)
            try await world.sweep()
            let later = try await world.owner()
            #expect(try await world.used(as: later) == Self.source + Self.made)
            let medium = try #require(MediaItem.ID(id))
            let media = world.media
            try await world.tenant.transaction { session in try await media.delete(medium, session: session) }
            #expect(try await world.used(as: later) == Self.source + Self.made)
            try await world.sweep()
            #expect(try await world.used(as: later) == Self.source)
        }
    }

    @Test func `a medium that there is no room for fails once, and no more is stored than may be`() async throws {
        try await MediaWorld.with { world in
            let owner = try await world.owner()
            // One rendition, and not the other one.
            let limit = Self.source + 2 * Self.rendition - 1
            try await world.limit(to: limit)
            let id = try await world.create()
            let check = FileCheck(store: MemoryBlobStore.shared, clock: world.host.platform.clock.wall)
            let stored = try await check.run(reader: world.tenant.reader()).stored
            #expect(try await world.make(id) == .finished)
            let failed = try await world.shown(id)
            #expect(failed["status"]?.text == "failed" && failed["failure"]?.text == "room")
            #expect(failed["advice"]?.text?.contains("no room") == true)
            #expect(try await world.used(as: owner) == Self.source + Self.rendition)
            #expect(try await check.run(reader: world.tenant.reader()).stored == stored + 1)
            try await world.limit(to: limit + Self.rendition + Self.made)
            #expect(try await world.send("POST", "media/\(id)/remake", as: world.teacher, "{}").status == 200)
            #expect(try await world.make(id) == .finished)
            #expect(try await world.shown(id)["status"]?.text == "ready")
            world.host.platform.clock.advance(by: 86_401)
            try await world.sweep()
            let later = try await world.owner()
            #expect(try await world.used(as: later) == Self.source + Self.made)
        }
    }

    @Test func `what cannot be made again for want of room plays on`() async throws {
        try await MediaWorld.with { world in
            let owner = try await world.owner()
            let id = try await world.made()
            let before = try await world.shown(id)["renditions"]
            try await world.limit(to: try await world.used(as: owner))
            #expect(try await world.send("POST", "media/\(id)/remake", as: world.teacher, "{}").status == 200)
            #expect(try await world.make(id) == .finished)
            let shown = try await world.shown(id)
            #expect(shown["failure"]?.text == "room" && shown["isPlayable"] == .bool(true))
            #expect(shown["renditions"] == before)
            #expect(try await world.used(as: owner) == Self.source + Self.made)
        }
    }

    @Test func `bytes that are only said after they were stored count from then on, if there is room`() async throws {
        try await MediaWorld.with { world in
            let owner = try await world.owner()
            _ = try await world.made()
            try await world.tenant.transaction { session in
                try await session.execute(
                    "UPDATE media_files SET retired_at = created_at, byte_count = NULL WHERE kind = 'rendition'"
                )
            }
            #expect(try await world.used(as: owner) == Self.source + Self.made - 2 * Self.rendition)
            let told: SQL = "UPDATE media_files SET byte_count = 3100 WHERE kind = 'rendition'"
            try await world.limit(to: Self.source + Self.made - 1)
            await #expect(throws: DatabaseError.constraint(.check, name: "file_storage_room_ck")) {
                try await world.tenant.transaction { session in try await session.execute(told) }
            }
            try await world.limit(to: Self.source + Self.made)
            try await world.tenant.transaction { session in try await session.execute(told) }
            #expect(try await world.used(as: owner) == Self.source + Self.made)
        }
    }

    @Test func `captions count, also those that were replaced, and are refused where there is no room`() async throws {
        try await MediaWorld.with { world in
            let owner = try await world.owner()
            let id = try await world.made()
            let length = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n".utf8.count
            let limit = Self.source + Self.made + 2 * length
            try await world.limit(to: limit)
            #expect(try await world.caption(id, "en").status == 200)
            #expect(try await world.caption(id, "en").status == 200)
            #expect(try await world.used(as: owner) == limit)
            for language in ["en", "es"] {
                let refused = try await world.caption(id, language)
                #expect(refused.status == 507 && refused.code == "STORAGE_FULL", "\(refused.text)")
            }
            #expect(try await world.shown(id)["captions"]?.array?.count == 1)
            #expect(try await world.used(as: owner) == limit)
            world.host.platform.clock.advance(by: 86_401)
            try await world.sweep()
            let later = try await world.owner()
            #expect(try await world.used(as: later) == limit - length)
        }
    }

    @Test func `a medium has captions in so many languages and no more, also if two ask at once`() async throws {
        try await MediaWorld.with { world in
            let id = try await world.made()
            let medium = try #require(MediaItem.ID(id))
            for number in 1..<MediaCaptions.languageLimit {
                let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello"
                _ = try await world.media.setCaptions(
                    try MediaCaptions(text: text, language: "en-x\(number)", label: "\(number)"),
                    of: medium,
                    at: world.tenant.id,
                    as: .test,
                    tenants: world.tenant.tenants
                )
            }
            async let arabic = world.caption(id, "ar")
            async let spanish = world.caption(id, "es")
            let replies = [try await arabic, try await spanish]
            #expect(replies.count { $0.status == 200 } == 1)
            #expect(replies.compactMap(\.code) == ["TOO_MANY_ENTRIES"])
            let refused = try await world.caption(id, "fr")
            #expect(refused.code == "TOO_MANY_ENTRIES" && refused.text.contains("At most 40."), "\(refused.text)")
            // Those that are there can be replaced, and make place for others.
            #expect(try await world.caption(id, "en-x1").status == 200)
            let captions = try await world.shown(id)["captions"]?.array ?? []
            #expect(captions.count == MediaCaptions.languageLimit)
            let file = try #require(captions[0]["id"]?.text)
            #expect(try await world.send("DELETE", "media/\(id)/captions/\(file)", as: world.teacher).status == 204)
            #expect(try await world.caption(id, "fr").status == 200)
        }
    }
}

extension MediaWorld {
    /// An owner of the tenant who signs in now.
    fileprivate func owner() async throws -> PlatformHost.Session {
        try await host.member("owner-\(UUID().uuidString.lowercased())", .owner, of: tenant)
    }

    /// How many bytes an owner is told that the tenant stores.
    fileprivate func used(as owner: PlatformHost.Session) async throws -> Int {
        let shown = try await send("GET", "tenant/storage", as: owner)
        return try #require(shown.json["usedBytes"]?.integer, "\(shown.text)")
    }

    fileprivate func limit(to bytes: Int) async throws {
        let uploads = host.uploads
        try await tenant.transaction { session in
            try await uploads.change(FileStorage.Changes(byteLimit: bytes), session: session)
        }
    }

    fileprivate func sweep() async throws {
        while try await media.sweep(tenant.id, tenants: tenant.tenants) {}
    }

    /// Gives a medium captions of one cue.
    fileprivate func caption(_ id: String, _ language: String) async throws -> TestReply {
        let text = #"WEBVTT\n\n00:01.000 --> 00:02.000\nHello"#
        let json = #"{"language":"\#(language)","label":"Words","text":"\#(text)"}"#
        return try await send("POST", "media/\(id)/captions", as: teacher, json)
    }
}
