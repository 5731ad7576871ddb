// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

extension BlobStore {
    /// Stores content of any length and holds one part of it at a time.
    ///
    /// Whatever fails, or if the caller's task is cancelled: nothing of it stays, and what was there before is still there.
    ///
    /// - Parameters:
    ///   - source: Gives the content.
    ///   - key: Where it belongs. What is there already is replaced.
    /// - Returns: How long it is.
    /// - Throws: What the source threw; `BlobError.unavailable`; `.damaged`; `.busy`.
    @discardableResult
    public func put(_ source: any BlobSource, as key: BlobKey) async throws(BlobError) -> Int {
        var writing = PartedWriting(store: self, key: key)
        do throws(BlobError) {
            while let piece = try await source.next() { try await writing.take(piece) }
            return try await writing.finish()
        } catch {
            await writing.giveUp()
            throw error
        }
    }

    /// Reads a whole file into memory.
    ///
    /// - Parameter key: Where it belongs.
    /// - Returns: All of it.
    /// - Throws: `BlobError.missing` if there is none; `.unavailable`; `.busy`.
    public func bytes(of key: BlobKey) async throws(BlobError) -> [UInt8] {
        try await open(key).all()
    }
}

extension BlobReader {
    /// Reads everything into memory.
    ///
    /// - Returns: All bytes.
    /// - Throws: As `bytes(_:)`.
    public func all() async throws(BlobError) -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(byteCount)
        let pieces = BlobPieces(of: self)
        while let piece = try await pieces.next() { all += piece }
        return all
    }
}

/// A file, or a part of it, piece by piece.
public final class BlobPieces: BlobSource {
    private let reader: any BlobReader
    private let size: Int
    private let left: Mutex<Range<Int>>

    /// How long a piece is unless said: 1 MiB.
    public static let defaultSize = 1 << 20

    /// Prepares the reading.
    ///
    /// - Parameters:
    ///   - reader: Reads the file.
    ///   - range: Which bytes; what is outside the file is left out. All of them unless said.
    ///   - size: How long each piece but the last one is.
    public init(of reader: any BlobReader, _ range: Range<Int>? = nil, size: Int = BlobPieces.defaultSize) {
        self.reader = reader
        self.size = max(1, size)
        let whole = 0..<reader.byteCount
        left = Mutex((range ?? whole).clamped(to: whole))
    }

    /// Reads the next piece.
    public func next() async throws(BlobError) -> [UInt8]? {
        let range = left.withLock { left in
            let range = left.lowerBound..<min(left.lowerBound + size, left.upperBound)
            left = range.upperBound..<left.upperBound
            return range
        }
        return range.isEmpty ? nil : try await reader.bytes(range)
    }
}

/// Bytes that are all at hand, in one piece.
public final class BlobBytes: BlobSource {
    private let bytes: Mutex<[UInt8]?>

    /// Makes a source.
    ///
    /// - Parameter bytes: The content.
    public init(_ bytes: [UInt8]) {
        self.bytes = Mutex(bytes)
    }

    /// Gives all of it, once.
    public func next() async throws(BlobError) -> [UInt8]? {
        bytes.withLock { $0.take() }
    }
}

/// Stores content in parts, or at once if it is not longer than one.
private struct PartedWriting {
    let store: any BlobStore
    let key: BlobKey
    private var part: [UInt8] = []
    private var upload: BlobUpload?
    private var parts: [BlobPart] = []

    init(store: any BlobStore, key: BlobKey) {
        self.store = store
        self.key = key
    }

    mutating func take(_ piece: [UInt8]) async throws(BlobError) {
        var rest = piece[...]
        while !rest.isEmpty {
            // Only now is it known that this part is not the last one.
            if part.count == store.partSize { try await send() }
            let count = min(store.partSize - part.count, rest.count)
            part += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
    }

    mutating func finish() async throws(BlobError) -> Int {
        guard let upload else {
            let whole = part
            try await store.put({ whole }, as: key)
            return whole.count
        }
        try await send()
        try await store.complete(upload, parts: parts)
        return parts.reduce(0) { $0 + $1.byteCount }
    }

    func giveUp() async {
        guard let upload else { return }
        // What was thrown first says more; whoever looks for uploads that nobody goes on with finds it.
        try? await store.abort(upload)
    }

    private mutating func send() async throws(BlobError) {
        let upload: BlobUpload
        if let begun = self.upload {
            upload = begun
        } else {
            upload = try await store.beginUpload(of: key)
            self.upload = upload
        }
        parts.append(try await store.add(part, as: parts.count + 1, to: upload))
        part.removeAll(keepingCapacity: true)
    }
}
