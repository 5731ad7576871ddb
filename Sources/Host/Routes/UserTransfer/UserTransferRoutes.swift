// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// People as a table, in and out.
struct UserTransferRoutes: Sendable {
    let transfer: UserTransfer

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/users/import",
                "Bring people in from a table, or try what would come of it",
                access: .permission(.userCreate),
                problems: [
                    .roleUnknown, .beyondOwnGrants, .emailTaken, .alreadyInvited, .tooManyInvitations, .mailNotOffered,
                ],
                rate: .expensive,
                bodyLimit: 1 << 20,
                handler: bringIn
            ),
            Route(
                .get,
                "/api/v1/users/export",
                "Give out all people as a table",
                access: .permission(.userRead),
                rate: .expensive,
                handler: giveOut
            ),
        ]
    }

    private func bringIn(
        _ input: Input<Nothing, Nothing, UserImportRequest>,
        _ context: RequestContext
    ) async throws -> Reply<UserImportBody> {
        let report = try await context.transaction { session in
            try await transfer.bringIn(
                input.body.table,
                mode: input.body.mode,
                trial: input.body.trial,
                at: context.tenant,
                session: session
            )
        }
        return Reply(report.issues.isEmpty ? .ok : 422, UserImportBody(report))
    }

    private func giveOut(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let bytes = try await context.transaction { try await transfer.giveOut(session: $0) }
        var reply = Reply.ok(Content(mediaType: "text/csv; charset=utf-8; header=present", bytes: bytes))
        var fields = HTTPFields()
        fields.append("content-disposition", "attachment; filename=users.csv")
        reply.fields = fields
        return reply
    }
}

/// `POST /api/v1/users/import`.
struct UserImportRequest: RequestBody {
    let table: String
    let mode: UserImportMode
    let trial: UserImportTrial

    init(fields: inout FieldReader) {
        table = fields.required("csv", .multilineText(5...500_000, example: "email,name\nnew@example.org,New"))
        mode = fields.optional("mode", .choice(UserImportMode.create), default: .create)
        trial = fields.optional("dryRun", .flag, default: false) ? .onTrial : .forReal
    }
}

/// What bringing people in came to.
struct UserImportBody: ResponseBody {
    private let report: UserImportReport

    init(_ report: UserImportReport) {
        self.report = report
    }

    static var example: UserImportBody {
        UserImportBody(
            UserImportReport(
                added: 1,
                unchanged: 0,
                issues: [UserImportReport.Issue(line: 2, column: "email", code: .malformed)]
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("added", report.added)
            object.field("unchanged", report.unchanged)
            object.field("issues", report.issues.map(IssueBody.init))
        }
    }

    private struct IssueBody: JSONWritable {
        let issue: UserImportReport.Issue

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("line", issue.line)
                object.field("column", issue.column)
                object.field("code", issue.code.rawValue)
            }
        }
    }
}
