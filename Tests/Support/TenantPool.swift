// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
public import LMSTenancy

/// Lends tenants to tests, each to one test at a time, and empties them between two: an empty schema costs 60 ms to build and
/// a few to empty.
actor TenantPool {
    private let provisioner: Provisioner
    private let administration: TenantAdministration
    private let emptying: any DatabaseAdministration
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

    func giveBack(_ tenant: Tenant) async throws {
        try await emptying.run(.emptySchema(tenant.placement.schema, tables: try await tables(of: tenant)))
        let changed = try await control.write([.resetSettings(of: tenant.id)], scope: .control)
        if changed.first?.isEmpty == false { directory.forget(tenant.id) }
        try await emptying.execute("DELETE FROM control.audit_anchors WHERE tenant_id = \(tenant.id)")
        let role = tenant.placement.role.description
        try await emptying.execute("DELETE FROM cell.jobs WHERE tenant_role = \(role)")
        free.append(tenant)
    }

    private func tables(of tenant: Tenant) async throws -> [String] {
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
    /// What the last test chose must not be the next one's.
    fileprivate static func resetSettings(of tenant: TenantID) -> SQL {
        "UPDATE tenants SET settings = '{}' WHERE id = \(tenant) AND settings ? 'revision' RETURNING id"
    }
}

extension Script {
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

    /// The tenant's identifier.
    public var id: TenantID { tenant.id }

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
