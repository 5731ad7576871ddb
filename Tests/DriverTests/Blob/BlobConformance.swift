// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSOpenSSLDriver
import LMSTenancy
import Synchronization
import Testing

/// What every store has to do, whatever keeps the bytes.
struct BlobCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let run: @Sendable (any BlobStore) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (any BlobStore) async throws -> Void) {
        testDescription = description
        self.run = run
    }

    static let all: [BlobCase] = reading + writing + parts
    private static let identifiers = IdentifierSource()

    static func key(of tenant: TenantID = identifiers.next()) -> BlobKey { BlobKey(identifiers.next(), of: tenant) }

    /// Bytes that show where they are from; made in blocks, because the tests make many.
    static func bytes(_ count: Int, seed: Int = 7) -> [UInt8] {
        let block = (0..<65_536).map { UInt8(truncatingIfNeeded: ($0 &* seed) ^ ($0 >> 8)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + block.count)
        while bytes.count < count {
            let number = UInt8(truncatingIfNeeded: bytes.count / block.count)
            bytes += block
            bytes[bytes.count - block.count] = number
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Compares what is too long to be compared byte by byte in a build for debugging.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) throws -> Bool {
        let cryptography = try OpenSSLCryptography()
        return left.count == right.count && cryptography.sha256(left) == cryptography.sha256(right)
    }

    private static let reading: [BlobCase] = [
        BlobCase("what was stored comes back, also nothing") { store in
            for count in [0, 1, 100_000] {
                let key = key()
                try await store.put({ bytes(count) }, as: key)
                #expect(try await store.bytes(of: key) == bytes(count))
                #expect(try await store.open(key).byteCount == count)
            }
        },
        BlobCase("a range is that part of the file, and what is outside is left out") { store in
            let (key, whole) = (key(), bytes(300_000))
            try await store.put({ whole }, as: key)
            let reader = try await store.open(key)
            for range in [0..<1, 0..<300_000, 1..<2, 299_999..<300_000, 65_535..<65_537, 299_000..<400_000, 5..<5] {
                let expected = Array(whole[range.clamped(to: 0..<300_000)])
                #expect(try await reader.bytes(range) == expected, "\(range)")
            }
            let pieces = BlobPieces(of: reader, 10..<250_000, size: 64_000)
            var lengths: [Int] = []
            while let piece = try await pieces.next() { lengths.append(piece.count) }
            #expect(lengths == [64_000, 64_000, 64_000, 57_990])
        },
        BlobCase("what was removed or never stored is missing, and is removed again without a word") { store in
            let key = key()
            await #expect(throws: BlobError.missing) { try await store.open(key) }
            try await store.remove(key)
            try await store.put({ [1] }, as: key)
            try await store.remove(key)
            await #expect(throws: BlobError.missing) { try await store.bytes(of: key) }
        },
        BlobCase("attack: a file of one tenant is not there for another") { store in
            let key = key()
            try await store.put({ [1] }, as: key)
            let other = BlobKey(key.file, of: identifiers.next())
            await #expect(throws: BlobError.missing) { try await store.bytes(of: other) }
            #expect(try await store.list(of: other.tenant, after: nil, limit: 10).blobs.isEmpty)
        },
        BlobCase("who reads never gets a mixture of a file and of what replaced it") { store in
            let (key, first, second) = (key(), bytes(200_000), bytes(200_000, seed: 11))
            try await store.put({ first }, as: key)
            let reader = try await store.open(key)
            #expect(try await reader.bytes(0..<10) == Array(first[..<10]))
            try await store.put({ second }, as: key)
            let rest: Result<[UInt8], BlobError>
            do throws(BlobError) {
                rest = .success(try await reader.bytes(10..<200_000))
            } catch {
                rest = .failure(error)
            }
            #expect([.success(Array(first[10...])), .failure(.changed)].contains(rest))
            let kept = try await store.bytes(of: key)
            #expect(try areEqual(kept, second))
        },
        BlobCase("the list has a tenant's files in pages, in order, and nothing else") { store in
            let tenant: TenantID = identifiers.next()
            let keys = (0..<7).map { _ in key(of: tenant) }
            for (index, key) in keys.enumerated() { try await store.put({ bytes(index) }, as: key) }
            try await store.put({ [1] }, as: key())
            var (found, position): ([StoredBlob], String?) = ([], nil)
            repeat {
                let page = try await store.list(of: tenant, after: position, limit: 3)
                #expect(page.blobs.count <= 3)
                found += page.blobs
                position = page.next
            } while position != nil
            #expect(found.map(\.key.description) == keys.map(\.description).sorted())
            for blob in found {
                #expect(blob.byteCount == keys.firstIndex(of: blob.key))
                #expect(abs(blob.storedAt.timeIntervalSinceNow) < 3_600)
            }
        },
    ]

    private static let writing: [BlobCase] = [
        BlobCase("what is stored again is replaced, by shorter and by longer") { store in
            let key = key()
            for count in [5_000, 3, 70_000] {
                try await store.put({ bytes(count) }, as: key)
                #expect(try await store.bytes(of: key) == bytes(count))
            }
        },
        BlobCase("20 MiB in pieces come back byte for byte, and so do ranges across its parts") { store in
            let (key, count) = (key(), 20 << 20)
            let source = TestSource(bytes(count), piece: 777_777)
            #expect(try await store.put(source, as: key) == count)
            let reader = try await store.open(key)
            let kept = try await reader.all()
            #expect(try areEqual(kept, source.whole))
            let edge = store.partSize
            #expect(try await reader.bytes(edge - 5..<edge + 5) == Array(source.whole[edge - 5..<edge + 5]))
        },
        BlobCase("content as long as a part, or as two, has no part without content") { store in
            for count in [store.partSize, 2 * store.partSize] {
                let key = key()
                let source = TestSource(bytes(count), piece: 1 << 20)
                #expect(try await store.put(source, as: key) == count)
                let kept = try await store.bytes(of: key)
                #expect(try areEqual(kept, source.whole))
            }
        },
        BlobCase("a source that fails in the middle leaves what was there, and nothing else") { store in
            let key = key()
            try await store.put({ [1, 2, 3] }, as: key)
            for failure in [10, store.partSize + 10, 2 * store.partSize + 10] {
                let source = TestSource(bytes(3 * store.partSize), piece: 1 << 20, failsAfter: failure)
                await #expect(throws: BlobError.interrupted) { try await store.put(source, as: key) }
            }
            #expect(try await store.bytes(of: key) == [1, 2, 3])
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            #expect(try await store.list(of: key.tenant, after: nil, limit: 10).blobs.count == 1)
        },
        BlobCase("content that cannot be made leaves nothing") { store in
            let key = key()
            await #expect(throws: BlobError.interrupted) {
                try await store.put({ throw BlobError.interrupted }, as: key)
            }
            await #expect(throws: BlobError.missing) { try await store.open(key) }
        },
        BlobCase("a task that is cancelled leaves nothing") { store in
            let key = key()
            let source = TestSource(bytes(3 * store.partSize), piece: 1 << 20, waitsAfter: store.partSize + 1)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: BlobError.self) { try await store.put(source, as: key) }
                    // One that fails before comes to no halt.
                    source.arrive()
                }
                await source.waiting()
                #expect(source.isHalted)
                group.cancelAll()
                source.release()
            }
            let left = try await store.uploads(of: key.tenant)
            #expect(left.isEmpty)
            await #expect(throws: BlobError.missing) { try await store.open(key) }
        },
        BlobCase("content of another length or digest than announced is refused and not kept") { store in
            let digesting = try OpenSSLCryptography()
            let content = bytes(store.partSize + 100)
            let announced = try OpenSSLCryptography().sha256(content)
            func checked(_ count: Int, _ sha256: [UInt8]) -> CheckedSource {
                let source = TestSource(content, piece: 1 << 20)
                return CheckedSource(source, byteCount: count, sha256: sha256, digesting: digesting)
            }
            let key = key()
            for source in [checked(content.count - 1, announced), checked(content.count + 1, announced)] {
                await #expect(throws: BlobError.damaged) { try await store.put(source, as: key) }
            }
            let other = announced.map { $0 ^ 1 }
            await #expect(throws: BlobError.damaged) { try await store.put(checked(content.count, other), as: key) }
            await #expect(throws: BlobError.missing) { try await store.open(key) }
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            #expect(try await store.put(checked(content.count, announced), as: key) == content.count)
        },
    ]

    private static let parts: [BlobCase] = [
        BlobCase("parts may come in any order and again, and nothing is there before the end") { store in
            let (key, size) = (key(), store.partSize)
            let whole = bytes(2 * size + 5)
            let upload = try await store.beginUpload(of: key)
            #expect(try await store.uploads(of: key.tenant).map(\.token) == [upload.token])
            // Another process goes on with what was written down.
            let resumed = BlobUpload(key, token: upload.token)
            let last = try await store.add(Array(whole[(2 * size)...]), as: 3, to: resumed)
            _ = try await store.add(bytes(size, seed: 13), as: 1, to: resumed)
            let first = try await store.add(Array(whole[..<size]), as: 1, to: resumed)
            let second = try await store.add(Array(whole[size..<2 * size]), as: 2, to: resumed)
            await #expect(throws: BlobError.missing) { try await store.open(key) }
            await #expect(throws: BlobError.incomplete) { try await store.complete(resumed, parts: [first, last]) }
            await #expect(throws: BlobError.incomplete) { try await store.complete(resumed, parts: []) }
            try await store.complete(resumed, parts: [first, second, last])
            let kept = try await store.bytes(of: key)
            #expect(try areEqual(kept, whole))
            #expect(try await store.uploads(of: key.tenant).isEmpty)
        },
        BlobCase("an upload that was aborted leaves nothing, and takes nothing any more") { store in
            let key = key()
            let upload = try await store.beginUpload(of: key)
            let part = try await store.add(bytes(1_000), as: 1, to: upload)
            try await store.abort(upload)
            try await store.abort(upload)
            #expect(try await store.uploads(of: key.tenant).isEmpty)
            #expect(try await store.list(of: key.tenant, after: nil, limit: 10).blobs.isEmpty)
            await #expect(throws: BlobError.missing) { try await store.add(bytes(1_000), as: 1, to: upload) }
            await #expect(throws: BlobError.missing) { try await store.complete(upload, parts: [part]) }
        },
        BlobCase("attack: the name of an upload reaches nothing else") { store in
            let key = key()
            try await store.put({ [1] }, as: key)
            for token in ["", "..", "../../\(key)", "0x1", "+1", "none", "\u{0}"] {
                let upload = BlobUpload(key, token: token)
                await #expect(throws: BlobError.self) { try await store.add([2], as: 1, to: upload) }
            }
            #expect(try await store.bytes(of: key) == [1])
        },
    ]
}

