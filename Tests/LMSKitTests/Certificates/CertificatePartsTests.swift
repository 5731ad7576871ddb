// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CertificateWordingTests {
    @Test(
        arguments: [
            ("{learner} did {course}", "A {course} did B"), ("no braces", "no braces"), ("{number}{number}", ""),
            ("{learner}", "A {course}"), ("100 %", "100 %"),
        ]
    )
    func `what stands in braces is filled in once, from left to right`(text: String, filled: String) {
        #expect(CertificateWording.filled(text, with: [.learner: "A {course}", .course: "B"]) == filled)
    }

    @Test(arguments: Language.allCases)
    func `what every tenant has can be drawn in each language`(language: Language) throws {
        try language.certificateWording.check(in: language)
        for (field, caption) in language.certificateCaptions {
            #expect(CertificateText.cleaned(caption) == caption && caption.unicodeScalars.count <= field.limit)
        }
        #expect(CertificateDesign.standard.texts[language] != nil)
    }

    @Test(
        arguments: [
            (Language.english, "January 31, 2026"), (.spanish, "31 de enero de 2026"), (.arabic, "31 يناير 2026"),
        ]
    )
    func `a day is written in words`(language: Language, text: String) {
        #expect(Date(timeIntervalSince1970: 1_769_860_800).day(in: language) == text)
    }
}

@Suite struct StatusListTests {
    @Test func `the first place is the left-most bit, and places of other lists are left out`() throws {
        let revoked = [0, 9, StatusList.length - 1, StatusList.length, 3 * StatusList.length + 5]
        func bits(_ number: Int) throws -> [UInt8] {
            let text = StatusList(number, revoked: revoked).encoded { $0 }
            return try #require(text.first == "u" ? Base64URL.decode(text.dropFirst()) : nil)
        }
        let first = try bits(0)
        #expect(first.count == 16_384)
        #expect(first[0] == 0x80 && first[1] == 0x40 && first[16_383] == 1)
        #expect(first.count { $0 != 0 } == 3)
        #expect(try bits(1)[0] == 0x80)
        #expect(try bits(2).allSatisfy { $0 == 0 })
        #expect(try bits(3)[0] == 0x04)
    }
}

@Suite struct BakedBadgeTests {
    @Test func `a badge stands right behind the header of a PNG, with its checksum`() throws {
        let header: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        let picture = header + [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 1, 2, 3]
        let baked = try BakedBadge.png(picture, holding: "a.b.c")
        #expect(Array(baked[..<33]) == Array(picture[..<33]) && baked.suffix(3) == [1, 2, 3])
        #expect(Array(baked[33..<41]) == [0, 0, 0, 29] + Array("iTXt".utf8))
        #expect(String(decoding: baked[41..<60], as: UTF8.self) == "openbadgecredential")
        #expect(Array(baked[60..<65]) == [0, 0, 0, 0, 0])
        #expect(String(decoding: baked[65..<70], as: UTF8.self) == "a.b.c")
        #expect(throws: CertificateSheetError.notPNG) { _ = try BakedBadge.png(Array("GIF89a".utf8), holding: "a") }
    }

    @Test func `attack: a title in a picture is text`() {
        let svg = BakedBadge.svg(title: #"<script>"&'"#, issuer: "</svg><script>", holding: "a.b.c")
        #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;&quot;&amp;'"))
        #expect(svg.contains(#"<openbadges:credential verify="a.b.c">"#))
    }
}

@Suite struct CredentialKeyTests {
    @Test(
        arguments: [
            ("https://acme.example.org", "did:web:acme.example.org"),
            ("http://acme.localhost:8080", "did:web:acme.localhost%3A8080"),
        ]
    )
    func `the issuer is named after the tenant's address`(address: String, issuer: String) {
        let key = CredentialKey(
            id: CredentialKey.ID(UUID()),
            address: address,
            publicKey: [],
            privateKey: Secret([])
        )
        #expect(key.issuer == issuer && key.name == "\(issuer)#\(key.id)")
    }
}
