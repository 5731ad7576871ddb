// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectAccount(_ name: SignInName) -> SQL {
        switch name {
        case .email(let email): "SELECT \(SQL.accountColumns) FROM users WHERE email_key = \(email.key)"
        case .username(let name): "SELECT \(SQL.accountColumns) FROM users WHERE lower(username) = lower(\(name))"
        case .phone(let number):
            "SELECT \(SQL.accountColumns) FROM users WHERE phone = \(number) AND phone_verified_at IS NOT NULL"
        }
    }

    private static let accountColumns: SQL = """
        id, password_hash, status, token_epoch, email_verified_at IS NOT NULL AS is_verified,
        EXISTS (SELECT FROM user_roles ur WHERE ur.user_id = users.id AND ur.built_in = 'owner') AS is_owner
        """

    static func selectEmail(of user: User.ID) -> SQL {
        "SELECT email FROM users WHERE id = \(user)"
    }

    /// What letting a user in depends on; their row is locked, so that what is found holds until they are in.
    static func lockEntrant(_ user: User.ID, client: String?, at instant: Date, in zone: String) -> SQL {
        """
        SELECT u.status, u.token_epoch, u.email, u.locale,
            u.last_sign_in_at IS NULL OR EXISTS (
                SELECT FROM sessions s WHERE s.user_id = u.id AND s.user_agent IS NOT DISTINCT FROM \(client)::text
            ) AS is_known_client,
            \(SQL.localTime(at: instant, in: zone)),
            ARRAY(SELECT coalesce(ur.built_in, r.name) FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id ORDER BY 1) AS roles,
            ARRAY(SELECT f.kind FROM factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL ORDER BY 1 DESC) AS factors
        FROM users u WHERE u.id = \(user)
        FOR NO KEY UPDATE OF u
        """
    }

    static func markSignedIn(_ user: User.ID, rehashed: PasswordHash?, at instant: Date) -> SQL {
        """
        UPDATE users
        SET last_sign_in_at = \(instant), password_hash = coalesce(\(rehashed?.text.reveal()), password_hash)
        WHERE id = \(user)
        """
    }

    static func rehash(_ user: User.ID, _ rehashed: PasswordHash?) -> SQL {
        """
        UPDATE users SET password_hash = \(rehashed?.text.reveal())
        WHERE id = \(user) AND \(rehashed?.text.reveal())::text IS NOT NULL
        """
    }

    static func insertSession(_ session: SignInSession, at instant: Date) -> SQL {
        """
        INSERT INTO sessions (id, user_id, created_at, expires_at, methods, authenticated_at, last_used_at, address,
            user_agent, is_limited)
        VALUES (\(session.id), \(session.user), \(instant), \(session.expiresAt), \(session.methods),
            \(session.authenticatedAt), \(instant), \(session.origin?.address), \(session.origin?.userAgent),
            \(session.isLimited))
        """
    }

    static func insertChallenge(
        _ hash: Bytes,
        of entrance: Entrance,
        epoch: Int,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO sign_in_challenges (token_hash, user_id, token_epoch, methods, provider_id, provider_session_hash,
            created_at, expires_at)
        VALUES (\(hash), \(entrance.user), \(epoch), \(entrance.methods), \(entrance.federation?.provider),
            \(entrance.federation?.sessionHash), \(instant), \(end))
        """
    }

    /// Deletes a few that are over: each new one takes more than it brings.
    static func deleteExpiredChallenges(at instant: Date) -> SQL {
        """
        DELETE FROM sign_in_challenges
        WHERE token_hash = ANY(ARRAY(
            SELECT token_hash FROM sign_in_challenges WHERE expires_at < \(instant)
            ORDER BY expires_at LIMIT 5 FOR UPDATE SKIP LOCKED))
        """
    }

    /// Deletes what is over, and the oldest beyond a number.
    static func deleteSessions(of user: User.ID, keeping count: Int, at instant: Date) -> SQL {
        """
        DELETE FROM sessions
        WHERE user_id = \(user) AND (
            expires_at < \(instant)
            OR id IN (SELECT id FROM sessions WHERE user_id = \(user) ORDER BY id DESC OFFSET \(count)))
        """
    }

    /// Deletes a few of anybody's that are over: each sign-in brings one session and takes more than one.
    static func deleteExpiredSessions(at instant: Date) -> SQL {
        """
        DELETE FROM sessions
        WHERE id = ANY(ARRAY(
            SELECT id FROM sessions WHERE expires_at < \(instant)
            ORDER BY expires_at LIMIT 5 FOR UPDATE SKIP LOCKED))
        """
    }

    static func insertRefreshToken(
        _ hash: Bytes,
        of session: SignInSession.ID,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
        VALUES (\(hash), \(session), \(instant), \(end))
        """
    }

    /// Fails at once while another call uses the token: waiting would only find that it was used.
    static func lockRefreshToken(_ hash: Bytes) -> SQL {
        """
        SELECT t.session_id, t.expires_at, t.used_at, t.retry_key_hash, s.user_id, s.expires_at AS session_expires_at,
            s.methods, coalesce(s.authenticated_at, s.created_at) AS authenticated_at, s.is_limited,
            s.revoked_at IS NOT NULL AS is_revoked, u.status, u.token_epoch
        FROM refresh_tokens t
            JOIN sessions s ON s.id = t.session_id
            JOIN users u ON u.id = s.user_id
        WHERE t.token_hash = \(hash)
        FOR NO KEY UPDATE OF t NOWAIT
        """
    }

    /// The session that a refresh token is of, used or not, if it goes on.
    static func selectSession(ofToken hash: Bytes, at instant: Date) -> SQL {
        """
        SELECT s.id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
        WHERE t.token_hash = \(hash) AND s.revoked_at IS NULL AND s.expires_at > \(instant)
        """
    }

    static func selectUnused(_ hash: Bytes, of session: SignInSession.ID) -> SQL {
        """
        SELECT used_at IS NULL AS unused FROM refresh_tokens WHERE token_hash = \(hash) AND session_id = \(session)
        """
    }

    static func markUsed(_ hash: Bytes, retryHash: Bytes?, at instant: Date) -> SQL {
        """
        UPDATE refresh_tokens SET used_at = \(instant), retry_key_hash = \(retryHash)
        WHERE token_hash = \(hash)
        """
    }

    /// Notes that a session is used, not more often than once a minute.
    static func touchSession(_ id: SignInSession.ID, at instant: Date) -> SQL {
        """
        UPDATE sessions SET last_used_at = \(instant)
        WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at < \(instant)::timestamptz - interval '1 minute')
        """
    }

    static func revokeSession(_ id: SignInSession.ID, because reason: SignInSession.End, at instant: Date) -> SQL {
        """
        UPDATE sessions SET revoked_at = \(instant), revoked_because = \(reason)
        WHERE id = \(id) AND revoked_at IS NULL
        RETURNING id, user_id
        """
    }

    static func revokeSession(ofToken hash: Bytes, because reason: SignInSession.End, at instant: Date) -> SQL {
        """
        UPDATE sessions SET revoked_at = \(instant), revoked_because = \(reason)
        WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = \(hash)) AND revoked_at IS NULL
        RETURNING id, user_id
        """
    }
}
