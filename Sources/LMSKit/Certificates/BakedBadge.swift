// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Puts a signed badge into a picture, from which programs that know badges take it out again (Open Badges 3.0 §5.3).
enum BakedBadge {
    /// Adds a badge to a PNG as an uncompressed `iTXt` chunk named `openbadgecredential`, right behind the header.
    ///
    /// - Throws: `CertificateSheetError.notPNG` if the picture does not begin like one.
    static func png(_ picture: [UInt8], holding credential: String) throws(CertificateSheetError) -> [UInt8] {
        // The signature and the chunk IHDR: 8 bytes, and 13 of data between 8 and 4 (PNG §5.2, §5.3).
        let header = 33
        let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        guard picture.count > header, picture.starts(with: start) else { throw .notPNG }
        // Keyword, compression flag and method, language tag and translated keyword, each of the last two empty (§11.3.3.4).
        let data = Array("openbadgecredential".utf8) + [0, 0, 0, 0, 0] + Array(credential.utf8)
        let typed = Array("iTXt".utf8) + data
        let chunk = bigEndian(UInt32(data.count)) + typed + bigEndian(crc32(typed))
        return Array(picture[..<header]) + chunk + Array(picture[header...])
    }

    /// Draws a badge that holds itself in `openbadges:credential`.
    static func svg(title: String, issuer: String, holding credential: String) -> String {
        let (title, issuer) = (title.escapedForXML, issuer.escapedForXML)
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" \
            viewBox="0 0 512 512" role="img" aria-label="\(title)">
            <openbadges:credential verify="\(credential)"></openbadges:credential>
            <title>\(title)</title>
            <desc>\(issuer)</desc>
            <circle cx="256" cy="208" r="176" fill="#1f4e79"/>
            <circle cx="256" cy="208" r="152" fill="none" stroke="#ffffff" stroke-width="6"/>
            <path d="M176 212l56 56 108-116" fill="none" stroke="#ffffff" stroke-width="34" stroke-linecap="round" \
            stroke-linejoin="round"/>
            <path d="M168 362l-44 134 68-30 46 46 18-116 18 116 46-46 68 30-44-134z" fill="#163a5b"/>
            </svg>

            """
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    /// The checksum of a chunk (PNG Annex D).
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

extension String {
    /// The text as it stands in XML; what XML does not have at all is left out.
    fileprivate var escapedForXML: String {
        var text = ""
        for scalar in CertificateText.cleaned(self).unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
