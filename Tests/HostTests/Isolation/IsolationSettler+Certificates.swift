// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// Makes two templates, because a list of one has no second page.
    ///
    /// - Returns: The first.
    /// - Throws: If the tenant refuses them.
    static func template(
        called name: String,
        of tenant: TestTenant,
        _ host: PlatformHost
    ) async throws -> CertificateTemplate {
        func make(_ name: String) async throws -> CertificateTemplate {
            let design = CertificateDesign(name: name, texts: [.english: CertificateWording(heading: name)])
            return try await tenant.transaction { session in
                try await host.platform.lms.certificateTemplates.create(design, session: session)
            }
        }
        _ = try await make("\(name) too")
        return try await make(name)
    }

    /// Gives the estate the certificate of its place, drawn.
    ///
    /// - Throws: If the tenant refuses it.
    func certify(_ estate: inout Estate) async throws {
        let place = try #require(Enrollment.ID(estate[.enrollment]))
        let user = try #require(User.ID(estate[.user]))
        let certificates = host.platform.lms.certificates
        let learner = Principal(.user(user), grants: BuiltInRole.student.grants)
        let certificate = try await tenant.transaction(as: learner) { session in
            try await certificates.request(place, session: session).certificate
        }
        try await certificates.prepare(certificate.id, of: tenant.tenant, tenants: tenant.tenants)
        estate.ids[.certificate] = certificate.id.description
        estate.ids[.certificateNumber] = certificate.number.description
    }
}
