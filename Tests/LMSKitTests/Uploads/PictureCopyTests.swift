// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Synchronization
import Testing

@testable import LMSKit

@Suite struct PictureCopyTests {
    /// The copy of a picture, and whether it leaves something out; `nil` for what is no picture.
    private func copy(_ bytes: [UInt8], _ form: PictureForm) async throws -> (bytes: [UInt8], leavesOut: Bool)? {
        let reader = BytesReader(bytes)
        let copy: PictureCopy
        do throws(ContentCheck.Failure) {
            copy = try await PictureCopy.of(reader, as: form)
        } catch {
            guard error == .refused(.unreadable) else { throw error }
            return nil
        }
        let source = PictureSource(copy, of: reader)
        var copied: [UInt8] = []
        while let piece = try await source.next() { copied += piece }
        #expect(copied.count == copy.byteCount)
        return (copied, copy.leavesOut)
    }

    /// The copy has to be this, and to be left as it is if it is copied.
    private func expectCopy(of bytes: [UInt8], _ form: PictureForm, _ expected: [UInt8]) async throws {
        let copied = try #require(try await copy(bytes, form))
        #expect(copied.bytes == expected && copied.leavesOut)
        #expect(copied.bytes.firstRange(of: PictureBytes.secret) == nil)
        let again = try #require(try await copy(copied.bytes, form))
        #expect(again.bytes == expected)
    }

    @Test(arguments: [(6, 6), (8, 8), (1, nil), (0, nil), (9, nil)] as [(UInt8, UInt8?)])
    func `of a JPEG stay what decodes, the colours and which way is up`(said: UInt8, kept: UInt8?) async throws {
        let clean = PictureBytes.cleanJPEG(kept)
        try await expectCopy(of: PictureBytes.jpeg(said), .jpeg, clean)
        #expect(try await copy(clean, .jpeg)?.leavesOut == false)
    }

    @Test(arguments: [(3, 3), (1, nil)] as [(UInt8, UInt8?)], [false, true])
    func `of a PNG stay what decodes, the colours and which way is up`(
        orientation: (said: UInt8, kept: UInt8?),
        isLate: Bool
    ) async throws {
        let clean = PictureBytes.cleanPNG(orientation.kept)
        try await expectCopy(of: PictureBytes.png(orientation.said, isLate: isLate), .png, clean)
        #expect(try await copy(clean, .png)?.leavesOut == false)
    }

    @Test func `of a WebP stay what decodes, the colours and which way is up`() async throws {
        let image = PictureBytes.riff("VP8 ", [1, 2, 3])
        let profile = PictureBytes.riff("ICCP", [4])
        let told = PictureBytes.riff("XMP ", PictureBytes.secret) + PictureBytes.riff("SECR", PictureBytes.secret)
        for marks in [[], PictureBytes.exif] {
            let exif = PictureBytes.riff("EXIF", marks + PictureBytes.tiff(6, isLittle: true))
            try await expectCopy(
                of: PictureBytes.webp(PictureBytes.features(0x2C), profile, image, exif, told),
                .webp,
                PictureBytes.webp(
                    PictureBytes.features(0x28),
                    profile,
                    image,
                    PictureBytes.riff("EXIF", PictureOrientation.tiff(6))
                )
            )
        }
        try await expectCopy(of: PictureBytes.webp(image, told), .webp, PictureBytes.webp(image))
        #expect(try await copy(PictureBytes.webp(image), .webp)?.leavesOut == false)
        let frame = Array(repeating: UInt8(0), count: 16) + image
        let moving = PictureBytes.webp(
            PictureBytes.features(0x02),
            PictureBytes.riff("ANIM", [0, 0, 0, 0, 0, 0]),
            PictureBytes.riff("ANMF", frame)
        )
        #expect(try await copy(moving, .webp)?.leavesOut == false)
        let hidden = PictureBytes.webp(PictureBytes.features(0x02), PictureBytes.riff("ANMF", frame + told))
        #expect(try await copy(hidden, .webp) == nil)
        let short = PictureBytes.webp(PictureBytes.features(0x02), PictureBytes.riff("ANMF", [1, 2]))
        #expect(try await copy(short, .webp) == nil)
    }

