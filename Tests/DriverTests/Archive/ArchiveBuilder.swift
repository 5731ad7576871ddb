// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSZlibDriver

/// An entry of an archive that a test makes.
struct TestEntry {
    enum Kind: UInt8 {
        case file = 0x30
        case hardLink = 0x31
        case symbolicLink = 0x32
        case device = 0x33
        case directory = 0x35
        case pipe = 0x36
    }

    var name: [UInt8]
    var kind = Kind.file
    var target = ""
    var bytes: [UInt8] = []
    var isEncrypted = false

    init(_ name: String, _ text: String = "", kind: Kind = .file, target: String = "") {
        self.name = Array(name.utf8)
        self.kind = kind
        self.target = target
        bytes = Array(text.utf8)
    }

    init(name: [UInt8], bytes: [UInt8] = []) {
        self.name = name
        self.bytes = bytes
    }
}

/// Writes archives that no tool would write.
enum ArchiveBuilder {
    static func tar(_ entries: [TestEntry]) -> [UInt8] {
        var archive: [UInt8] = []
        for entry in entries {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ bytes: some Sequence<UInt8>, at start: Int) {
                for (offset, byte) in bytes.enumerated() { header[start + offset] = byte }
            }
            put(entry.name.prefix(100), at: 0)
            put("0000644\0".utf8, at: 100)
            put(octal(entry.bytes.count, 11), at: 124)
            put(octal(0, 11), at: 136)
            header[156] = entry.kind.rawValue
            put(entry.target.utf8, at: 157)
            put("ustar\0".utf8, at: 257)
            put("00".utf8, at: 263)
            put("        ".utf8, at: 148)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148)
            archive += header + entry.bytes
            archive += [UInt8](repeating: 0, count: (512 - entry.bytes.count % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }

    static func zip(_ entries: [TestEntry]) throws -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let member = try Gzip.compress(entry.bytes)
            let deflated = Array(member[10..<(member.count - 8)])
            let flags = 0x0800 | (entry.isEncrypted ? 1 : 0)
            var common = little(20, 2) + little(flags, 2) + little(8, 2) + little(0, 4)
            common += member[(member.count - 8)..<(member.count - 4)]
            common +=
                little(deflated.count, 4) + little(entry.bytes.count, 4) + little(entry.name.count, 2) + little(0, 2)
            let mode = entry.kind == .symbolicLink ? 0o120777 : entry.kind == .directory ? 0o040755 : 0o100644
            directory +=
                Array("PK\u{1}\u{2}".utf8) + little(0x0314, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
            directory += little(mode << 16, 4) + little(archive.count, 4) + entry.name
            archive += Array("PK\u{3}\u{4}".utf8) + common + entry.name + deflated
        }
        let end =
            Array("PK\u{5}\u{6}".utf8) + little(0, 4) + little(entries.count & 0xFFFF, 2)
            + little(entries.count & 0xFFFF, 2)
        return archive + directory + end + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
    }

    private static func octal(_ value: Int, _ width: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
