// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A percentage with two decimals, which may be above 100.
public struct GradePercentage: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// None.
    public static let zero = GradePercentage(hundredths: 0)
    /// Everything.
    public static let full = GradePercentage(hundredths: 10_000)
    /// The percentage times one hundred.
    public let hundredths: Int

    /// Makes a percentage.
    ///
    /// - Parameter hundredths: The percentage times one hundred.
    public init(hundredths: Int) {
        self.hundredths = hundredths
    }

    /// The percentage with needless zeros left out, such as `87.5`.
    public var description: String { Points(millionths: hundredths * 10_000).description }

    /// Orders by amount.
    public static func < (left: GradePercentage, right: GradePercentage) -> Bool {
        left.hundredths < right.hundredths
    }
}

/// The letters of a course: each is given from a percentage on.
public struct GradingScheme: Sendable, Hashable {
    /// No letters.
    public static let none = GradingScheme(unchecked: [])
    /// The most letters.
    public static let letterLimit = 20
    /// The letters, the highest first; the last is given from 0.
    public let letters: [Letter]

    /// A letter and from which percentage on it is given.
    public struct Letter: Sendable, Hashable {
        /// What it is called, 1–20 characters.
        public let label: String
        /// The rounded percentage from which on it is given.
        public let minimum: GradePercentage

        /// Describes a letter.
        ///
        /// - Parameters:
        ///   - label: What it is called.
        ///   - minimum: From which percentage on it is given.
        public init(_ label: String, from minimum: GradePercentage) {
            self.label = label
            self.minimum = minimum
        }
    }

    /// Makes a scheme.
    ///
    /// - Parameter letters: None, or 2–20 with different labels of 1–20 characters, their percentages falling strictly from at
    ///   most 100 down to 0.
    /// - Throws: `GradebookError.unsoundScheme` for anything else.
    public init(_ letters: [Letter]) throws(GradebookError) {
        guard !letters.isEmpty else {
            self.letters = []
            return
        }
        guard (2...Self.letterLimit).contains(letters.count), letters.last?.minimum == .zero,
            letters[0].minimum <= .full, Set(letters.map(\.label)).count == letters.count,
            letters.allSatisfy({ (1...20).contains($0.label.unicodeScalars.count) }),
            zip(letters, letters.dropFirst()).allSatisfy({ $0.minimum > $1.minimum })
        else { throw .unsoundScheme }
        self.letters = letters
    }

    private init(unchecked letters: [Letter]) {
        self.letters = letters
    }

    /// Returns the letter that a percentage gets.
    ///
    /// - Parameter percentage: The percentage, rounded.
    /// - Returns: The first letter whose minimum it reaches; `nil` without letters.
    public func letter(for percentage: GradePercentage) -> String? {
        letters.first { percentage >= $0.minimum }?.label
    }

    /// Reads what the database holds, which was checked when it was written.
    init(labels: [String], boundaries: [Int]) {
        letters = zip(labels, boundaries).map { Letter($0, from: GradePercentage(hundredths: $1)) }
    }
}
