// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why something about a course, its modules or its lessons was refused.
@nonexhaustive
public enum CourseError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case notFound
    /// The course has no such module.
    case moduleNotFound
    /// The course or module has no such lesson, or the principal may not know that it has.
    case lessonNotFound
    /// The principal may see the course and may not do this to it.
    case forbidden
    /// Another course has the slug.
    case slugTaken
    /// The title has neither letters nor digits and no slug was given.
    case slugMissing
    /// The course was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// More seats are taken than the new limit allows.
    case seatLimitBelowTaken
    /// Somebody named as an instructor is not a user of the tenant.
    case unknownInstructor
    /// A course needs 1–20 instructors.
    case instructorCount
    /// The user has no role in the course.
    case staffNotFound
    /// A course has at most this many people with a role in it.
    case tooManyStaff(limit: Int)
    /// A course that costs something cannot be open to everybody.
    case pricedAndOpen
    /// A curriculum has at most this many modules.
    case tooManyModules(limit: Int)
    /// A module has at most this many lessons.
    case tooManyLessons(limit: Int)
    /// A lesson has at most this many blocks.
    case tooManyBlocks(limit: Int)
    /// A module is named that is not of the course, or twice.
    case foreignModule(Module.ID)
    /// A lesson is named that is not of the course or module, or twice.
    case foreignLesson(Lesson.ID)
    /// A block shows a file that is not of the course.
    case fileNotFound
    /// The lesson is for those who are enrolled, and the course is free to enroll in.
    case enrollmentNeeded
    /// The lesson is for those who have paid for the course.
    case paymentNeeded
    /// The lesson is in a module that is not the reader's yet: it comes at this instant, UTC; `nil` if that depends on when they
    /// enroll.
    case notYetAvailable(Date?)
    /// The tenant wants courses approved before they are published, and nobody approved this version of it.
    case approvalNeeded
    /// A version of the course is being written already.
    case versionInProgress
    /// The course has no such version.
    case versionNotFound
    /// A later version took the course's place: it stays archived.
    case superseded
    /// The version is not the one that is offered.
    case versionNotCurrent
    /// The version has not seats enough for those who would be moved to it.
    case seatsMissing
    /// It replaced another version, or learners were moved to it.
    case versionInUse
    /// A course has at most this many versions.
    case tooManyVersions(limit: Int)
    /// A template is a draft that was never published and has no versions.
    case templateState
    /// A course with more parts than this is not copied.
    case tooMuchToCopy(limit: Int)
    /// A bulk change names more courses than this.
    case tooManyCourses(limit: Int)
    /// The position belongs to a list of another order.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)

}

extension CourseError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "courses_slug_uq"): self = .slugTaken
        case .constraint(.foreignKey, name: "course_instructors_user_id_fk"): self = .unknownInstructor
        case .constraint(.check, name: "courses_seats_taken_ck"): self = .seatLimitBelowTaken
        case .constraint(.check, name: "courses_is_open_ck"): self = .pricedAndOpen
        case .constraint(.check, name: "courses_approval_ck"): self = .approvalNeeded
        case .constraint(.check, name: "courses_superseded_at_ck"): self = .superseded
        case .constraint(.check, name: "courses_is_template_ck"): self = .templateState
        case .constraint(.unique, name: "courses_series_draft_uq"): self = .versionInProgress
        case .constraint(.unique, name: "courses_series_edition_uq"): self = .versionInProgress
        case .constraint(.unique, name: "courses_series_published_uq"): self = .versionInProgress
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
