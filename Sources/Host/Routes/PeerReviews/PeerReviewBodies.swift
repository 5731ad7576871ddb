// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// How the learners of an assignment review each other's work.
struct PeerReviewStateBody: ResponseBody {
    let state: PeerReviewState

    init(_ state: PeerReviewState) {
        self.state = state
    }

    static var example: PeerReviewStateBody { PeerReviewStateBody(.example(isReleased: true)) }
    static var variations: [PeerReviewStateBody] { [PeerReviewStateBody(.example(isReleased: false))] }

    var etag: ETag { ETag(version: state.reviewing.version, of: state.reviewing.assignment, showing: self) }

    func write(to json: inout JSONWriter) {
        let (reviewing, settings) = (state.reviewing, state.reviewing.settings)
        json.object { object in
            object.field("assignmentId", reviewing.assignment)
            object.field("reviewsPerSubmission", settings.reviewsPerSubmission)
            object.field("reviewsDueAt", settings.dueAt)
            object.field("isAnonymous", settings.isAnonymous)
            object.field("counting", settings.counting.rawValue)
            object.field("allocatedAt", reviewing.allocatedAt)
            object.field("releasedAt", reviewing.releasedAt)
            object.field("examples", state.examples.map(PeerReviewExampleBody.init))
            // For the staff: from it follows who reviews whose work. As text, because many clients read no 64 bits.
            object.field("seed", state.counts == nil ? nil : reviewing.seed.map { String($0.bits) })
            object.field("allocation", state.counts.map(PeerReviewCountsBody.init))
            object.field("version", reviewing.version)
        }
    }
}

/// An example with what the staff gives it.
private struct PeerReviewExampleBody: JSONWritable {
    let example: PeerReviewExample

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("submissionId", example.submission)
            object.field("points", example.points)
            object.field("levels", example.judgments)
        }
    }
}

/// What was allocated.
private struct PeerReviewCountsBody: JSONWritable {
    let counts: PeerReviewState.Counts

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("submissions", counts.submissions)
            object.field("reviewers", counts.reviewers)
            object.field("reviews", counts.reviews)
            object.field("completed", counts.completed)
            object.field("missing", counts.missing)
        }
    }
}

/// A review in its reviewer's list, without what is reviewed.
struct PeerReviewTaskSummaryBody: ResponseBody {
    let task: PeerReviewTask

    init(_ task: PeerReviewTask) {
        self.task = task
    }

    static var example: PeerReviewTaskSummaryBody { PeerReviewTaskSummaryBody(PeerReviewTask.examples[0]) }
    static var variations: [PeerReviewTaskSummaryBody] {
        PeerReviewTask.examples.dropFirst().map(PeerReviewTaskSummaryBody.init)
    }

    var etag: ETag { ETag(version: task.review.version, of: task.review.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { task.write(to: &$0) }
    }
}

/// A review for the staff that allocated it or takes it back: without what is in it, which may be a draft.
struct PeerAllocationBody: ResponseBody {
    let task: PeerReviewTask

    init(_ task: PeerReviewTask) {
        self.task = task
    }

    static var example: PeerAllocationBody { PeerAllocationBody(PeerReviewTask.examples[0]) }
    static var variations: [PeerAllocationBody] { PeerReviewTask.examples.dropFirst().map(PeerAllocationBody.init) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", task.review.id)
            object.field("assignmentId", task.review.assignment)
            object.field("submissionId", task.review.submission)
            object.field("isCalibration", task.review.isCalibration)
            object.field("status", task.status.rawValue)
            object.field("dueAt", task.review.dueAt)
            object.field("completedAt", task.review.completedAt)
            object.field("withdrawnAt", task.review.withdrawnAt)
        }
    }
}

/// A review with what is reviewed, for its reviewer.
struct PeerReviewTaskBody: ResponseBody {
    let task: PeerReviewTask

    init(_ task: PeerReviewTask) {
        self.task = task
    }

