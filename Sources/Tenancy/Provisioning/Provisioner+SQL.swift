// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension SQL {
    static func countSpares(version: Int) -> SQL {
        "SELECT count(*) AS count FROM control.tenants WHERE status = 'spare' AND schema_version = \(version)"
    }

    /// Puts a new tenant on the emptiest shard that has room; no row if none has.
    static func reserveTenant(_ tenant: TenantID, cell: CellID, shards: Int, capacity: Int) -> SQL {
        """
        INSERT INTO control.tenants (id, status, cell, shard)
        SELECT \(tenant), 'building', \(cell), candidate.shard
        FROM (
            SELECT s.shard, count(t.id) AS held
            FROM generate_series(0, \(shards)::integer - 1) AS s (shard)
            LEFT JOIN control.tenants AS t ON t.cell = \(cell) AND t.shard = s.shard AND t.status <> 'purged'
            GROUP BY s.shard
        ) AS candidate
        WHERE candidate.held < \(capacity)
        ORDER BY candidate.held, candidate.shard
        LIMIT 1
        RETURNING shard
        """
    }

    /// Younger ones may still be under way in another provisioner.
    static let interruptedBuilds: SQL = """
        SELECT id, cell, shard FROM control.tenants
        WHERE status = 'building' AND created_at < now() - interval '2 minutes'
        ORDER BY id
        """

    static func markSpare(_ tenant: TenantID, version: Int) -> SQL {
        """
        UPDATE control.tenants SET status = 'spare', schema_version = \(version)::integer
        WHERE id = \(tenant) AND status = 'building'
        """
    }

    static func markForPurge(graceInDays: Int) -> SQL {
        """
        UPDATE control.tenants SET status = 'purging', slug = NULL, name = NULL, settings = '{}'
        WHERE status = 'purging'
            OR (status = 'deleted' AND deleted_at <= now() - make_interval(days => \(graceInDays)::integer))
        RETURNING id, cell
        """
    }

    static func markPurged(_ tenant: TenantID) -> SQL {
        "UPDATE control.tenants SET status = 'purged' WHERE id = \(tenant) AND status = 'purging'"
    }
}
