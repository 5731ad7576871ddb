// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Seals a file of a known length as it comes, and can be gone on with from any byte of it.
///
/// All there is to know is how much was taken: which chunks are sealed, and which of their bytes lie in parts that were sent, follows
/// from it. What lies in none is less than a part and a chunk: pieces of what is sealed, and after them the tail.
struct UploadSealing {
    /// How long a piece is, in bytes.
    static let piece = 1 << 18

    private let cipher: BlobCipher
    private let byteCount: Int
    private let partSize: Int
    private(set) var taken: Int
    /// Sealed, and in no part yet.
    private(set) var pending: [UInt8]
    /// Taken and not sealed yet: less than a chunk.
    private var waiting: [UInt8]
    /// How many pieces at the beginning of what is pending are kept.
    private(set) var pieces: Int

    init(_ cipher: BlobCipher, byteCount: Int, partSize: Int) {
        self.cipher = cipher
        self.byteCount = byteCount
        self.partSize = partSize
        (taken, pending, waiting, pieces) = (0, [], [], 0)
    }

    /// Goes on after so many bytes.
    ///
    /// - Throws: `BlobError.damaged` if the pieces and the tail do not belong to that many bytes.
    init(
        _ cipher: BlobCipher,
        byteCount: Int,
        partSize: Int,
        taken: Int,
        parts: Int,
        pieces: [UInt8] = [],
        tail: [UInt8]?
    ) throws(BlobError) {
        self.init(cipher, byteCount: byteCount, partSize: partSize)
        let bytes = if let tail { try cipher.open(tail: tail, at: taken) } else { [UInt8]() }
        let isWhole = taken == byteCount
        let sealed =
            isWhole ? BlobCipher.sealedCount(of: taken) : taken / BlobCipher.chunk * BlobCipher.sealedChunk
        let count = sealed - parts * partSize - pieces.count
        let left = isWhole ? 0 : taken % BlobCipher.chunk
        guard count >= 0, bytes.count == count + left, pieces.count.isMultiple(of: Self.piece) else {
            throw .damaged
        }
        self.taken = taken
        self.pieces = pieces.count / Self.piece
        pending = pieces
        pending += bytes.prefix(count)
        waiting = Array(bytes.suffix(left))
    }

    var isWhole: Bool { taken == byteCount }

    /// Seals what fills a chunk, and at the end all that is left.
    ///
    /// - Throws: `BlobError.incomplete` if that is more than the file has.
    mutating func take(_ piece: [UInt8]) throws(BlobError) {
        guard piece.count <= byteCount - taken else { throw .incomplete }
        var rest = piece[...]
        while !rest.isEmpty {
            let count = min(BlobCipher.chunk - waiting.count, rest.count)
            waiting += rest.prefix(count)
            rest = rest.dropFirst(count)
            taken += count
            guard waiting.count == BlobCipher.chunk || isWhole else { return }
            makeRoom()
            pending += try cipher.seal(waiting, number: (taken - 1) / BlobCipher.chunk, isLast: isWhole)
            waiting.removeAll(keepingCapacity: true)
        }
    }

    /// A part that is full and is not the last one, if there is one.
    mutating func nextPart() -> [UInt8]? {
        guard pending.count > partSize else { return nil }
        // Not copied: the part takes the buffer along.
        var part = pending
        pending = Array(part[partSize...])
        part.removeLast(part.count - partSize)
        pieces = 0
        return part
    }

    /// The next piece that is to be kept, if there is one, and its number from 0.
    mutating func nextPiece() -> (number: Int, content: [UInt8])? {
        let start = pieces * Self.piece
        guard pending.count - start >= Self.piece else { return nil }
        defer { pieces += 1 }
        return (pieces, Array(pending[start..<start + Self.piece]))
    }

    /// What is in no part and no piece, sealed for this place.
    func tail() throws(BlobError) -> [UInt8] {
        try cipher.seal(tail: Array(pending[(pieces * Self.piece)...] + waiting), at: taken)
    }

    /// Room for a part, at once: growing by doubling would take twice of it, and copy it.
    private mutating func makeRoom() {
        pending.reserveCapacity(min(partSize, BlobCipher.sealedCount(of: byteCount)) + BlobCipher.sealedChunk)
    }
}

extension BlobCipher {
    /// Seals what was received after the last part.
    func seal(tail: [UInt8], at offset: Int) throws(BlobError) -> [UInt8] {
        do {
            return try cryptography.seal(tail, key: secret.material.reveal(), context: tailContext(offset))
        } catch {
            throw .damaged
        }
    }

    /// Opens it.
    func open(tail: [UInt8], at offset: Int) throws(BlobError) -> [UInt8] {
        do {
            return try cryptography.open(tail, key: secret.material.reveal(), context: tailContext(offset))
        } catch {
            throw .damaged
        }
    }

    private func tailContext(_ offset: Int) -> [UInt8] {
        Array("lms:upload:\(key.tenant):\(key.file):\(offset)".utf8)
    }
}
