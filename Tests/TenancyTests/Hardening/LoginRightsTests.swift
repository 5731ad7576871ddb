// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

/// What the logins of an installation may not do, tried on live connections.
@Suite struct LoginRightsTests {
    /// What would let a login out of its installation, or onto the machine.
    static let wayOut: [SQL] = [
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "ALTER ROLE CURRENT_USER CREATEROLE",
        "ALTER SYSTEM SET log_statement = 'all'",
        "CREATE DATABASE way_out",
        "CREATE ROLE way_out",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/way-out'",
        "CREATE TEMPORARY TABLE way_out (id integer)",
        "CREATE TABLE public.way_out (id integer)",
        "GRANT pg_execute_server_program TO CURRENT_USER",
        "GRANT pg_read_all_data TO CURRENT_USER",
        "SELECT lo_create(0)",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
        "SELECT subconninfo FROM pg_subscription",
    ]

    /// What only the provisioner may do.
    static let provisioning: [SQL] = [
        "DO 'BEGIN NULL; END'",
        "CREATE SCHEMA way_out",
        "SELECT lms_roles.create_tenant_role('x_t_aaaaaaaaaaaaaaaaaaaaaaaaaa', 0)",
        "SELECT lms_roles.drop_tenant_role('x_t_aaaaaaaaaaaaaaaaaaaaaaaaaa')",
        "SELECT pg_try_advisory_lock(1)",
    ]

    private func expectDenied(_ statements: [SQL], to login: (InstallationPrefix) -> LoginName) async throws {
        let installation = try await TestInstallation.shared
        let connection = try await installation.connect(as: login(installation.prefix))
        for statement in statements {
            let failure = await #expect(throws: AdministrationFailure.self, "\(statement.text)") {
                _ = try await connection.execute(statement)
            }
            #expect(failure?.error == .permissionDenied, "\(statement.text)")
        }
    }

    @Test func `the provisioner has no way out of its installation`() async throws {
        try await expectDenied(
            Self.wayOut + [
                "SELECT lms_roles.create_tenant_role('postgres', 0)",
                "SELECT lms_roles.create_tenant_role('pg_execute_server_program', 0)",
                "SELECT lms_roles.drop_tenant_role('postgres')",
                "SELECT set_config('role', 'postgres', false)",
            ],
            to: LoginName.provisioner
        )
    }

    @Test func `a serving login can neither provision nor read the directory`() async throws {
        try await expectDenied(
            Self.wayOut + Self.provisioning + [
                "SELECT * FROM control.tenants", "SELECT set_config('role', 'postgres', false)",
            ],
            to: { LoginName.shard(0, $0) }
        )
    }

    @Test func `a serving login takes the role of no other login`() async throws {
        let installation = try await TestInstallation.shared
        let connection = try await installation.connect(as: .shard(0, installation.prefix))
        for login in [LoginName.provisioner(installation.prefix), .shard(1, installation.prefix)] {
            let failure = await #expect(throws: AdministrationFailure.self) {
                _ = try await connection.execute("SELECT set_config('role', \(login.description), false)")
            }
            #expect(failure?.error == .permissionDenied)
        }
    }

    @Test func `the directory's login can neither provision nor enter a tenant`() async throws {
        try await expectDenied(Self.wayOut + Self.provisioning, to: LoginName.directory)
        try await withTenant { tenant in
            let placement = tenant.tenant.placement
            let connection = try await tenant.installation.connect(as: .directory(tenant.installation.prefix))
            let role = await #expect(throws: AdministrationFailure.self) {
                _ = try await connection.execute("SELECT set_config('role', \(placement.role.description), false)")
            }
            #expect(role?.error == .permissionDenied)
            let rows = try await connection.execute(
                "SELECT NOT has_schema_privilege(\(placement.schema.description), 'USAGE')"
            )
            let isKeptOut: Bool = try #require(rows.only)[0]
            #expect(isKeptOut)
        }
    }
}
