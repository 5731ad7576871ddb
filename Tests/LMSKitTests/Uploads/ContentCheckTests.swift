// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct ContentCheckTests {
    private func verdict(
        _ bytes: [UInt8],
        _ name: String,
        for use: FileUpload.Use = .courseAsset
    ) async throws -> FileUpload.Refusal? {
        let check = ContentCheck(reader: BytesReader(bytes), use: use, ending: try #require(FileName(name)).ending)
        do throws(ContentCheck.Failure) {
            _ = try await check.run(PlainContentTypes())
            return nil
        } catch {
            guard case .refused(let refusal) = error else { throw error }
            return refusal
        }
    }

    static let png =
        Array("\u{89}PNG\r\n".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) + [
            0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
        ]

    @Test func `a file is what its bytes say, and its name has to say the same`() async throws {
        #expect(try await verdict(Self.png, "a.png") == nil)
        #expect(try await verdict(Array("GIF89a;".utf8), "a.gif") == nil)
        #expect(try await verdict(Array("%PDF-1.7".utf8), "a.pdf") == nil)
        #expect(try await verdict(Array("hello".utf8), "a.txt") == nil)
        #expect(try await verdict(Array("WEBVTT\n".utf8), "a.vtt", for: .caption) == nil)
        #expect(try await verdict(Self.png, "a.gif") == .mismatch)
        #expect(try await verdict(Array("MZ program".utf8), "a.png") == .type)
        #expect(try await verdict(Array("<html><script>".utf8), "a.png") == .mismatch)
        #expect(try await verdict(Array("hello".utf8), "a.vtt", for: .caption) == .type)
        #expect(try await verdict(Self.png, "a.png", for: .caption) == .type)
        #expect(try await verdict(Array("<svg/>".utf8), "a.svg", for: .submission) == .type)
    }

    @Test func `attack: what goes on after an image's end or is an archive besides is refused`() async throws {
        let zip = TestZip([TestZip.Entry("a.txt", "x")]).bytes
        #expect(try await verdict(Self.png + Array("<?php".utf8), "a.png") == .polyglot)
        #expect(try await verdict(Self.png + zip, "a.png") == .polyglot)
        #expect(try await verdict(Array("GIF89a".utf8) + zip, "a.gif") == .polyglot)
        #expect(try await verdict(Array("%PDF-1.7".utf8) + zip, "a.pdf") == .polyglot)
        #expect(try await verdict(Array("hello".utf8) + zip, "a.txt") == .type)
    }

    @Test(
        arguments: [
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\" fill=\"url(#a)\"/></svg>", nil),
            ("<svg><style>path { fill: red }</style></svg>", nil), ("<svg><use href=\"#a\"/></svg>", nil),
            ("<svg><script>alert(1)</script></svg>", .active), ("<svg onload=\"alert(1)\"/>", .active),
            ("<svg><a xlink:href=\"javascript:alert(1)\"/></svg>", .active),
            ("<svg><image href=\"https://example.org/a.png\"/></svg>", .active),
            ("<svg><foreignObject/></svg>", .active), ("<svg><set attributeName=\"href\" to=\"x\"/></svg>", .active),
            ("<svg><style>@import url(https://example.org/a.css)</style></svg>", .active),
            ("<svg><path fill=\"url( https://example.org/#a)\"/></svg>", .active),
            ("<svg><!DOCTYPE x></svg>", .active), ("<svg", .active), ("<svg><x:script xmlns:x=\"y\"/></svg>", .active),
        ] as [(String, FileUpload.Refusal?)]
    )
    func `attack: a drawing that runs or loads something is refused`(text: String, refusal: FileUpload.Refusal?)
        async throws
    {
        #expect(try await verdict(Array(text.utf8), "a.svg") == refusal)
    }

    @Test func `attack: archives that become too large or lead out of themselves are refused`() async throws {
        func verdict(_ entries: TestZip.Entry..., ending: String = "zip", after: [UInt8] = []) async throws
            -> FileUpload.Refusal?
        {
            try await self.verdict(TestZip(entries).bytes + after, "a.\(ending)")
        }
        #expect(try await verdict(.init("a/b.txt", "x")) == nil)
        #expect(try await verdict(.init("a", "x", unpacked: 100 << 20)) == .archive)
        #expect(try await verdict(.init("a", "x", unpacked: 600 << 20)) == .archive)
        #expect(try await verdict(.init("a", "x", packed: 1 << 20)) == .archive)
        for name in ["/etc/passwd", "../a", "a/../../b", "..\\a", "C:a", "a\u{0}.txt"] {
            #expect(try await verdict(.init(name, "x")) == .paths)
        }
        #expect(try await verdict(.init("a", "x", mode: 0xA1FF)) == .paths)
        #expect(try await verdict(.init("a", "x"), after: Array("more".utf8)) == .archive)
        #expect(
            try await verdict(.init("[Content_Types].xml", "x"), .init("word/document.xml", "x"), ending: "docx") == nil
        )
        #expect(try await verdict(.init("word/document.xml", "x"), ending: "docx") == .mismatch)
        let macros = TestZip.Entry("word/vbaProject.bin", "x")
        #expect(try await verdict(.init("[Content_Types].xml", "x"), macros, ending: "docx") == .active)
        // Two entries of the same bytes are more than there are.
        let shared = TestZip.Entry("a", String(repeating: "x", count: 1_000))
        #expect(try await self.verdict(TestZip([shared, shared], sharing: true).bytes, "a.zip") == .archive)
        #expect(try await self.verdict(Array("PK\u{3}\u{4}".utf8), "a.zip") == .archive)
    }

    @Test func `attack: names that are paths, hide their ending or mean something to a shell are none`() {
        for name in [
            "", ".", "..", "a/b", "a\\b", "../a.png", "a\u{0}.png", "a\n.png", " a.png", "a.png ", "a.png.",
            ".htaccess", "~a",
            "-rf", "a:b", "a\u{202E}gnp.exe", "a\u{200B}.png", "a|b", "con?", String(repeating: "a", count: 256),
        ] {
            #expect(FileName(name) == nil, "\(name.debugDescription)")
        }
        for name in ["a.png", "Übung 1 (neu).pdf", "محاضرة.mp4", "no ending", "a.tar.gz"] {
            #expect(FileName(name)?.description == name)
        }
        #expect(FileName("A.b.PNG")?.ending == "png")
    }
}

