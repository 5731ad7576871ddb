// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// Text of known length, written byte for byte where it is to be: no string in between.
extension OutputSpan<UInt8> {
    /// Appends the bytes of a text.
    mutating func append(text: String) {
        let bytes = text.utf8.span
        for index in bytes.indices { append(bytes[index]) }
    }

    /// Appends a number in decimal digits, with zeros before it up to a width; at most 20 bytes or the width.
    mutating func append(decimal value: Int64, width: Int = 1) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var first = 20
        var rest = value.magnitude
        while rest > 0 || first > 20 - width {
            first &-= 1
            digits[first] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        while first < 20 {
            append(digits[first])
            first &+= 1
        }
    }

    /// Appends a number of units of 10⁻ᵈ as a decimal fraction without needless zeros; at most 22 bytes.
    mutating func append(units value: Int64, decimals: Int) {
        var unit: UInt64 = 1
        for _ in 0..<decimals { unit *= 10 }
        let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: unit)
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: Int64(clamping: whole))
        guard fraction > 0 else { return }
        var (rest, width) = (Int64(clamping: fraction), decimals)
        while rest % 10 == 0 { (rest, width) = (rest / 10, width - 1) }
        append(UInt8(ascii: "."))
        append(decimal: rest, width: width)
    }

    /// Appends eight bytes, the first in the lowest bits: one store.
    @inline(__always)
    mutating func append(word: UInt64) {
        append(repeating: 0, count: 8)
        var written = mutableSpan
        let start = written.count &- 8
        for index in 0..<8 { written[start &+ index] = UInt8(truncatingIfNeeded: word &>> UInt64(index &* 8)) }
    }

    /// Appends the 36 characters of RFC 9562 §4 in lower case.
    mutating func append(_ uuid: UUID) {
        let (high, low) = uuid.words
        let dash = UInt64(UInt8(ascii: "-"))
        let (first, second) = (high.upperHexadecimal, high.lowerHexadecimal)
        let (third, fourth) = (low.upperHexadecimal, low.lowerHexadecimal)
        append(word: first)
        append(word: dash | (second & 0xFFFF_FFFF) << 8 | dash << 40 | (second >> 32) << 48)
        append(word: second >> 48 | dash << 16 | (third & 0xFFFF_FFFF) << 24 | dash << 56)
        append(word: third >> 32 | fourth << 32)
        for index in 4..<8 { append(UInt8(truncatingIfNeeded: fourth >> UInt64(index * 8))) }
    }

    /// Appends `2026-01-31T12:00:00.000Z`; at most 34 bytes.
    mutating func append(iso8601 date: Date) {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (days, rest) = milliseconds.quotientAndRemainder(floorDividingBy: 86_400_000)
        let day = CivilDate(daysSinceEpoch: days)
        let time = UInt64(rest)
        let (dash, colon) = (UInt64(UInt8(ascii: "-")), UInt64(UInt8(ascii: ":")))
        if let year = UInt64(exactly: day.year), year < 10_000 {
            append(
                word: (year / 100).twoDigits | (year % 100).twoDigits << 16 | dash << 32
                    | day.month.twoDigits << 40 | dash << 56
            )
        } else {
            append(decimal: day.year, width: 4)
            append(UInt8(ascii: "-"))
            append(decimal: Int64(day.month), width: 2)
            append(UInt8(ascii: "-"))
        }
        append(
            word: day.day.twoDigits | UInt64(UInt8(ascii: "T")) << 16
                | (time / 3_600_000).twoDigits << 24 | colon << 40 | (time / 60_000 % 60).twoDigits << 48
        )
        append(
            word: colon | (time / 1000 % 60).twoDigits << 8 | UInt64(UInt8(ascii: ".")) << 24
                | (0x30 + time / 100 % 10) << 32 | (time % 100).twoDigits << 40 | UInt64(UInt8(ascii: "Z")) << 56
        )
    }
}

extension UInt64 {
    /// A number below 100 in two characters, the first in the lowest bits.
    fileprivate var twoDigits: UInt64 { 0x3030 &+ self / 10 &+ (self % 10) << 8 }

    /// The upper half in eight characters of lower case, the first in the lowest bits.
    fileprivate var upperHexadecimal: UInt64 { (self >> 32).lowerHexadecimal }

    /// The lower half in eight characters of lower case, the first in the lowest bits.
    fileprivate var lowerHexadecimal: UInt64 {
        var digits = self & 0xFFFF_FFFF
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (digits + 0x3030_3030_3030_3030 + letters * 0x27).byteSwapped
    }
}

/// A day of the Gregorian calendar.
///
/// The algorithm is that of Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms".
private struct CivilDate {
    let year: Int64
    let month: UInt64
    let day: UInt64

    /// - Parameter days: Within four hundred million years of 1970.
    init(daysSinceEpoch days: Int64) {
        // Days since the March of a year that all dates are after, in quarters of a day so that leap years come out even.
        let eras: UInt64 = 1_000_000
        let quarters = 4 &* UInt64(bitPattern: days &+ 719_468 &+ 146_097 * Int64(eras)) &+ 3
        let century = quarters / 146_097
        let quartersOfYear = 2_939_745 &* (quarters % 146_097 | 3)
        let dayOfYear = (quartersOfYear & 0xFFFF_FFFF) / 11_758_980
        let monthAndDay = 2141 &* dayOfYear &+ 197_913
        let isNextYear = dayOfYear >= 306
        year = Int64(century &* 100 &+ quartersOfYear >> 32) &- 400 * Int64(eras) &+ (isNextYear ? 1 : 0)
        month = monthAndDay >> 16 &- (isNextYear ? 12 : 0)
        day = (monthAndDay & 0xFFFF) / 2141 &+ 1
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(floorDividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
