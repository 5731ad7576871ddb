// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// An amount of points, exact to a millionth.
///
/// Points are added up to a grade that somebody may contest, so a sum must not depend on the order of its terms and
/// 0.1 + 0.2 must be 0.3: they are integers, never binary floating point. A score such as a third of a point is
/// rounded once, where it is computed, and exact from there on.
///
/// In statements it is a number of millionths: `\(points) * 0.000001` is the `numeric`, and `(score * 1000000)::bigint`
/// reads one back.
public struct Points: Sendable, Hashable, Comparable {
    /// The amount times one million.
    public let millionths: Int

    /// Makes an amount.
    ///
    /// - Parameter millionths: The amount times one million.
    public init(millionths: Int) {
        self.millionths = millionths
    }

    /// Makes a whole amount.
    ///
    /// - Parameter whole: The amount; what is beyond nine billion is brought to that.
    public init(_ whole: Int) {
        millionths = min(max(whole, -9_000_000_000), 9_000_000_000) * Points.unit
    }

    /// Reads a decimal text such as `7`, `7.25` or `0.333333`; more than six decimals are refused, not rounded.
    ///
    /// - Parameter text: At most nine digits, and a point with at most six; no sign, no exponent, no blank.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...9).contains(whole.utf8.count), whole.utf8.allSatisfy(\.isPointDigit) else {
            return nil
        }
        let fraction = parts.count == 2 ? String(parts[1]) : "0"
        guard (1...6).contains(fraction.utf8.count), fraction.utf8.allSatisfy(\.isPointDigit),
            let amount = Int(String(whole) + fraction + String(repeating: "0", count: 6 - fraction.utf8.count))
        else { return nil }
        millionths = amount
    }

    static let unit = 1_000_000

    /// The most that anything graded may give.
    public static let limit = Points(100_000)
    /// Nothing.
    public static let zero = Points(millionths: 0)

    /// Adds up.
    public static func + (left: Points, right: Points) -> Points {
        Points(millionths: left.millionths + right.millionths)
    }

    /// Subtracts.
    public static func - (left: Points, right: Points) -> Points {
        Points(millionths: left.millionths - right.millionths)
    }

    /// Turns what is earned into what is lost.
    public static prefix func - (points: Points) -> Points { Points(millionths: -points.millionths) }

    /// Orders by amount.
    public static func < (left: Points, right: Points) -> Bool { left.millionths < right.millionths }

    /// Returns a share of the amount.
    ///
    /// - Parameters:
    ///   - numerator: How many of the equal portions.
    ///   - denominator: Into how many portions; more than 0.
    /// - Returns: The share, rounded half away from zero to a millionth.
    func portion(_ numerator: Int, of denominator: Int) -> Points {
        guard denominator > 0 else { return .zero }
        // Points and credits are bounded far below 2^63, their product is not.
        let product = Int128(millionths) * Int128(numerator)
        let half = Int128(denominator) / 2
        let rounded = (product < 0 ? product - half : product + half) / Int128(denominator)
        return Points(millionths: Int(clamping: rounded))
    }
}

extension Points: CustomStringConvertible {
    /// The decimal text without needless zeros, such as `2.5`.
    public var description: String {
        let magnitude = millionths.magnitude
        let sign = millionths < 0 ? "-" : ""
        var fraction = Substring(String(magnitude % 1_000_000 + 1_000_000).dropFirst())
        while fraction.last == "0" { fraction.removeLast() }
        return sign + String(magnitude / 1_000_000) + (fraction.isEmpty ? "" : "." + fraction)
    }
}

extension Points: JSONWritable {
    /// Writes a number, exactly.
    public func write(to json: inout JSONWriter) { json.append(units: millionths, decimals: 6) }
}

extension Points: DatabaseConvertible {
    /// The type of the column: a whole number of millionths.
    public static var databaseType: DatabaseType { .int }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .int(Int64(millionths)) }
    /// Reads a number of millionths.
    public init(column: Column) throws(DatabaseError) {
        self.init(millionths: try Int(column: column))
    }
    /// Reads numbers of millionths.
    public static func elements(of column: Column) throws(DatabaseError) -> [Points] {
        try Int.elements(of: column).map(Points.init(millionths:))
    }
}

extension UInt8 {
    fileprivate var isPointDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
