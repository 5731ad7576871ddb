// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSKit

@Suite struct UploadsTests {
    private typealias World = UploadsWorld

    private static let text = Array(String(repeating: "0123456789abcdef", count: 25_000).utf8)

    @Test func `a file that comes in pieces to one process after the other is the file once it was looked at`()
        async throws
    {
        try await World.with { world in
            let digest = world.platform.cryptography.sha256(Self.text)
            let upload = try await world.begin(Self.text.count, named: "notes.txt", sha256: digest)
            #expect(try await world.storage().reservedBytes == Self.text.count)
            for range in [0..<1, 1..<150_001, 150_001..<260_000, 260_000..<Self.text.count] {
                #expect(try await world.find(upload.id).receivedCount == range.lowerBound)
                let after = try await world.append(
                    BlobBytes(Array(Self.text[range])),
                    at: range.lowerBound,
                    to: upload.id
                )
                #expect(after.receivedCount == range.upperBound)
                #expect(after.status == (range.upperBound == Self.text.count ? .checking : .open))
            }
            let jobs = try await world.tenant.transaction {
                try await $0.execute("SELECT kind FROM cell.tenant_jobs WHERE subject = \(upload.id.uuid)")
            }
            let kind: String = try #require(jobs.only)[0]
            #expect(kind == "upload")
            let stored = try await world.check(upload.id)
            #expect(stored.status == .stored)
            #expect(try await world.check(upload.id) == stored)
            let files = Files(store: world.store, keys: world.platform.lms.tenantKeys)
            let (file, bytes) = try await files.read(stored.file, reader: world.tenant.reader(as: world.author))
            #expect(bytes == Self.text && file.mediaType == "text/plain" && file.name == "notes.txt")
            let storage = try await world.storage()
            #expect(storage.usedBytes == Self.text.count && storage.reservedBytes == 0)
            let events = try await world.tenant.events().map { row -> String in try row["type"] }
            #expect(events.contains("content.upload_completed"))
            #expect(try await FileCheck(store: world.store).run(reader: world.tenant.reader()).isSound)
        }
    }

    @Test func `content that breaks off is kept as far as it came`() async throws {
        try await World.with { world in
            let upload = try await world.begin(Self.text.count)
            let broken = ScriptedSource([.bytes(Array(Self.text[..<123_456])), .fails])
            await #expect(throws: UploadError.interrupted) { try await world.append(broken, at: 0, to: upload.id) }
            #expect(try await world.find(upload.id).receivedCount == 123_456)
            _ = try await world.append(BlobBytes(Array(Self.text[123_456...])), at: 123_456, to: upload.id)
            #expect(try await world.check(upload.id).status == .stored)
        }
    }

