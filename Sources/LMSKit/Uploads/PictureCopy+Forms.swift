// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension PictureCopier {
    /// Keeps the segments that decode (ISO/IEC 10918-1 §B.1.1.3), the profile of colours and how Adobe mixed them.
    ///
    /// Copyright, place, camera, previews and comments are in the others. What follows the end, as further pictures of some cameras do, too.
    mutating func copyJPEG() async throws(ContentCheck.Failure) {
        guard try await bytes(0..<2) == [0xFF, 0xD8] else { throw Self.unreadable }
        make([0xFF, 0xD8])
        var slot = place()
        var orientation: UInt8?
        var position = 2
        while true {
            try count()
            let head = try await bytes(position..<position + 2)
            guard head[0] == 0xFF else { throw Self.unreadable }
            if head[1] == 0xFF {
                // Filling, of which there may be any amount.
                position += 1
                continue
            }
            if head[1] == 0xD9 { break }
            let length = try await bytes(position + 2..<position + 4)
            let end = position + 2 + Int(length[0]) << 8 + Int(length[1])
            guard end >= position + 4, end <= byteCount else { throw Self.unreadable }
            let body = position + 4
            switch head[1] {
            case 0xC0...0xC7, 0xC9...0xCF, 0xDB...0xDF: keep(position..<end)
            case 0xDA:
                let scanEnd = try await endOfScan(from: end)
                keep(position..<scanEnd)
                position = scanEnd
                continue
            case 0xE0:
                let isFirst = copy.pieces.count == slot && slot == 1
                try await keepStart(position..<end, 14, of: "JFIF\0", thumbnail: 12)
                if isFirst { slot = place() }
            case 0xE1:
                let start = try await bytes(body..<end)
                leaveOut()
                guard orientation == nil, start.starts(with: Array("Exif".utf8) + [0, 0]) else { break }
                orientation = PictureOrientation.read(Array(start.dropFirst(6)))
            case 0xE2 where try await bytes(body..<min(end, body + 12)) == Array("ICC_PROFILE\0".utf8):
                keep(position..<end)
            case 0xEE: try await keepStart(position..<end, 12, of: "Adobe", thumbnail: nil)
            default: leaveOut()
            }
            position = end
        }
        keep(position..<position + 2)
        if position + 2 < byteCount { leaveOut() }
        guard let orientation else { return }
        insert(Self.exif(orientation), at: slot)
        // A file that says just that is left as it is.
        if copy.byteCount == byteCount, try await isSame(Self.exif(orientation)) { copy.leavesOut = false }
    }

    /// A segment of Exif that says which way is up.
    private static func exif(_ orientation: UInt8) -> [UInt8] {
        [0xFF, 0xE1, 0, 34] + Array("Exif".utf8) + [0, 0] + PictureOrientation.tiff(orientation)
    }

    /// Whether the file has these bytes where the copy has them.
    private mutating func isSame(_ made: [UInt8]) async throws(ContentCheck.Failure) -> Bool {
        var position = 0
        for piece in copy.pieces {
            if piece == .made(made) { return try await bytes(position..<position + made.count) == made }
            position += piece.byteCount
        }
        return false
    }

    /// Keeps the beginning of a segment, if it is of a kind, and no picture within.
    private mutating func keepStart(
        _ segment: Range<Int>,
        _ count: Int,
        of kind: String,
        thumbnail: Int?
    ) async throws(ContentCheck.Failure) {
        let body = segment.lowerBound + 4
        let start = try await bytes(segment.lowerBound..<min(segment.upperBound, body + count))
        guard start.count == 4 + count, start.dropFirst(4).starts(with: kind.utf8) else { return leaveOut() }
        var made = start
        (made[2], made[3]) = (0, UInt8(count + 2))
        if let thumbnail { (made[4 + thumbnail], made[5 + thumbnail]) = (0, 0) }
        if made != start || segment.count != made.count { leaveOut() }
        make(made)
    }

    /// Where what is no content of a scan begins: in it a marker's first byte stands before zero, or a restart.
    private mutating func endOfScan(from start: Int) async throws(ContentCheck.Failure) -> Int {
        var position = start
        // Most scans of a file that has many are short, and a long read beyond what is at hand reads that again.
        var size = 4 << 10
        while position + 1 < byteCount {
            let block = try await bytes(position..<min(byteCount, position + size))
            for index in 0..<block.count - 1 where block[index] == 0xFF {
                switch block[index + 1] {
                case 0x00, 0xD0...0xD7, 0xFF: continue
                default: return position + index
                }
            }
            // The last byte may be the first of a marker.
            position += block.count - 1
            size = min(2 * size, Self.windowSize)
        }
        throw Self.unreadable
    }
}

