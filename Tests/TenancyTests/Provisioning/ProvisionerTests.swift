// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct ProvisionerTests {
    @Test func `a spare has every step and rights on each table by name`() async throws {
        let installation = try await TestInstallation.shared
        let tenant = try await installation.provisioner.build()
        let role = RoleName(tenant, installation: installation.prefix).description
        let schema = SchemaName(tenant).description
        let rows = try await installation.administration.execute(
            """
            SELECT (SELECT schema_version::bigint FROM control.tenants WHERE id = \(tenant)) AS version,
                has_table_privilege(\(role), \(schema + ".audit_events"), 'INSERT') AS appends,
                has_table_privilege(\(role), \(schema + ".audit_events"), 'DELETE') AS deletes,
                has_schema_privilege(\(role), \(schema), 'CREATE') AS creates
            """
        )
        let row = try #require(rows.only)
        let (version, appends, deletes, creates): (Int, Bool, Bool, Bool) = try (
            row["version"], row["appends"], row["deletes"], row["creates"]
        )
        #expect(version == installation.migrations.latest)
        #expect(appends)
        #expect(!deletes)
        #expect(!creates)
    }

    @Test func `a build that was interrupted is finished by the next refill`() async throws {
        let installation = try await TestInstallation.shared
        let tenant: TenantID = IdentifierSource().next()
        try await installation.administration.execute(
            """
            INSERT INTO control.tenants (id, status, cell, shard, created_at)
            VALUES (\(tenant), 'building', 'main', 1, now() - interval '1 hour')
            """
        )
        try await installation.provisioner.refill()
        let rows = try await installation.administration.execute(
            "SELECT status FROM control.tenants WHERE id = \(tenant)"
        )
        let status: String = try #require(rows.only)["status"]
        // Another test may have claimed it in the meantime.
        #expect(["spare", "active"].contains(status))
    }

    @Test func `the provisioner cannot make or take a role that is no tenant's`() async throws {
        let installation = try await TestInstallation.shared
        for name in ["postgres", "\(LoginName.provisioner(installation.prefix))", "x_t_1; DROP ROLE postgres"] {
            await #expect(throws: AdministrationFailure.self) {
                try await installation.administration.execute(
                    "SELECT lms_roles.create_tenant_role(\(name), 0)"
                )
            }
        }
        await #expect(throws: AdministrationFailure.self) {
            try await installation.administration.run("CREATE ROLE escape")
        }
    }
}
