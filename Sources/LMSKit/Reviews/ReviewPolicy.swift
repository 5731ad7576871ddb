// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The rules of who sees and changes a review; no I/O.
enum ReviewPolicy {
    /// How much of a course is done before it can be judged.
    static let neededPercentage = Percentage(completed: 1, of: 5)

    /// Whether the review is no secret to the principal: it is shown, or their own, or theirs to moderate.
    static func maySee(_ review: Review, in course: Course, _ principal: Principal) -> Bool {
        if mayModerate(in: course, principal) || isAuthor(of: review, principal) { return true }
        return review.status == .approved && CoursePolicy.isKnown(course, to: principal)
    }

    /// Whether the course's reviews are theirs to moderate.
    static func mayModerate(in course: Course, _ principal: Principal) -> Bool {
        principal.may(.reviewModerate, as: course.role(of: principal))
    }

    static func isAuthor(of review: Review, _ principal: Principal) -> Bool {
        principal.user != nil && principal.user == review.user
    }

    /// Refuses a review of a course that was hardly begun.
    static func require(_ enrollment: Enrollment) throws(ReviewError) {
        switch enrollment.status {
        case .completed: return
        case .active:
            guard enrollment.percentage >= neededPercentage else { throw .tooEarly(needed: neededPercentage) }
        case .pendingPayment, .dropped, .expired, .migrated: throw .notActive(enrollment.status)
        }
    }
}
