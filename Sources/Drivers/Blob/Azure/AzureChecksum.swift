// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// The checksum of content that the service compares what arrived with (`x-ms-content-crc64`).
///
/// A CRC of 64 bits and not MD5, which systems in FIPS mode do not have; it finds accidents, and content is
/// authenticated besides.
enum AzureChecksum {
    /// The polynomial, reversed.
    private static let polynomial: UInt64 = 0x9A6C_9329_AC4B_C9B5
    private static let table = (0..<256).map { index in
        (0..<8).reduce(UInt64(index)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? polynomial : 0) }
    }

    /// The value of the field.
    static func text(_ content: [UInt8]) -> String {
        let crc = crc64(content)
        return Data((0..<8).map { UInt8(truncatingIfNeeded: crc >> (8 * $0)) }).base64EncodedString()
    }

    static func crc64(_ content: [UInt8]) -> UInt64 {
        let table = table
        var crc = UInt64.max
        for byte in content { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
        return ~crc
    }
}
