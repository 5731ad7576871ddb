// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Badges, and what it takes to check them: who issued them and which are revoked.
struct BadgeRoutes: Sendable {
    let certificates: Certificates

    var routes: [Route] { badges + published }

    private var badges: [Route] {
        [
            Route(
                .get,
                "/api/v1/certificates/{certificateId}/badge",
                "Download the badge of a certificate, with all that it takes to check it offline",
                access: .signedIn,
                problems: CertificateError.badgeProblems,
                handler: bundle
            ),
            Route(
                .get,
                "/api/v1/certificates/{certificateId}/badge.jwt",
                "Download the badge of a certificate by itself",
                access: .signedIn,
                problems: CertificateError.badgeProblems,
                handler: token
            ),
            Route(
                .get,
                "/api/v1/certificates/{certificateId}/badge.svg",
                "Download the badge of a certificate as a picture that holds it, to be scaled",
                access: .signedIn,
                problems: CertificateError.badgeProblems,
                handler: svg
            ),
            Route(
                .get,
                "/api/v1/certificates/{certificateId}/badge.png",
                "Download the badge of a certificate as a picture that holds it",
                access: .signedIn,
                problems: CertificateError.badgeProblems + [.certificatesNotBuilt, .unavailable],
                rate: .expensive,
                handler: png
            ),
            Route(
                .get,
                "/api/v1/certificates/issuer-archive",
                "Download what must stay readable of all badges when the organization is gone",
                access: .permission(.certificateManage),
                problems: [.certificateNotFound, .badgesNotBuilt],
                rate: .expensive,
                handler: archive
            ),
        ]
    }

    private var published: [Route] {
        [
            Route(
                .get,
                "/.well-known/did.json",
                "Who issues this organization's badges, if it is named after this address",
                access: .anonymous,
                problems: [.certificateNotFound],
                caching: .shared(seconds: 60),
                handler: document
            ),
            Route(
                .get,
                "/api/v1/certificates/status-lists/{listNumber}",
                "Which of 131,072 badges are revoked, signed",
                access: .anonymous,
                problems: [.certificateNotFound, .badgesNotBuilt],
                handler: statusList
            ),
        ]
    }

    private func bundle(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<BadgeBundleBody> {
        .ok(BadgeBundleBody(bundle: try await badge(input, context), organization: context.tenant.name))
    }

    private func token(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let badge = try await badge(input, context)
        // Open Badges 3.0 §5.2 asks for this type.
        return .file(Array(badge.credential.utf8), "text/plain", name: "badge-\(badge.certificate.number).jwt")
    }

    private func svg(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let svg = try await certificates.svg(
            of: input.path.certificateId,
            at: context.tenant,
            reader: context.reader
        )
        return .file(Array(svg.utf8), "image/svg+xml", name: "badge-\(input.path.certificateId).svg")
    }

    private func png(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let png = try await certificates.png(
            of: input.path.certificateId,
            at: context.tenant,
            reader: context.reader
        )
        return .file(png, "image/png", name: "badge-\(input.path.certificateId).png")
    }

    private func archive(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<IssuerArchiveBody> {
        .ok(IssuerArchiveBody(archive: try await certificates.archive(reader: context.reader)))
    }

    private func document(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<IssuerDocumentBody> {
        let document = try await certificates.issuer(reader: context.reader)
        // Whoever has this address may be another one than whose badges name it.
        guard !document.isOnPlatform else { throw CertificateError.notFound }
        return .ok(IssuerDocumentBody(document: document))
    }

    private func statusList(
        _ input: Input<StatusListPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let list = try await certificates.statusList(input.path.listNumber, reader: context.reader)
        return .ok(Content(mediaType: "application/vc+jwt", bytes: Array(list.utf8)))
    }

    private func badge(
        _ input: Input<CertificatePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> BadgeBundle {
        try await certificates.badge(of: input.path.certificateId, at: context.tenant, reader: context.reader)
    }
}
