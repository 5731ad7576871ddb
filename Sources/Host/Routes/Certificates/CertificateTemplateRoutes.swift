// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Design how certificates look.
struct CertificateTemplateRoutes: Sendable {
    let templates: CertificateTemplates

    var routes: [Route] { designs + images }

    private var designs: [Route] {
        [
            Route(
                .get,
                "/api/v1/certificate-templates",
                "List the templates of certificates",
                access: .permission(.certificateManage),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/certificate-templates",
                "Design a template of certificates",
                access: .permission(.certificateManage),
                status: .created,
                problems: CertificateError.designProblems,
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/certificate-templates/{certificateTemplateId}",
                "Show a template of certificates",
                access: .permission(.certificateManage),
                problems: [.certificateTemplateNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .put,
                "/api/v1/certificate-templates/{certificateTemplateId}",
                "Replace the design of a template of certificates",
                access: .permission(.certificateManage),
                problems: CertificateError.designProblems + [.certificateTemplateNotFound, .preconditionFailed],
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/certificate-templates/{certificateTemplateId}",
                "Delete a template of certificates that no course uses",
                access: .permission(.certificateManage),
                status: .noContent,
                problems: [.certificateTemplateNotFound, .certificateTemplateInUse],
                handler: delete
            ),
            Route(
                .get,
                "/api/v1/certificate-templates/{certificateTemplateId}/preview",
                "Look at a certificate of a template",
                access: .permission(.certificateManage),
                problems: [.certificateTemplateNotFound, .certificatesNotBuilt, .unavailable],
                rate: .expensive,
                handler: preview
            ),
        ]
    }

    private var images: [Route] {
        [
            Route(
                .put,
                "/api/v1/certificate-templates/{certificateTemplateId}/images/{place}",
                "Give a template of certificates a logo or a signature",
                access: .permission(.certificateManage),
                problems: [
                    .certificateTemplateNotFound, .certificateImageRefused, .preconditionFailed, .unavailable,
                ],
                bodyLimit: 768 * 1024,
                handler: setImage
            ),
            Route(
                .delete,
                "/api/v1/certificate-templates/{certificateTemplateId}/images/{place}",
                "Take the logo or the signature from a template of certificates",
                access: .permission(.certificateManage),
                problems: [.certificateTemplateNotFound, .preconditionFailed],
                handler: removeImage
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, CertificateListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CertificateTemplateBody>> {
        let page = try await templates.list(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        let items = page.items.map(CertificateTemplateBody.init)
        return .ok(ListBody(items: items, nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<Nothing, Nothing, CertificateTemplateRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateTemplateBody> {
        try await context.idempotently { session in
            let body = CertificateTemplateBody(try await templates.create(input.body.design, session: session))
            return .created(body, at: "/api/v1/certificate-templates/\(body.template.id)", etag: body.etag)
        }
    }

    private func show(
        _ input: Input<CertificateTemplatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateTemplateBody> {
        reply(try await templates.fetch(input.path.certificateTemplateId, reader: context.reader))
    }

    private func update(
        _ input: Input<CertificateTemplatePath, Nothing, CertificateTemplateRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateTemplateBody> {
        let id = input.path.certificateTemplateId
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await templates.update(id, input.body.design, expecting: version, session: session)
            }
        )
    }

    private func delete(
        _ input: Input<CertificateTemplatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await templates.delete(input.path.certificateTemplateId, session: session)
        }
        return .noContent
    }

    private func preview(
        _ input: Input<CertificateTemplatePath, CertificatePreviewQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let pdf = try await templates.preview(
            input.path.certificateTemplateId,
            in: input.query.language ?? context.language,
            at: context.tenant,
            reader: context.reader
        )
        return .file(pdf, "application/pdf", name: "preview.pdf")
    }

    private func setImage(
        _ input: Input<CertificateImagePath, Nothing, CertificateImageRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateTemplateBody> {
        let path = input.path
        let version = try context.expectedVersion(of: path.certificateTemplateId)
        guard let png = input.body.png else { throw Problem(.certificateImageRefused) }
        let image = try await templates.checked(png, for: path.place, by: context.principal)
        return try await change(path, to: image, expecting: version, context)
    }

    private func removeImage(
        _ input: Input<CertificateImagePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateTemplateBody> {
        let version = try context.expectedVersion(of: input.path.certificateTemplateId)
        return try await change(input.path, to: nil, expecting: version, context)
    }

    private func change(
        _ path: CertificateImagePath,
        to image: CertificateImage?,
        expecting version: Int?,
        _ context: RequestContext
    ) async throws -> Reply<CertificateTemplateBody> {
        reply(
            try await context.transaction { session in
                try await templates.setImage(
                    image,
                    at: path.place,
                    of: path.certificateTemplateId,
                    expecting: version,
                    session: session
                )
            }
        )
    }

    private func reply(_ template: CertificateTemplate) -> Reply<CertificateTemplateBody> {
        let body = CertificateTemplateBody(template)
        return .ok(body, etag: body.etag)
    }
}
