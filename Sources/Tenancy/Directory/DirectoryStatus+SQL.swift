// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension SQL {
    /// How many served tenants lack a step, and how many spares are ready.
    package static func countTenantsBehind(version: Int) -> SQL {
        """
        SELECT count(*) FILTER (WHERE status IN ('active', 'suspended') AND schema_version < \(version)) AS behind,
            count(*) FILTER (WHERE status = 'spare' AND schema_version = \(version)) AS spares
        FROM tenants WHERE status IN ('active', 'suspended', 'spare')
        """
    }

    /// Two tenants of one shard to try escapes with, or one, or none.
    package static let samplePlacements: SQL = """
        SELECT id, cell, shard FROM tenants
        WHERE status IN ('active', 'spare') AND schema_version > 0
            AND shard = (SELECT min(shard) FROM tenants WHERE status IN ('active', 'spare') AND schema_version > 0)
        ORDER BY id
        LIMIT 2
        """

    /// The versions of the schemas that belong to no tenant, and how many connections the server gives to ordinary logins.
    package static let installationStatus: SQL = """
        SELECT (SELECT coalesce(max(version), 0)::bigint FROM control.schema_migrations) AS control,
            (SELECT coalesce(max(version), 0)::bigint FROM cell.schema_migrations) AS cell,
            current_setting('max_connections')::bigint
                - current_setting('superuser_reserved_connections')::bigint AS connections
        """
}
