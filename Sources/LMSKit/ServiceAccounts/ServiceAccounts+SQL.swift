// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static var accountColumns: SQL {
        """
        a.id, a.name, a.description, a.owner_id, coalesce(u.status = 'active', false), coalesce(a.built_in, r.name),
            coalesce(r.permissions, a.permissions), a.status, a.version, a.hint, a.created_at, a.updated_at, a.rotated_at,
            a.expires_at, a.last_used_at
        """
    }

    private static var accountTables: SQL {
        "service_accounts a LEFT JOIN roles r ON r.id = a.role_id LEFT JOIN users u ON u.id = a.owner_id"
    }

    static func selectServiceAccount(_ id: ServiceAccount.ID) -> SQL {
        "SELECT \(accountColumns) FROM \(accountTables) WHERE a.id = \(id)"
    }

    static func lockServiceAccount(_ id: ServiceAccount.ID) -> SQL {
        "SELECT \(accountColumns) FROM \(accountTables) WHERE a.id = \(id) FOR NO KEY UPDATE OF a"
    }

    /// The newest first; of one owner, or with nobody active who answers for them.
    static func listServiceAccounts(
        of owner: User.ID?,
        isOwnerActive: Bool?,
        after position: ServiceAccount.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(accountColumns) FROM \(accountTables)
        WHERE (\(owner)::uuid IS NULL OR a.owner_id = \(owner)) AND (\(position)::uuid IS NULL OR a.id < \(position))
            AND (\(isOwnerActive)::boolean IS NULL OR coalesce(u.status = 'active', false) = \(isOwnerActive))
        ORDER BY a.id DESC LIMIT \(limit)
        """
    }

    /// Keeps a user from going until the transaction ends; nothing if they are not active.
    static func shareActiveUser(_ id: User.ID) -> SQL {
        "SELECT id FROM users WHERE id = \(id) AND status = 'active' FOR SHARE"
    }

    /// Inserts nothing once the tenant has as many as it may have; a few too many of concurrent calls do no harm.
    static func insertServiceAccount(
        _ id: ServiceAccount.ID,
        _ new: NewServiceAccount,
        owner: User.ID?,
        rights: StoredRights,
        hint: String,
        limit: Int,
        until end: Date,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO service_accounts
            (id, name, description, owner_id, built_in, role_id, permissions, hint, created_at, updated_at, expires_at)
        SELECT \(id), \(new.name), \(new.description), \(owner), \(rights.builtIn), \(rights.role), \(rights.permissions), \(hint),
            \(instant), \(instant), \(end)
        WHERE (SELECT count(*) FROM service_accounts) < \(limit)
        RETURNING id
        """
    }

    /// Tokens of before are over if `endsTokens`.
    static func updateServiceAccount(
        _ id: ServiceAccount.ID,
        name: String,
        description: String,
        owner: User.ID?,
        rights: StoredRights,
        status: ServiceAccount.Status,
        endsTokens: Bool,
        at instant: Date
    ) -> SQL {
        """
        UPDATE service_accounts
        SET name = \(name), description = \(description), owner_id = \(owner), built_in = \(rights.builtIn),
            role_id = \(rights.role), permissions = \(rights.permissions), status = \(status),
            epoch = epoch + \(endsTokens ? 1 : 0), version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func renewServiceAccount(
        _ id: ServiceAccount.ID,
        hint: String,
        until end: Date,
        endsTokens: Bool,
        at instant: Date
    ) -> SQL {
        """
        UPDATE service_accounts
        SET hint = \(hint), rotated_at = \(instant), expires_at = \(end), epoch = epoch + \(endsTokens ? 1 : 0),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func deleteServiceAccount(_ id: ServiceAccount.ID) -> SQL {
        "DELETE FROM service_accounts WHERE id = \(id)"
    }

    /// Deletes what is over, and of the others all but the newest, which is good no longer than this.
    static func endClientSecrets(of account: ServiceAccount.ID, after end: Date, at instant: Date) -> [SQL] {
        [
            """
            DELETE FROM service_account_secrets
            WHERE account_id = \(account) AND (expires_at <= \(instant)
                OR number < (SELECT max(number) FROM service_account_secrets WHERE account_id = \(account)))
            """,
            """
            UPDATE service_account_secrets SET expires_at = \(end) WHERE account_id = \(account) AND expires_at > \(end)
            """,
        ]
    }

    static func insertClientSecret(_ hash: Bytes, of account: ServiceAccount.ID, until end: Date) -> SQL {
        """
        INSERT INTO service_account_secrets (secret_hash, account_id, number, expires_at)
        VALUES (\(hash), \(account),
            (SELECT coalesce(max(number), 0) + 1 FROM service_account_secrets WHERE account_id = \(account)), \(end))
        """
    }

    /// Ends a secret that somebody has, and every token of its account.
    static func endClientSecret(_ hash: Bytes) -> SQL {
        """
        WITH ended AS (DELETE FROM service_account_secrets WHERE secret_hash = \(hash) RETURNING account_id)
        UPDATE service_accounts SET epoch = epoch + 1 WHERE id = (SELECT account_id FROM ended) RETURNING id
        """
    }

    private static var rightsColumns: SQL {
        """
        a.status = 'active' AS is_active, a.epoch,
            ARRAY(SELECT a.built_in WHERE a.built_in IS NOT NULL) AS built_in,
            coalesce(r.permissions, a.permissions) AS permissions
        """
    }

    /// What a client may do that shows a secret.
    static func selectClient(_ id: ServiceAccount.ID, secret hash: Bytes) -> SQL {
        """
        SELECT s.expires_at, \(rightsColumns)
        FROM service_account_secrets s JOIN service_accounts a ON a.id = s.account_id LEFT JOIN roles r ON r.id = a.role_id
        WHERE s.secret_hash = \(hash) AND a.id = \(id)
        """
    }

    static func stampServiceAccount(_ id: ServiceAccount.ID, at instant: Date) -> SQL {
        "UPDATE service_accounts SET last_used_at = \(instant) WHERE id = \(id)"
    }

    /// Everything that decides what a token may do at this moment.
    static func selectServiceStanding(of id: ServiceAccount.ID, token: UUID) -> SQL {
        """
        SELECT EXISTS (SELECT FROM service_token_revocations t WHERE t.token_id = \(token)) AS is_revoked, \(rightsColumns)
        FROM service_accounts a LEFT JOIN roles r ON r.id = a.role_id
        WHERE a.id = \(id)
        """
    }

    static func revokeServiceToken(_ token: UUID, until end: Date, at instant: Date) -> [SQL] {
        [
            "DELETE FROM service_token_revocations WHERE expires_at < \(instant)",
            """
            INSERT INTO service_token_revocations (token_id, expires_at) VALUES (\(token), \(end)) ON CONFLICT DO NOTHING
            """,
        ]
    }
}

/// An account's rights as its columns have them.
struct StoredRights: Sendable {
    var builtIn: BuiltInRole?
    var role: Role.ID?
    var permissions: [String] = []
}
