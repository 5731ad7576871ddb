// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

/// Files that are encrypted, in a store that somebody else can read and write.
@Suite struct SealedBlobsTests {
    let store = MemoryBlobStore(partSize: 100_000)
    let blobs: SealedBlobs
    let cryptography: any Cryptography
    let identifiers = IdentifierSource()

    init() throws {
        cryptography = try TestPlatform().cryptography
        blobs = SealedBlobs(store: store, cryptography: cryptography)
    }

    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 7) ^ ($0 >> 8) ^ ($0 >> 16)) }
    }

    func tenantKey(of tenant: TenantID, earlier: [TenantKey] = []) -> TenantKey {
        TenantKey(
            id: identifiers.next(),
            tenant: tenant,
            createdAt: .now,
            material: Secret(cryptography.randomBytes(32)),
            cryptography: cryptography,
            earlier: earlier
        )
    }

    /// Stores a file under a key of its own.
    func stored(_ bytes: [UInt8]) async throws -> (key: BlobKey, secret: BlobSecret) {
        let key = BlobKey(identifiers.next(), of: identifiers.next())
        let pair = try blobs.makeKey(for: key.file, under: tenantKey(of: key.tenant))
        try await blobs.put({ bytes }, as: key, under: pair.secret)
        return (key, pair.secret)
    }

    func read(_ file: (key: BlobKey, secret: BlobSecret)) async throws -> [UInt8] {
        try await blobs.open(file.key, under: file.secret).all()
    }

    static let chunk = BlobCipher.chunk
    static let counts = [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 17]

    @Test(arguments: counts)
    func `what was stored at once or piece by piece comes back and is nowhere in the store`(count: Int) async throws {
        let bytes = Self.bytes(count)
        let file = try await stored(bytes)
        #expect(try await read(file) == bytes)
        #expect(store[file.key]?.count == BlobCipher.sealedCount(of: count))
        #expect(BlobCipher.plainCount(of: BlobCipher.sealedCount(of: count)) == count)
        let other = BlobKey(identifiers.next(), of: file.key.tenant)
        let pair = try blobs.makeKey(for: other.file, under: tenantKey(of: other.tenant))
        for piece in [1_000, Self.chunk, 150_000] {
            let source = PieceSource(bytes, piece: piece)
            #expect(try await blobs.put(source, as: other, under: pair.secret) == count)
            #expect(try await read((other, pair.secret)) == bytes)
        }
        guard count >= 16 else { return }
        let kept = try #require(store[other])
        #expect(Data(kept).range(of: Data(bytes.prefix(16))) == nil)
    }

    @Test func `a range is that part of the whole, wherever it begins and ends`() async throws {
        let bytes = Self.bytes(4 * Self.chunk + 1_234)
        let file = try await stored(bytes)
        let reader = try await blobs.open(file.key, under: file.secret)
        #expect(reader.byteCount == bytes.count)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let edges = (0..<2).map { _ in Int.random(in: 0...bytes.count, using: &generator) }
            let range = min(edges[0], edges[1])..<max(edges[0], edges[1])
            #expect(try await reader.bytes(range) == Array(bytes[range]), "\(range)")
        }
        let last = bytes.count - 1
        #expect(try await reader.bytes(last..<last + 100) == [bytes[last]])
    }

    @Test func `attack: a file does not open with another file's, another tenant's or a destroyed key`() async throws {
        let bytes = Self.bytes(1_000)
        let first = try await stored(bytes)
        let second = try await stored(bytes)
        await #expect(throws: BlobError.damaged) { try await read((first.key, second.secret)) }
        // The tenant's keys are gone: what is stored beside the row is of no use.
        let key = BlobKey(identifiers.next(), of: identifiers.next())
        let tenantKey = tenantKey(of: key.tenant)
        let pair = try blobs.makeKey(for: key.file, under: tenantKey)
        #expect(pair.tenantKey == tenantKey.id)
        #expect(throws: KeyError.unusable) {
            try blobs.open(pair.sealed, for: key.file, under: self.tenantKey(of: key.tenant))
        }
        #expect(throws: KeyError.unusable) {
            try blobs.open(pair.sealed, for: first.key.file, under: tenantKey)
        }
        // A new tenant key knows the one before.
        let newer = self.tenantKey(of: key.tenant, earlier: [tenantKey])
        try await blobs.put({ bytes }, as: key, under: pair.secret)
        let opened = try blobs.open(pair.sealed, for: key.file, under: newer)
        #expect(try await read((key, opened)) == bytes)
    }

    @Test func `attack: a file that was cut off is refused, at any length`() async throws {
        let file = try await stored(Self.bytes(2 * Self.chunk + 500))
        let whole = try #require(store[file.key])
        let sealed = BlobCipher.sealedChunk
        for count in [0, 1, 27, 28, 100, sealed - 1, sealed, sealed + 28, 2 * sealed, whole.count - 1] {
            store[file.key] = Array(whole.prefix(count))
            await #expect(throws: BlobError.damaged, "\(count)") { try await read(file) }
        }
        store[file.key] = whole + [0]
        await #expect(throws: BlobError.damaged) { try await read(file) }
    }

    @Test func `attack: chunks that changed places, were repeated or come from another file are refused`() async throws
    {
        let file = try await stored(Self.bytes(3 * Self.chunk))
        let other = try await stored(Self.bytes(3 * Self.chunk))
        let (whole, foreign) = (try #require(store[file.key]), try #require(store[other.key]))
        let size = BlobCipher.sealedChunk
        func chunk(_ number: Int, of bytes: [UInt8]) -> [UInt8] { Array(bytes[number * size..<(number + 1) * size]) }
        let (first, second, last) = (chunk(0, of: whole), chunk(1, of: whole), chunk(2, of: whole))
        let changed = [
            second + first + last, first + first + last, first + last + second, first + last,
            first + second + last + last, chunk(0, of: foreign) + second + last, foreign,
        ]
        for (index, bytes) in changed.enumerated() {
            store[file.key] = bytes
            await #expect(throws: BlobError.damaged, "\(index)") { try await read(file) }
        }
        store[file.key] = whole
        #expect(try await read(file) == Self.bytes(3 * Self.chunk))
    }

    @Test func `attack: a bit that changed anywhere is noticed by whoever reads there`() async throws {
        let bytes = Self.bytes(Self.chunk + 100)
        let file = try await stored(bytes)
        let whole = try #require(store[file.key])
        let sealed = BlobCipher.sealedChunk
        for place in [0, 11, 12, 1_000, sealed - 16, sealed - 1, sealed, sealed + 20, whole.count - 1] {
            var changed = whole
            changed[place] ^= 0x10
            store[file.key] = changed
            await #expect(throws: BlobError.damaged, "\(place)") { try await read(file) }
            let reader = try await blobs.open(file.key, under: file.secret)
            let intact = place < sealed ? Self.chunk..<bytes.count : 0..<Self.chunk
            #expect(try await reader.bytes(intact) == Array(bytes[intact]))
        }
    }

    @Test func `the same content is stored as other bytes each time`() async throws {
        let (first, second) = (try await stored([1, 2, 3]), try await stored([1, 2, 3]))
        #expect(store[first.key] != store[second.key])
        let before = store[first.key]
        try await blobs.put({ [1, 2, 3] }, as: first.key, under: first.secret)
        #expect(store[first.key] != before)
    }
}

/// Content in pieces.
private final class PieceSource: BlobSource {
    private let pieces: BlobPieces

    private struct Bytes: BlobReader {
        let content: [UInt8]
        var byteCount: Int { content.count }
        func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] { Array(content[range]) }
    }

    init(_ bytes: [UInt8], piece: Int) {
        pieces = BlobPieces(of: Bytes(content: bytes), size: piece)
    }

    func next() async throws(BlobError) -> [UInt8]? { try await pieces.next() }
}