/// Content in pieces that may fail, or wait for the test.
final class TestSource: BlobSource {
    let whole: [UInt8]
    private let piece: Int
    private let failure: Int
    private let halt: Int
    private let position = Mutex(0)
    private let arrived = AsyncStream<Void>.makeStream()
    private let released = AsyncStream<Void>.makeStream()

    init(_ whole: [UInt8], piece: Int, failsAfter failure: Int = .max, waitsAfter halt: Int = .max) {
        self.whole = whole
        self.piece = piece
        self.failure = failure
        self.halt = halt
    }

    func next() async throws(BlobError) -> [UInt8]? {
        let start = position.withLock { $0 }
        guard start < failure else { throw .interrupted }
        if start >= halt {
            arrive()
            for await _ in released.stream {}
            // As the body of a request does whose client went away.
            if Task.isCancelled { throw .interrupted }
        }
        guard start < whole.count else { return nil }
        let end = min(start + piece, whole.count)
        position.withLock { $0 = end }
        return Array(whole[start..<end])
    }

    /// Whether as much was read as it gives before it waits.
    var isHalted: Bool { position.withLock { $0 >= halt } }

    /// Lets go on who waits for it to wait.
    func arrive() { arrived.continuation.finish() }

    /// Returns when the source waits.
    func waiting() async { for await _ in arrived.stream {} }

    func release() { released.continuation.finish() }
}
