// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Issue certificates, take them back and give them out.
struct CertificateRoutes: Sendable {
    let certificates: Certificates

    var routes: [Route] { lists + single + acts + rules }

    private var lists: [Route] {
        [
            Route(
                .get,
                "/api/v1/certificates/mine",
                "List my certificates",
                access: .signedIn,
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: mine
            ),
            Route(
                .get,
                "/api/v1/certificates",
                "List the organization's certificates",
                access: .permission(.certificateManage),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: all
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/certificates",
                "List a course's certificates",
                access: .permission(.enrollmentRead),
                problems: [.courseNotFound, .invalidCursor],
                caching: .revalidated,
                handler: ofCourse
            ),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get,
                "/api/v1/certificates/{certificateId}",
                "Show a certificate",
                access: .signedIn,
                problems: [.certificateNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .get,
                "/api/v1/certificates/{certificateId}/pdf",
                "Download a certificate",
                access: .signedIn,
                problems: [
                    .certificateNotFound, .certificateRevoked, .certificateNotReady, .certificatesNotBuilt,
                    .unavailable,
                ],
                handler: pdf
            ),
        ]
    }

    private var acts: [Route] {
        [
            Route(
                .post,
                "/api/v1/enrollments/{enrollmentId}/certificate",
                "Get the certificate of my enrollment, which I earned",
                access: .signedIn,
                problems: CertificateError.issuingProblems + [
                    .certificateNotEarned, .certificateNotOffered, .certificateNotCurrent,
                ],
                handler: request
            ),
            Route(
                .post,
                "/api/v1/certificates",
                "Award a certificate to somebody, for a reason",
                access: .permission(.certificateManage),
                status: .created,
                problems: CertificateError.issuingProblems + [.certificateExists],
                idempotency: .accepted,
                handler: award
            ),
            Route(
                .post,
                "/api/v1/certificates/{certificateId}/reissue",
                "Issue a corrected certificate in place of one, for a reason",
                access: .permission(.certificateManage),
                status: .created,
                problems: [.certificateNotFound, .certificateNotCurrent, .enrollmentClosed, .paymentNeeded],
                idempotency: .accepted,
                handler: reissue
            ),
            Route(
                .post,
                "/api/v1/certificates/{certificateId}/renew",
                "Issue the successor of a certificate that expires",
                access: .permission(.certificateManage),
                status: .created,
                problems: [.certificateNotFound, .certificateNotCurrent, .enrollmentClosed, .paymentNeeded],
                idempotency: .accepted,
                handler: renew
            ),
            Route(
                .post,
                "/api/v1/certificates/{certificateId}/revoke",
                "Revoke a certificate, for a reason",
                access: .permission(.certificateManage),
                problems: [.certificateNotFound, .preconditionFailed],
                handler: revoke
            ),
        ]
    }