/// Bytes that are read as a file.
struct BytesReader: BlobReader {
    let content: [UInt8]

    init(_ content: [UInt8]) {
        self.content = content
    }

    var byteCount: Int { content.count }

    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        Array(content[range.clamped(to: 0..<content.count)])
    }
}

/// An archive whose directory says what a test wants.
private struct TestZip {
    struct Entry {
        let name: String
        let content: [UInt8]
        let packed: Int
        let unpacked: Int
        let mode: Int

        init(_ name: String, _ content: String, packed: Int? = nil, unpacked: Int? = nil, mode: Int = 0x81A4) {
            self.name = name
            self.content = Array(content.utf8)
            self.packed = packed ?? self.content.count
            self.unpacked = unpacked ?? self.content.count
            self.mode = mode
        }
    }

    var bytes: [UInt8] = []

    init(_ entries: [Entry], sharing: Bool = false) {
        var directory: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            let start = sharing ? 0 : bytes.count
            if !sharing || index == 0 {
                bytes +=
                    Array("PK\u{3}\u{4}".utf8) + Array(repeating: 0, count: 26) + Array(entry.name.utf8) + entry.content
            }
            directory += Array("PK\u{1}\u{2}".utf8) + Array(repeating: 0, count: 16)
            directory += Self.number(entry.packed, 4) + Self.number(entry.unpacked, 4)
            directory += Self.number(entry.name.utf8.count, 2) + Array(repeating: 0, count: 10)
            directory += Self.number(entry.mode, 2) + Self.number(start, 4) + Array(entry.name.utf8)
        }
        let offset = bytes.count
        bytes += directory + Array("PK\u{5}\u{6}".utf8) + Self.number(0, 4) + Self.number(entries.count, 2)
        bytes += Self.number(entries.count, 2) + Self.number(directory.count, 4) + Self.number(offset, 4) + [0, 0]
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
