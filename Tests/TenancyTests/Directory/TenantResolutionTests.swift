// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct TenantResolutionTests {
    @Test func `a subdomain, a verified domain and a header find the tenant`() async throws {
        try await withTenant { tenant in
            let resolution = tenant.resolution
            let slug = tenant.tenant.slug.description
            let domain = "\(slug).school.example"
            try await tenant.installation.tenantAdministration.setDomains([domain], of: tenant.id)
            #expect(try await resolution.resolve(host: "\(slug).localhost", header: nil).id == tenant.id)
            #expect(try await resolution.resolve(host: "\(slug.uppercased()).LOCALHOST", header: nil).id == tenant.id)
            #expect(try await resolution.resolve(host: domain, header: nil).id == tenant.id)
            #expect(try await resolution.resolve(host: "localhost", header: slug).id == tenant.id)
            #expect(try await resolution.resolve(host: "127.0.0.1", header: tenant.id.description).id == tenant.id)
            #expect(try await resolution.resolve(host: "\(slug).localhost", header: slug).id == tenant.id)
        }
    }

    @Test func `a host and a header that disagree are refused`() async throws {
        try await withTwoTenants { first, second in
            await #expect(throws: TenantResolutionError.mismatch) {
                try await first.resolution.resolve(
                    host: "\(first.tenant.slug).localhost",
                    header: second.tenant.slug.description
                )
            }
        }
    }

    @Test(
        arguments: [
            ("nobody.localhost", nil), ("example.net", nil), ("localhost", "nobody"), ("a.b.localhost", nil),
            ("localhost", "018f0000-0000-7000-8000-000000000000"), ("localhost", "'; DROP SCHEMA control"),
        ] as [(String, String?)]
    )
    func `a name that was never given is unknown`(host: String, header: String?) async throws {
        try await withTenant { tenant in
            await #expect(throws: TenantResolutionError.unknown) {
                try await tenant.resolution.resolve(host: host, header: header)
            }
        }
    }

    @Test func `the base domain alone names no tenant`() async throws {
        try await withTenant { tenant in
            await #expect(throws: TenantResolutionError.unnamed) {
                try await tenant.resolution.resolve(host: "localhost", header: nil)
            }
        }
    }

    @Test func `a suspended tenant is refused, a resumed one served, a deleted one gone`() async throws {
        try await withTenant { tenant in
            let administration = tenant.installation.tenantAdministration
            let host = "\(tenant.tenant.slug).localhost"
            try await administration.suspend(tenant.id)
            await #expect(throws: TenantResolutionError.suspended) {
                try await tenant.resolution.resolve(host: host, header: nil)
            }
            try await administration.delete(tenant.id)
            await #expect(throws: TenantResolutionError.deleted) {
                try await tenant.resolution.resolve(host: host, header: nil)
            }
            try await administration.resume(tenant.id)
            #expect(try await tenant.resolution.resolve(host: host, header: nil).id == tenant.id)
        }
    }
}

extension TestTenant {
    /// With a directory of its own, which knows nothing yet.
    fileprivate var resolution: TenantResolution {
        TenantResolution(
            directory: Directory(control: installation.control, installation: installation.prefix, timeToLive: .zero),
            baseDomains: ["localhost"]
        )
    }
}
