// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/peer-reviews/{peerReviewId}`.
struct PeerReviewPath: PathParameters {
    let peerReviewId: PeerReview.ID

    init(fields: inout FieldReader) {
        peerReviewId = fields.required("peerReviewId", .id())
    }
}

/// `/peer-reviews/{peerReviewId}/files/{fileId}`.
struct PeerReviewFilePath: PathParameters {
    let peerReviewId: PeerReview.ID
    let fileId: SubmissionFile.ID

    init(fields: inout FieldReader) {
        peerReviewId = fields.required("peerReviewId", .id())
        fileId = fields.required("fileId", .id())
    }
}

/// `/assignments/{assignmentId}/peer-review/examples/{submissionId}`.
struct PeerReviewExamplePath: PathParameters {
    let assignmentId: Assignment.ID
    let submissionId: Submission.ID

    init(fields: inout FieldReader) {
        assignmentId = fields.required("assignmentId", .id())
        submissionId = fields.required("submissionId", .id())
    }
}

/// `/submissions/{submissionId}/peer-reviewers/{userId}`.
struct PeerReviewerPath: PathParameters {
    let submissionId: Submission.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        submissionId = fields.required("submissionId", .id())
        userId = fields.required("userId", .id())
    }
}

/// Which of one's reviews in a course.
struct PeerReviewListQuery: QueryParameters {
    let assignment: Assignment.ID?
    let status: PeerReview.Status?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        assignment = fields.optional("assignmentId", .id(Assignment.self))
        status = fields.optional("status", .choice(PeerReview.Status.pending))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `PUT /api/v1/assignments/{assignmentId}/peer-review`.
struct PeerReviewSettingsRequest: RequestBody {
    let settings: PeerReviewSettings

    init(fields: inout FieldReader) {
        var settings = PeerReviewSettings(
            fields.required("reviewsPerSubmission", .integer(1...PeerReviewSettings.reviewLimit)),
            until: fields.required("reviewsDueAt", .date)
        )
        settings.isAnonymous = fields.optional("isAnonymous", .flag, default: true)
        settings.counting = fields.optional(
            "counting",
            .choice(PeerReviewSettings.Counting.advisory),
            default: .advisory
        )
        self.settings = settings
    }
}

/// `PUT /api/v1/assignments/{assignmentId}/peer-review/examples/{submissionId}`: `points` or `levels`.
struct PeerReviewExampleRequest: RequestBody {
    let result: SubmissionAssessment.Result

    init(fields: inout FieldReader) {
        let given = SubmissionAssessment.Result(reviewFields: &fields)
        if given == nil { fields.refuse("points", .required) }
        result = given ?? .points(.zero)
    }
}

/// `PUT /api/v1/peer-reviews/{peerReviewId}/draft`: `points` or `levels`, or neither yet.
struct PeerReviewDraftRequest: RequestBody {
    let draft: PeerReviewDraft

    init(fields: inout FieldReader) {
        let given = SubmissionAssessment.Result(reviewFields: &fields)
        let feedback = fields.optional(
            "feedback",
            .multilineText(1...PeerReview.feedbackLimit, example: "Your second step needs a reason.")
        )
        draft = PeerReviewDraft(given, feedback: feedback)
    }
}

/// `POST /api/v1/peer-reviews/{peerReviewId}/withdraw`.
struct PeerReviewWithdrawalRequest: RequestBody {
    let reason: String

    init(fields: inout FieldReader) {
        reason = fields.required("reason", .multilineText(1...500, example: "It insults."))
    }
}

extension SubmissionAssessment.Result {
    fileprivate init?(reviewFields fields: inout FieldReader) {
        let points = fields.optional("points", PointsRule(range: 0...100_000))
        let levels = fields.optional(
            "levels",
            .list(.object(RubricJudgmentRequest.self), 1...RubricCriterion.limit)
        )
        if levels != nil, points != nil { fields.refuse("points", .unknownField) }
        if let levels {
            self = .levels(levels.map(\.judgment))
        } else if let points {
            self = .points(points)
        } else {
            return nil
        }
    }
}
