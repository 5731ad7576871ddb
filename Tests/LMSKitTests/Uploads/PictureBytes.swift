// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

@testable import LMSKit

/// Files that are built as pictures are and say much besides; nobody could show what is in them.
enum PictureBytes {
    /// What must not be in a copy.
    static let secret = Array("N 52 30 0".utf8)

    /// A TIFF structure with an orientation and something else, in either order of bytes.
    static func tiff(_ orientation: UInt8, isLittle: Bool = false) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittle ? bytes : bytes.reversed()
        }
        let mark: [UInt8] = isLittle ? [0x49, 0x49] : [0x4D, 0x4D]
        let copyright = number(0x8298, 2) + number(2, 2) + number(secret.count, 4) + number(38, 4)
        let turned = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(Int(orientation), 2) + number(0, 2)
        return mark + number(42, 2) + number(8, 4) + number(2, 2) + copyright + turned + number(0, 4) + secret
    }

    static func segment(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, kind, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
    }

    static let exif = Array("Exif".utf8) + [0, 0]
    static let jfif = segment(0xE0, Array("JFIF".utf8) + [0, 1, 2, 1, 0, 72, 0, 72, 0, 0])
    static let profile = segment(0xE2, Array("ICC_PROFILE".utf8) + [0, 1, 1] + Array("colours".utf8))
    static let adobe = segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1])
    static let content =
        segment(0xDB, [0, 1, 2]) + segment(0xC2, [8, 0, 1, 0, 1]) + segment(0xC4, [0])
        + segment(0xDA, [1, 2]) + [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0xFF, 0xFF, 0x00, 0x56]
        + segment(0xC4, [1]) + segment(0xDA, [3]) + [0x78]

    /// A JPEG with everything that says more.
    static func jpeg(_ orientation: UInt8) -> [UInt8] {
        let thumbnail = segment(0xE0, Array("JFIF".utf8) + [0, 1, 2, 1, 0, 72, 0, 72, 1, 1] + Array(secret.prefix(3)))
        let told =
            segment(0xE0, Array("JFXX".utf8) + [0] + secret) + segment(0xE1, exif + tiff(orientation))
            + segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + secret) + segment(0xE2, secret)
            + segment(0xED, Array("Photoshop 3.0\0".utf8) + secret) + segment(0xFE, secret)
        return [0xFF, 0xD8] + thumbnail + told + profile + adobe + content.dropLast() + [0x78] + segment(0xFE, secret)
            + [0xFF, 0xD9] + secret + [0xFF, 0xD9]
    }

    /// What stays of it.
    static func cleanJPEG(_ orientation: UInt8?) -> [UInt8] {
        let turned = orientation.map { segment(0xE1, exif + PictureOrientation.tiff($0)) } ?? []
        return [0xFF, 0xD8] + jfif + turned + profile + adobe + content + [0xFF, 0xD9]
    }

    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let header = PictureCopier.chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    private static let pixels =
        PictureCopier.chunk("IDAT", [1, 2]) + PictureCopier.chunk("IDAT", [3]) + PictureCopier.chunk("IEND", [])

    /// A PNG with everything that says more.
    static func png(_ orientation: UInt8, isLate: Bool = false) -> [UInt8] {
        let told = ["tEXt", "zTXt", "iTXt", "tIME", "prVt"].flatMap { PictureCopier.chunk($0, secret) }
        let turned = PictureCopier.chunk("eXIf", tiff(orientation))
        return signature + header + PictureCopier.chunk("gAMA", [0, 0, 1, 0]) + told + (isLate ? [] : turned)
            + pixels.dropLast(12) + (isLate ? turned : []) + told + PictureCopier.chunk("IEND", [])
            + (isLate ? secret : [])
    }

    /// What stays of it.
    static func cleanPNG(_ orientation: UInt8?) -> [UInt8] {
        let turned = orientation.map { PictureCopier.chunk("eXIf", PictureOrientation.tiff($0)) } ?? []
        return signature + header + PictureCopier.chunk("gAMA", [0, 0, 1, 0]) + turned + pixels
    }

    static func riff(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array(name.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
            + (content.count % 2 == 1 ? [0] : [])
    }

    static func webp(_ chunks: [UInt8]...) -> [UInt8] {
        let content = Array("WEBP".utf8) + chunks.flatMap(\.self)
        return riff("RIFF", content)
    }

    static func features(_ flags: UInt8) -> [UInt8] { riff("VP8X", [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]) }
}
