// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// A report as a moderator sees it.
struct ModerationReportBody: ResponseBody {
    let report: ModerationReport

    init(_ report: ModerationReport) {
        self.report = report
    }

    static var example: ModerationReportBody { make(.post, .upheld) }
    static var variations: [ModerationReportBody] { [make(.message, .open)] }

    private static func make(
        _ kind: ModerationReport.Kind,
        _ status: ModerationReport.Status
    ) -> ModerationReportBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return ModerationReportBody(ModerationReport(id: .example, kind: kind, status: status, createdAt: time))
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", report.id)
            object.field("kind", report.kind.rawValue)
            object.field("messageId", report.message)
            object.field("postId", report.post)
            object.field("threadId", report.thread)
            object.field("courseId", report.course)
            object.field("reporterId", report.reporter)
            object.field("authorId", report.author)
            object.field("authorName", report.authorName)
            object.field("reason", report.reason.rawValue)
            object.field("note", report.note)
            object.field("quotation", report.quotation)
            object.field("earlier", report.earlier)
            object.field("status", report.status.rawValue)
            object.field("verdict", report.verdict)
            object.field("createdAt", report.createdAt)
            object.field("decidedAt", report.decidedAt)
        }
    }
}

/// That something was reported.
struct ReportReceiptBody: ResponseBody {
    let id: ModerationReport.ID

    static var example: ReportReceiptBody { ReportReceiptBody(id: .example) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("id", id) }
    }
}

/// `/moderation/reports/{reportId}`.
struct ModerationReportPath: PathParameters {
    let reportId: ModerationReport.ID

    init(fields: inout FieldReader) {
        reportId = fields.required("reportId", .id())
    }
}

/// The query of the reports.
struct ModerationQuery: QueryParameters {
    let status: ModerationReport.Status
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        status = fields.optional("status", .choice(ModerationReport.Status.open), default: .open)
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// Why something is reported.
struct ReportRequest: RequestBody {
    let reason: ModerationReport.Reason
    let note: String

    init(fields: inout FieldReader) {
        reason = fields.required("reason", .choice(ModerationReport.Reason.abuse))
        note = fields.optional("note", .multilineText(0...1000, example: "The second time this week."), default: "")
    }
}

/// `PATCH /api/v1/moderation/reports/{reportId}`.
struct VerdictRequest: RequestBody {
    let verdict: Moderation.Verdict
    let reason: String

    init(fields: inout FieldReader) {
        verdict = fields.required("verdict", .choice(Moderation.Verdict.hide))
        reason = fields.required("reason", .moderationReason)
    }
}

extension ModerationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.reportNotFound)
        case .objectNotFound(.message): Problem(.messageNotFound)
        case .objectNotFound(.post): Problem(.postNotFound)
        case .forbidden: Problem(.forbidden)
        case .invalidPosition: Problem(.invalidCursor)
        case .invalid: Problem(.validationFailed)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let reportNotFound = ProblemCode(
        "REPORT_NOT_FOUND",
        404,
        en: "There is no such report.",
        es: "No existe esa denuncia.",
        ar: "لا يوجد بلاغ كهذا."
    )
}