    @Test(arguments: 1...4)
    func `a part that the store refuses is sent again, and what was told before it stays`(number: Int) async throws {
        try await World.with { world in
            let digest = world.platform.cryptography.sha256(Self.text)
            let upload = try await world.begin(Self.text.count, sha256: digest)
            world.store.refuse(part: number)
            await #expect(throws: UploadError.self) {
                try await world.append(BlobBytes(Self.text), at: 0, to: upload.id)
            }
            let known = try await world.find(upload.id).receivedCount
            #expect(known < Self.text.count)
            // It is nobody's any more: who goes on need not wait.
            _ = try await world.append(BlobBytes(Array(Self.text[known...])), at: known, to: upload.id)
            #expect(try await world.check(upload.id).status == .stored)
        }
    }

    @Test func `what lies in no part is in rows of 256 KiB, from which the next process goes on`() async throws {
        try await World.with(partSize: 700_000) { world in
            let bytes = Self.text + Self.text.reversed()
            let upload = try await world.begin(bytes.count, sha256: world.platform.cryptography.sha256(bytes))
            func pieces() async throws -> Int {
                let rows = try await world.tenant.transaction {
                    try await $0.execute(
                        "SELECT count(*), max(octet_length(content)) FROM upload_pieces WHERE upload_id = \(upload.id)"
                    )
                }
                let longest: Int? = try rows.only?[1]
                #expect(longest == nil || longest == 1 << 18)
                return try rows.only?[0] ?? 0
            }
            var begun = 0
            for (end, expected) in [(300_000, 1), (301_000, 1), (640_000, 2), (750_000, 0), (bytes.count, 0)] {
                _ = try await world.append(BlobBytes(Array(bytes[begun..<end])), at: begun, to: upload.id)
                #expect(try await pieces() == expected, "\(end)")
                begun = end
            }
            #expect(try await world.check(upload.id).status == .stored)
        }
    }

    @Test func `attack: two that append at the same place do not mix, and a lost process holds it for 15 seconds`()
        async throws
    {
        try await World.with { world in
            let upload = try await world.begin(20)
            let other = ScriptedSource([
                .bytes(Array("01234".utf8)),
                .runs { [world] in
                    await #expect(throws: UploadError.busy) {
                        try await world.append(BlobBytes(Array("xxxxx".utf8)), at: 0, to: upload.id)
                    }
                    // The first one seems to be lost, and the second one goes on.
                    world.clock.advance(by: 16)
                    _ = try await world.append(BlobBytes(Array("abcde".utf8)), at: 0, to: upload.id)
                },
                .bytes(Array("56789".utf8)),
            ])
            await #expect(throws: UploadError.busy) { try await world.append(other, at: 0, to: upload.id) }
            #expect(try await world.find(upload.id).receivedCount == 5)
            await #expect(throws: UploadError.offsetMismatch(received: 5)) {
                try await world.append(BlobBytes([1]), at: 0, to: upload.id)
            }
            await #expect(throws: UploadError.offsetMismatch(received: 5)) {
                try await world.append(BlobBytes([1]), at: 6, to: upload.id)
            }
            let rest = Array("fghij0123456789".utf8)
            await #expect(throws: UploadError.tooMuch) {
                try await world.append(BlobBytes(rest + [1]), at: 5, to: upload.id)
            }
            _ = try await world.append(BlobBytes(rest), at: 5, to: upload.id)
            let stored = try await world.check(upload.id)
            let files = Files(store: world.store, keys: world.platform.lms.tenantKeys)
            let bytes = try await files.read(stored.file, reader: world.tenant.reader(as: world.author)).bytes
            #expect(String(decoding: bytes, as: UTF8.self) == "abcdefghij0123456789")
            await #expect(throws: UploadError.closed) {
                try await world.append(BlobBytes([1]), at: 20, to: upload.id)
            }
        }
    }

    @Test func `attack: nobody has to do with another's upload, and nobody uploads where they may not`() async throws {
        try await World.with { world in
            let upload = try await world.begin(5)
            let learner = try await world.platform.member("learner", .student, of: world.tenant)
            let other = try await world.platform.member("other", .owner, of: world.tenant)
            for stranger in [learner, other] {
                await #expect(throws: UploadError.notFound) {
                    try await world.append(BlobBytes([1]), at: 0, to: upload.id, as: stranger)
                }
                await #expect(throws: UploadError.notFound) {
                    try await world.uploads.find(upload.id, reader: world.tenant.reader(as: stranger))
                }
                await #expect(throws: UploadError.notFound) {
                    try await world.uploads.terminate(
                        upload.id,
                        of: world.tenant.id,
                        as: stranger,
                        tenants: world.tenant.tenants
                    )
                }
            }
            // The course is a draft, of which they may not know.
            for use in FileUpload.Use.allCases {
                await #expect(throws: UploadError.courseNotFound) {
                    try await world.begin(5, named: use == .caption ? "a.vtt" : "a.txt", for: use, as: learner)
                }
            }
            for name in ["a.exe", "a.html", "a", "a.js"] {
                await #expect(throws: UploadError.typeNotAllowed) { try await world.begin(5, named: name) }
            }
            try await withTenant { abroad in
                await #expect(throws: UploadError.notFound) {
                    try await world.uploads.find(upload.id, reader: abroad.reader(as: world.author))
                }
            }
        }
    }

    @Test func `attack: what is not what was announced is refused and leaves nothing`() async throws {
        try await World.with { world in
            let wrong = try await world.upload(Self.text, as: "a.txt", sha256: Array(repeating: 7, count: 32))
            #expect(wrong.status == .refused && wrong.refusal == .checksum)
            #expect(try await world.upload(Array("MZ".utf8), as: "a.png").refusal == .type)
            #expect(try await world.upload(Array("%PDF-1.7".utf8), as: "a.png").refusal == .mismatch)
            // The store has another part than it was given.
            let mixed = try await world.begin(Self.text.count)
            _ = try await world.append(BlobBytes(Self.text), at: 0, to: mixed.id)
            let row = try await world.tenant.transaction {
                try await $0.execute("SELECT file_id, store_token FROM uploads WHERE id = \(mixed.id)")
            }
            let (file, token): (StoredFile.ID, String) = (try #require(row.only)[0], try #require(row.only)[1])
            let begun = BlobUpload(BlobKey(file, of: world.tenant.id), token: token)
            _ = try await world.store.add(Array(repeating: 0, count: 100_000), as: 2, to: begun)
            #expect(try await world.check(mixed.id).refusal == .damaged)
            #expect(world.store.count == 0)
            #expect(try await world.store.uploads(of: world.tenant.id).isEmpty)
            let storage = try await world.storage()
            #expect(storage.usedBytes == 0 && storage.reservedBytes == 0)
        }
    }

    @Test func `attack: many that begin at the same time get no more room than there is`() async throws {
        try await World.with { world in
            let uploads = try world.uploads
            try await world.tenant.transaction { session in
                try await uploads.change(FileStorage.Changes(byteLimit: 3_500), session: session)
            }
            let begun = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await world.begin(1_000)
                            return true
                        } catch {
                            return (error as? UploadError) != .noRoom
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(begun == 3)
            #expect(try await world.storage().reservedBytes == 3_000)
            await #expect(throws: UploadError.tooLarge) {
                try await world.begin(3 << 20, named: "a.vtt", for: .caption)
            }
            try await world.tenant.transaction { session in
                try await uploads.change(FileStorage.Changes(byteLimit: 1 << 30), session: session)
            }
            for _ in 0..<7 { _ = try await world.begin(1) }
            await #expect(throws: UploadError.tooMany) { try await world.begin(1) }
            await #expect(throws: UploadError.forbidden) {
                try await world.tenant.transaction(as: world.author) { session in
                    try await uploads.change(FileStorage.Changes(byteLimit: 1), session: session)
                }
            }
        }
    }

    @Test func `a course whose files have no room is not imported, and leaves none of them`() async throws {
        try await World.with { world in
            let uploads = try world.uploads
            try await world.tenant.transaction { session in
                try await uploads.change(FileStorage.Changes(byteLimit: 1), session: session)
            }
            let files = InMemoryCourseFiles(OLXTests.files.mapValues { Array($0.utf8) })
            let (imports, course) = (world.platform.lms.courseImports(store: world.store), try OLX.read(files))
            let key = try #require(CourseImportKey("full"))
            await #expect(throws: CourseImportError.noRoom) {
                try await imports.store(
                    course,
                    files: files,
                    key: key,
                    into: world.tenant.id,
                    as: .test,
                    tenants: world.tenant.tenants
                )
            }
            #expect(world.store.count == 0)
            #expect(try await world.storage().usedBytes == 0)
        }
    }

    @Test func `what nobody goes on with, and what no row names, is removed after a day; the rest stays`() async throws
    {
        try await World.with { world in
            let stored = try await world.upload(Self.text, as: "a.txt")
            let left = try await world.begin(Self.text.count)
            _ = try await world.append(BlobBytes(Array(Self.text[..<200_000])), at: 0, to: left.id)
            let orphan = BlobKey(IdentifierSource().next(), of: world.tenant.id)
            try await world.store.put({ [1] }, as: orphan)
            func tidy() async throws -> Uploads.Tidied {
                try await world.uploads.tidy(world.tenant.id, tenants: world.tenant.tenants)
            }
            #expect(try await tidy() == Uploads.Tidied())
            world.clock.advance(by: 86_400 + 60)
            await #expect(throws: UploadError.expired) { try await world.find(left.id) }
            await #expect(throws: UploadError.expired) {
                try await world.append(BlobBytes([1]), at: 200_000, to: left.id)
            }
            let tidied = try await tidy()
            #expect(tidied.uploads == 2 && tidied.files == 1)
            await #expect(throws: UploadError.notFound) { try await world.find(left.id) }
            #expect(world.store.keys == [BlobKey(stored.file, of: world.tenant.id)])
            #expect(try await world.store.uploads(of: world.tenant.id).isEmpty)
            #expect(try await world.storage().reservedBytes == 0)
            #expect(
                try await FileCheck(store: world.store, clock: world.clock.wall).run(reader: world.tenant.reader())
                    .isSound
            )
            try await world.store.removeAll(of: world.tenant.id)
            #expect(world.store.count == 0)
        }
    }
}

/// Content that comes with something between.
private final class ScriptedSource: BlobSource {
    enum Step: Sendable {
        case bytes([UInt8])
        case runs(@Sendable () async throws -> Void)
        case fails
    }

    private let steps: Mutex<[Step]>

    init(_ steps: [Step]) {
        self.steps = Mutex(steps)
    }

    func next() async throws(BlobError) -> [UInt8]? {
        while let step = steps.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            switch step {
            case .bytes(let bytes): return bytes
            case .fails: throw .interrupted
            case .runs(let body):
                do {
                    try await body()
                } catch {
                    throw .unavailable(reason: "\(error)")
                }
            }
        }
        return nil
    }
}
