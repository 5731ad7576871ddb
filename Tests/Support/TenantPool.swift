// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
public import LMSTenancy

/// Lends tenants to tests, each to one test at a time, and empties them between two: an empty schema costs 60 ms to build and
/// a few to empty.
actor TenantPool {
    private let provisioner: Provisioner
    private let administration: TenantAdministration
    let emptying: any DatabaseAdministration
    private let control: any Database
    private let directory: Directory
    private var free: [Tenant] = []
    private var made = 0

    init(
        provisioner: Provisioner,
        administration: TenantAdministration,
        emptying: any DatabaseAdministration,
        control: any Database,
        directory: Directory
    ) {
        self.control = control
        self.directory = directory
        self.provisioner = provisioner
        self.administration = administration
        self.emptying = emptying
    }

    func take() async throws -> Tenant {
        if let tenant = free.popLast() { return tenant }
        made += 1
        guard let slug = TenantSlug("t\(made)-test") else { throw DatabaseError.unavailable }
        // Another test may claim the spare that was built for this one.
        for _ in 0..<20 {
            try await provisioner.build()
            do {
                return try await administration.create(slug: slug, name: "Tenant \(slug)")
            } catch TenantAdministrationError.noSpare {
                continue
            }
        }
        throw TenantAdministrationError.noSpare
    }

    /// Takes what is queued for a tenant from the workers of other tests' hosts, which serve the whole cell, and waits for those at it.
    ///
    /// Who finds its lane gone rolls back; who noted already that it is done holds the row of the delivery until it committed.
    func settle(_ tenant: Tenant) async throws {
        let role = tenant.placement.role.description
        for statement: SQL in [
            "UPDATE cell.outbox SET relayed_at = now() WHERE tenant_role = \(role) AND relayed_at IS NULL",
            "DELETE FROM cell.event_lanes WHERE tenant_role = \(role)",
            """
            UPDATE cell.event_deliveries SET done_at = now()
            WHERE tenant_role = \(role) AND done_at IS NULL AND dead_at IS NULL
            """,
            "DELETE FROM cell.jobs WHERE tenant_role = \(role) AND state IN ('ready', 'running')",
        ] {
            try await emptying.execute(statement)
        }
    }

    func giveBack(_ tenant: Tenant) async throws {
        try await settle(tenant)
        try await emptying.run(.unwatch(tenant.placement.schema))
        try await emptying.run(.emptySchema(tenant.placement.schema, tables: try await tables(of: tenant)))
        let changed = try await control.write([.reset(tenant), .deleteDomains(of: tenant)], scope: .control)
        if changed.contains(where: { !$0.isEmpty }) { directory.forget(tenant.id) }
        try await emptying.execute("DELETE FROM control.audit_anchors WHERE tenant_id = \(tenant.id)")
        try await emptying.execute("DELETE FROM cell.issuer_archives WHERE tenant_id = \(tenant.id)")
        let role = tenant.placement.role.description
        for statement: SQL in [
            "DELETE FROM cell.jobs WHERE tenant_role = \(role)",
            "DELETE FROM cell.job_breakers WHERE tenant_role = \(role)",
            "DELETE FROM cell.job_schedules WHERE tenant_role = \(role)",
        ] {
            try await emptying.execute(statement)
        }
        try await emptying.execute("DELETE FROM cell.outbox WHERE tenant_role = \(role)")
        try await emptying.execute("DELETE FROM cell.event_lanes WHERE tenant_role = \(role)")
        free.append(tenant)
    }

    func tables(of tenant: Tenant) async throws -> [String] {
        let schema = tenant.placement.schema.description
        return try await emptying.execute(
            """
            SELECT relname::text AS name FROM pg_class
            WHERE relnamespace = to_regnamespace(\(schema)) AND relkind = 'r'
            """
        ).map { try $0["name"] }
    }
}

extension SQL {
    fileprivate static func deleteDomains(of tenant: Tenant) -> SQL {
        "DELETE FROM domains WHERE tenant_id = \(tenant.id) RETURNING tenant_id"
    }