    @Test func `attack: what is cut off or built otherwise is no picture, and nothing is read that is not there`()
        async throws
    {
        let files: [(PictureForm, [UInt8])] = [
            (.jpeg, PictureBytes.cleanJPEG(6)), (.png, PictureBytes.cleanPNG(6)),
            (.webp, PictureBytes.webp(PictureBytes.features(0), PictureBytes.riff("VP8L", [1, 2, 3, 4]))),
        ]
        for (form, bytes) in files {
            for count in 0..<bytes.count {
                #expect(try await copy(Array(bytes[..<count]), form) == nil, "\(form) of \(count) bytes")
            }
            for index in bytes.indices {
                for value in [0x00, 0x7F, 0xD9, 0xFF] as [UInt8] {
                    var changed = bytes
                    changed[index] = value
                    // It may be a picture or none; that it is read to an end is what is asked.
                    guard let copied = try await copy(changed, form) else { continue }
                    #expect(copied.bytes.count <= bytes.count + 40)
                }
            }
            for other in PictureForm.allCases where other != form {
                #expect(try await copy(bytes, other) == nil)
            }
        }
        let unknown = PictureBytes.signature + PictureCopier.chunk("IHDR", []) + PictureCopier.chunk("ABCD", [])
        #expect(try await copy(unknown + PictureCopier.chunk("IEND", []), .png) == nil)
    }

    @Test func `attack: pictures of countless parts are refused`() async throws {
        let comments = [UInt8](repeating: 0, count: 200_001).flatMap { _ in [0xFF, 0xFE, 0, 2] as [UInt8] }
        #expect(try await copy([0xFF, 0xD8] + comments + PictureBytes.content + [0xFF, 0xD9], .jpeg) == nil)
        let scattered = (0..<5_000).flatMap { _ in
            PictureBytes.segment(0xFE, []) + PictureBytes.segment(0xDB, [0])
        }
        #expect(try await copy([0xFF, 0xD8] + scattered + PictureBytes.content + [0xFF, 0xD9], .jpeg) == nil)
    }

    @Test func `attack: a picture of scans without content is not read again for each`() async throws {
        let scans = (0..<50_000).flatMap { _ in [0xFF, 0xDA, 0, 2] as [UInt8] }
        let reader = CountingReader([0xFF, 0xD8] + scans + [UInt8](repeating: 1, count: 300_000) + [0xFF, 0xD9])
        _ = try? await PictureCopy.of(reader, as: .jpeg)
        // The windows overlap by what one scan looks at.
        #expect(reader.count.withLock(\.self) < 4 * reader.byteCount)
    }

    /// Counts the bytes that are read.
    private final class CountingReader: BlobReader {
        let count = Mutex(0)
        private let reader: BytesReader

        init(_ content: [UInt8]) {
            reader = BytesReader(content)
        }

        var byteCount: Int { reader.byteCount }

        func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
            let bytes = try await reader.bytes(range)
            count.withLock { $0 += bytes.count }
            return bytes
        }
    }

    @Test func `which way is up is read as Exif says it, and nonsense says nothing`() {
        for value in UInt8(2)...8 {
            #expect(PictureOrientation.read(PictureBytes.tiff(value)) == value)
            #expect(PictureOrientation.read(PictureBytes.tiff(value, isLittle: true)) == value)
            #expect(PictureOrientation.read(PictureOrientation.tiff(value)) == value)
        }
        let whole = PictureBytes.tiff(6)
        for count in 0..<34 { #expect(PictureOrientation.read(Array(whole[..<count])) == nil) }
        for index in 0..<16 {
            var changed = whole
            changed[index] = 0xFF
            _ = PictureOrientation.read(changed)
        }
    }
}
