// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static var keyColumns: SQL {
        """
        k.id, k.user_id, k.service_account_id, k.name, k.scopes, k.hint, k.created_at, k.rotated_at, k.expires_at,
            k.last_used_at, k.revoked_at, coalesce(u.status, a.status) = 'active', a.owner_id
        """
    }

    private static var keyTables: SQL {
        "api_keys k LEFT JOIN users u ON u.id = k.user_id LEFT JOIN service_accounts a ON a.id = k.service_account_id"
    }

    static func selectKey(_ id: APIKey.ID) -> SQL {
        "SELECT \(keyColumns) FROM \(keyTables) WHERE k.id = \(id)"
    }

    static func lockKey(_ id: APIKey.ID) -> SQL {
        """
        SELECT \(keyColumns) FROM \(keyTables) WHERE k.id = \(id)
        FOR NO KEY UPDATE OF k
        """
    }

    /// The newest first.
    static func listKeys(of owner: APIKey.Owner?, after position: APIKey.ID?, limit: Int) -> SQL {
        """
        SELECT \(keyColumns) FROM \(keyTables)
        WHERE (\(owner == nil) OR k.user_id = \(owner?.user) OR k.service_account_id = \(owner?.service)) AND (\(position)::uuid IS NULL OR k.id < \(position))
        ORDER BY k.id DESC LIMIT \(limit)
        """
    }

    static func selectOwnKeys(of owner: User.ID) -> SQL {
        """
        SELECT \(keyColumns) FROM \(keyTables) WHERE k.user_id = \(owner) ORDER BY k.id
        """
    }

    /// Inserts nothing once the owner has as many as they may have; a few too many of concurrent calls do no harm.
    static func insertKey(_ key: APIKey, limit: Int) -> SQL {
        """
        INSERT INTO api_keys (id, user_id, service_account_id, name, scopes, hint, created_at, expires_at)
        SELECT \(key.id), \(key.owner.user), \(key.owner.service), \(key.name), \(key.scopes.stored), \(key.hint),
            \(key.createdAt), \(key.expiresAt)
        WHERE (SELECT count(*) FROM api_keys
               WHERE (user_id = \(key.owner.user) OR service_account_id = \(key.owner.service)) AND revoked_at IS NULL AND expires_at > \(key.createdAt)) < \(limit)
        RETURNING id
        """
    }

    static func insertSecret(_ hash: Bytes, of key: APIKey.ID, until end: Date) -> SQL {
        "INSERT INTO api_key_secrets (secret_hash, key_id, expires_at) VALUES (\(hash), \(key), \(end))"
    }

    /// None of the key's secrets is good for longer than this.
    static func endSecrets(of key: APIKey.ID, at end: Date) -> SQL {
        "UPDATE api_key_secrets SET expires_at = \(end) WHERE key_id = \(key) AND expires_at > \(end)"
    }

    static func deleteSecrets(of key: APIKey.ID, before instant: Date) -> SQL {
        "DELETE FROM api_key_secrets WHERE key_id = \(key) AND expires_at <= \(instant)"
    }

    static func renewKey(_ id: APIKey.ID, hint: String, until end: Date, at instant: Date) -> SQL {
        """
        UPDATE api_keys SET hint = \(hint), rotated_at = \(instant), expires_at = \(end) WHERE id = \(id)
        """
    }

    static func revokeKey(_ id: APIKey.ID, at instant: Date) -> SQL {
        "UPDATE api_keys SET revoked_at = \(instant) WHERE id = \(id) AND revoked_at IS NULL RETURNING id"
    }

    static func revokeKey(ofSecret hash: Bytes, at instant: Date) -> SQL {
        """
        UPDATE api_keys SET revoked_at = \(instant)
        WHERE id = (SELECT key_id FROM api_key_secrets WHERE secret_hash = \(hash) AND expires_at > \(instant))
            AND revoked_at IS NULL
        RETURNING id, user_id, service_account_id
        """
    }

    static func deleteSecrets(of key: APIKey.ID) -> SQL {
        "DELETE FROM api_key_secrets WHERE key_id = \(key)"
    }

    /// Everything that decides what a key may do at this moment.
    static func selectKeyStanding(_ hash: Bytes) -> SQL {
        """
        SELECT k.id, k.user_id, k.service_account_id, s.expires_at, k.scopes, k.last_used_at,
            coalesce(u.status, a.status) = 'active' AND k.revoked_at IS NULL AS is_good,
            ARRAY(SELECT ur.built_in FROM user_roles ur WHERE ur.user_id = u.id AND ur.built_in IS NOT NULL
                  UNION ALL SELECT a.built_in WHERE a.built_in IS NOT NULL) AS built_in,
            ARRAY(SELECT unnest(r.permissions) FROM user_roles ur JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id
                  UNION ALL SELECT unnest(r.permissions) FROM roles r WHERE r.id = a.role_id
                  UNION ALL SELECT unnest(a.permissions)) AS permissions,
            ARRAY(SELECT DISTINCT i.role FROM course_instructors i WHERE i.user_id = u.id) AS course_roles
        FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id LEFT JOIN users u ON u.id = k.user_id
            LEFT JOIN service_accounts a ON a.id = k.service_account_id
        WHERE s.secret_hash = \(hash)
        """
    }

    /// Does nothing if it was stamped since, or is being stamped: a call waits for no other one.
    static func stampKey(_ id: APIKey.ID, at instant: Date, unlessSince earlier: Date) -> SQL {
        """
        UPDATE api_keys SET last_used_at = \(instant)
        WHERE id = (SELECT id FROM api_keys WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at <= \(earlier))
                    FOR NO KEY UPDATE SKIP LOCKED)
        """
    }
}
