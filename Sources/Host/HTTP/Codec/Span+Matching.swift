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