    static var example: PeerReviewTaskBody { PeerReviewTaskBody(PeerReviewTask.examples[0]) }
    static var variations: [PeerReviewTaskBody] { PeerReviewTask.examples.dropFirst().map(PeerReviewTaskBody.init) }

    var etag: ETag { ETag(version: task.review.version, of: task.review.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            task.write(to: &object)
            object.field("text", task.text ?? "")
            object.field("files", task.files.map(ReviewedFileBody.init))
            object.field("authors", task.authors.map { PeerBody(user: $0.user, displayName: $0.displayName) })
        }
    }
}

/// A file of what is reviewed; not by its submission, which is none of the reviewer's business.
private struct ReviewedFileBody: JSONWritable {
    let file: SubmissionFile

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", file.id)
            object.field("position", file.position)
            object.field("name", file.name)
            object.field("mediaType", file.mediaType)
            object.field("byteCount", file.byteCount)
        }
    }
}

/// Somebody who may be named.
private struct PeerBody: JSONWritable {
    let user: Principal.ID
    let displayName: String

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", user)
            object.field("displayName", displayName)
        }
    }
}

/// What was said to a submission.
struct PeerFeedbackBody: ResponseBody {
    let feedback: PeerFeedback

    init(_ feedback: PeerFeedback) {
        self.feedback = feedback
    }

    static var example: PeerFeedbackBody { PeerFeedbackBody(.example(for: .grader)) }
    static var variations: [PeerFeedbackBody] { [PeerFeedbackBody(.example(for: .learner))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("submissionId", feedback.submission)
            object.field("releasedAt", feedback.releasedAt)
            object.field("completed", feedback.result.count)
            object.field("average", feedback.result.average)
            object.field("median", feedback.result.median)
            object.field("reviews", feedback.reviews.map { GivenReviewBody(review: $0, feedback: feedback) })
        }
    }
}

/// A review as whose work it is, or who grades it, sees it.
private struct GivenReviewBody: JSONWritable {
    let review: PeerReview
    let feedback: PeerFeedback

    func write(to json: inout JSONWriter) {
        let isStaff = feedback.audience == .grader
        let reviewer = feedback.showsReviewers ? PeerBody(user: review.reviewer, displayName: review.reviewerName) : nil
        // Nobody's draft is read by others.
        let isShown = review.completedAt != nil
        json.object { object in
            object.field("id", review.id)
            object.field("status", review.status(at: feedback.readAt).rawValue)
            object.field("points", isShown ? review.points : nil)
            object.field("levels", isShown ? review.judgments : [])
            object.field("feedback", isShown ? review.feedback : nil)
            object.field("reviewer", reviewer)
            // When somebody wrote tells those who know when they worked.
            object.field("completedAt", isStaff || feedback.showsReviewers ? review.completedAt : nil)
            object.field("weight", isStaff ? review.weight : nil)
            object.field("withdrawnAt", isStaff ? review.withdrawnAt : nil)
            object.field("withdrawalReason", isStaff ? review.withdrawalReason : nil)
        }
    }
}

/// A submission with how its reviews stand.
struct PeerReviewedSubmissionBody: ResponseBody {
    let submission: PeerReviewedSubmission

    init(_ submission: PeerReviewedSubmission) {
        self.submission = submission
    }

    static var example: PeerReviewedSubmissionBody {
        PeerReviewedSubmissionBody(
            PeerReviewedSubmission(
                view: SubmissionSummaryBody.example.view,
                isExample: false,
                allocated: 3,
                result: PeerResult(count: 2, average: Points(7), median: Points(7))
            )
        )
    }
    static var variations: [PeerReviewedSubmissionBody] {
        SubmissionSummaryBody.variations.map { body in
            PeerReviewedSubmissionBody(
                PeerReviewedSubmission(
                    view: body.view,
                    isExample: true,
                    allocated: 0,
                    result: PeerResult(count: 0, average: nil, median: nil)
                )
            )
        }
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("submission", SubmissionSummaryBody(submission.view))
            object.field("isExample", submission.isExample)
            object.field("allocated", submission.allocated)
            object.field("completed", submission.result.count)
            object.field("average", submission.result.average)
            object.field("median", submission.result.median)
        }
    }
}

