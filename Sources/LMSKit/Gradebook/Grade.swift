// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A learner's grade in an item.
public struct Grade: Sendable, Hashable {
    /// The item.
    public let item: GradeItem.ID
    /// The points that were given; `nil` if there are none.
    public let score: Points?
    /// How it stands.
    public let status: Status
    /// Points that somebody put in place of the score.
    public let override: Points?
    /// When it was graded last, UTC.
    public let gradedAt: Date
    /// Since when its learner may see it, UTC; `nil` if they may not.
    ///
    /// A muted item hides it all the same.
    public let releasedAt: Date?
    /// Raised by each change; for conditional updates.
    public let version: Int

    package init(
        item: GradeItem.ID,
        score: Points?,
        status: Status,
        override: Points? = nil,
        gradedAt: Date,
        releasedAt: Date? = nil,
        version: Int = 1
    ) {
        self.item = item
        self.score = score
        self.status = status
        self.override = override
        self.gradedAt = gradedAt
        self.releasedAt = releasedAt
        self.version = version
    }

    /// How a grade stands.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Nothing was given.
        case ungraded
        /// It has a score.
        case graded
        /// It has a score and was handed in late; what that costs is in the score already.
        case late
        /// Nothing was handed in.
        case missing
        /// The item does not count for this learner.
        case excused
    }

    /// Who gave a score.
    @nonexhaustive
    public enum Source: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The quiz or the assignment.
        case subject
        /// Somebody by hand.
        case manual
        /// A table that was brought in.
        case `import`
    }
}

/// What somebody gives a learner for an item.
public struct GradeEntry: Sendable, Hashable {
    /// The item.
    public var item: GradeItem.ID
    /// The learner.
    public var learner: Principal.ID
    /// How it stands: `graded` and `late` with a score, the others without.
    public var status: Grade.Status
    /// The points.
    public var score: Points?
    /// The version of the grade that whoever enters read, 0 for none; `nil` to overwrite whatever is there.
    public var version: Int?

    /// Describes an entry.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - learner: The learner.
    ///   - status: How it stands.
    ///   - score: The points, for `graded` and `late`.
    ///   - version: The version of the grade that was read.
    public init(
        item: GradeItem.ID,
        learner: Principal.ID,
        status: Grade.Status = .graded,
        score: Points? = nil,
        version: Int? = nil
    ) {
        self.item = item
        self.learner = learner
        self.status = status
        self.score = score
        self.version = version
    }

    /// Whether the status and the score belong together.
    var isSound: Bool {
        switch status {
        case .graded, .late: score.map { $0 >= .zero } ?? false
        case .ungraded, .missing, .excused: score == nil
        }
    }
}

/// What recording a score came to.
public struct RecordedGrade: Sendable, Hashable {
    /// The item.
    public let item: GradeItem.ID
    /// The learner.
    public let learner: Principal.ID
    /// Whether anything changed; recording the same again changes nothing.
    public let isChanged: Bool
}
