// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct TenantAdministrationTests {
    @Test func `a slug is given once`() async throws {
        try await withTenant { tenant in
            let administration = tenant.installation.tenantAdministration
            try await tenant.installation.provisioner.build()
            await #expect(throws: TenantAdministrationError.slugTaken(tenant.tenant.slug)) {
                try await administration.create(slug: tenant.tenant.slug, name: "Again")
            }
        }
    }

    @Test func `signing up twice with one request key makes one tenant`() async throws {
        let installation = try await TestInstallation.shared
        let slug = try #require(TenantSlug("repeated"))
        try await installation.provisioner.build()
        let administration = installation.tenantAdministration
        let first = try await administration.create(slug: slug, name: "Repeated", requestKey: "key-1")
        try await installation.provisioner.build()
        let second = try await administration.create(slug: slug, name: "Repeated", requestKey: "key-1")
        #expect(first.id == second.id)
    }

    @Test func `of many sign-ups at once each gets a tenant of its own`() async throws {
        let installation = try await TestInstallation.shared
        for _ in 0..<8 { try await installation.provisioner.build() }
        let ids = try await withThrowingTaskGroup(of: TenantID.self) { group in
            for index in 0..<8 {
                group.addTask {
                    guard let slug = TenantSlug("parallel-\(index)") else { throw DatabaseError.unavailable }
                    return try await installation.tenantAdministration.create(slug: slug, name: "Parallel").id
                }
            }
            return try await group.reduce(into: Set<TenantID>()) { $0.insert($1) }
        }
        #expect(ids.count == 8)
    }

    @Test func `another tenant's domain is not taken over`() async throws {
        try await withTwoTenants { first, second in
            let administration = first.installation.tenantAdministration
            let domain = "\(first.tenant.slug).taken.example"
            try await administration.setDomains([domain], of: first.id)
            await #expect(throws: TenantAdministrationError.domainTaken) {
                try await administration.setDomains([domain], of: second.id)
            }
            try await administration.setDomains([], of: first.id)
        }
    }

    @Test func `an update that changes nothing says so`() async throws {
        try await withTenant { tenant in
            let administration = tenant.installation.tenantAdministration
            var settings = TenantSettings()
            settings.locale = "ar"
            let slug = tenant.tenant.slug
            let first = try await administration.update(tenant.id, slug: slug, name: "مدرسة", settings: settings)
            let second = try await administration.update(tenant.id, slug: slug, name: "مدرسة", settings: settings)
            #expect(first)
            #expect(!second)
        }
    }
}