    /// What the last test chose must not be the next one's.
    fileprivate static func reset(_ tenant: Tenant) -> SQL {
        """
        UPDATE tenants SET settings = '{}', name = \(tenant.name)
        WHERE id = \(tenant.id) AND (settings ? 'revision' OR name <> \(tenant.name)) RETURNING id
        """
    }
}

extension Script {
    /// Takes the triggers of `watchRows` away, if there are any.
    fileprivate static func unwatch(_ schema: SchemaName) -> Script {
        "DROP FUNCTION IF EXISTS watch.note_\(schema)() CASCADE"
    }

    /// Deletes in any order and whatever the triggers say, which a superuser may.
    ///
    /// TRUNCATE makes each file of each table and index anew, which for tables of a few rows takes a hundred times as long.
    fileprivate static func emptySchema(_ schema: SchemaName, tables: [String]) -> Script {
        let deletions = Script.joining(tables.map { "DELETE FROM \(identifiers: [$0]);" })
        return """
            BEGIN;
            SET LOCAL search_path TO \(schema);
            SET LOCAL session_replication_role = replica;
            \(deletions)
            COMMIT;
            """
    }
}

/// A tenant of a test's own, with no rows.
public struct TestTenant: Sendable {
    /// The tenant.
    public let tenant: Tenant
    /// Runs transactions on it.
    public let tenants: Tenants
    /// The installation that it belongs to.
    public let installation: TestInstallation

    /// A tenant that the test made itself, and which nobody is lent afterwards.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - installation: The installation that it belongs to.
    public init(own tenant: Tenant, in installation: TestInstallation) {
        self.init(tenant: tenant, tenants: installation.tenants, installation: installation)
    }

    init(tenant: Tenant, tenants: Tenants, installation: TestInstallation) {
        self.tenant = tenant
        self.tenants = tenants
        self.installation = installation
    }

    /// The tenant's identifier.
    public var id: TenantID { tenant.id }

    /// Leaves workers of other tests nothing of the tenant to do: what changes from now on, the test's own requests have changed.
    ///
    /// - Throws: If the database refused it.
    public func settle() async throws { try await installation.pool.settle(tenant) }

    /// Has the planner know what tables hold now, rather than when PostgreSQL last looked by itself.
    ///
    /// - Parameter tables: Their names.
    /// - Throws: If the database refused it.
    public func analyze(_ tables: String...) async throws {
        for table in tables {
            try await installation.pool.emptying.run("ANALYZE \(tenant.placement.schema).\(identifiers: [table])")
        }
    }

    /// Runs a transaction in the tenant.
    ///
    /// - Parameters:
    ///   - principal: Who acts; the platform itself if nothing else is said.
    ///   - body: The statements.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` threw.
    @discardableResult
    public func transaction<Result: Sendable>(
        as principal: Principal = .test,
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        try await tenants.transaction(for: id, as: principal, body)
    }

    /// Reads the tenant's data.
    ///
    /// - Parameter principal: Who reads; the platform itself if nothing else is said.
    /// - Returns: A reader.
    public func reader(as principal: Principal = .test) -> TenantReader {
        tenants.reader(for: id, as: principal)
    }
}

extension Principal {
    /// The platform itself, for what a test sets up.
    public static let test = Principal(.system("test"), grants: Grants())
}

/// Lends a test an empty tenant.
///
/// - Parameter body: The test.
/// - Returns: What `body` returned.
/// - Throws: What `body` threw.
@discardableResult
public func withTenant<Result: Sendable>(_ body: (TestTenant) async throws -> Result) async throws -> Result {
    let installation = try await TestInstallation.shared
    let tenant = try await installation.pool.take()
    let result: Result
    do {
        result = try await body(TestTenant(tenant: tenant, tenants: installation.tenants, installation: installation))
    } catch {
        try await installation.pool.giveBack(tenant)
        throw error
    }
    try await installation.pool.giveBack(tenant)
    return result
}

/// Lends a test two empty tenants, for what must not pass from one to the other.
///
/// - Parameter body: The test.
/// - Returns: What `body` returned.
/// - Throws: What `body` threw.
@discardableResult
public func withTwoTenants<Result: Sendable>(
    _ body: (TestTenant, TestTenant) async throws -> Result
) async throws -> Result {
    try await withTenant { first in
        try await withTenant { second in
            try await body(first, second)
        }
    }
}
