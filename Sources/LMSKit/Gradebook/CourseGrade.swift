// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a learner's grades come to in a course.
public struct CourseGrade: Sendable, Hashable {
    /// Of what is graded so far; `nil` if nothing is.
    public let current: GradePercentage?
    /// If nothing more is handed in; `nil` if nothing counts.
    public let final: GradePercentage?
    /// What somebody gave in place of both.
    public let override: GradePercentage?
    /// The letter of the override or the current grade.
    public let letter: String?
    /// The letter of the override or the final grade.
    public let finalLetter: String?
    /// The items that the current grade leaves out because the rest is better without them.
    public let dropped: Set<GradeItem.ID>
}
