// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization
internal import LMSTenancy

/// What is kept of a picture's file: what decides what is to be seen, and nothing that is not known to do so.
///
/// Nothing is decoded or encoded, so what is to be seen stays the same bit by bit. Which way is up is kept as the one field that says so.
struct PictureCopy: Sendable, Equatable {
    /// A part of the copy.
    enum Piece: Sendable, Equatable {
        /// Bytes of the file as they are.
        case original(Range<Int>)
        /// Bytes of ours.
        case made([UInt8])

        var byteCount: Int {
            switch self {
            case .original(let range): range.count
            case .made(let bytes): bytes.count
            }
        }
    }

    var pieces: [Piece] = []
    /// Whether there is something in the file that is not in the copy.
    var leavesOut = false
    /// Whether it moves.
    var moves = false

    var byteCount: Int { pieces.reduce(0) { $0 + $1.byteCount } }

    /// The longest picture, in bytes.
    static let byteLimit = 256 << 20

    /// Looks through a file.
    ///
    /// - Throws: `ContentCheck.Failure`, of them `.refused(.unreadable)` for a file that is not built as its form says.
    static func of(_ reader: any BlobReader, as form: PictureForm) async throws(ContentCheck.Failure) -> PictureCopy {
        guard reader.byteCount <= byteLimit else { throw .refused(.unreadable) }
        var copier = PictureCopier(reader)
        switch form {
        case .jpeg: try await copier.copyJPEG()
        case .png: try await copier.copyPNG()
        case .webp: try await copier.copyWebP()
        }
        return copier.copy
    }
}

/// Looks through a file, and holds little of it at a time.
struct PictureCopier {
    private let reader: any BlobReader
    private var window: (start: Int, bytes: [UInt8]) = (0, [])
    private var mayJoin = true
    private var parts = 0
    var copy = PictureCopy()

    static let windowSize = 256 << 10
    /// Real ones have some dozens of kinds, and pieces of content by the thousand.
    private static let partLimit = 200_000
    private static let pieceLimit = 4_096

    init(_ reader: any BlobReader) {
        self.reader = reader
    }

    var byteCount: Int { reader.byteCount }
    static let unreadable = ContentCheck.Failure.refused(.unreadable)

    /// Reads some bytes that have to be there.
    mutating func bytes(_ range: Range<Int>) async throws(ContentCheck.Failure) -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else { throw Self.unreadable }
        if range.lowerBound < window.start || range.upperBound > window.start + window.bytes.count {
            let end = min(byteCount, max(range.upperBound, range.lowerBound + Self.windowSize))
            let read: [UInt8]
            do throws(BlobError) {
                read = try await reader.bytes(range.lowerBound..<end)
            } catch {
                throw .store(error)
            }
            guard read.count == end - range.lowerBound else { throw .store(.damaged) }
            window = (range.lowerBound, read)
        }
        return Array(window.bytes[range.lowerBound - window.start..<range.upperBound - window.start])
    }

    /// As many bytes from here on as are read at a time.
    mutating func some(from position: Int) async throws(ContentCheck.Failure) -> [UInt8] {
        try await bytes(position..<min(byteCount, position + Self.windowSize))
    }

    /// Counts a part of the file, of which there is an end.
    mutating func count() throws(ContentCheck.Failure) {
        parts += 1
        guard parts <= Self.partLimit, copy.pieces.count <= Self.pieceLimit else { throw Self.unreadable }
    }

    mutating func keep(_ range: Range<Int>) {
        if mayJoin, case .original(let last)? = copy.pieces.last, last.upperBound == range.lowerBound {
            copy.pieces[copy.pieces.count - 1] = .original(last.lowerBound..<range.upperBound)
        } else {
            copy.pieces.append(.original(range))
        }
        mayJoin = true
    }

    mutating func make(_ bytes: [UInt8]) { copy.pieces.append(.made(bytes)) }

    /// A place between what was kept and what is kept from now on.
    mutating func place() -> Int {
        mayJoin = false
        return copy.pieces.count
    }

    mutating func insert(_ bytes: [UInt8], at place: Int) { copy.pieces.insert(.made(bytes), at: place) }
    mutating func leaveOut() { copy.leavesOut = true }
}

/// Which way is up, as the one field of Exif (CIPA DC-008 §4.6.4 A) that is kept.
enum PictureOrientation {
    /// As the first 64 KiB of a TIFF structure say; `nil` if they say nothing, or that it is up as it is.
    static func read(_ tiff: [UInt8]) -> UInt8? {
        guard tiff.count >= 14 else { return nil }
        let isLittle = tiff[0] == 0x49
        guard tiff[0] == tiff[1], isLittle || tiff[0] == 0x4D else { return nil }
        func number(_ place: Int, _ count: Int) -> Int {
            let bytes = tiff[place..<place + count]
            return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        let start = number(4, 4)
        guard number(2, 2) == 42, start >= 8, start + 2 <= tiff.count else { return nil }
        for index in 0..<number(start, 2) {
            let entry = start + 2 + index * 12
            guard entry + 12 <= tiff.count else { return nil }
            guard number(entry, 2) == 0x0112 else { continue }
            let value = number(entry + 8, 2)
            return number(entry + 2, 2) == 3 && number(entry + 4, 4) == 1 && (2...8).contains(value)
                ? UInt8(value) : nil
        }
        return nil
    }

    /// A TIFF structure that says nothing else.
    static func tiff(_ orientation: UInt8) -> [UInt8] {
        [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
    }
}

/// Gives the copy of a picture, piece by piece.
final class PictureSource: BlobSource {
    private let reader: any BlobReader
    private let digest: (any StreamDigest)?
    private let left: Mutex<ArraySlice<PictureCopy.Piece>>

    private static let size = 1 << 20

    /// Prepares the reading.
    ///
    /// - Parameters:
    ///   - copy: What to give.
    ///   - reader: Reads the file that it is of.
    ///   - digest: Is told what is given.
    init(_ copy: PictureCopy, of reader: any BlobReader, digest: (any StreamDigest)? = nil) {
        self.reader = reader
        self.digest = digest
        left = Mutex(copy.pieces[...])
    }

    func next() async throws(BlobError) -> [UInt8]? {
        let piece = left.withLock { left -> PictureCopy.Piece? in
            guard let first = left.first else { return nil }
            guard case .original(let range) = first, range.count > Self.size else {
                left = left.dropFirst()
                return first
            }
            let end = range.lowerBound + Self.size
            left[left.startIndex] = .original(end..<range.upperBound)
            return .original(range.lowerBound..<end)
        }
        let bytes: [UInt8]
        switch piece {
        case nil: return nil
        case .made(let made): bytes = made
        case .original(let range):
            bytes = try await reader.bytes(range)
            guard bytes.count == range.count else { throw .damaged }
        }
        digest?.update(bytes)
        return bytes
    }
}
