// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSArchiveDriver
import LMSKit
import LMSZlibDriver
import Testing

@Suite struct CourseArchiveTests {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "archive-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func open(_ bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws -> Spool {
        let file = directory.appending(path: UUID().uuidString)
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try CourseArchive.open(file.path, limits: limits, spool: directory.path)
    }

    func refusal(of entry: TestEntry) throws -> [CourseArchiveError.Fault?] {
        let entries = [TestEntry("good.txt", "x"), entry]
        let tar = ArchiveBuilder.tar(entries)
        return try [tar, Gzip.compress(tar), ArchiveBuilder.zip(entries)].map { bytes in
            do {
                _ = try open(bytes)
                return nil
            } catch CourseArchiveError.badEntry(_, let fault) {
                return fault
            }
        }
    }

    @Test func `files come out of tar, gzipped tar, zip and a directory as they went in`() throws {
        let entries = [
            TestEntry("course/", kind: .directory), TestEntry("course/course.xml", "<course/>"),
            TestEntry("./course/static/صورة.png", "png"), TestEntry("course/empty"),
            TestEntry(name: Array("course/big".utf8), bytes: (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
        ]
        let expected = ["course/course.xml": 9, "course/static/صورة.png": 3, "course/empty": 0, "course/big": 300_000]
        let tar = ArchiveBuilder.tar(entries)
        for bytes in [tar, try Gzip.compress(tar), try ArchiveBuilder.zip(entries)] {
            let spool = try open(bytes)
            #expect(spool.sizes == expected)
            #expect(try spool.read("course/big") == entries[4].bytes)
            #expect(try spool.read("course/static/صورة.png") == Array("png".utf8))
            #expect(throws: CourseArchiveError.self) { try spool.read("course/none") }
        }
        let tree = directory.appending(path: "tree/course/static")
        try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
        try Data("<course/>".utf8).write(to: tree.deletingLastPathComponent().appending(path: "course.xml"))
        try Data("png".utf8).write(to: tree.appending(path: "صورة.png"))
        let spool = try CourseArchive.open(directory.appending(path: "tree").path, spool: directory.path)
        #expect(spool.sizes == ["course/course.xml": 9, "course/static/صورة.png": 3])
    }

    @Test(arguments: [
        "../evil", "a/../../evil", "/etc/passwd", "..", "a\\..\\evil", "C:/evil", "a/\u{1}b", "a\nb", "./../x",
    ])
    func `a path that leads out of the archive refuses it`(name: String) throws {
        #expect(try refusal(of: TestEntry(name)).allSatisfy { $0 == .escapingPath })
    }

    @Test func `links and devices refuse the archive`() throws {
        #expect(
            try refusal(of: TestEntry("l", "/etc/passwd", kind: .symbolicLink, target: "/etc/passwd")).allSatisfy {
                $0 == .link
            }
        )
        let hard = ArchiveBuilder.tar([TestEntry("a"), TestEntry("h", kind: .hardLink, target: "a")])
        #expect(throws: CourseArchiveError.badEntry(name: "h", .link)) { try open(hard) }
        for kind in [TestEntry.Kind.device, .pipe] {
            let tar = ArchiveBuilder.tar([TestEntry("d", kind: kind)])
            #expect(throws: CourseArchiveError.badEntry(name: "d", .special)) { try open(tar) }
        }
        let tree = directory.appending(path: "linked")
        try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: tree.path + "/l", withDestinationPath: "/etc/passwd")
        #expect(throws: CourseArchiveError.badEntry(name: "l", .link)) {
            try CourseArchive.open(tree.path, spool: directory.path)
        }
    }

    @Test func `a name that is not UTF-8, a repeated one and a long one refuse the archive`() throws {
        #expect(try refusal(of: TestEntry(name: [0x61, 0xFF, 0xFE, 0x62])).allSatisfy { $0 == .pathNotUTF8 })
        #expect(try refusal(of: TestEntry("good.txt", "again")).allSatisfy { $0 == .duplicate })
        #expect(try refusal(of: TestEntry(String(repeating: "a/", count: 40) + "b")).allSatisfy { $0 == .longPath })
    }

    @Test func `an encrypted entry refuses the archive`() throws {
        var secret = TestEntry("secret", "0123456789abcdef")
        secret.isEncrypted = true
        let zip = try ArchiveBuilder.zip([secret])
        #expect(throws: CourseArchiveError.badEntry(name: "secret", .encrypted)) { try open(zip) }
    }

    @Test func `a hundred thousand entries are refused, and so is one more than the limit`() throws {
        let header = ArchiveBuilder.tar([TestEntry("d/", kind: .directory)]).prefix(512)
        var many: [UInt8] = []
        many.reserveCapacity(100_002 * 512)
        for _ in 0..<100_000 { many += header }
        #expect(throws: CourseArchiveError.tooManyEntries(limit: 20_000)) {
            try open(Gzip.compress(many + [UInt8](repeating: 0, count: 1024)))
        }
        let names = (0..<21).map { TestEntry("f\($0)") }
        #expect(throws: CourseArchiveError.tooManyEntries(limit: 20)) {
            try open(ArchiveBuilder.zip(names), limits: ArchiveLimits(entries: 20))
        }
    }

    @Test func `a bomb is refused before it fills the disk`() throws {
        let zeros = TestEntry(name: Array("zeros".utf8), bytes: [UInt8](repeating: 0, count: 48 << 20))
        let zip = try ArchiveBuilder.zip([zeros])
        #expect(throws: CourseArchiveError.tooCompressed(limit: 100)) { try open(zip) }
        #expect(throws: CourseArchiveError.badEntry(name: "zeros", .tooLarge(limit: 1_000_000))) {
            try open(zip, limits: ArchiveLimits(fileBytes: 1_000_000))
        }
        let parts = (0..<11).map { TestEntry(name: Array("p\($0)".utf8), bytes: [UInt8](repeating: 1, count: 100_000)) }
        #expect(throws: CourseArchiveError.tooLarge(limit: 1_000_000)) {
            try open(ArchiveBuilder.tar(parts), limits: ArchiveLimits(totalBytes: 1_000_000))
        }
    }

    @Test func `what is no archive, or a damaged one, is refused`() throws {
        let zip = try ArchiveBuilder.zip([TestEntry("a", String(repeating: "abc", count: 1000))])
        var damaged = zip
        for index in 40..<50 { damaged[index] ^= 0xFF }
        let text = Array("plain text, no archive".utf8)
        for bytes in [[], text, Array(zip.prefix(50)), Array(zip.prefix(60)), damaged, [0x1F, 0x8B, 8]] {
            #expect(throws: CourseArchiveError.self, "\(bytes.count) bytes") { try open(bytes) }
        }
        #expect(throws: CourseArchiveError.self) {
            try CourseArchive.open("/nonexistent/archive.zip", spool: directory.path)
        }
    }

    @Test func `nothing stays on the disk`() throws {
        let spool = try open(ArchiveBuilder.zip([TestEntry("a", "b")]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        #expect(try spool.read("a") == Array("b".utf8))
    }
}
