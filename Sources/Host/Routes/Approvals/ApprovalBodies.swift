// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `POST /api/v1/courses/{courseId}/approvals`.
struct SubmissionRequest: RequestBody {
    let note: String?

    init(fields: inout FieldReader) {
        note = fields.optional("note", .multilineText(1...2000, example: "The third module is new."))
    }
}

/// `POST /api/v1/courses/{courseId}/approvals/decision`.
struct DecisionRequest: RequestBody {
    let decision: CourseSubmission.Decision

    init(fields: inout FieldReader) {
        let verdict = fields.required("decision", .choice(Verdict.approve))
        let reason = fields.optional("reason", .multilineText(1...2000, example: "The sources are missing."))
        switch verdict {
        case .approve: decision = .approve(remark: reason)
        case .requestChanges:
            if reason == nil { fields.refuse("reason", .required) }
            decision = .requestChanges(reason: reason ?? "")
        }
    }

    /// What is decided.
    enum Verdict: String, Sendable, CaseIterable {
        case approve
        case requestChanges = "request_changes"
    }
}

/// `PUT /api/v1/course-approvals/rule`.
struct ApprovalRuleRequest: RequestBody {
    let isRequired: Bool

    init(fields: inout FieldReader) {
        isRequired = fields.required("isRequired", .flag)
    }
}

/// The query of the lists of submissions.
struct SubmissionQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Whether courses are published after an approval only.
struct ApprovalRuleBody: ResponseBody {
    let rule: CourseApprovalRule
    let tenant: TenantID

    static var example: ApprovalRuleBody {
        ApprovalRuleBody(rule: CourseApprovalRule(isRequired: true, version: 2), tenant: .example)
    }

    var etag: ETag { ETag(version: rule.version, of: tenant, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("isRequired", rule.isRequired) }
    }
}

/// A course that somebody asked to have published, and what was decided.
struct CourseSubmissionBody: ResponseBody {
    let submission: CourseSubmission

    init(_ submission: CourseSubmission) {
        self.submission = submission
    }

    private init(
        _ status: CourseSubmission.Status,
        note: String?,
        by people: Principal.ID?,
        reason: String?,
        at instant: Date?
    ) {
        submission = CourseSubmission(
            id: CourseSubmission.ID.example,
            course: CourseBody.example.id,
            title: "Introduction to Swift",
            courseVersion: 7,
            note: note,
            submittedBy: people,
            submittedAt: Enrollment.example.enrolledAt,
            status: status,
            decidedBy: people,
            decidedAt: instant,
            reason: reason
        )
    }

    static var example: CourseSubmissionBody {
        CourseSubmissionBody(
            .changesRequested,
            note: "The third module is new.",
            by: Enrollment.example.user,
            reason: "The sources are missing.",
            at: Enrollment.example.enrolledAt
        )
    }
    static var variations: [CourseSubmissionBody] {
        [CourseSubmissionBody(.waiting, note: nil, by: nil, reason: nil, at: nil)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", submission.id)
            object.field("courseId", submission.course)
            object.field("courseTitle", submission.title)
            object.field("courseVersion", submission.courseVersion)
            object.field("status", submission.status.rawValue)
            object.field("note", submission.note)
            object.field("submittedBy", submission.submittedBy)
            object.field("submittedAt", submission.submittedAt)
            object.field("decidedBy", submission.decidedBy)
            object.field("decidedAt", submission.decidedAt)
            object.field("reason", submission.reason)
        }
    }
}
