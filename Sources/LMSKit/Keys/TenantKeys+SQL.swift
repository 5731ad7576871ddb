// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The newest last.
    static func selectTenantKeys() -> SQL {
        "SELECT id, master_key, sealed, created_at FROM tenant_keys ORDER BY generation"
    }

    /// Of two that are added at the same time, one is.
    static func insertTenantKey(_ id: TenantKey.ID, _ key: WrappedKey, at instant: Date) -> SQL {
        """
        INSERT INTO tenant_keys (id, generation, master_key, sealed, created_at)
        SELECT \(id), coalesce(max(generation), 0) + 1, \(key.masterKey), \(Bytes(key.sealed)), \(instant)
        FROM tenant_keys
        ON CONFLICT (generation) DO NOTHING
        """
    }

    /// Those that another master key sealed and nobody else is sealing anew.
    static func lockTenantKeys(notUnder masterKey: String, limit: Int) -> SQL {
        """
        SELECT id, master_key, sealed FROM tenant_keys WHERE master_key <> \(masterKey)
        ORDER BY generation LIMIT \(limit) FOR UPDATE SKIP LOCKED
        """
    }

    static func updateTenantKey(_ id: TenantKey.ID, _ key: WrappedKey) -> SQL {
        "UPDATE tenant_keys SET master_key = \(key.masterKey), sealed = \(Bytes(key.sealed)) WHERE id = \(id)"
    }

    static func countTenantKeys(notUnder masterKey: String) -> SQL {
        "SELECT count(*) FROM tenant_keys WHERE master_key <> \(masterKey)"
    }
}
