// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The number by which anybody who is shown a certificate can check it: 80 random bits, so that none is guessed.
///
/// 16 characters of Crockford's base 32 and one that tells mistakes of typing (Luhn's sum modulo 32), in groups of four:
/// `7ZK3-9QXM-04TB-HW6D-P`.
public struct CertificateNumber: Sendable, Hashable, CustomStringConvertible {
    /// The 17 characters without hyphens, as they are stored.
    let text: String

    /// In groups of four, as people read it.
    public var description: String {
        var groups = ""
        for (index, character) in text.enumerated() {
            if index > 0, index % 4 == 0 { groups.append("-") }
            groups.append(character)
        }
        return groups
    }

    /// Makes a number of 10 unpredictable bytes.
    init(random bytes: [UInt8]) {
        var digits: [Int] = []
        var accumulator = 0
        var bits = 0
        for byte in bytes.prefix(10) {
            accumulator = (accumulator << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                digits.append(accumulator >> bits & 31)
            }
        }
        text = String(decoding: (digits + [Self.check(of: digits)]).map { Self.alphabet[$0] }, as: UTF8.self)
    }

    /// Reads what somebody typed or followed: in either case, with or without hyphens and blanks, and with the letters
    /// that look like digits taken for them.
    ///
    /// - Parameter typed: What they typed; `nil` comes back if it is no number, or is mistyped.
    public init?(_ typed: some StringProtocol) {
        guard typed.utf8.count <= 64 else { return nil }
        var digits: [Int] = []
        for byte in typed.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: " "): continue
            case UInt8(ascii: "O"), UInt8(ascii: "o"): digits.append(0)
            case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "L"), UInt8(ascii: "l"): digits.append(1)
            default:
                let upper = byte.isLowerLetter ? byte - 32 : byte
                guard let digit = Self.alphabet.firstIndex(of: upper) else { return nil }
                digits.append(digit)
            }
        }
        guard digits.count == 17, digits.last == Self.check(of: digits.dropLast()) else { return nil }
        text = String(decoding: digits.map { Self.alphabet[$0] }, as: UTF8.self)
    }

    /// A number that nobody has.
    package static let example = CertificateNumber(random: Array(1...10))

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Every second digit counts double, from the right, its two digits of base 32 added up; the check makes the sum a
    /// multiple of 32.
    private static func check(of digits: some BidirectionalCollection<Int>) -> Int {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let weighted = index.isMultiple(of: 2) ? digit * 2 : digit
            sum += weighted / 32 + weighted % 32
        }
        return (32 - sum % 32) % 32
    }
}

extension CertificateNumber: DatabaseConvertible {
    /// The type of the column.
    public static var databaseType: DatabaseType { .text }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .text(text) }
    /// Reads a column of that type.
    public init(column: Column) throws(DatabaseError) {
        guard let number = CertificateNumber(try String(column: column)) else {
            throw column.undecodable(as: "a certificate's number")
        }
        self = number
    }
}
