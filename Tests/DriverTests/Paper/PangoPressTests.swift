// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper
    import Foundation
    import LMSEventLoop
    import LMSKit
    import LMSPaperDriver
    import LMSQRCodeDriver
    import LMSTestSupport
    import Testing

    /// Certificates, read back by poppler, qpdf and zbar.
    @Suite struct PangoPressTests {
        private static let pool = Result { try SidePool(threads: 2, queueLimit: 256, name: "paper") }

        private var press: PangoPress {
            get throws { PangoPress(pool: try Self.pool.get(), qrCodes: encoder) }
        }

        private var encoder: (any QRCodeEncoding)? {
            #if QRCode
                QRCodeEncoder()
            #else
                nil
            #endif
        }

        private func reader(_ sheet: CertificateSheet) async throws -> PaperReader {
            try PaperReader(try await press.pdf(sheet))
        }

        @Test(
            arguments: CertificateSheet.Layout.allCases,
            ["Lina Learner", "لينا", "علاء الأحمد", "فاطمة الزهراء", "عبد الله المتولى", "לינה"]
        )
        func `a name is read back as it was written`(layout: CertificateSheet.Layout, name: String) async throws {
            let paper = try await reader(SampleSheet.make([.learner: name], layout: layout))
            #expect(try paper.lines.contains(name))
        }

        @Test(arguments: [
            ("hi", "लीना विद्यार्थी"), ("zh-CN", "李娜学习者"), ("ja", "田中さくら"), ("ko", "김민수"), ("vi", "Zoë Nguyễn Đặng"),
            ("bn", "সোনার বাংলা"), ("th", "ลีนา ผู้เรียน"), ("el", "Λίνα Μαθήτρια"), ("ru", "Лина Ученица"),
            ("hy", "Լինա Աշակերտ"),
        ])
        func `a name in another script is drawn with its letters and read back`(language: String, name: String)
            async throws
        {
            let sheet = try SampleSheet.make([.learner: name], language: language, layout: .plain)
            #expect(try await reader(sheet).lines.contains(name.precomposedStringWithCompatibilityMapping))
            #expect(try await press.undrawable(sheet) == [])
        }

        @Test(arguments: CertificateSheet.Layout.allCases)
        func `a certificate in Arabic holds every text`(layout: CertificateSheet.Layout) async throws {
            let sheet = try SampleSheet.make(on: SampleSheet.arabic, language: "ar", layout: layout)
            let paper = try await reader(sheet)
            let lines = try paper.lines
            for (field, text) in SampleSheet.arabic where field != .date { #expect(lines.contains(text), "\(field)") }
            #expect(lines.contains(SampleSheet.address))
        }

        @Test func `every font is embedded, as a part of it, with its letters named`() async throws {
            let texts = [CertificateSheet.Field.learner: "Lina لينا 李娜 लीना"]
            let fonts = try await reader(SampleSheet.make(texts)).fonts
            #expect(fonts.count >= 4)
            for font in fonts { #expect(font[2...4] == ["yes", "yes", "yes"], "\(font)") }
        }

        @Test(arguments: [
            ("ja", "jp"), ("ko", "kr"), ("zh-CN", "sc"), ("zh-Hant", "tc"), ("zh-HK", "hk"), ("en", "sc"),
        ])
        func `Han characters have the form of the language`(language: String, form: String) async throws {
            let sheet = try SampleSheet.make([.learner: "直骨"], language: language, layout: .plain)
            #expect(try await reader(sheet).fonts.contains { $0.last?.contains("NotoSansCJK\(form)-") == true })
        }

        @Test(.enabled(if: Self.hasQRCodes), arguments: CertificateSheet.Layout.allCases, ["en", "ar"])
        func `the QR code leads to where the certificate is checked`(
            layout: CertificateSheet.Layout,
            language: String
        ) async throws {
            for orientation in CertificateSheet.Paper.Orientation.allCases {
                for size in CertificateSheet.Paper.Size.allCases {
                    let paper = CertificateSheet.Paper(size, orientation)
                    let sheet = try SampleSheet.make(language: language, layout: layout, paper: paper)
                    #expect(try await reader(sheet).code == SampleSheet.address)
                }
            }
            let sheet = try SampleSheet.make(language: language, layout: layout)
            #expect(try await PaperReader(press.png(sheet, width: 1200), "page.png").codeInImage == SampleSheet.address)
        }

        private static let hasQRCodes: Bool = {
            #if QRCode
                true
            #else
                false
            #endif
        }()

        @Test(arguments: CertificateSheet.Layout.allCases, CertificateSheet.Paper.Orientation.allCases)
        func `attack: texts as long as they may be stay on the page and whole`(
            layout: CertificateSheet.Layout,
            orientation: CertificateSheet.Paper.Orientation
        ) async throws {
            var texts: [CertificateSheet.Field: String] = [:]
            for field in CertificateSheet.Field.allCases { texts[field] = String(repeating: "W", count: field.limit) }
            texts[.learner] = (0..<40).map { String(1000 + $0) }.joined(separator: " ")
            let paper = CertificateSheet.Paper(.a4, orientation)
            let words = try await reader(SampleSheet.make(on: texts, layout: layout, paper: paper)).words
            for word in words {
                #expect(word.left >= 20 && word.right <= paper.width - 20, "\(word)")
                #expect(word.top >= 10 && word.bottom <= paper.height - 10, "\(word)")
            }
            #expect(words.map(\.text).filter { $0.hasPrefix("10") } == (0..<40).map { String(1000 + $0) })
            #expect(words.reduce(0) { $0 + $1.text.count { $0 == "W" } } == texts.values.joined().count { $0 == "W" })
        }

        @Test func `attack: a name cannot turn other texts around or leave its line`() async throws {
            let name = "Lina\u{202E}renraeL\u{0}\n\u{2067}\u{200F}Third line\u{2029}"
            let lines = try await reader(SampleSheet.make([.learner: name])).lines
            #expect(lines.contains { $0.contains("LinarenraeL") && $0.contains("Third line") })
            for text in ["has completed the course", "First Steps", "21 November 2026", "AC-2026-7F3K-9QRT"] {
                #expect(lines.contains(text))
            }
        }

        @Test func `attack: letters piled up and the widest sign stay in their place`() async throws {
            let piled = String(repeating: "Z" + String(repeating: "\u{0351}", count: 30), count: 6)
            let texts: [CertificateSheet.Field: String] = [
                .learner: piled,
                .course: String(repeating: "\u{FDFD}", count: 255),
                .number: String(repeating: "\u{12031}", count: 60),
            ]
            let paper = try await reader(SampleSheet.make(texts))
            let lines = try paper.lines
            for text in ["has completed the course", "21 November 2026", SampleSheet.address] {
                #expect(lines.contains(text))
            }
            // The number's place ends above the two lines at the foot.
            let words = try paper.words
            let foot = try #require(words.first { $0.text == "Check" })
            for word in words where word.text.contains("\u{12031}") {
                #expect(word.left >= 560 && word.right <= 800 && word.bottom <= foot.bottom + 4, "\(word)")
            }
        }

        @Test func `a character that no font has is told of and drawn as a box`() async throws {
            let sheet = try SampleSheet.make([.learner: "Lina \u{E000}", .detail: "ok"])
            #expect(try await press.undrawable(sheet) == [.learner])
            #expect(try await reader(sheet).lines.contains { $0.contains("Lina") })
        }

        @Test func `logo and signature are drawn`() async throws {
            let image = try CertificateImage(png: ImageBuilder.png(40, 20))
            let bare = try await press.png(SampleSheet.make(), width: 400)
            for picture in CertificateSheet.Picture.allCases {
                for layout in CertificateSheet.Layout.allCases {
                    let sheet = try SampleSheet.make(layout: layout, pictures: [picture: image])
                    #expect(try await press.png(sheet, width: 400) != bare)
                    #expect(try await press.pdf(sheet).count > 1000)
                }
            }
        }

        @Test func `attack: a damaged image is refused and named`() async throws {
            var flipped = ImageBuilder.png(40, 20)
            flipped[60] ^= 0xFF
            for bytes in [flipped, ImageBuilder.png(40, 20, rows: 5)] {
                let image = try CertificateImage(png: bytes)
                let sheet = try SampleSheet.make(pictures: [.signature: image])
                await #expect(throws: CertificatePressError.damagedImage(.signature)) { try await press.pdf(sheet) }
                await #expect(throws: CertificatePressError.damagedImage(.signature)) {
                    try await press.png(sheet, width: 400)
                }
            }
        }

        @Test func `the file says its language, title, author, number and date, and is sound`() async throws {
            let bytes = try await press.pdf(SampleSheet.make(on: SampleSheet.arabic, language: "ar"))
            let paper = try PaperReader(bytes)
            let information = try paper.information
            for line in [
                "شهادة إتمام · الخطوات الأولى", "Author:          أكاديمية أكمي", "Subject:         AC-2026-7F3K-9QRT",
                "Tagged:          yes", "Pages:           1", "2026",
            ] {
                #expect(information.contains(line))
            }
            #expect(String(decoding: bytes, as: UTF8.self).contains("/Lang (ar)"))
            #expect(try paper.check.contains("No syntax or stream encoding errors found"))
        }

        @Test func `attached files come out as they went in`() async throws {
            let files = [
                try CertificateAttachment(
                    name: "credential.jwt",
                    mediaType: "application/vc+jwt",
                    bytes: Array("a.b.c".utf8)
                ),
                try CertificateAttachment(
                    name: "all.bin",
                    mediaType: "application/octet-stream",
                    bytes: Array(0...255)
                ),
            ]
            let paper = try await reader(SampleSheet.make(attachments: files))
            for file in files { #expect(try paper.attachment(file.name) == file.bytes) }
            #expect(try paper.check.contains("No syntax or stream encoding errors found"))
        }

        @Test func `a hundred sheets at once are each their own, and the same sheet gives the same bytes`() async throws
        {
            let press = try press
            let files = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                for index in 0..<100 {
                    group.addTask {
                        let changes = [CertificateSheet.Field.number: "N-\(index / 2)"]
                        let base = index / 2 % 2 == 0 ? SampleSheet.english : SampleSheet.arabic
                        return (index, try await press.pdf(SampleSheet.make(changes, on: base)))
                    }
                }
                return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
            }
            for index in stride(from: 0, to: 100, by: 2) {
                let file = try #require(files[index])
                #expect(file == files[index + 1])
                if index % 10 == 0 { #expect(try PaperReader(file).lines.contains("N-\(index / 2)")) }
            }
        }

        @Test func `whoever comes when as many wait as may is told so`() async throws {
            let pool = try SidePool(threads: 1, queueLimit: 0)
            let press = PangoPress(pool: pool, qrCodes: nil)
            let gate = DispatchSemaphore(value: 0)
            #expect(pool.submit { gate.wait() })
            let sheet = try SampleSheet.make()
            await #expect(throws: CertificatePressError.busy) { try await press.pdf(sheet) }
            gate.signal()
        }
    }
#endif
