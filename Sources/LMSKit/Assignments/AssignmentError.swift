// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why something about an assignment was refused.
@nonexhaustive
public enum AssignmentError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// There is no such assignment, or the principal may not know that there is.
    case notFound
    /// There is no such rubric in the course, or none that is theirs to know.
    case rubricNotFound
    /// There is no such submission, or none that is theirs to know.
    case submissionNotFound
    /// There is no such comment at the submission.
    case commentNotFound
    /// There is no such file of the submission.
    case fileNotFound
    /// There is no such upload of theirs to hand in with the assignment, or it was handed in.
    case uploadNotFound
    /// Not all of the upload was received, or it is still looked at.
    case uploadUnfinished
    /// There is no such set of groups in the course, or none that is theirs to know.
    case groupSetNotFound
    /// There is no such group, or none that is theirs to know.
    case groupNotFound
    /// The assignment is for groups, and the learner is in none of them.
    case groupNeeded
    /// An assignment is for the groups of the set, so it stays.
    case groupSetInUse
    /// The group began or handed in, so it stays.
    case groupInUse
    /// Another group of the set has the name.
    case groupNameTaken
    /// A learner is in another group of the set.
    case inAnotherGroup
    /// The course has no such lesson.
    case lessonNotFound
    /// Nobody of that identifier has a place in the course, or an extension.
    case learnerNotFound
    /// The assignment is for those who are enrolled, and the course is free to enroll in.
    case enrollmentNeeded
    /// The assignment is for those who have paid for the course.
    case paymentNeeded
    /// The principal may see it and may not do this.
    case forbidden
    /// The assignment or its course is not published, or not any more.
    case notPublished
    /// The assignment opens then.
    case notOpen(until: Date)
    /// Nothing is taken any more.
    case closed
    /// The learner has handed in as often as they may.
    case noSubmissionsLeft(limit: Int)
    /// Somebody who is in the group no more waits for the grade of what it handed in before.
    case previousUngraded
    /// They review what others handed in, and may have read it.
    case isReviewing
    /// There is nothing to hand in.
    case empty
    /// The submission was handed in, so it stays as it is.
    case handedIn
    /// The assignment takes no text.
    case textNotTaken
    /// The assignment takes no files.
    case filesNotTaken
    /// The assignment takes no files of that type.
    case fileTypeNotTaken
    /// The file is longer than the assignment takes.
    case fileTooLarge(limitInBytes: Int)
    /// There are as many files as the assignment takes, or more.
    case tooManyFiles(limit: Int)
    /// Somebody has begun or handed in, so this stays.
    case hasSubmissions
    /// Somebody's work was judged by the points and the rubric that there are, so they stay.
    case hasGrades
    /// The learner handed in again since; that is graded.
    case superseded
    /// Its learner knows the grade already.
    case alreadyReleased
    /// Handing in does not complete a lesson where graders must not know whose work it is: progress would tell who handed in when.
    case blindCompletion
    /// The points are beyond what the work is worth.
    case invalidPoints(limit: Points)
    /// The levels are none of the rubric's: one is given for each criterion, in their order.
    case invalidLevels
    /// The range is none of the text.
    case invalidRange
    /// There are as many as may be.
    case tooMany(limit: Int)
    /// It was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension AssignmentError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, name: "assignments_blind_completion_ck"): self = .blindCompletion
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "assignments_lesson_id_fk"): self = .lessonNotFound
        case .constraint(.foreignKey, name: "assignments_rubric_id_fk"): self = .rubricNotFound
        case .constraint(.foreignKey, name: "assignments_group_set_id_fk"): self = .groupSetNotFound
        case .constraint(.foreignKey, name: "submissions_group_id_fk"): self = .groupInUse
        case .constraint(.unique, name: "course_groups_set_id_name_uq"): self = .groupNameTaken
        case .constraint(.unique, name: "course_group_members_key"): self = .inAnotherGroup
        default: self = .database(error)
        }
    }
}
