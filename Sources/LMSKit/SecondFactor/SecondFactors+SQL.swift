// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectFactors(of user: User.ID) -> SQL {
        """
        SELECT id, kind, confirmed_at, last_used_at FROM factors
        WHERE user_id = \(user) AND confirmed_at IS NOT NULL ORDER BY confirmed_at, id
        """
    }

    static func countRecoveryCodes(of user: User.ID) -> SQL {
        "SELECT count(*) AS total FROM recovery_codes WHERE user_id = \(user) AND used_at IS NULL"
    }

    /// Locked, so that of two who show one code only one is first.
    static func lockFactor(_ kind: FactorKind, of user: User.ID, isConfirmed: Bool) -> SQL {
        """
        SELECT id, tenant_key_id, sealed_secret, last_step, code_hash, code_expires_at, failures, retry_at
        FROM factors WHERE user_id = \(user) AND kind = \(kind) AND (confirmed_at IS NOT NULL) = \(isConfirmed)
        FOR UPDATE
        """
    }

    static func insertTOTP(
        _ id: Factor.ID,
        of user: User.ID,
        key: TenantKey.ID,
        sealed: Bytes,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO factors (id, user_id, kind, tenant_key_id, sealed_secret, created_at)
        VALUES (\(id), \(user), 'totp', \(key), \(sealed), \(instant))
        ON CONFLICT (user_id, kind, (confirmed_at IS NULL)) WHERE kind IN ('totp', 'email') DO UPDATE
        SET id = excluded.id, tenant_key_id = excluded.tenant_key_id, sealed_secret = excluded.sealed_secret,
            created_at = excluded.created_at, failures = 0, retry_at = NULL
        """
    }

    static func insertEmailFactor(_ id: Factor.ID, of user: User.ID, at instant: Date) -> SQL {
        """
        INSERT INTO factors (id, user_id, kind, created_at) VALUES (\(id), \(user), 'email', \(instant))
        ON CONFLICT (user_id, kind, (confirmed_at IS NULL)) WHERE kind IN ('totp', 'email') DO NOTHING
        """
    }

    static func setCode(_ hash: Bytes, of factor: Factor.ID, until end: Date) -> SQL {
        "UPDATE factors SET code_hash = \(hash), code_expires_at = \(end) WHERE id = \(factor)"
    }

    static func acceptCode(of factor: Factor.ID, step: Int?, at instant: Date) -> SQL {
        """
        UPDATE factors
        SET last_step = coalesce(\(step), last_step), code_hash = NULL, code_expires_at = NULL, failures = 0, retry_at = NULL,
            last_used_at = \(instant)
        WHERE id = \(factor)
        """
    }

    static func refuseCode(of factor: Factor.ID, until end: Date) -> SQL {
        "UPDATE factors SET failures = failures + 1, retry_at = \(end) WHERE id = \(factor)"
    }

    /// Takes the place of the one there was.
    static func confirmFactor(_ id: Factor.ID, _ kind: FactorKind, of user: User.ID, at instant: Date) -> [SQL] {
        [
            "DELETE FROM factors WHERE user_id = \(user) AND kind = \(kind) AND id <> \(id)",
            "UPDATE factors SET confirmed_at = \(instant) WHERE id = \(id)",
        ]
    }

    static func deleteFactor(_ kind: FactorKind, of user: User.ID) -> SQL {
        "DELETE FROM factors WHERE user_id = \(user) AND kind = \(kind)"
    }

    static func deleteRecoveryCodes(of user: User.ID) -> SQL {
        "DELETE FROM recovery_codes WHERE user_id = \(user)"
    }

    static func insertRecoveryCodes(_ hashes: [Bytes], of user: User.ID, at instant: Date) -> SQL {
        """
        INSERT INTO recovery_codes (user_id, code_hash, created_at)
        SELECT \(user), code_hash, \(instant) FROM unnest(\(hashes)::bytea[]) AS code_hash
        """
    }

    /// Of two who show one code only the first touches a row.
    static func useRecoveryCode(_ hash: Bytes, of user: User.ID, at instant: Date) -> SQL {
        """
        UPDATE recovery_codes SET used_at = \(instant)
        WHERE user_id = \(user) AND code_hash = \(hash) AND used_at IS NULL
        """
    }

    /// Counts the attempt before the code is looked at.
    static func attemptChallenge(_ hash: Bytes, at instant: Date) -> SQL {
        """
        UPDATE sign_in_challenges SET attempts = attempts + 1
        WHERE token_hash = \(hash) AND used_at IS NULL AND expires_at > \(instant) AND attempts < 5
        RETURNING user_id, token_epoch, methods, code_hash, provider_id, provider_session_hash
        """
    }

    static func useChallenge(_ hash: Bytes, at instant: Date) -> SQL {
        "UPDATE sign_in_challenges SET used_at = \(instant) WHERE token_hash = \(hash)"
    }

    static func setCode(_ hash: Bytes, ofChallenge challenge: Bytes, at instant: Date) -> SQL {
        """
        UPDATE sign_in_challenges c SET code_hash = \(hash), codes_sent = codes_sent + 1
        FROM users u
        WHERE c.token_hash = \(challenge) AND u.id = c.user_id AND c.used_at IS NULL AND c.expires_at > \(instant)
            AND c.attempts < 5 AND c.codes_sent < 3
            AND EXISTS (SELECT FROM factors f WHERE f.user_id = c.user_id AND f.kind = 'email' AND f.confirmed_at IS NOT NULL)
        RETURNING u.email
        """
    }

    /// The session is whole from now on, and who showed a factor just now is known well.
    static func strengthenSession(_ id: SignInSession.ID, by method: AuthenticationMethod, at instant: Date) -> SQL {
        """
        UPDATE sessions
        SET methods = ARRAY(SELECT DISTINCT m FROM unnest(methods || ARRAY[\(method)::text, 'mfa']) AS m ORDER BY m),
            authenticated_at = \(instant), is_limited = false
        WHERE id = \(id) AND revoked_at IS NULL
        """
    }

    static func refreshAuthentication(_ id: SignInSession.ID, at instant: Date) -> SQL {
        "UPDATE sessions SET authenticated_at = \(instant) WHERE id = \(id) AND revoked_at IS NULL"
    }

    static func revokeSessions(
        of user: User.ID,
        but session: SignInSession.ID?,
        because reason: SignInSession.End,
        at instant: Date
    ) -> SQL {
        """
        UPDATE sessions SET revoked_at = \(instant), revoked_because = \(reason)
        WHERE user_id = \(user) AND id IS DISTINCT FROM \(session)::uuid AND revoked_at IS NULL
        """
    }
}

/// A factor that is looked at.
struct StoredFactor: Sendable {
    let id: Factor.ID
    let key: TenantKey.ID?
    let sealed: Bytes?
    let lastStep: Int?
    let codeHash: Bytes?
    let codeExpiresAt: Date?
    let failures: Int
    let retryAt: Date?

    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        key = try row["tenant_key_id"]
        sealed = try row["sealed_secret"]
        lastStep = try row["last_step"]
        codeHash = try row["code_hash"]
        codeExpiresAt = try row["code_expires_at"]
        failures = try row["failures"]
        retryAt = try row["retry_at"]
    }
}

extension Factor {
    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        kind = try row["kind"]
        confirmedAt = try row["confirmed_at"]
        lastUsedAt = try row["last_used_at"]
    }
}
