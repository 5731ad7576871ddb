// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Judges UTF-8 as it arrives, however it is cut (RFC 3629 §4).
struct UTF8Validator: Sendable {
    /// How many bytes the character lacks.
    private var missing: UInt8 = 0
    /// What the next byte of it may be.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Whether no character is cut off.
    var isComplete: Bool { missing == 0 }

    /// Takes a byte.
    ///
    /// - Returns: Whether what was taken can still become UTF-8.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard missing > 0 else { return byte < 0x80 || begin(byte) }
        guard byte >= lower, byte <= upper else { return false }
        missing -= 1
        lower = 0x80
        upper = 0xBF
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            // Neither longer than needed nor half of a surrogate pair.
            if byte == 0xE0 { lower = 0xA0 }
            if byte == 0xED { upper = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            // Neither longer than needed nor above U+10FFFF.
            if byte == 0xF0 { lower = 0x90 }
            if byte == 0xF4 { upper = 0x8F }
        default: return false
        }
        return true
    }
}
