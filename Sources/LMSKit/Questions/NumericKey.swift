// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a number must be.
public struct NumericKey: Sendable, Hashable {
    /// The numbers that earn something, in the unit whose factor is 1.
    public let accepted: [AcceptedNumber]
    /// The units that a number may be written with; none if it has no unit.
    public let units: [NumericUnit]
    /// The share that a right number loses if its unit is missing or unknown; the number counts as written in the unit
    /// whose factor is 1.
    public let unitPenalty: Credit

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - accepted: The numbers that earn something; of those that an answer is, the one that earns most counts.
    ///   - units: The units that a number may be written with.
    ///   - unitPenalty: The share that a right number loses if its unit is missing or unknown.
    public init(_ accepted: [AcceptedNumber], units: [NumericUnit] = [], unitPenalty: Credit = .none) {
        self.accepted = accepted
        self.units = units
        self.unitPenalty = unitPenalty
    }
}

/// A number that earns something.
public struct AcceptedNumber: Sendable, Hashable {
    /// How it is recognized.
    public let rule: Rule
    /// What it earns.
    public let credit: Credit
    /// What somebody who wrote it is told.
    public let feedback: QuestionText?

    /// Makes an accepted number.
    ///
    /// - Parameters:
    ///   - rule: How it is recognized.
    ///   - credit: What it earns.
    ///   - feedback: What somebody who wrote it is told.
    public init(_ rule: Rule, credit: Credit = .full, feedback: QuestionText? = nil) {
        self.rule = rule
        self.credit = credit
        self.feedback = feedback
    }

    /// How a number is recognized.
    @frozen
    public enum Rule: Sendable, Hashable {
        /// It is this number, or near enough.
        case near(ExactDecimal, Tolerance)
        /// It lies between two numbers.
        case between(Bound, Bound)
    }

    /// How far a number may be from the key; both ends are within.
    @frozen
    public enum Tolerance: Sendable, Hashable {
        /// At most this much.
        case absolute(ExactDecimal)
        /// At most this share of the key's magnitude: 0.01 is one percent.
        case relative(ExactDecimal)

        /// The number itself.
        public static let exact = Tolerance.absolute(.zero)
    }

    /// An end of a range.
    public struct Bound: Sendable, Hashable {
        /// The number at the end.
        public let value: ExactDecimal
        /// Whether that number is within.
        public let isWithin: Bool

        /// The number and what lies on the inner side of it.
        ///
        /// - Parameter value: The number at the end.
        /// - Returns: A bound.
        public static func including(_ value: ExactDecimal) -> Bound { Bound(value: value, isWithin: true) }

        /// What lies on the inner side of a number.
        ///
        /// - Parameter value: The number at the end.
        /// - Returns: A bound.
        public static func excluding(_ value: ExactDecimal) -> Bound { Bound(value: value, isWithin: false) }
    }
}

extension AcceptedNumber.Rule {
    /// Whether a number is recognized.
    func accepts(_ number: ExactDecimal) -> Bool {
        switch self {
        case .near(let key, .absolute(let tolerance)): number.distance(to: key) <= tolerance
        case .near(let key, .relative(let share)): number.distance(to: key) <= key.magnitude * share
        case .between(let low, let high):
            (low.value < number || low.isWithin && low.value == number)
                && (number < high.value || high.isWithin && high.value == number)
        }
    }
}

/// A unit that a number may be written with.
public struct NumericUnit: Sendable, Hashable {
    /// How it is written, such as `cm`; capital and small letters differ.
    public let symbol: String
    /// What a number in it is multiplied by to compare it with the key: 0.01 for `cm` if the key is in `m`.
    public let factor: ExactDecimal

    /// Makes a unit.
    ///
    /// - Parameters:
    ///   - symbol: How it is written.
    ///   - factor: What a number in it is multiplied by to compare it with the key.
    public init(_ symbol: String, factor: ExactDecimal) {
        self.symbol = symbol
        self.factor = factor
    }
}
