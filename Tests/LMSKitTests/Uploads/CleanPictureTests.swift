// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSKit

/// What becomes of pictures between what was sent and the file.
@Suite struct CleanPictureTests {
    private struct World {
        let tenant: TestTenant
        let platform: TestPlatform
        let store = MemoryBlobStore()
        let pictures = ScriptedPictures()
        let author: Principal
        let course: Course.ID

        static func with(_ body: (World) async throws -> Void) async throws {
            try await withTenant { tenant in
                let platform = try TestPlatform()
                let author = try await platform.member("author", .admin, of: tenant)
                let course = try await tenant.transaction { session in
                    try await platform.lms.courses.create(NewCourse(title: "Physics"), session: session).id
                }
                try await body(World(tenant: tenant, platform: platform, author: author, course: course))
            }
        }

        func uploads(_ pictures: (any PictureWorkshop)?) throws -> Uploads {
            let digesting = try #require(platform.cryptography as? any StreamDigesting)
            let ports = UploadPorts(types: PlainContentTypes(), digesting: digesting, pictures: pictures)
            return Uploads(
                store: store,
                keys: platform.lms.tenantKeys,
                ports: ports,
                clock: platform.clock.wall,
                audit: platform.lms.audit
            )
        }

        /// Sends all of a file.
        func send(_ bytes: [UInt8], as name: String) async throws -> FileUpload.ID {
            let uploads = try uploads(pictures)
            let new = NewUpload(try #require(FileName(name)), byteCount: bytes.count, for: .courseAsset, in: course)
            let begun = try await tenant.transaction(as: author) { session in
                try await uploads.begin(new, session: session)
            }
            _ = try await uploads.append(
                BlobBytes(bytes),
                at: 0,
                to: begun.id,
                of: tenant.id,
                as: author,
                tenants: tenant.tenants
            )
            return begun.id
        }

        func check(_ id: FileUpload.ID, isAlone: Bool = false) async throws -> FileUpload {
            let uploads = try uploads(isAlone ? nil : pictures)
            try await uploads.check(id, of: tenant.id, tenants: tenant.tenants)
            return try await uploads.find(id, reader: tenant.reader(as: author))
        }

        func bytes(of upload: FileUpload) async throws -> [UInt8] {
            let files = Files(store: store, keys: platform.lms.tenantKeys)
            return try await files.read(upload.file, reader: tenant.reader(as: author)).bytes
        }

        func expectOne(_ upload: FileUpload, of byteCount: Int) async throws {
            #expect(store.keys == [BlobKey(upload.file, of: tenant.id)])
            let storage = try await uploads(nil).storage(reader: tenant.reader())
            #expect(storage.usedBytes == byteCount && storage.reservedBytes == 0)
            #expect(try await FileCheck(store: store).run(reader: tenant.reader()).isSound)
        }
    }

    @Test(arguments: [false, true])
    func `the file is the copy, in length, digest and room, and what was sent is gone`(isAlone: Bool) async throws {
        try await World.with { world in
            let (sent, clean) = (PictureBytes.png(6), PictureBytes.cleanPNG(6))
            let id = try await world.send(sent, as: "a.png")
            let stored = try await world.check(id, isAlone: isAlone)
            #expect(stored.status == .stored && stored.byteCount == sent.count)
            #expect(try await world.check(id, isAlone: isAlone) == stored)
            #expect(try await world.bytes(of: stored) == clean)
            let rows = try await world.tenant.transaction { try await $0.execute("SELECT sha256 FROM files") }
            let digest: Bytes = try #require(rows.only)[0]
            #expect(digest.array == world.platform.cryptography.sha256(clean))
            try await world.expectOne(stored, of: clean.count)
            #expect(world.pictures.seen == (isAlone ? [] : [sent, clean]))
            // What the upload has of a key is the copy's.
            _ = try await world.platform.lms.keyRotation.rotateDataKey(world.tenant.id, tenants: world.tenant.tenants)
            #expect(try await world.bytes(of: stored) == clean)
        }
    }

    @Test func `a picture that says nothing besides is the file that was sent, and is read once`() async throws {
        try await World.with { world in
            let clean = PictureBytes.cleanPNG(nil)
            let stored = try await world.check(try await world.send(clean, as: "a.png"))
            #expect(try await world.bytes(of: stored) == clean && world.pictures.seen == [clean])
            try await world.expectOne(stored, of: clean.count)
        }
    }

    @Test(arguments: [MediaWorkError.damaged, .timedOut, .killed])
    func `attack: what cannot be shown, or not within bounds, is refused`(error: MediaWorkError) async throws {
        try await World.with { world in
            world.pictures.failure = error
            let refused = try await world.check(try await world.send(PictureBytes.png(6), as: "a.png"))
            #expect(refused.status == .refused && refused.refusal == .unreadable)
            #expect(world.store.count == 0)
        }
    }

    @Test func `a copy that shows something else is none`() async throws {
        try await World.with { world in
            world.pictures.isFaithful = false
            let refused = try await world.check(try await world.send(PictureBytes.png(6), as: "a.png"))
            #expect(refused.refusal == .unreadable && world.store.count == 0)
        }
    }

    @Test func `while pictures cannot be read an upload waits, and goes on as if nothing had been`() async throws {
        try await World.with { world in
            world.pictures.failure = .unavailable(reason: "busy")
            let id = try await world.send(PictureBytes.png(1), as: "a.png")
            for _ in 0..<2 { await #expect(throws: UploadError.busy) { try await world.check(id) } }
            world.pictures.failure = nil
            let stored = try await world.check(id)
            let clean = PictureBytes.cleanPNG(nil)
            #expect(stored.status == .stored)
            #expect(try await world.bytes(of: stored) == clean)
            try await world.expectOne(stored, of: clean.count)
        }
    }

    @Test func `files that are no such pictures are neither read nor copied`() async throws {
        try await World.with { world in
            let stored = try await world.check(try await world.send(Array("GIF89a comment;".utf8), as: "a.gif"))
            #expect(try await world.bytes(of: stored) == Array("GIF89a comment;".utf8))
            #expect(world.pictures.seen.isEmpty)
        }
    }
}

/// Shows whatever it is given, or fails.
private final class ScriptedPictures: PictureWorkshop {
    private let state = Mutex(State())

    private struct State {
        var seen: [[UInt8]] = []
        var failure: MediaWorkError?
        var isFaithful = true
    }

    var seen: [[UInt8]] { state.withLock(\.seen) }

    var failure: MediaWorkError? {
        get { state.withLock(\.failure) }
        set { state.withLock { $0.failure = newValue } }
    }

    /// Whether everything shows the same.
    var isFaithful: Bool {
        get { state.withLock(\.isFaithful) }
        set { state.withLock { $0.isFaithful = newValue } }
    }

    func look(at picture: any BlobSource, as form: PictureForm) async throws(MediaWorkError) -> String {
        var bytes: [UInt8] = []
        do throws(BlobError) {
            while let piece = try await picture.next() { bytes += piece }
        } catch {
            throw .source(error)
        }
        let whole = bytes
        let (failure, isFaithful) = state.withLock { state in
            state.seen.append(whole)
            return (state.failure, state.isFaithful)
        }
        if let failure { throw failure }
        return isFaithful ? "the same" : "\(whole.count)"
    }
}