    private var rules: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/certificate-rule",
                "Show what a course asks for before it gives a certificate",
                access: .permission(.courseRead),
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: rule
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/certificate-rule",
                "Change what a course asks for before it gives a certificate",
                access: .permission(.courseUpdate),
                problems: [.courseNotFound, .certificateTemplateNotFound, .preconditionFailed],
                handler: setRule
            ),
        ]
    }

    private func mine(
        _ input: Input<Nothing, CertificateListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CertificateBody>> {
        guard let user = context.principal.user else { return .ok(ListBody(items: [], nextCursor: nil)) }
        return reply(
            try await certificates.list(
                of: user,
                after: try context.position(input.query.cursor),
                limit: input.query.limit,
                reader: context.reader
            ),
            context
        )
    }

    private func all(
        _ input: Input<Nothing, TenantCertificateListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CertificateBody>> {
        guard context.principal.may(.certificateManage, on: .foreign) else { throw Problem(.forbidden) }
        return reply(
            try await certificates.list(
                of: input.query.user,
                after: try context.position(input.query.cursor),
                limit: input.query.limit,
                reader: context.reader
            ),
            context
        )
    }

    private func ofCourse(
        _ input: Input<CoursePath, CertificateListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CertificateBody>> {
        reply(
            try await certificates.list(
                in: input.path.courseId,
                after: try context.position(input.query.cursor),
                limit: input.query.limit,
                reader: context.reader
            ),
            context
        )
    }

    private func show(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateBody> {
        reply(try await certificates.fetch(input.path.certificateId, reader: context.reader), context)
    }

    private func pdf(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let id = input.path.certificateId
        do {
            let (certificate, bytes) = try await certificates.pdf(of: id, reader: context.reader)
            return .file(bytes, "application/pdf", name: "certificate-\(certificate.number).pdf")
        } catch CertificateError.notPrepared {
            // Its job may have been given up, for want of fonts for instance.
            try await certificates.draw(id, of: context.tenant.id, tenants: context.tenants)
            throw CertificateError.notPrepared
        }
    }

    private func request(
        _ input: Input<EnrollmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateBody> {
        let (certificate, isNew) = try await context.transaction { session in
            try await certificates.request(input.path.enrollmentId, session: session)
        }
        return isNew ? created(certificate, context) : reply(certificate, context)
    }

    private func award(
        _ input: Input<Nothing, Nothing, CertificateAwardRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateBody> {
        try await context.idempotently { session in
            let body = input.body
            return created(
                try await certificates.award(body.enrollment, because: body.reason, session: session),
                context
            )
        }
    }

    private func reissue(
        _ input: Input<CertificatePath, Nothing, CertificateReissueRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateBody> {
        try await context.idempotently { session in
            let (id, reason) = (input.path.certificateId, input.body.reason)
            return created(try await certificates.reissue(id, because: reason, session: session), context)
        }
    }

    private func renew(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateBody> {
        try await context.idempotently { session in
            created(try await certificates.renew(input.path.certificateId, session: session), context)
        }
    }

    private func revoke(
        _ input: Input<CertificatePath, Nothing, CertificateRevocationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateBody> {
        let id = input.path.certificateId
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await certificates.revoke(
                    id,
                    because: input.body.reason,
                    note: input.body.note,
                    expecting: version,
                    session: session
                )
            },
            context
        )
    }

    private func rule(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateRuleBody> {
        let body = CertificateRuleBody(
            rule: try await certificates.rule(of: input.path.courseId, reader: context.reader)
        )
        return .ok(body, etag: body.etag)
    }

    private func setRule(
        _ input: Input<CoursePath, Nothing, CertificateRuleRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CertificateRuleBody> {
        let course = input.path.courseId
        let version = try context.expectedVersion(of: course)
        let body = CertificateRuleBody(
            rule: try await context.transaction { session in
                try await certificates.setRule(input.body.rule, of: course, expecting: version, session: session)
            }
        )
        return .ok(body, etag: body.etag)
    }

    private func body(_ certificate: Certificate, _ context: RequestContext) -> CertificateBody {
        CertificateBody(
            certificate,
            verificationURL: certificates.verificationURL(of: certificate, at: context.tenant),
            isForManagers: context.principal.may(.certificateManage, on: .foreign),
            at: context.clock.now()
        )
    }

    private func reply(_ certificate: Certificate, _ context: RequestContext) -> Reply<CertificateBody> {
        let body = body(certificate, context)
        return .ok(body, etag: body.etag)
    }

    private func created(_ certificate: Certificate, _ context: RequestContext) -> Reply<CertificateBody> {
        let body = body(certificate, context)
        return .created(body, at: "/api/v1/certificates/\(certificate.id)", etag: body.etag)
    }

    private func reply(_ page: Page<Certificate>, _ context: RequestContext) -> Reply<ListBody<CertificateBody>> {
        .ok(ListBody(items: page.items.map { body($0, context) }, nextCursor: context.cursor(page.next)))
    }
}

extension Reply where Body == Content {
    /// 200, a file that is saved.
    static func file(_ bytes: [UInt8], _ mediaType: String, name: String) -> Reply {
        var reply = Reply.ok(Content(mediaType: mediaType, bytes: bytes))
        var fields = HTTPFields()
        fields.append("content-security-policy", "default-src 'none'; sandbox")
        fields.append("content-disposition", "attachment; filename=\"\(name)\"")
        reply.fields = fields
        return reply
    }
}
