// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSArchiveDriver
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Bring a course in, and read the report on it.
struct CourseImportRoutes: Sendable {
    let importer: CourseImporter
    /// The longest body, in bytes.
    static let bodyLimit = 512 << 20

    var routes: [Route] {
        [
            .upload(
                "/api/v1/courses/import",
                "Import an Open edX course from a zip or tar.gz archive",
                access: .permission(.courseImport),
                mediaTypes: ["multipart/form-data"],
                problems: [
                    .importRefused, .importUnreadable, .importNotBuilt, .malformedBody, .contentTooLarge, .storageFull,
                    .malwareFound, .malwareUnscannable, .malwareScannerUnavailable,
                ],
                bodyLimit: Self.bodyLimit,
                handler: receive
            ),
            Route(
                .get,
                "/api/v1/courses/imports/{importId}",
                "Show an import with its report",
                access: .permission(.courseImport),
                problems: [.importNotFound],
                caching: .revalidated,
                handler: show
            ),
        ]
    }

    private func receive(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ request: HTTPRequest,
        _ context: RequestContext
    ) async throws -> Reply<CourseImportBody> {
        let form = try await CourseImportForm(receiving: request, limit: Self.bodyLimit, importer: importer)
        let made = try await importer.run(
            .upload(form.archive),
            key: form.key,
            status: form.status,
            into: context.tenant.id,
            as: context.principal
        )
        var reply = Reply.created(CourseImportBody(made), at: "/api/v1/courses/imports/\(made.id)")
        if made.isRepeated { reply.status = .ok }
        return reply
    }

    private func show(
        _ input: Input<CourseImportPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseImportBody> {
        .ok(CourseImportBody(try await importer.imports.find(input.path.importId, reader: context.reader)))
    }
}

/// `…/imports/{importId}`.
struct CourseImportPath: PathParameters {
    let importId: CourseImport.ID

    init(fields: inout FieldReader) {
        importId = fields.required("importId", .id())
    }
}
