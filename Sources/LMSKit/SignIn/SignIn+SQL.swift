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
        id, password_hash, status, token_epoch, email_verified_at IS NOT NULL AS is_verified
        """

    static func selectEmail(of user: User.ID) -> SQL {
        "SELECT email FROM users WHERE id = \(user)"
    }

    /// Touches nothing if the user was deactivated or their tokens were ended since they were read.
    static func markSignedIn(_ user: User.ID, epoch: Int, rehashed: PasswordHash?, at instant: Date) -> SQL {
        """
        UPDATE users
        SET last_sign_in_at = \(instant), password_hash = coalesce(\(rehashed?.text.reveal()), password_hash)
        WHERE id = \(user) AND status = 'active' AND token_epoch = \(epoch)
        """
    }

    static func insertSession(_ session: SignInSession, at instant: Date) -> SQL {
        """
        INSERT INTO sessions (id, user_id, created_at, expires_at)
        VALUES (\(session.id), \(session.user), \(instant), \(session.expiresAt))
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
            s.revoked_at IS NOT NULL AS is_revoked, u.status, u.token_epoch
        FROM refresh_tokens t
            JOIN sessions s ON s.id = t.session_id
            JOIN users u ON u.id = s.user_id
        WHERE t.token_hash = \(hash)
        FOR NO KEY UPDATE OF t NOWAIT
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
