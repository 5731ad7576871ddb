// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension Span<UInt8> {
    /// Whether the bytes are those of a text.
    @inline(__always)
    func equals(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        var index = 0
        while index < count {
            if self[index] != other[index] { return false }
            index += 1
        }
        return true
    }

    /// Whether the bytes are those of a text in lower case, in whichever case they are.
    @inline(__always)
    func equalsLowercased(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        var index = 0
        while index < count {
            if self[index].lowercased != other[index] { return false }
            index += 1
        }
        return true
    }
}

extension Span<UInt8> {
    /// Where a run of bytes that may occur in a field value ends; `end` if they all may.
    ///
    /// Eight bytes at a time, because a token of a thousand bytes is the longest part of most heads.
    @inline(__always)
    func endOfFieldValue(from start: Int, to end: Int) -> Int {
        var index = start
        while index + 8 <= end {
            let word = word(at: index)
            // The high bit of each byte that is below 0x20, or 0x7F, and perhaps of one after such a byte: the bytes decide.
            let control = (word &- 0x2020_2020_2020_2020) & ~word
            let flipped = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let delete = (flipped &- 0x0101_0101_0101_0101) & ~flipped
            guard (control | delete) & 0x8080_8080_8080_8080 == 0 else { break }
            index += 8
        }
        while index < end, self[index].isFieldValue { index += 1 }
        return index
    }

    /// Eight bytes as a number, the first as its lowest; the checks are of a whole and the load is one.
    @inline(__always)
    private func word(at index: Int) -> UInt64 {
        let bytes = extracting(index..<index + 8)
        let low = UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24
        let high = UInt64(bytes[4]) << 32 | UInt64(bytes[5]) << 40 | UInt64(bytes[6]) << 48 | UInt64(bytes[7]) << 56
        return low | high
    }
}

extension [UInt8] {
    /// Appends a number in decimal digits; a negative one as 0.
    package mutating func appendDecimal(_ value: Int) {
        guard value >= 10 else { return append(0x30 &+ UInt8(truncatingIfNeeded: Swift.max(value, 0))) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        var rest = UInt(value)
        while rest > 0 {
            first &-= 1
            let quotient = rest / 10
            digits[first] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            rest = quotient
        }
        while first < 20 {
            append(digits[first])
            first &+= 1
        }
    }

    /// Appends a number in lower-case hexadecimal digits.
    mutating func appendHexadecimal(_ value: Int) {
        var shift = (Int.bitWidth - value.leadingZeroBitCount + 3) / 4 * 4 - 4
        guard shift >= 0 else { return append(0x30) }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
    }
}
