// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A share of a question's points, exact to a millionth: 0 is nothing and 1 is all.
public struct Credit: Sendable, Hashable, Comparable {
    /// The share times one million: 0 through 1,000,000.
    public let millionths: Int

    /// Takes up a share.
    ///
    /// - Parameter millionths: The share times one million, 0 through 1,000,000.
    public init?(millionths: Int) {
        guard (0...Points.unit).contains(millionths) else { return nil }
        self.millionths = millionths
    }

    private init(known millionths: Int) {
        self.millionths = millionths
    }

    /// Nothing.
    public static let none = Credit(known: 0)
    /// A half.
    public static let half = Credit(known: 500_000)
    /// All.
    public static let full = Credit(known: 1_000_000)

    /// What is left of all.
    var complement: Credit { Credit(known: Points.unit - millionths) }

    /// Orders by share.
    public static func < (left: Credit, right: Credit) -> Bool { left.millionths < right.millionths }
}

extension Credit: JSONWritable {
    /// Writes a number from 0 to 1.
    public func write(to json: inout JSONWriter) { Points(millionths: millionths).write(to: &json) }
}
