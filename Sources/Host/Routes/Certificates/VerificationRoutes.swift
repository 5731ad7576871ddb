// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Tell anybody who is shown a certificate what it is worth.
struct VerificationRoutes: Sendable {
    let certificates: Certificates

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/certificates/verify/{certificateNumber}",
                "Check a certificate by its number",
                access: .anonymous,
                problems: [.certificateNotFound],
                rate: .auth,
                handler: check
            ),
            Route(
                .get,
                "/verify/{certificateNumber}",
                "Check a certificate by its number, on a page",
                access: .anonymous,
                problems: [.certificateNotFound],
                rate: .auth,
                handler: page
            ),
        ]
    }

    private func check(
        _ input: Input<CertificateNumberPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CheckedCertificateBody> {
        let checked = try await certificates.check(input.path.certificateNumber, reader: context.reader)
        return .ok(CheckedCertificateBody(checked, organization: context.tenant.name))
    }

    private func page(
        _ input: Input<CertificateNumberPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        do {
            let checked = try await certificates.check(input.path.certificateNumber, reader: context.reader)
            return reply(.ok, VerificationPage(checked, context))
        } catch CertificateError.notFound {
            return reply(.notFound, VerificationPage(nil, context))
        }
    }

    private func reply(_ status: HTTPStatus, _ page: VerificationPage) -> Reply<Content> {
        var reply = Reply(status, Content(mediaType: "text/html; charset=utf-8", bytes: Array(page.html.utf8)))
        var fields = HTTPFields()
        fields.append("content-security-policy", VerificationPage.policy)
        fields.append("referrer-policy", "no-referrer")
        fields.append("x-robots-tag", "noindex")
        reply.fields = fields
        return reply
    }
}
