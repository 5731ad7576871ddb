// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectRoles() -> SQL {
        "SELECT id, name, description, permissions, version, created_at, updated_at FROM roles ORDER BY name"
    }

    static func selectRole(_ id: Role.ID) -> SQL {
        """
        SELECT id, name, description, permissions, version, created_at, updated_at FROM roles WHERE id = \(id)
        """
    }

    static func lockRole(_ id: Role.ID) -> SQL {
        """
        SELECT id, name, description, permissions, version, created_at, updated_at FROM roles WHERE id = \(id)
        FOR NO KEY UPDATE
        """
    }

    /// Locked against deletion until the transaction ends, so that whoever gets one of these roles gets what was
    /// checked.
    static func shareRoles(named names: [Role.Name]) -> SQL {
        """
        SELECT id, name, description, permissions, version, created_at, updated_at FROM roles
        WHERE name = ANY(\(names)) ORDER BY id FOR SHARE
        """
    }

    /// Inserts nothing once the tenant has as many as it may have; a few too many of concurrent calls do no harm.
    static func insertRole(
        _ id: Role.ID,
        name: Role.Name,
        description: String,
        grants: Grants,
        limit: Int,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO roles (id, name, description, permissions, created_at, updated_at)
        SELECT \(id), \(name), \(description), \(grants.stored), \(instant), \(instant)
        WHERE (SELECT count(*) FROM roles) < \(limit)
        RETURNING id, name, description, permissions, version, created_at, updated_at
        """
    }

    static func updateRole(_ id: Role.ID, description: String, grants: Grants, at instant: Date) -> SQL {
        """
        UPDATE roles
        SET description = \(description), permissions = \(grants.stored), version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        RETURNING id, name, description, permissions, version, created_at, updated_at
        """
    }

    static func deleteRole(_ id: Role.ID) -> SQL {
        "DELETE FROM roles WHERE id = \(id)"
    }
}
