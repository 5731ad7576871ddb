// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit

/// Certificates to draw.
enum SampleSheet {
    static let address = "https://acme.localhost/verify/AC-2026-7F3K-9QRT"

    static let english: [CertificateSheet.Field: String] = [
        .issuer: "Acme Academy", .heading: "Certificate of Completion", .presentation: "This certifies that",
        .learner: "Lina Learner", .statement: "has completed the course", .course: "First Steps",
        .detail: "with a grade of 92 %", .date: "21 November 2026", .dateCaption: "Date of issue",
        .expiry: "20 November 2028", .expiryCaption: "Valid until", .signer: "Theo Teacher",
        .signerTitle: "Instructor", .number: "AC-2026-7F3K-9QRT", .numberCaption: "Certificate number",
        .verificationCaption: "Check this certificate at",
    ]

    static let arabic: [CertificateSheet.Field: String] = [
        .issuer: "أكاديمية أكمي", .heading: "شهادة إتمام", .presentation: "تشهد الأكاديمية بأن",
        .learner: "لينا", .statement: "قد أتمت بنجاح دورة", .course: "الخطوات الأولى",
        .date: "21 نوفمبر 2026", .dateCaption: "تاريخ الإصدار", .number: "AC-2026-7F3K-9QRT",
        .numberCaption: "رقم الشهادة", .verificationCaption: "تحقق من هذه الشهادة",
    ]

    static func make(
        _ changes: [CertificateSheet.Field: String] = [:],
        on base: [CertificateSheet.Field: String] = english,
        language: String = "en",
        layout: CertificateSheet.Layout = .classic,
        paper: CertificateSheet.Paper = CertificateSheet.Paper(),
        pictures: [CertificateSheet.Picture: CertificateImage] = [:],
        attachments: [CertificateAttachment] = []
    ) throws -> CertificateSheet {
        try CertificateSheet(
            paper: paper,
            layout: layout,
            language: language,
            texts: base.merging(changes) { $1 },
            verification: address,
            pictures: pictures,
            attachments: attachments,
            date: Date(timeIntervalSince1970: 1_795_262_400)
        )
    }
}

/// Writes PNG images that no tool would write.
enum ImageBuilder {
    /// An image of one color, or what should have been one.
    ///
    /// - Parameters:
    ///   - width: Its width in pixels.
    ///   - height: Its height in pixels.
    ///   - rows: How many rows it really has.
    /// - Returns: The file.
    static func png(_ width: Int, _ height: Int, rows: Int? = nil) -> [UInt8] {
        let row: [UInt8] = [0] + [UInt8](repeating: 0x80, count: width * 4)
        let pixels = [[UInt8]](repeating: row, count: rows ?? height).flatMap(\.self)
        return [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]
            + chunk("IHDR", number(width) + number(height) + [8, 6, 0, 0, 0])
            + chunk("IDAT", stored(pixels)) + chunk("IEND", [])
    }

    private static func chunk(_ kind: String, _ bytes: [UInt8]) -> [UInt8] {
        let content = Array(kind.utf8) + bytes
        return number(bytes.count) + content + number(Int(checksum(content)))
    }

    private static func number(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 65_535, bytes.count)
            let (low, high) = (UInt8((end - start) & 255), UInt8((end - start) >> 8))
            stream += [end == bytes.count ? 1 : 0, low, high, ~low, ~high] + bytes[start..<end]
            start = end
        } while start < bytes.count
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + number(b << 16 | a)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
