// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension IsolationEscape {
    /// The statement that tries it, or `nil` if it needs a second tenant and there is none.
    ///
    /// A statement either fails for lack of a right or, where it asks the catalog, answers `is_safe`.
    func statement(from tenant: TenantPlacement, to other: TenantPlacement?) -> SQL? {
        switch self {
        case .changesRoleInStatement:
            "SELECT set_config('role', \(other?.role.description ?? "none"), true), query_to_xml('SELECT 1', true, true, '')"
        case .changesSearchPath: "SELECT set_config('search_path', 'pg_catalog', true)"
        case .runsProceduralCode: "DO $$ BEGIN PERFORM 1; END $$"
        case .makesTemporaryTable: "CREATE TEMPORARY TABLE escape (id integer)"
        case .makesLargeObject: "SELECT lo_create(0)"
        case .takesAdvisoryLock: "SELECT pg_try_advisory_xact_lock(1)"
        case .makesTable: "CREATE TABLE escape (id integer)"
        case .readsOtherTenant:
            other.map { other in
                "SELECT NOT has_schema_privilege(\(other.schema.description), 'USAGE') AS is_safe"
            }
        case .readsDirectory: "SELECT count(*) FROM control.tenants"
        case .readsServerFile: "SELECT pg_read_file('PG_VERSION')"
        case .readsTenantWithoutRole:
            "SELECT NOT has_schema_privilege(\(tenant.schema.description), 'USAGE') AS is_safe"
        case .hasPowerfulLogin:
            """
            SELECT NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolinherit
                OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)) AS is_safe
            FROM pg_roles WHERE rolname = session_user
            """
        }
    }
}
