// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension SQL {
    static func claimTenantBehind(version: Int) -> SQL {
        """
        UPDATE control.tenants SET migration_lease_until = now() + interval '2 minutes'
        WHERE id = (
            SELECT id FROM control.tenants
            WHERE schema_version < \(version) AND status IN ('spare', 'active', 'suspended', 'deleted')
                AND (migration_lease_until IS NULL OR migration_lease_until < now())
            ORDER BY coalesce((settings ->> 'canary')::boolean, false) DESC, id
            FOR NO KEY UPDATE SKIP LOCKED
            LIMIT 1
        )
        RETURNING id, cell
        """
    }

    static func markMigrated(_ tenant: TenantID, version: Int) -> SQL {
        """
        UPDATE control.tenants
        SET schema_version = \(version)::integer, migration_lease_until = NULL, migration_failure = NULL
        WHERE id = \(tenant)
        """
    }

    static func postponeMigration(_ tenant: TenantID, seconds: Int, failure: String?) -> SQL {
        """
        UPDATE control.tenants
        SET migration_lease_until = now() + make_interval(secs => \(seconds)), migration_failure = \(failure)
        WHERE id = \(tenant)
        """
    }

    static func migrationStatus(latest: Int) -> SQL {
        """
        SELECT schema_version::bigint AS version, count(*) AS tenants, count(migration_failure) AS failed,
            schema_version = \(latest) AS is_latest
        FROM control.tenants
        WHERE status IN ('spare', 'active', 'suspended', 'deleted')
        GROUP BY schema_version
        ORDER BY schema_version
        """
    }
}
