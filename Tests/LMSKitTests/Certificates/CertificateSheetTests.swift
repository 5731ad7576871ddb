// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSKit
import Testing

@Suite struct CertificateSheetTests {
    private let texts: [CertificateSheet.Field: String] = [
        .issuer: "Acme Academy", .heading: "Certificate", .learner: "Lina Learner", .course: "First Steps",
        .number: "AC-2026-0001",
    ]

    private func sheet(
        _ changes: [CertificateSheet.Field: String] = [:],
        language: String = "en",
        verification: String = "https://acme.example/verify/1",
        attachments: [CertificateAttachment] = []
    ) throws(CertificateSheetError) -> CertificateSheet {
        try CertificateSheet(
            language: language,
            texts: texts.merging(changes) { $1 },
            verification: verification,
            attachments: attachments,
            date: Date(timeIntervalSince1970: 0)
        )
    }

    @Test(arguments: [
        ("Lina\u{202E}renraeL", "LinarenraeL"), ("\u{2067}Lina\u{2069}\u{2066}", "Lina"),
        ("Lina\n\tLearner\u{0}", "Lina Learner"), ("  Lina \u{2028} Learner ", "Lina Learner"),
        ("Li\u{FEFF}na\u{FFFF}\u{E0041}\u{AD}", "Lina"), ("\u{200F}لينا", "\u{200F}لينا"),
        ("گلشیری\u{200C}نژاد", "گلشیری\u{200C}نژاد"), ("\u{200B}\u{202E} \u{0301}", ""),
        ("Z" + String(repeating: "\u{0351}", count: 40), "Z" + String(repeating: "\u{0351}", count: 6)),
    ])
    func `attack: a name loses what steers, hides or piles up letters, and nothing else`(
        written: String,
        drawn: String
    ) {
        #expect(Array(CertificateText.cleaned(written).unicodeScalars) == Array(drawn.unicodeScalars))
    }

    @Test func `a text that must be there is missed also when nothing of it can be seen`() {
        #expect(throws: CertificateSheetError.missing(.learner)) { try sheet([.learner: " \u{202E}\u{200B}\n"]) }
    }

    @Test(arguments: CertificateSheet.Field.allCases)
    func `a text may be as long as its place allows and no longer`(field: CertificateSheet.Field) throws {
        #expect(try sheet([field: String(repeating: "ن", count: field.limit)]).texts[field] != nil)
        #expect(throws: CertificateSheetError.tooLong(field, limit: field.limit)) {
            try sheet([field: String(repeating: "ن", count: field.limit + 1)])
        }
    }

    @Test(arguments: [
        ("ar", CertificateSheet.Direction.rightToLeft), ("ar-EG", .rightToLeft), ("he", .rightToLeft),
        ("en", .leftToRight), ("az-Arab", .rightToLeft), ("ur-Latn-PK", .leftToRight), ("AR", .rightToLeft),
    ])
    func `a language tells where its lines begin`(language: String, direction: CertificateSheet.Direction) throws {
        #expect(try sheet(language: language).direction == direction)
    }

    @Test(arguments: ["", "e", "en_US", "en-", "1a", "en)/X", "en-aaaaaaaaa"])
    func `what is no language tag is refused`(language: String) {
        #expect(throws: CertificateSheetError.invalidLanguage) { try sheet(language: language) }
    }

    @Test(arguments: [
        "", "https://", "javascript:alert(1)", "file:///etc/passwd", "https://a.example/\n",
        "https://a.example/' dest='x",
        "https://a.example/é", "https://a.example/" + String(repeating: "a", count: 300),
    ])
    func `attack: the QR code sends people to web addresses only`(address: String) {
        #expect(throws: CertificateSheetError.invalidVerification) { try sheet(verification: address) }
    }

    @Test func `attack: a PNG whose header promises too many pixels is refused before anything decodes it`() {
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        png += [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 8, 6, 0, 0, 0] + [UInt8](repeating: 0, count: 40)
        #expect(throws: CertificateSheetError.tooManyPixels(limit: 2048)) { try CertificateImage(png: png) }
        #expect(throws: CertificateSheetError.notPNG) { try CertificateImage(png: Array("<svg></svg>".utf8)) }
        #expect(throws: CertificateSheetError.tooManyBytes(limit: 1 << 20)) {
            try CertificateImage(png: [UInt8](repeating: 0, count: 1 << 20 | 1))
        }
    }

    @Test func `attack: of an image only the picture is kept, no text that unpacks and no place where it was taken`()
        throws
    {
        func chunk(_ kind: String, _ bytes: [UInt8]) -> [UInt8] {
            [0, 0, 0, UInt8(bytes.count)] + Array(kind.utf8) + bytes + [1, 2, 3, 4]
        }
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]
        let header = chunk("IHDR", [0, 0, 0, 2, 0, 0, 0, 3, 8, 6, 0, 0, 0])
        let picture = chunk("PLTE", [1, 2, 3]) + chunk("IDAT", [1, 2]) + chunk("IDAT", [3])
        let extra = chunk("zTXt", [7, 7]) + chunk("iCCP", [8]) + chunk("eXIf", [9])
        let end = chunk("IEND", [])
        let image = try CertificateImage(png: signature + header + extra + picture + extra + end + [0xFF, 0xD8])
        #expect(image.png == signature + header + picture + end)
        #expect(image.width == 2)
        #expect(image.height == 3)
        #expect(throws: CertificateSheetError.notPNG) { try CertificateImage(png: signature + header + picture) }
        #expect(throws: CertificateSheetError.notPNG) {
            try CertificateImage(png: signature + header + [0xFF, 0xFF, 0xFF, 0xFF] + picture + end)
        }
    }

    @Test(arguments: ["", "../x", "a/b", ".hidden", "a b", "é.json", "x(1).json", String(repeating: "a", count: 101)])
    func `attack: an attachment cannot have a name that leads elsewhere`(name: String) {
        #expect(throws: CertificateSheetError.invalidAttachment) {
            try CertificateAttachment(name: name, mediaType: "application/json", bytes: [])
        }
    }

    @Test func `attachments are few, small and of different names`() throws {
        let file = try CertificateAttachment(name: "badge.jwt", mediaType: "application/vc+jwt", bytes: [1])
        #expect(try sheet(attachments: [file]).attachments == [file])
        #expect(throws: CertificateSheetError.invalidAttachments) { try sheet(attachments: [file, file]) }
        let large = try CertificateAttachment(
            name: "large",
            mediaType: "text/plain",
            bytes: [UInt8](repeating: 0, count: 1 << 20)
        )
        #expect(throws: CertificateSheetError.invalidAttachments) { try sheet(attachments: [file, large]) }
    }

    @Test func `a color is read and written as six digits`() throws {
        #expect(try CertificateColor(hex: "#00aBff").hex == "#00abff")
        for hex in ["", "00abff", "#00abf", "#00abfg", "#+0abff", "#00abff0"] {
            #expect(throws: CertificateSheetError.invalidColor) { try CertificateColor(hex: hex) }
        }
    }
}
