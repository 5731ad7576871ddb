// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The bytes HTTP/1.1 gives a meaning to, and the classes of RFC 9110 §5.6.2 and RFC 3986.
extension UInt8 {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var colon: UInt8 { 0x3A }
    static var slash: UInt8 { 0x2F }
    static var question: UInt8 { 0x3F }
    static var comma: UInt8 { 0x2C }
    static var semicolon: UInt8 { 0x3B }
    static var asterisk: UInt8 { 0x2A }

    /// Whether the byte may occur in a token: a method or a field name.
    @inline(__always)
    var isToken: Bool { isIn(0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe) }

    /// Whether the byte may occur in a request target; fragments, quotes and backslashes may not.
    @inline(__always)
    var isTarget: Bool { isIn(0xafff_fff2_0000_0000, 0x7fff_fffe_efff_ffff) }

    /// Whether the byte may occur in a host name or an IPv4 address.
    @inline(__always)
    var isHostName: Bool { isIn(0x03ff_6000_0000_0000, 0x07ff_fffe_87ff_fffe) }

    /// Whether the byte may occur in a field value: visible characters, space, tab and the upper half.
    @inline(__always)
    var isFieldValue: Bool { (self >= 0x20 && self != 0x7F) || self == .tab }

    @inline(__always)
    var isBlank: Bool { self == .space || self == .tab }

    @inline(__always)
    var isDigit: Bool { self &- 0x30 < 10 }

    /// The value of a hexadecimal digit in either case, or `nil`.
    @inline(__always)
    var hexadecimalValue: Int? {
        if isDigit { return Int(self &- 0x30) }
        let letter = lowercased &- 0x61
        return letter < 6 ? Int(letter) + 10 : nil
    }

    @inline(__always)
    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    @inline(__always)
    private func isIn(_ low: UInt64, _ high: UInt64) -> Bool {
        self < 128 && ((self < 64 ? low : high) &>> UInt64(self & 63)) & 1 == 1
    }
}
