// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// When a learner has completed a course; no I/O.
///
/// Without a rule the share of lessons alone decides, which the statements that record progress do themselves.
enum CompletionPolicy {
    /// What a learner did in a course.
    struct Facts {
        /// How many of its published lessons they completed.
        let completedLessons: Int
        /// How many there are.
        let publishedLessons: Int
        /// The share of them that the course asks for, in percent.
        let lessonThreshold: Int
        /// The override or the final grade of all that is released; what is not, and what can still be handed in, has no points.
        let grade: GradePercentage?
        /// Whether there are mandatory items.
        let hasMandatoryItems: Bool
        /// Whether each of them has a released score or an excuse.
        let settledMandatoryItems: Bool
    }

    /// Whether it is enough.
    static func isCompleted(_ facts: Facts, by rule: CompletionRule) -> Bool {
        guard hasEnoughLessons(facts, by: rule) else { return false }
        if let minimum = rule.minimumGrade {
            guard let grade = facts.grade, grade >= minimum else { return false }
        }
        return !rule.needsMandatoryItems || facts.settledMandatoryItems
    }

    /// A course without lessons is completed by its grades, if something is asked of those, and never by nothing.
    private static func hasEnoughLessons(_ facts: Facts, by rule: CompletionRule) -> Bool {
        guard facts.publishedLessons > 0 else {
            let asksForGrades = rule.minimumGrade != nil || rule.needsMandatoryItems && facts.hasMandatoryItems
            return asksForGrades && !rule.needsAllLessons
        }
        let threshold = rule.needsAllLessons ? 100 : facts.lessonThreshold
        return facts.completedLessons * 100 >= threshold * facts.publishedLessons
    }
}
