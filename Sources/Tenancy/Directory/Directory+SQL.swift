// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

extension SQL {
    static func tenant(slug: TenantSlug) -> SQL {
        """
        SELECT t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        FROM tenants AS t
        WHERE t.slug = \(slug) AND t.status IN ('active', 'suspended', 'deleted')
        """
    }

    static func tenant(id: TenantID) -> SQL {
        """
        SELECT t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        FROM tenants AS t
        WHERE t.id = \(id) AND t.status IN ('active', 'suspended', 'deleted')
        """
    }

    static func tenant(domain: String) -> SQL {
        """
        SELECT t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        FROM domains AS own
        JOIN tenants AS t ON t.id = own.tenant_id
        WHERE own.domain = \(domain) AND own.verified_at IS NOT NULL AND t.status IN ('active', 'suspended', 'deleted')
        """
    }

    static func tenant(requestKey: String) -> SQL {
        """
        SELECT t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        FROM tenants AS t
        WHERE t.request_key = \(requestKey)
        """
    }

    static func tenants(after slug: String, limit: Int) -> SQL {
        """
        SELECT t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        FROM tenants AS t
        WHERE t.slug > \(slug) AND t.status IN ('active', 'suspended', 'deleted')
        ORDER BY t.slug
        LIMIT \(limit)
        """
    }

    static func tenants(after slug: String, limit: Int, status: Tenant.Status?, search: String?) -> SQL {
        """
        SELECT t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        FROM tenants AS t
        WHERE t.slug > \(slug) AND t.status IN ('active', 'suspended', 'deleted')
            AND (\(status) IS NULL OR t.status = \(status))
            AND (\(search) IS NULL OR strpos(lower(t.slug || ' ' || t.name), lower(\(search))) > 0)
        ORDER BY t.slug
        LIMIT \(limit)
        """
    }

    /// Takes the oldest spare that nobody else is taking; no row if the pool is empty.
    static func claimSpare(
        slug: TenantSlug,
        name: String,
        settings: JSONText,
        requestKey: String?,
        version: Int,
        at instant: Date
    ) -> SQL {
        """
        UPDATE tenants AS t
        SET status = 'active', slug = \(slug), name = \(name), settings = \(settings), request_key = \(requestKey),
            claimed_at = \(instant)
        WHERE t.id = (
            SELECT id FROM tenants WHERE status = 'spare' AND schema_version = \(version)
            ORDER BY id
            FOR UPDATE SKIP LOCKED
            LIMIT 1
        )
        RETURNING t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at, '{}'::text[] AS domains
        """
    }

    static func changeStatus(of tenant: TenantID, from: [Tenant.Status], to status: Tenant.Status, at instant: Date)
        -> SQL
    {
        """
        UPDATE tenants SET status = \(status), deleted_at = CASE WHEN \(status) = 'deleted' THEN \(instant) END
        WHERE id = \(tenant) AND status = ANY(\(from))
        RETURNING id
        """
    }

    /// Declares a tenant anew; what the tenant itself chose stays.
    static func rename(_ tenant: TenantID, to slug: TenantSlug, name: String, settings: JSONText) -> SQL {
        """
        UPDATE tenants AS t SET slug = \(slug), name = \(name), settings = \(SQL.declared(settings))
            || jsonb_build_object('revision', coalesce((t.settings->>'revision')::integer, 0) + 1)
        WHERE t.id = \(tenant) AND t.status IN ('active', 'suspended')
            AND (t.slug, t.name, t.settings) IS DISTINCT FROM (\(slug), \(name), \(SQL.declared(settings)))
        RETURNING t.id
        """
    }

    /// Declared settings, over which goes what the tenant chose and what counts its changes.
    private static func declared(_ settings: JSONText) -> SQL {
        """
        (\(settings) || coalesce((
            SELECT jsonb_object_agg(own.key, own.value) FROM jsonb_each(t.settings) AS own
            WHERE own.key IN ('revision', 'chosenByTenant')
                OR coalesce(t.settings->'chosenByTenant', '[]') ? own.key), '{}'))
        """
    }

    /// The tenant's own change: no row if somebody changed the settings since they were read.
    static func changeSettings(
        of tenant: TenantID,
        to settings: JSONText,
        choosing names: [String],
        revision: Int
    ) -> SQL {
        """
        UPDATE tenants AS t SET settings = t.settings || \(settings) || jsonb_build_object(
            'revision', \(revision) + 1,
            'chosenByTenant', (
                SELECT jsonb_agg(DISTINCT name) FROM (
                    SELECT jsonb_array_elements_text(coalesce(t.settings->'chosenByTenant', '[]')) AS name
                    UNION SELECT unnest(\(names))) AS chosen))
        WHERE t.id = \(tenant) AND t.status = 'active'
            AND coalesce((t.settings->>'revision')::integer, 0) = \(revision)
        RETURNING t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at,
            ARRAY(SELECT d.domain FROM domains AS d WHERE d.tenant_id = t.id AND d.verified_at IS NOT NULL) AS domains
        """
    }

    static func setDomains(of tenant: TenantID, to domains: [String]) -> SQL {
        """
        WITH removed AS (
            DELETE FROM domains WHERE tenant_id = \(tenant) AND domain <> ALL(\(domains))
        )
        INSERT INTO domains (domain, tenant_id, verified_at)
        SELECT domain, \(tenant), now() FROM unnest(\(domains)) AS wanted (domain)
        ON CONFLICT (domain) DO UPDATE SET verified_at = coalesce(domains.verified_at, now())
            WHERE domains.tenant_id = excluded.tenant_id
        RETURNING domain
        """
    }
}

extension Tenant {
    init(row: Row, installation: InstallationPrefix) throws(DatabaseError) {
        let id: TenantID = try row["id"]
        let settings: JSONText = try row["settings"]
        guard let json = try? JSONValue.parse(settings.bytes) else {
            throw .undecodable(column: "settings", expected: "a JSON object")
        }
        self.init(
            slug: try row["slug"],
            name: try row["name"],
            status: try row["status"],
            settings: TenantSettings(json: json),
            placement: TenantPlacement(
                tenant: id,
                cell: try row["cell"],
                schema: SchemaName(id),
                role: RoleName(id, installation: installation),
                shard: try row["shard"]
            ),
            domains: try row["domains"],
            createdAt: try row["claimed_at"]
        )
    }
}
