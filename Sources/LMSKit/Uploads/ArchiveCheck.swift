// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Looks at the directory of a zip archive (PKWARE APPNOTE 6.3.10 §4.3) without unpacking anything of it.
///
/// Nothing here unpacks what people upload; whoever downloads it does. Archives in archives are not looked into.
struct ArchiveCheck {
    let read: (Range<Int>) async throws(ContentCheck.Failure) -> [UInt8]
    let byteCount: Int

    /// Where the record of the end may begin: 22 bytes and a comment.
    static let endLimit = 22 + 65_535
    static let entryLimit = 20_000
    static let directoryLimit = 4 << 20
    /// The most bytes that one file, and all files together, become.
    static let fileLimit = 512 << 20
    static let totalLimit = 2 << 30
    /// The most times that the files may be larger than the archive, once they are beyond 16 MiB.
    static let ratio = 100

    /// Refuses archives that are more than one thing, would become too large, or have names that lead out of them.
    ///
    /// - Parameter folder: The folder that a document has to have, with the list of its contents.
    /// - Throws: `ContentCheck.Failure`.
    func run(holding folder: String?) async throws(ContentCheck.Failure) {
        let start = max(0, byteCount - Self.endLimit)
        let end = try await read(start..<byteCount)
        guard let place = Self.end(in: end) else { throw .refused(.archive) }
        let entries = Int(end.littleEndian(at: place + 10, count: 2))
        let size = Int(end.littleEndian(at: place + 12, count: 4))
        let offset = Int(end.littleEndian(at: place + 16, count: 4))
        guard entries <= Self.entryLimit, size <= Self.directoryLimit else { throw .refused(.archive) }
        // A gap is room for another file; ZIP64 has its marks there too.
        guard offset + size == start + place else { throw .refused(.archive) }
        let directory = try await read(offset..<offset + size)
        var names: [String] = []
        var (position, packed, unpacked) = (0, 0, 0)
        for _ in 0..<entries {
            guard let entry = Entry(directory, at: position) else { throw .refused(.archive) }
            guard entry.unpacked <= Self.fileLimit, entry.offset + entry.packed <= offset else {
                throw .refused(.archive)
            }
            guard entry.leadsNowhere else { throw .refused(.paths) }
            packed += entry.packed
            unpacked += entry.unpacked
            position = entry.next
            names.append(entry.name)
        }
        // Entries that share their bytes would need more of them than there are.
        guard position == size, packed <= byteCount, unpacked <= Self.totalLimit,
            unpacked <= 16 << 20 || unpacked / byteCount < Self.ratio
        else { throw .refused(.archive) }
        guard let folder else { return }
        guard names.contains("[Content_Types].xml"), names.contains(where: { $0.hasPrefix(folder) }) else {
            throw .refused(.mismatch)
        }
        guard !names.contains(where: { $0.lowercased().hasSuffix("vbaproject.bin") }) else { throw .refused(.active) }
    }

    /// Where in the last bytes of a file the record of an archive's end is, if its comment ends with the file.
    static func end(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        for place in stride(from: bytes.count - 22, through: 0, by: -1) where bytes[place] == 0x50 {
            guard bytes.littleEndian(at: place, count: 4) == 0x0605_4B50 else { continue }
            if place + 22 + Int(bytes.littleEndian(at: place + 20, count: 2)) == bytes.count { return place }
        }
        return nil
    }

    /// One file of the directory.
    private struct Entry {
        let name: String
        let packed: Int
        let unpacked: Int
        let offset: Int
        let next: Int
        private let isLink: Bool

        init?(_ bytes: [UInt8], at start: Int) {
            guard start + 46 <= bytes.count, bytes.littleEndian(at: start, count: 4) == 0x0201_4B50 else { return nil }
            func field(_ place: Int, _ count: Int) -> Int { Int(bytes.littleEndian(at: start + place, count: count)) }
            let nameEnd = start + 46 + field(28, 2)
            next = nameEnd + field(30, 2) + field(32, 2)
            guard next <= bytes.count else { return nil }
            name = String(decoding: bytes[start + 46..<nameEnd], as: UTF8.self)
            (packed, unpacked, offset) = (field(20, 4), field(24, 4), field(42, 4))
            isLink = field(40, 2) & 0xF000 == 0xA000
        }

        /// Whether unpacking it writes below the folder that it is unpacked into.
        var leadsNowhere: Bool {
            guard !isLink, !name.isEmpty, !name.hasPrefix("/"), !name.utf8.contains(0) else { return false }
            guard !name.contains("\\"), !name.contains(":") else { return false }
            return name.split(separator: "/").allSatisfy { $0 != ".." && $0 != "." }
        }
    }
}
