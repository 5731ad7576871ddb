// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct UploadSealingTests {
    private let cipher: BlobCipher
    private let blobs: SealedBlobs
    private let store = MemoryBlobStore()
    private let secret: BlobSecret

    init() throws {
        let cryptography = try TestPlatform().cryptography
        secret = BlobSecret(material: Secret(cryptography.randomBytes(32)))
        let identifiers = IdentifierSource()
        cipher = BlobCipher(
            key: BlobKey(identifiers.next(), of: identifiers.next()),
            secret: secret,
            cryptography: cryptography
        )
        blobs = SealedBlobs(store: store, cryptography: cryptography)
    }

    private static let chunk = BlobCipher.chunk
    private static let partSize = 100_000
    private static let piece = UploadSealing.piece

    private static let cases: [(Int, Int)] = [
        (1, partSize), (chunk - 1, partSize), (chunk, partSize), (chunk + 1, partSize), (2 * chunk, partSize),
        (5 * chunk + 17, partSize), (400_000, partSize), (900_000, 800_000), (4 * chunk + 200, 800_000),
    ]

    @Test(arguments: cases)
    func `what is interrupted after every request and gone on with from the rows alone is the file`(
        count: Int,
        partSize: Int
    ) async throws {
        let bytes = SealedBlobsTests.bytes(count)
        var (stored, parts, taken): ([UInt8], Int, Int) = ([], 0, 0)
        var tail: [UInt8]?
        var pieces: [[UInt8]] = []
        for size in Array(repeating: [1, 1_000, Self.chunk, 70_001, 13], count: 40).joined() where taken < count {
            var sealing = try UploadSealing(
                cipher,
                byteCount: count,
                partSize: partSize,
                taken: taken,
                parts: parts,
                pieces: Array(pieces.joined()),
                tail: tail
            )
            try sealing.take(Array(bytes[taken..<min(taken + size, count)]))
            while let part = sealing.nextPart() {
                #expect(part.count == partSize)
                stored += part
                parts += 1
            }
            pieces = Array(pieces.prefix(sealing.pieces))
            while let piece = sealing.nextPiece() {
                #expect(piece.number == pieces.count && piece.content.count == Self.piece)
                pieces.append(piece.content)
            }
            (taken, tail) = (sealing.taken, try sealing.tail())
            #expect(try #require(tail).count < Self.piece + 2 * Self.chunk)
            if sealing.isWhole { stored += sealing.pending }
        }
        #expect(taken == count && stored.count == BlobCipher.sealedCount(of: count))
        let whole = stored
        try await store.put({ whole }, as: cipher.key)
        #expect(try await blobs.open(cipher.key, under: secret).all() == bytes)
    }

    @Test func `attack: a tail of another place, of another upload or changed is not gone on with`() throws {
        var sealing = UploadSealing(cipher, byteCount: 100_000, partSize: Self.partSize)
        try sealing.take(Array(repeating: 7, count: 70_000))
        let tail = try sealing.tail()
        func goOn(at taken: Int, after parts: Int = 0, _ tail: [UInt8]?) throws {
            _ = try UploadSealing(
                cipher,
                byteCount: 100_000,
                partSize: Self.partSize,
                taken: taken,
                parts: parts,
                tail: tail
            )
        }
        try goOn(at: 70_000, tail)
        #expect(throws: BlobError.damaged) { try goOn(at: 70_001, tail) }
        #expect(throws: BlobError.damaged) { try goOn(at: 70_000, after: 1, tail) }
        #expect(throws: BlobError.damaged) { try goOn(at: 70_000, nil) }
        #expect(throws: BlobError.damaged) { try goOn(at: 70_000, Array(tail.dropLast())) }
        #expect(throws: BlobError.incomplete) { try sealing.take(Array(repeating: 7, count: 30_001)) }
    }
}
