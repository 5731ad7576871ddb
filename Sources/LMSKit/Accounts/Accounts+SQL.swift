// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Whom a mail about an account goes to; of an address that nobody may use, no row.
    static func selectHolder(_ email: Email) -> SQL {
        "SELECT \(SQL.holderColumns) FROM users WHERE email_key = \(email.key) AND status = 'active'"
    }

    static func selectHolder(_ user: User.ID) -> SQL {
        "SELECT \(SQL.holderColumns) FROM users WHERE id = \(user) AND status = 'active'"
    }

    private static let holderColumns: SQL = """
        id, email, display_name, username, locale, token_epoch, email_verified_at IS NOT NULL AS is_verified,
        EXISTS (SELECT FROM factors f WHERE f.user_id = users.id AND f.confirmed_at IS NOT NULL) AS has_factor
        """

    /// A new token takes the place of the one before, unless that was sent a moment ago: then no row.
    static func insertOneTimeToken(
        _ hash: Bytes,
        for purpose: OneTimeToken.Purpose,
        of user: User.ID,
        to email: Email,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO one_time_tokens (user_id, purpose, token_hash, email, created_at, expires_at)
        VALUES (\(user), \(purpose), \(hash), \(email), \(instant), \(instant.addingTimeInterval(purpose.lifetime)))
        ON CONFLICT (user_id, purpose) DO UPDATE
        SET token_hash = excluded.token_hash, email = excluded.email, created_at = excluded.created_at,
            expires_at = excluded.expires_at, used_at = NULL
        WHERE one_time_tokens.created_at <= \(instant.addingTimeInterval(-OneTimeToken.pause))
        RETURNING user_id
        """
    }

    static func selectOneTimeToken(_ hash: Bytes, for purpose: OneTimeToken.Purpose, at instant: Date) -> SQL {
        """
        SELECT user_id, email FROM one_time_tokens
        WHERE token_hash = \(hash) AND purpose = \(purpose) AND used_at IS NULL AND expires_at > \(instant)
        """
    }

    /// Of two who redeem a token at once the second waits for the first's row and then finds it used.
    static func redeemOneTimeToken(_ hash: Bytes, for purpose: OneTimeToken.Purpose, at instant: Date) -> SQL {
        """
        UPDATE one_time_tokens SET used_at = \(instant)
        WHERE token_hash = \(hash) AND purpose = \(purpose) AND used_at IS NULL AND expires_at > \(instant)
        RETURNING user_id, email
        """
    }

    static func deleteOneTimeTokens(of user: User.ID, for purposes: [OneTimeToken.Purpose]) -> SQL {
        "DELETE FROM one_time_tokens WHERE user_id = \(user) AND purpose = ANY(\(purposes))"
    }

    /// As much work as queueing a message, for an address that has no account.
    static func nothing() -> SQL {
        "SELECT id FROM users WHERE false"
    }

    /// Ends every token of the user; no row if they may not sign in, or changed their password since the epoch was read.
    static func updatePassword(_ hash: PasswordHash, of user: User.ID, epoch: Int? = nil, at instant: Date) -> SQL {
        """
        UPDATE users
        SET password_hash = \(hash.text.reveal()), token_epoch = token_epoch + 1, version = version + 1, updated_at = \(instant)
        WHERE id = \(user) AND status = 'active' AND (\(epoch)::bigint IS NULL OR token_epoch = \(epoch))
        RETURNING token_epoch, email, locale
        """
    }

    /// What is known of whoever a session is of.
    static func selectAuthentication(_ session: SignInSession.ID?, of user: User.ID) -> SQL {
        """
        SELECT methods, coalesce(authenticated_at, created_at) AS authenticated_at, expires_at FROM sessions
        WHERE id = \(session)::uuid AND user_id = \(user) AND revoked_at IS NULL
        """
    }

    /// Not if the user got another address since the token was sent.
    static func verifyEmail(_ email: Email, of user: User.ID, at instant: Date) -> SQL {
        """
        UPDATE users SET email_verified_at = coalesce(email_verified_at, \(instant))
        WHERE id = \(user) AND email_key = \(email.key)
        RETURNING id
        """
    }

    /// Gives a user an address that they showed to be theirs; returns the one before.
    static func updateEmail(_ email: Email, of user: User.ID, at instant: Date) -> SQL {
        """
        UPDATE users AS u
        SET email = \(email), email_key = \(email.key), email_verified_at = \(instant), version = u.version + 1,
            updated_at = \(instant)
        FROM (SELECT id, email FROM users WHERE id = \(user) FOR NO KEY UPDATE) AS old
        WHERE u.id = old.id AND u.status = 'active'
        RETURNING old.email, u.locale
        """
    }
}

/// Whom a mail about an account goes to.
struct AccountHolder: Sendable {
    let user: User.ID
    let email: Email
    let displayName: String
    let username: Username?
    let locale: String?
    let epoch: Int
    let isVerified: Bool
    /// Whether they have a second factor.
    let hasFactor: Bool

    init(row: Row) throws(DatabaseError) {
        user = try row["id"]
        email = try row["email"]
        displayName = try row["display_name"]
        username = try row["username"]
        locale = try row["locale"]
        epoch = try row["token_epoch"]
        isVerified = try row["is_verified"]
        hasFactor = try row["has_factor"]
    }
}
