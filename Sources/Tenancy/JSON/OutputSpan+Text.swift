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

    /// Appends the 36 characters of RFC 9562 §4 in lower case.
    mutating func append(_ uuid: UUID) {
        let bytes = uuid.inlineBytes
        for index in bytes.indices {
            if index == 4 || index == 6 || index == 8 || index == 10 { append(UInt8(ascii: "-")) }
            append(hexadecimalDigit: bytes[index] >> 4)
            append(hexadecimalDigit: bytes[index] & 15)
        }
    }

    /// Appends `2026-01-31T12:00:00.000Z`; at most 34 bytes.
    mutating func append(iso8601 date: Date) {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (days, rest) = milliseconds.quotientAndRemainder(floorDividingBy: 86_400_000)
        let day = CivilDate(daysSinceEpoch: days)
        if (0..<10_000).contains(day.year) {
            append(twoDigits: day.year / 100)
            append(twoDigits: day.year % 100)
        } else {
            append(decimal: day.year, width: 4)
        }
        append(UInt8(ascii: "-"))
        append(twoDigits: day.month)
        append(UInt8(ascii: "-"))
        append(twoDigits: day.day)
        append(UInt8(ascii: "T"))
        append(twoDigits: rest / 3_600_000)
        append(UInt8(ascii: ":"))
        append(twoDigits: rest / 60_000 % 60)
        append(UInt8(ascii: ":"))
        append(twoDigits: rest / 1000 % 60)
        append(UInt8(ascii: "."))
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / 100 % 10))
        append(twoDigits: rest % 100)
        append(UInt8(ascii: "Z"))
    }

    private mutating func append(twoDigits value: Int64) {
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }

    private mutating func append(hexadecimalDigit nibble: UInt8) {
        append(nibble &+ (nibble < 10 ? 0x30 : 0x57))
    }
}

/// A day of the Gregorian calendar.
///
/// The algorithm is that of Hinnant, "chrono-Compatible Low-Level Date Algorithms".
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSinceEpoch days: Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(floorDividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(floorDividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
