// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// How a course is graded, and what completes it.
public struct GradebookSetup: Sendable, Hashable {
    /// The most categories that a course may have.
    public static let categoryLimit = 20
    /// How items come together.
    public var mode: Mode
    /// What counts where nothing was handed in.
    public var missingWork: MissingWork
    /// How a percentage is rounded before it is shown and gets a letter.
    public var rounding: GradeRounding
    /// The letters; none for percentages alone.
    public var scheme: GradingScheme
    /// The categories in their order.
    public var categories: [GradeCategory]
    /// What completes the course besides its own threshold of lessons.
    public var completion: CompletionRule

    /// Describes how a course is graded.
    ///
    /// - Parameters:
    ///   - mode: How items come together.
    ///   - missingWork: What counts where nothing was handed in.
    ///   - rounding: How a percentage is rounded.
    ///   - scheme: The letters.
    ///   - categories: The categories in their order.
    ///   - completion: What completes the course.
    public init(
        mode: Mode = .points,
        missingWork: MissingWork = .ignored,
        rounding: GradeRounding = GradeRounding(),
        scheme: GradingScheme = .none,
        categories: [GradeCategory] = [],
        completion: CompletionRule = CompletionRule()
    ) {
        self.mode = mode
        self.missingWork = missingWork
        self.rounding = rounding
        self.scheme = scheme
        self.categories = categories
        self.completion = completion
    }

    /// How items come together.
    @nonexhaustive
    public enum Mode: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// All points that were earned by all that could be.
        case points
        /// Each category by itself, then all of them by their weights; what is in no category does not count.
        case weighted
    }
}

/// What counts where nothing was handed in.
public enum MissingWork: Sendable, Hashable {
    /// Nothing in the current grade; in the final one no points.
    case ignored
    /// No points once it is due.
    case zeroAfterDue
    /// Part of the points once it is due.
    case fixedAfterDue(GradePercentage)

    /// What it counts when it counts.
    var credit: GradePercentage {
        if case .fixedAfterDue(let credit) = self { credit } else { .zero }
    }
}

/// How a percentage is rounded, to how many decimals.
public struct GradeRounding: Sendable, Hashable {
    /// Which way.
    public let direction: Direction
    /// 0, 1 or 2 decimals of a percentage.
    public let decimals: Int

    /// Describes a rule.
    ///
    /// - Parameters:
    ///   - direction: Which way.
    ///   - decimals: 0 through 2; what is beyond is brought into that.
    public init(_ direction: Direction = .halfUp, decimals: Int = 2) {
        self.direction = direction
        self.decimals = min(max(decimals, 0), 2)
    }

    /// Which way a percentage is rounded.
    @nonexhaustive
    public enum Direction: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// To the nearest, from the middle upwards.
        case halfUp = "half_up"
        /// Never upwards.
        case down
        /// Never downwards.
        case up
    }
}

/// What completes a course besides the share of its lessons that the course itself asks for.
///
/// With all of it unset that share alone completes the course.
public struct CompletionRule: Sendable, Hashable {
    /// The final grade that is needed.
    public var minimumGrade: GradePercentage?
    /// Whether each mandatory item needs a released score or an excuse.
    public var needsMandatoryItems: Bool
    /// Whether every published lesson must be completed.
    public var needsAllLessons: Bool

    /// Describes a rule.
    ///
    /// - Parameters:
    ///   - minimumGrade: The final grade that is needed.
    ///   - needsMandatoryItems: Whether each mandatory item needs a released score or an excuse.
    ///   - needsAllLessons: Whether every published lesson must be completed.
    public init(
        minimumGrade: GradePercentage? = nil,
        needsMandatoryItems: Bool = false,
        needsAllLessons: Bool = false
    ) {
        self.minimumGrade = minimumGrade
        self.needsMandatoryItems = needsMandatoryItems
        self.needsAllLessons = needsAllLessons
    }
}
