// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// How much of a course is done, exact to two decimals.
public struct Percentage: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The percentage times one hundred: 0 through 10,000.
    public let hundredths: Int

    /// Computes `completed ÷ total × 100`, rounded half up to two decimals and never above 100.
    ///
    /// - Parameters:
    ///   - completed: How many are done.
    ///   - total: How many there are; a percentage of nothing is 0.
    public init(completed: Int, of total: Int) {
        guard total > 0, completed > 0 else {
            hundredths = 0
            return
        }
        hundredths = min(10_000, (completed * 20_000 + total) / (2 * total))
    }

    /// Everything.
    public static let full = Percentage(completed: 1, of: 1)

    /// The percentage with at most two decimals, such as `66.67`.
    public var value: Double { Double(hundredths) / 100 }

    /// The percentage with two decimals, such as `66.67`.
    public var description: String {
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// Orders by amount.
    public static func < (left: Percentage, right: Percentage) -> Bool {
        left.hundredths < right.hundredths
    }
}
