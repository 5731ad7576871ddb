// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A PNG image for a certificate, looked at but not decoded.
public struct CertificateImage: Sendable, Hashable {
    /// The file, with nothing left in it but what the picture is made of.
    public let png: [UInt8]
    /// Its width in pixels.
    public let width: Int
    /// Its height in pixels.
    public let height: Int

    /// Takes a PNG file whose header says that it is small enough to be decoded.
    ///
    /// Only the chunks that make the picture are kept. Texts and color profiles may unpack to a thousand times their
    /// size in a decoder, and say where and with what a picture was taken.
    ///
    /// - Parameter png: The file, 1 MiB at most, with 2048 pixels on a side at most.
    /// - Throws: `CertificateSheetError.notPNG` if it is not built like one (PNG §5, §11.2.2); `.tooManyBytes`;
    ///   `.tooManyPixels`.
    public init(png: [UInt8]) throws(CertificateSheetError) {
        guard png.count <= Self.byteLimit else { throw .tooManyBytes(limit: Self.byteLimit) }
        let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        guard png.count > 33, png.starts(with: start) else { throw .notPNG }
        let width = png.number(at: 16)
        let height = png.number(at: 20)
        guard width > 0, height > 0 else { throw .notPNG }
        guard width <= Self.sideLimit, height <= Self.sideLimit else { throw .tooManyPixels(limit: Self.sideLimit) }
        self.png = try Self.bare(png)
        self.width = width
        self.height = height
    }

    /// The chunks that make the picture, up to the one that ends it.
    private static func bare(_ png: [UInt8]) throws(CertificateSheetError) -> [UInt8] {
        let needed: Set<Int> = [0x4948_4452, 0x504C_5445, 0x7452_4E53, 0x4944_4154]  // IHDR, PLTE, tRNS, IDAT
        let last = 0x4945_4E44  // IEND
        var kept = Array(png[..<8])
        var place = 8
        while place + 12 <= png.count {
            let end = place + 12 + png.number(at: place)
            guard end <= png.count else { break }
            let kind = png.number(at: place + 4)
            if needed.contains(kind) || kind == last { kept += png[place..<end] }
            if kind == last { return kept }
            place = end
        }
        throw .notPNG
    }

    /// The most bytes of a file.
    public static let byteLimit = 1 << 20
    /// The most pixels on a side.
    public static let sideLimit = 2048
}

extension [UInt8] {
    /// The number in four bytes, the highest first.
    fileprivate func number(at index: Int) -> Int {
        self[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
}

/// A file that travels inside a certificate's PDF.
public struct CertificateAttachment: Sendable, Hashable {
    /// Its name: 1 through 100 ASCII letters, digits, dots, hyphens and underscores, not beginning with a dot.
    public let name: String
    /// Its media type, such as `application/json`.
    public let mediaType: String
    /// Its content.
    public let bytes: [UInt8]

    /// Takes a file.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - mediaType: Its media type: 3 through 100 ASCII letters, digits and `.+-_`, with one slash between them.
    ///   - bytes: Its content.
    /// - Throws: `CertificateSheetError.invalidAttachment`.
    public init(name: String, mediaType: String, bytes: [UInt8]) throws(CertificateSheetError) {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_".utf8)
        let type = mediaType.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard (1...100).contains(name.utf8.count), name.utf8.allSatisfy(plain.contains), !name.hasPrefix("."),
            type.count == 2, mediaType.utf8.count <= 100,
            type.allSatisfy({ !$0.isEmpty && $0.allSatisfy { plain.contains($0) || $0 == UInt8(ascii: "+") } })
        else { throw .invalidAttachment }
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// A color (sRGB).
public struct CertificateColor: Sendable, Hashable {
    /// The part of red.
    public let red: UInt8
    /// The part of green.
    public let green: UInt8
    /// The part of blue.
    public let blue: UInt8

    /// Mixes a color.
    ///
    /// - Parameters:
    ///   - red: The part of red.
    ///   - green: The part of green.
    ///   - blue: The part of blue.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#` and six hexadecimal digits.
    ///
    /// - Parameter hex: Such as `#1F3A5F`.
    /// - Throws: `CertificateSheetError.invalidColor`.
    public init(hex: String) throws(CertificateSheetError) {
        guard hex.utf8.count == 7, hex.utf8.first == UInt8(ascii: "#"),
            hex.utf8.dropFirst().allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let number = UInt32(hex.dropFirst(), radix: 16)
        else { throw .invalidColor }
        self.init(red: UInt8(number >> 16), green: UInt8(number >> 8 & 255), blue: UInt8(number & 255))
    }

    /// `#` and six hexadecimal digits in lower case.
    public var hex: String {
        let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// The colors of a certificate.
public struct CertificatePalette: Sendable, Hashable {
    /// Of text.
    public let ink: CertificateColor
    /// Of frames, bands and the learner's name.
    public let accent: CertificateColor
    /// Of the paper; the QR code stands on white whatever it is.
    public let ground: CertificateColor

    /// Chooses colors.
    ///
    /// - Parameters:
    ///   - ink: Of text.
    ///   - accent: Of frames, bands and the learner's name.
    ///   - ground: Of the paper.
    public init(
        ink: CertificateColor = CertificateColor(red: 0x22, green: 0x2B, blue: 0x38),
        accent: CertificateColor = CertificateColor(red: 0x1F, green: 0x4E, blue: 0x79),
        ground: CertificateColor = CertificateColor(red: 0xFF, green: 0xFF, blue: 0xFF)
    ) {
        self.ink = ink
        self.accent = accent
        self.ground = ground
    }
}