/// What taking the peers' results for grades came to.
struct PeerGradingBody: ResponseBody {
    let grading: PeerGrading

    static var example: PeerGradingBody { PeerGradingBody(grading: PeerGrading(graded: 24, hasMore: false)) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("graded", grading.graded)
            object.field("hasMore", grading.hasMore)
        }
    }
}

extension PeerReviewTask {
    /// Writes what lists and single reviews have in common.
    fileprivate func write(to object: inout JSONWriter) {
        object.field("id", review.id)
        object.field("assignmentId", review.assignment)
        object.field("assignmentTitle", review.assignmentTitle)
        object.field("courseId", review.course)
        object.field("isCalibration", review.isCalibration)
        object.field("status", status.rawValue)
        object.field("dueAt", review.dueAt)
        object.field("points", review.points)
        object.field("maxPoints", review.maxPoints)
        object.field("levels", review.judgments)
        object.field("feedback", review.feedback)
        object.field("savedAt", review.savedAt)
        object.field("completedAt", review.completedAt)
        object.field("version", review.version)
    }

    /// Completed, with the authors' names; not begun, of an example.
    fileprivate static let examples: [PeerReviewTask] = {
        let author = SubmissionMember(
            submission: .example,
            user: .example,
            enrollment: .example,
            displayName: "Ada Lovelace"
        )
        let file = SubmissionFile(
            id: .example,
            submission: .example,
            position: 1,
            name: "proof.pdf",
            mediaType: "application/pdf",
            byteCount: 48_211
        )
        return [
            PeerReviewTask(.example, at: .exampleTime, text: "Because.", files: [file], authors: [author]),
            PeerReviewTask(
                PeerReview(
                    id: .example,
                    status: .pending,
                    points: nil,
                    feedback: nil,
                    isCalibration: true,
                    at: .exampleTime
                ),
                at: .exampleTime
            ),
        ]
    }()
}

extension PeerReview {
    fileprivate static let example = PeerReview(
        id: .example,
        status: .completed,
        points: Points(8),
        judgments: [RubricJudgment(level: 2, comment: "It follows.")],
        feedback: "Your second step needs a reason.",
        isAnonymous: false,
        withdrawalReason: "It insults.",
        at: .exampleTime
    )
}

extension PeerFeedback {
    fileprivate static func example(for audience: SubmissionView.Audience) -> PeerFeedback {
        let isStaff = audience == .grader
        let pending = PeerReview(id: .example, status: .pending, points: nil, feedback: nil, at: .exampleTime)
        return PeerFeedback(
            submission: .example,
            releasedAt: isStaff ? .exampleTime : nil,
            result: PeerResult(count: 1, average: isStaff ? Points(8) : nil, median: isStaff ? Points(8) : nil),
            reviews: isStaff ? [.example] : [pending],
            audience: audience,
            showsReviewers: isStaff,
            readAt: .exampleTime
        )
    }
}

extension PeerReviewState {
    fileprivate static func example(isReleased: Bool) -> PeerReviewState {
        var settings = PeerReviewSettings(3, until: .exampleTime)
        settings.counting = .median
        let reviewing = PeerReviewing(
            assignment: .example,
            settings: settings,
            seed: isReleased ? ShuffleSeed(bits: 7_640_891_576_956_012_809) : nil,
            allocatedAt: isReleased ? .exampleTime : nil,
            releasedAt: isReleased ? .exampleTime : nil
        )
        guard isReleased else { return PeerReviewState(reviewing, examples: [], counts: nil) }
        let judgments = [RubricJudgment(level: 2, comment: "It follows.")]
        return PeerReviewState(
            reviewing,
            examples: [PeerReviewExample(submission: .example, points: Points(8), judgments: judgments)],
            counts: Counts(submissions: 24, reviewers: 25, reviews: 75, completed: 70, missing: 0)
        )
    }
}
