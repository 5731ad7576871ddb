// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

/// A certificate whose file is drawn into a store that somebody else can read and write.
struct SealedCertificateWorld: Sendable {
    let world: CourseWorld
    let platform: TestPlatform
    let store: MemoryBlobStore
    let certificate: Certificate.ID

    var tenant: TestTenant { world.tenant }
    var place: BlobKey { BlobKey(StoredFile.ID(certificate.uuid), of: tenant.id) }

    init(_ world: CourseWorld, store: MemoryBlobStore = MemoryBlobStore()) async throws {
        self.world = world
        self.store = store
        platform = try Self.platform(store)
        let course = try await world.course(modules: [1]).course.id
        let enrollment = try await world.enroll(world.learner, in: course).id
        let certificates = platform.lms.certificates
        certificate = try await world.tenant.transaction(as: world.admin) { session in
            try await certificates.award(enrollment, because: "Passed on site", session: session).id
        }
    }

    /// The services of a process that has nothing in memory yet.
    static func platform(_ store: MemoryBlobStore) throws -> TestPlatform {
        try TestPlatform(certificates: CertificatePorts(store: store, press: WordPress(), compress: { $0 }))
    }

    static func with(_ body: (SealedCertificateWorld) async throws -> Void) async throws {
        try await CourseWorld.with { try await body(try await SealedCertificateWorld($0)) }
    }

    func prepare() async throws {
        try await platform.lms.certificates.prepare(certificate, of: tenant.tenant, tenants: tenant.tenants)
    }

    /// What the learner downloads, from another process.
    func pdf() async throws -> [UInt8] {
        try await Self.platform(store).lms.certificates.pdf(
            of: certificate,
            reader: tenant.reader(as: world.learner)
        ).bytes
    }
}

/// Writes the words of a sheet.
private struct WordPress: CertificatePress {
    func pdf(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [UInt8] {
        Array(("%PDF " + sheet.texts.values.sorted().joined(separator: "\n")).utf8)
    }

    func png(_ sheet: CertificateSheet, width: Int) async throws(CertificatePressError) -> [UInt8] { [] }

    func undrawable(_ sheet: CertificateSheet) async throws(CertificatePressError) -> [CertificateSheet.Field] { [] }
}

@Suite struct CertificateSealTests {
    @Test func `attack: the store alone tells nothing of a certificate, and what was changed there is not given out`()
        async throws
    {
        try await SealedCertificateWorld.with { world in
            try await world.prepare()
            let bytes = try await world.pdf()
            #expect(bytes.starts(with: Array("%PDF".utf8)))
            let kept = try #require(world.store[world.place])
            for words in ["%PDF", "Physics", "Certificate"] {
                #expect(Data(kept).range(of: Data(words.utf8)) == nil, "\(words)")
            }
            var changed = kept
            changed[20] ^= 1
            for other in [changed, kept + kept, Array(kept.dropLast()), bytes, []] {
                world.store[world.place] = other
                await #expect(throws: CertificateError.store(.damaged)) { _ = try await world.pdf() }
            }
            world.store[world.place] = kept
            #expect(try await world.pdf() == bytes)
        }
    }

    @Test func `attack: a file longer than a certificate can be is not read`() async throws {
        try await SealedCertificateWorld.with { world in
            try await world.prepare()
            try await world.tenant.transaction { session in
                _ = try await session.execute("UPDATE certificates SET byte_count = \(Certificates.fileLimit + 1)")
            }
            await #expect(throws: CertificateError.store(.damaged)) { _ = try await world.pdf() }
        }
        for length in [Int.max, .max - 1, .max - BlobCipher.sealedChunk, 27, 0, -1, .min] {
            #expect((BlobCipher.plainCount(of: length) ?? 0) >= 0)
        }
        #expect(BlobCipher.plainCount(of: 27) == nil && BlobCipher.plainCount(of: 28) == 0)
    }

    @Test func `a new data key takes the files of certificates over, and destroying the keys destroys them`()
        async throws
    {
        try await SealedCertificateWorld.with { world in
            try await world.prepare()
            let bytes = try await world.pdf()
            let rotation = world.platform.lms.keyRotation
            let resealed = try await rotation.rotateDataKey(world.tenant.id, tenants: world.tenant.tenants)
            #expect(resealed.first { $0.column == "certificates.sealed_key" }?.count == 1)
            #expect(try await world.pdf() == bytes)
            try await world.tenant.transaction { session in
                _ = try await session.execute("UPDATE tenant_keys SET sealed = '\\x00'")
            }
            await #expect(throws: CertificateError.self) { _ = try await world.pdf() }
            #expect(world.store[world.place] != nil)
        }
    }

    @Test func `a file that was stored before files were sealed is drawn again, sealed, by a job`() async throws {
        try await SealedCertificateWorld.with { world in
            // As the migration leaves it.
            world.store[world.place] = Array("%PDF of old".utf8)
            #expect(try await !world.isPrepared())
            await #expect(throws: CertificateError.notPrepared) { _ = try await world.pdf() }
            world.platform.clock.advance(by: 7_200)
            try await world.platform.lms.certificates.redraw(of: world.tenant.id, tenants: world.tenant.tenants)
            #expect(try await world.queued() == 2)
            try await world.prepare()
            #expect(try await world.isPrepared())
            #expect(try await !world.pdf().isEmpty)
            let sealed = try #require(world.store[world.place])
            #expect(Data(sealed).range(of: Data("%PDF".utf8)) == nil)
            // What is drawn is left alone.
            try await world.platform.lms.certificates.redraw(of: world.tenant.id, tenants: world.tenant.tenants)
            #expect(try await world.queued() == 2)
        }
    }

    @Test func `who asks for a file that is not there has it drawn, by one job however often they ask`() async throws {
        try await SealedCertificateWorld.with { world in
            // What is due at another instant is not the job of its issue, which waits still.
            try await world.tenant.transaction { session in
                _ = try await session.execute("UPDATE certificates SET issued_at = issued_at + interval '1 hour'")
            }
            let certificates = world.platform.lms.certificates
            for _ in 0..<3 {
                try await certificates.draw(world.certificate, of: world.tenant.id, tenants: world.tenant.tenants)
            }
            #expect(try await world.queued() == 2)
        }
    }
}

extension SealedCertificateWorld {
    /// Whether its learner may download the file.
    fileprivate func isPrepared() async throws -> Bool {
        let reader = tenant.reader(as: world.learner)
        return try await platform.lms.certificates.fetch(certificate, reader: reader).preparedAt != nil
    }

    /// How many jobs there were for the certificate: one for its issue, and those that are to draw it again.
    fileprivate func queued() async throws -> Int {
        try await tenant.transaction { session in
            let rows = try await session.execute(
                "SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'certificate' AND subject = \(certificate.uuid)"
            )
            return try #require(rows.only)[0]
        }
    }
}
