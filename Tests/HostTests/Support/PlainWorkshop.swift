// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost
@testable import LMSKit

/// Invents what ffmpeg makes: 100 s of video, whose bytes tell their places.
struct PlainWorkshop: MediaWorkshop {
    /// What it is made of, as far as anybody looks.
    static let file = Array("\0\0\0\u{18}ftypisom a video".utf8)
    static let facts = MediaFacts(
        durationMilliseconds: 100_000,
        width: 1_280,
        height: 720,
        videoCodec: "h264",
        audioCodec: "aac",
        byteCount: 0
    )
    /// The bytes of every rendition: 100 before the segments, and two segments.
    static let rendition = (0..<3_100).map { UInt8(truncatingIfNeeded: $0 % 251) }

    /// What it does instead.
    var failure: MediaWorkError?

    func bench(for source: any BlobSource, as container: MediaContainer) async throws(MediaWorkError) -> any MediaBench
    {
        if let failure { throw failure }
        return Bench()
    }

    private struct Bench: MediaBench {
        func probe() async throws(MediaWorkError) -> MediaFacts { PlainWorkshop.facts }

        func render(
            _ rendition: MediaRendition,
            of facts: MediaFacts,
            report: (Int) async throws -> Void
        ) async throws -> RenderedMedia {
            try await report(50)
            let segments = [1_000, 2_000].map { MediaIndex.Segment(byteCount: $0, milliseconds: 50_000) }
            guard let index = MediaIndex(head: 100, segments: segments) else { throw MediaWorkError.damaged }
            let source = BlobBytes(PlainWorkshop.rendition)
            return RenderedMedia(source: source, index: index, codecs: "avc1.4d4028,mp4a.40.2")
        }

        func picture(of facts: MediaFacts, size: MediaRendition.Size) async throws -> any BlobSource {
            BlobBytes(Array("a picture".utf8))
        }

        func close() async {}
    }
}

extension PlatformHost {
    /// Stores a file of a course where media are kept.
    func storeFile(
        _ bytes: [UInt8],
        in course: Course.ID,
        of tenant: TestTenant,
        store: any BlobStore = MemoryBlobStore.shared
    ) async throws -> StoredFile.ID {
        let keys = platform.lms.tenantKeys
        let blobs = SealedBlobs(store: store, cryptography: keys.cryptography)
        let id = StoredFile.ID(UUID())
        let pair = try await tenant.transaction { session in
            let pair = try blobs.makeKey(for: id, under: try await keys.current(session: session))
            let file = CourseFile(id: id, course: course, name: "a.mp4", mediaType: "video/mp4", byteCount: bytes.count)
            try await session.execute(.insertFile(file, key: pair, at: platform.clock.wall.now()))
            return pair
        }
        try await blobs.put({ bytes }, as: BlobKey(id, of: tenant.id), under: pair.secret)
        return id
    }
}
