// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A decimal number without rounding: what somebody wrote, compared as it is written.
///
/// A tolerance must not accept at one end what it refuses at the other because 0.1 has no binary form. Numbers have at
/// most 50 significant digits and an exponent within ±200, so every operation is bounded.
public struct ExactDecimal: Sendable, Hashable {
    /// Whether it is below zero.
    public let isNegative: Bool
    /// The digits from the most significant on, with no zero at either end; none for zero.
    private let digits: [UInt8]
    /// The power of ten of the last digit.
    private let exponent: Int

    private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        let kept = digits.drop { $0 == 0 }
        let zeros = kept.reversed().prefix { $0 == 0 }.count
        self.digits = Array(kept.dropLast(zeros))
        self.isNegative = isNegative && !kept.isEmpty
        self.exponent = kept.isEmpty ? 0 : exponent + zeros
    }

    /// Parses a number such as `-12.5`, `.5` or `6.022e23`.
    ///
    /// Arabic-Indic and Persian digits and the Arabic decimal separator are taken like the Latin ones. A comma is refused:
    /// it separates thousands to one reader and decimals to another.
    ///
    /// - Parameter text: At most 100 characters, white space around it aside, with at most 50 significant digits.
    public init?(_ text: String) {
        let scalars = Array(text.unicodeScalars.drop(while: \.isBlank))
        let trimmed = scalars.dropLast(scalars.reversed().prefix(while: \.isBlank).count)
        guard trimmed.count <= 100 else { return nil }
        var rest = trimmed[...]
        let isNegative = rest.first == "-" || rest.first == "\u{2212}"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        var digits: [UInt8] = []
        var decimals = 0
        var isPastPoint = false
        while let scalar = rest.first {
            if let digit = scalar.decimalDigit {
                digits.append(digit)
                if isPastPoint { decimals += 1 }
            } else if !isPastPoint, scalar == "." || scalar == "\u{066B}" {
                isPastPoint = true
            } else {
                break
            }
            rest.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        var power = 0
        if let mark = rest.first {
            guard mark == "e" || mark == "E" else { return nil }
            let shown = rest.dropFirst().map { $0.decimalDigit.map { String($0) } ?? String($0) }.joined()
            guard shown.utf8.count <= 4, let value = Int(shown), (-200...200).contains(value) else { return nil }
            power = value
        }
        self.init(isNegative: isNegative, digits: digits, exponent: power - decimals)
        guard self.digits.count <= 50, (-200...200).contains(exponent) else { return nil }
    }

    /// Nothing.
    public static let zero = ExactDecimal(isNegative: false, digits: [], exponent: 0)
    /// One.
    public static let one = ExactDecimal(isNegative: false, digits: [1], exponent: 0)

    static let hundredth = ExactDecimal(isNegative: false, digits: [1], exponent: -2)

    /// The number without its sign.
    public var magnitude: ExactDecimal { ExactDecimal(isNegative: false, digits: digits, exponent: exponent) }

    /// Multiplies, exactly.
    public static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        var product = [Int](repeating: 0, count: left.digits.count + right.digits.count)
        for (high, a) in left.digits.enumerated() {
            for (low, b) in right.digits.enumerated() { product[high + low + 1] += Int(a) * Int(b) }
        }
        return ExactDecimal(
            isNegative: left.isNegative != right.isNegative,
            digits: carried(product),
            exponent: left.exponent + right.exponent
        )
    }

    /// Returns how far apart two numbers are, exactly.
    ///
    /// - Parameter other: The other number.
    /// - Returns: The magnitude of the difference.
    public func distance(to other: ExactDecimal) -> ExactDecimal {
        let (large, small) = magnitudeIsBelow(other) ? (other, self) : (self, other)
        let last = min(large.exponent, small.exponent)
        // One place for a carry, and more where the smaller number reaches further to the left than zero's single digit.
        let count = 1 + max(large.digits.count + large.exponent, small.digits.count + small.exponent) - last
        let (above, below) = (large.padded(to: last, count: count), small.padded(to: last, count: count))
        let sign = isNegative == other.isNegative ? -1 : 1
        let sum = zip(above, below).map { Int($0) + sign * Int($1) }
        return ExactDecimal(isNegative: false, digits: Self.carried(sum), exponent: last)
    }

    private func padded(to last: Int, count: Int) -> [UInt8] {
        let tail = digits.isEmpty ? 0 : exponent - last
        let head = count - digits.count - tail
        return [UInt8](repeating: 0, count: head) + digits + [UInt8](repeating: 0, count: tail)
    }

    private func magnitudeIsBelow(_ other: ExactDecimal) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        let (mine, theirs) = (digits.count + exponent, other.digits.count + other.exponent)
        return mine == theirs ? digits.lexicographicallyPrecedes(other.digits) : mine < theirs
    }

    /// Brings each place into 0 through 9; the number as a whole is not negative.
    private static func carried(_ places: [Int]) -> [UInt8] {
        var digits = [UInt8](repeating: 0, count: places.count)
        var carry = 0
        for index in places.indices.reversed() {
            let value = places[index] + carry
            let digit = ((value % 10) + 10) % 10
            digits[index] = UInt8(digit)
            carry = (value - digit) / 10
        }
        return digits
    }
}

extension ExactDecimal: Comparable {
    /// Orders by value.
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.magnitudeIsBelow(left) : left.magnitudeIsBelow(right)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// The number as a decimal text, or with an exponent where that would be long; it parses back to the same number.
    public var description: String {
        let sign = isNegative ? "-" : ""
        let text = digits.map { String($0) }.joined()
        if text.isEmpty { return "0" }
        if (0...20).contains(exponent) { return sign + text + String(repeating: "0", count: exponent) }
        if (-30..<0).contains(exponent) {
            let padded = String(repeating: "0", count: max(0, 1 - exponent - text.utf8.count)) + text
            return sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
        }
        return sign + text + "e" + String(exponent)
    }
}

extension Unicode.Scalar {
    fileprivate var isBlank: Bool { properties.isWhitespace }

    /// The value of a Latin, Arabic-Indic or Persian digit.
    fileprivate var decimalDigit: UInt8? {
        switch value {
        case 0x30...0x39: UInt8(value - 0x30)
        case 0x660...0x669: UInt8(value - 0x660)
        case 0x6F0...0x6F9: UInt8(value - 0x6F0)
        default: nil
        }
    }
}
