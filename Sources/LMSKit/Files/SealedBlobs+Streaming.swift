// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Encrypts content on its way to a store.
final class SealingSource: BlobSource {
    private let source: any BlobSource
    private let cipher: BlobCipher
    private let state = Mutex(State())

    private struct State {
        /// What was taken and is not sealed yet: less than a chunk, or one that may be the last.
        var waiting: [UInt8] = []
        var number = 0
        var isOver = false
    }

    init(_ source: any BlobSource, _ cipher: BlobCipher) {
        self.source = source
        self.cipher = cipher
    }

    func next() async throws(BlobError) -> [UInt8]? {
        while !state.withLock(\.isOver) {
            let piece = try await source.next()
            let sealed = try seal(piece)
            if !sealed.isEmpty { return sealed }
        }
        return nil
    }

    /// Seals the chunks that are known not to be the last, or at the end all that is left.
    private func seal(_ piece: [UInt8]?) throws(BlobError) -> [UInt8] {
        var (waiting, number) = state.withLock { ($0.waiting, $0.number) }
        waiting += piece ?? []
        var sealed: [UInt8] = []
        var start = 0
        while waiting.count - start > BlobCipher.chunk {
            let chunk = Array(waiting[start..<start + BlobCipher.chunk])
            sealed += try cipher.seal(chunk, number: number, isLast: false)
            start += BlobCipher.chunk
            number += 1
        }
        let rest = Array(waiting[start...])
        if piece == nil { sealed += try cipher.seal(rest, number: number, isLast: true) }
        let after = (rest, number)
        state.withLock { state in
            state.waiting = after.0
            state.number = after.1
            state.isOver = piece == nil
        }
        return sealed
    }
}

/// Decrypts the chunks that a range lies in.
struct SealedReader: BlobReader {
    private let sealed: any BlobReader
    private let cipher: BlobCipher
    let byteCount: Int

    init(_ sealed: any BlobReader, _ cipher: BlobCipher) throws(BlobError) {
        guard let count = BlobCipher.plainCount(of: sealed.byteCount) else { throw .damaged }
        self.sealed = sealed
        self.cipher = cipher
        byteCount = count
    }

    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        let last = BlobCipher.chunks(in: byteCount) - 1
        // The one chunk of an empty file tells whether it was empty.
        guard byteCount > 0 else {
            return try cipher.open(try await sealed.bytes(0..<sealed.byteCount), number: 0, isLast: true)
        }
        let range = range.clamped(to: 0..<byteCount)
        guard !range.isEmpty else { return [] }
        let first = range.lowerBound / BlobCipher.chunk
        let final = (range.upperBound - 1) / BlobCipher.chunk
        let start = first * BlobCipher.sealedChunk
        let end = min((final + 1) * BlobCipher.sealedChunk, sealed.byteCount)
        let stored = try await sealed.bytes(start..<end)
        guard stored.count == end - start else { throw .damaged }
        var plain: [UInt8] = []
        plain.reserveCapacity((final - first + 1) * BlobCipher.chunk)
        for number in first...final {
            let offset = (number - first) * BlobCipher.sealedChunk
            let chunk = Array(stored[offset..<min(offset + BlobCipher.sealedChunk, stored.count)])
            plain += try cipher.open(chunk, number: number, isLast: number == last)
        }
        let skipped = range.lowerBound - first * BlobCipher.chunk
        return Array(plain[skipped..<skipped + range.count])
    }
}
