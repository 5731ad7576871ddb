// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct DirectUploadsTests {
    /// A course with somebody who teaches it, and a store that takes files from anybody.
    private struct World {
        let tenant: TestTenant
        let platform: TestPlatform
        let store: MemoryBlobStore
        let clock = TestClock()
        let author: Principal
        let course: Course.ID
        let direct: DirectUploads

        init(_ tenant: TestTenant, address: String?, _ direct: DirectUploads) async throws {
            self.tenant = tenant
            self.direct = direct
            store = MemoryBlobStore(partSize: 100_000, address: address)
            let platform = try TestPlatform()
            self.platform = platform
            author = try await platform.member("author", .admin, of: tenant)
            course = try await tenant.transaction { session in
                try await platform.lms.courses.create(NewCourse(title: "Physics"), session: session).id
            }
        }

        static func with(
            address: String? = "https://storage.example.org",
            _ direct: DirectUploads = .on,
            _ body: (World) async throws -> Void
        ) async throws {
            try await withTenant { try await body(try await World($0, address: address, direct)) }
        }

        var uploads: Uploads {
            get throws {
                let digesting = try #require(platform.cryptography as? any StreamDigesting)
                return Uploads(
                    store: store,
                    keys: platform.lms.tenantKeys,
                    ports: UploadPorts(types: PlainContentTypes(), digesting: digesting),
                    direct: direct,
                    clock: clock.wall,
                    audit: platform.lms.audit
                )
            }
        }

        func begin(_ bytes: [UInt8]) async throws -> FileUpload {
            try await begin(bytes.count, sha256: platform.cryptography.sha256(bytes))
        }

        func begin(_ byteCount: Int, sha256: [UInt8]?) async throws -> FileUpload {
            let name = try #require(FileName("a.txt"))
            let new = NewUpload(
                name,
                byteCount: byteCount,
                for: .courseAsset,
                in: course,
                sha256: sha256,
                by: .storage
            )
            let uploads = try uploads
            return try await tenant.transaction(as: author) { session in
                try await uploads.begin(new, session: session)
            }
        }

        /// Sends bytes to the store, as whoever has the address does.
        func send(_ bytes: [UInt8], for upload: FileUpload) throws {
            let staged = try #require(upload.staged)
            store[BlobKey(staged, of: tenant.id)] = bytes
        }

        func complete(_ id: FileUpload.ID, as principal: Principal? = nil) async throws -> FileUpload {
            try await uploads.complete(id, of: tenant.id, as: principal ?? author, tenants: tenant.tenants)
        }

        func find(_ id: FileUpload.ID) async throws -> FileUpload {
            try await uploads.find(id, reader: tenant.reader(as: author))
        }

        func check(_ id: FileUpload.ID) async throws -> FileUpload {
            try await uploads.check(id, of: tenant.id, tenants: tenant.tenants)
            return try await find(id)
        }

        func tidy() async throws -> Uploads.Tidied { try await uploads.tidy(tenant.id, tenants: tenant.tenants) }

        func expectSound() async throws {
            let report = try await FileCheck(store: store, clock: clock.wall).run(reader: tenant.reader())
            #expect(report.isSound, "\(report)")
        }

        func storage() async throws -> FileStorage { try await uploads.storage(reader: tenant.reader()) }

        func bytes(of upload: FileUpload) async throws -> [UInt8] {
            let files = Files(store: store, keys: platform.lms.tenantKeys)
            return try await files.read(upload.file, reader: tenant.reader(as: author)).bytes
        }
    }

    private static let text = Array(String(repeating: "0123456789abcdef", count: 25_000).utf8)

    @Test func `a file that is sent to the store is sealed, and nothing of it stays there in the clear`() async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text)
            #expect(upload.status == .open && upload.receivedCount == 0)
            #expect(try await world.storage().reservedBytes == Self.text.count)
            let link = try #require(try world.uploads.link(for: upload, of: world.tenant.id))
            #expect(link.expiresAt == world.clock.wall.now().addingTimeInterval(Uploads.linkLifetime))
            #expect(!link.url.reveal().contains("\(upload.file)") && link.url.description == "•••")
            await #expect(throws: UploadError.unfinished) { try await world.complete(upload.id) }
            try world.send(Self.text, for: upload)
            #expect(try await world.complete(upload.id).status == .checking)
            #expect(try await world.complete(upload.id).status == .checking)
            let jobs = try await world.tenant.transaction {
                try await $0.execute("SELECT kind FROM cell.tenant_jobs WHERE subject = \(upload.id.uuid)")
            }
            #expect(jobs.count == 1)
            let stored = try await world.check(upload.id)
            #expect(stored.status == .stored && stored.receivedCount == Self.text.count)
            #expect(try await world.complete(upload.id) == stored)
            #expect(try await world.check(upload.id) == stored)
            #expect(world.store.keys == [BlobKey(stored.file, of: world.tenant.id)])
            let sealed = try #require(world.store[BlobKey(stored.file, of: world.tenant.id)])
            #expect(sealed.count > Self.text.count && sealed.firstRange(of: Self.text[..<64]) == nil)
            #expect(try await world.bytes(of: stored) == Self.text)
            let storage = try await world.storage()
            #expect(storage.usedBytes == Self.text.count && storage.reservedBytes == 0)
            try await world.expectSound()
        }
    }

    @Test(arguments: [0, 1, 2])
    func `attack: what is at the store is a file only if it is what was announced`(kind: Int) async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text)
            let others = [Array(Self.text.dropLast()), Self.text + [0], Array(Self.text.reversed())]
            try world.send(others[kind], for: upload)
            _ = try await world.complete(upload.id)
            let refused = try await world.check(upload.id)
            #expect(refused.status == .refused && refused.refusal == .checksum)
            #expect(try await world.complete(upload.id) == refused)
            #expect(world.store.count == 0)
            let storage = try await world.storage()
            #expect(storage.usedBytes == 0 && storage.reservedBytes == 0)
        }
    }

    @Test func `attack: what is sent again later changes no file, and is removed`() async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text)
            try world.send(Self.text, for: upload)
            _ = try await world.complete(upload.id)
            let stored = try await world.check(upload.id)
            // The address is good for a while yet.
            try world.send(Array(Self.text.reversed()), for: upload)
            #expect(try await world.check(upload.id) == stored)
            #expect(try await world.bytes(of: stored) == Self.text)
            world.clock.advance(by: 86_400 + 60)
            #expect(try await world.tidy().files == 1)
            #expect(world.store.keys == [BlobKey(stored.file, of: world.tenant.id)])
        }
    }

    @Test func `attack: what is lost between its end and its sealing is no file`() async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text)
            try world.send(Self.text, for: upload)
            _ = try await world.complete(upload.id)
            world.store[BlobKey(try #require(upload.staged), of: world.tenant.id)] = nil
            #expect(try await world.check(upload.id).refusal == .damaged)
        }
    }

    @Test func `nothing is sent to the store unless the operator and the store allow it, nor what it does not take`()
        async throws
    {
        try await World.with(.off) { world in
            await #expect(throws: UploadError.directOff) { try await world.begin(Self.text) }
        }
        try await World.with(address: nil) { world in
            await #expect(throws: UploadError.directOff) { try await world.begin(Self.text) }
        }
        try await World.with { world in
            let digest = Array(repeating: UInt8(1), count: 32)
            await #expect(throws: UploadError.tooLargeForStorage) {
                try await world.begin(Uploads.directLimit + 1, sha256: digest)
            }
            _ = try await world.begin(Uploads.directLimit, sha256: digest)
            await #expect(throws: UploadError.invalid(constraint: "uploads_staged_id_ck")) {
                try await world.begin(5, sha256: nil)
            }
            let upload = try await world.begin(Self.text)
            await #expect(throws: UploadError.direct) {
                try await world.uploads.append(
                    BlobBytes(Self.text),
                    at: 0,
                    to: upload.id,
                    of: world.tenant.id,
                    as: world.author,
                    tenants: world.tenant.tenants
                )
            }
            #expect(try await world.find(upload.id) == upload)
        }
    }

    @Test func `attack: nobody completes another's upload, nor one that is over`() async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text)
            try world.send(Self.text, for: upload)
            let other = try await world.platform.member("other", .owner, of: world.tenant)
            await #expect(throws: UploadError.notFound) { try await world.complete(upload.id, as: other) }
            try await withTenant { abroad in
                await #expect(throws: UploadError.notFound) {
                    try await world.uploads.complete(
                        upload.id,
                        of: abroad.id,
                        as: world.author,
                        tenants: abroad.tenants
                    )
                }
            }
            #expect(try await world.find(upload.id).status == .open)
            world.clock.advance(by: Uploads.lifetime)
            await #expect(throws: UploadError.expired) { try await world.complete(upload.id) }
        }
    }

    @Test func `an upload that is completed many times at once is looked at once`() async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text)
            try world.send(Self.text, for: upload)
            try await withThrowingTaskGroup(of: FileUpload.Status.self) { group in
                for _ in 0..<8 { group.addTask { try await world.complete(upload.id).status } }
                for try await status in group { #expect(status == .checking) }
            }
            let jobs = try await world.tenant.transaction {
                try await $0.execute("SELECT kind FROM cell.tenant_jobs WHERE subject = \(upload.id.uuid)")
            }
            #expect(jobs.count == 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { _ = try await world.check(upload.id) } }
                try await group.waitForAll()
            }
            #expect(try await world.find(upload.id).status == .stored)
            #expect(try await world.storage().usedBytes == Self.text.count)
        }
    }

    @Test func `what was sent for uploads that are over is removed with them, and what is looked at stays`()
        async throws
    {
        try await World.with { world in
            let (left, waiting, given) = (
                try await world.begin(Self.text), try await world.begin(Self.text), try await world.begin(Self.text)
            )
            for upload in [left, waiting, given] { try world.send(Self.text, for: upload) }
            _ = try await world.complete(waiting.id)
            try await world.uploads.terminate(
                given.id,
                of: world.tenant.id,
                as: world.author,
                tenants: world.tenant.tenants
            )
            #expect(world.store.count == 2)
            // Its address may be used still: until none is good its room is not given to another.
            try world.send(Self.text, for: given)
            await #expect(throws: UploadError.expired) { _ = try await world.complete(given.id) }
            #expect(try await world.uploads.storage(reader: world.tenant.reader()).reservedBytes == 3 * Self.text.count)
            world.clock.advance(by: 3 * 86_400)
            try await world.expectSound()
            #expect(try await world.tidy() == Uploads.Tidied(uploads: 2))
            #expect(world.store.keys == [BlobKey(try #require(waiting.staged), of: world.tenant.id)])
            try await world.expectSound()
            let stored = try await world.check(waiting.id)
            #expect(try await world.bytes(of: stored) == Self.text)
            #expect(world.store.count == 1)
        }
    }
}
