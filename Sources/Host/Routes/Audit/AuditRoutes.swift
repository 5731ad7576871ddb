// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The audit log: for who may read it, and for everybody their own acts.
struct AuditRoutes: Sendable {
    let log: AuditLog

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/audit",
                "List what was done, the newest first",
                access: .permission(.auditRead),
                problems: [.forbidden, .invalidCursor],
                auditedAs: "audit.read",
                handler: list
            ),
            Route(
                .get,
                "/api/v1/audit/mine",
                "List what I did, the newest first",
                access: .signedIn,
                problems: [.forbidden, .invalidCursor],
                handler: listMine
            ),
            Route(
                .get,
                "/api/v1/audit/export",
                "Export what was done as JSON lines, the oldest first",
                access: .permission(.auditRead),
                problems: [.forbidden],
                rate: .expensive,
                auditedAs: "audit.exported",
                handler: export
            ),
            Route(
                .get,
                "/api/v1/audit/verification",
                "Check that nobody changed the audit log",
                access: .permission(.auditRead),
                problems: [.forbidden],
                rate: .expensive,
                auditedAs: "audit.verified",
                handler: verify
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, AuditListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<AuditRecordBody>> {
        try await page(input.query.filter.query, input.query.page, context)
    }

    private func listMine(
        _ input: Input<Nothing, AuditPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<AuditRecordBody>> {
        guard let user = context.principal.user else { throw Problem(.forbidden) }
        var query = AuditQuery()
        query.actor = user.description
        return try await page(query, input.query, context)
    }

    private func page(
        _ query: AuditQuery,
        _ page: AuditPageQuery,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<AuditRecordBody>> {
        let found = try await log.list(
            query,
            after: try context.position(page.cursor),
            limit: page.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: found.items.map(AuditRecordBody.init), nextCursor: context.cursor(found.next)))
    }

    private func export(
        _ input: Input<Nothing, AuditFilter, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<AuditExportBody> {
        let (query, reader, log) = (input.query.query, context.reader, log)
        let first = try await log.exportBatch(query, after: nil, reader: reader)
        var reply = Reply.ok(
            AuditExportBody { writer in
                var batch = first
                while let last = batch.last {
                    try await writer.write(AuditExportBody.lines(batch))
                    batch = try await log.exportBatch(query, after: last.id, reader: reader)
                }
            }
        )
        var fields = HTTPFields()
        fields.append("content-disposition", #"attachment; filename="audit.jsonl""#)
        reply.fields = fields
        return reply
    }

    private func verify(
        _ input: Input<Nothing, AuditWitnessQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<AuditVerificationBody> {
        .ok(AuditVerificationBody(try await log.verify(expecting: input.query.head, reader: context.reader)))
    }
}