extension PictureCopier {
    /// What changes what is to be seen: content, palette, transparency, colours, size of a pixel, movement.
    private static let chunks: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI", "sBIT", "bKGD",
        "pHYs", "acTL", "fcTL", "fdAT",
    ]

    /// Keeps the chunks that are known to change what is to be seen (PNG §4.7, §11).
    mutating func copyPNG() async throws(ContentCheck.Failure) {
        guard try await bytes(0..<8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else { throw Self.unreadable }
        keep(0..<8)
        var slot: Int?
        var orientation: UInt8?
        var position = 8
        var name = ""
        while name != "IEND" {
            try count()
            let head = try await bytes(position..<position + 8)
            let length = head[..<4].reduce(0) { $0 << 8 | Int($1) }
            let end = position + 12 + length
            name = String(decoding: head[4...], as: UTF8.self)
            guard end <= byteCount, (name == "IHDR") == (position == 8) else { throw Self.unreadable }
            if name == "IDAT", slot == nil { slot = place() }
            if name == "acTL" { copy.moves = true }
            if Self.chunks.contains(name) {
                keep(position..<end)
            } else if head[4] & 0x20 == 0 {
                // It cannot be shown without what nobody here knows.
                throw Self.unreadable
            } else {
                let content = try await bytes(position + 8..<min(end - 4, position + 8 + (64 << 10)))
                let isRead = name == "eXIf" && orientation == nil
                if isRead { orientation = PictureOrientation.read(content) }
                if isRead, let orientation, slot == nil, content == PictureOrientation.tiff(orientation) {
                    keep(position..<end)
                    slot = -1
                } else {
                    leaveOut()
                }
            }
            position = end
        }
        guard let slot else { throw Self.unreadable }
        if position < byteCount { leaveOut() }
        guard let orientation, slot >= 0 else { return }
        insert(Self.chunk("eXIf", PictureOrientation.tiff(orientation)), at: slot)
    }

    /// A chunk with its checksum (PNG §5.5, Annex D).
    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(name.utf8) + content
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in checked {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        return number(UInt32(content.count)) + checked + number(~sum)
    }
}

extension PictureCopier {
    private static let contents: Set<String> = ["VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]

    /// Keeps the chunks that are known to change what is to be seen (RFC 9649 §2.7).
    mutating func copyWebP() async throws(ContentCheck.Failure) {
        let head = try await bytes(0..<12)
        guard head.starts(with: "RIFF".utf8), head[8...].elementsEqual("WEBP".utf8) else { throw Self.unreadable }
        let announced = Int(head.littleEndian(at: 4, count: 4)) + 8
        guard announced <= byteCount else { throw Self.unreadable }
        if announced < byteCount { leaveOut() }
        var features: (place: Int, chunk: [UInt8])?
        var orientation: UInt8?
        var hasContent = false
        var position = 12
        while position < announced {
            try count()
            let head = try await bytes(position..<position + 8)
            let name = String(decoding: head[..<4], as: UTF8.self)
            let length = Int(head.littleEndian(at: 4, count: 4))
            // Chunks have an even length, except that some writers leave the last one as it is.
            let end = min(position + 8 + length + length % 2, announced)
            guard position + 8 + length <= announced else { throw Self.unreadable }
            switch name {
            case "VP8X":
                guard position == 12, length == 10 else { throw Self.unreadable }
                features = (place(), try await bytes(position..<end))
                make(features?.chunk ?? [])
            case "ANMF":
                copy.moves = true
                guard length >= 16 else { throw Self.unreadable }
                try await requireFrame(position + 8 + 16..<position + 8 + length)
                keep(position..<end)
            case "EXIF":
                let content = try await bytes(position + 8..<min(position + 8 + length, position + 8 + (64 << 10)))
                let marks = Array("Exif".utf8) + [0, 0]
                leaveOut()
                if orientation == nil {
                    orientation = PictureOrientation.read(
                        content.starts(with: marks) ? Array(content.dropFirst(6)) : content
                    )
                }
            default:
                guard Self.contents.contains(name) else {
                    leaveOut()
                    break
                }
                hasContent = hasContent || name.hasPrefix("VP8")
                keep(position..<end)
            }
            position = end
        }
        guard hasContent || copy.moves else { throw Self.unreadable }
        finishWebP(features, orientation, announced)
    }

    /// Says which way is up at the end, and what there is at the beginning.
    private mutating func finishWebP(
        _ features: (place: Int, chunk: [UInt8])?,
        _ orientation: UInt8?,
        _ announced: Int
    ) {
        if let (place, chunk) = features {
            var changed = chunk
            changed[8] &= ~0x0C
            if let orientation {
                changed[8] |= 0x08
                if copy.byteCount % 2 == 1 { make([0]) }
                let tiff = PictureOrientation.tiff(orientation)
                make(Array("EXIF".utf8) + [UInt8(tiff.count), 0, 0, 0] + tiff)
            }
            if changed != chunk { leaveOut() }
            copy.pieces[place] = .made(changed)
        }
        let count = copy.byteCount + 4
        insert(
            Array("RIFF".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array("WEBP".utf8),
            at: 0
        )
    }

    /// Refuses a frame with anything in it but what is to be seen.
    private mutating func requireFrame(_ range: Range<Int>) async throws(ContentCheck.Failure) {
        var position = range.lowerBound
        while position < range.upperBound {
            try count()
            let head = try await bytes(position..<position + 8)
            guard ["ALPH", "VP8 ", "VP8L"].contains(String(decoding: head[..<4], as: UTF8.self)) else {
                throw Self.unreadable
            }
            let length = Int(head.littleEndian(at: 4, count: 4))
            position += 8 + length + length % 2
        }
        guard position == range.upperBound || position == range.upperBound + 1 else { throw Self.unreadable }
    }
}
