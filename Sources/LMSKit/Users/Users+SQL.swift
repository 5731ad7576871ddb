// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

// Statements that return users have the columns of `User.init(row:)`, in its order.
extension SQL {
    static let userColumns: SQL = """
        u.id, u.email, u.display_name, u.avatar_url, u.username, u.phone, u.phone_verified_at, u.locale, u.time_zone,
        u.preferences, u.email_verified_at, u.status, u.version, u.created_at, u.updated_at, u.last_sign_in_at,
        ARRAY(SELECT coalesce(ur.built_in, r.name) FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
              WHERE ur.user_id = u.id ORDER BY 1) AS roles
        """

    static func insertUser(_ new: NewUser, id: User.ID, at instant: Date) -> SQL {
        """
        INSERT INTO users (id, email, email_key, display_name, username, locale, password_hash, status, email_verified_at,
            created_at, updated_at)
        VALUES (\(id), \(new.email), \(new.email.key), \(new.displayName), \(new.username), \(new.locale),
            \(new.password?.text.reveal()), \(new.status), \(new.emailVerifiedAt), \(instant), \(instant))
        """
    }

    static func selectUser(_ id: User.ID) -> SQL {
        """
        SELECT \(SQL.userColumns)
        FROM users u WHERE u.id = \(id)
        """
    }

    static func lockUser(_ id: User.ID) -> SQL {
        """
        SELECT \(SQL.userColumns)
        FROM users u WHERE u.id = \(id)
        FOR NO KEY UPDATE OF u
        """
    }

    static func selectUser(email: Email) -> SQL {
        """
        SELECT \(SQL.userColumns)
        FROM users u WHERE u.email_key = \(email.key)
        """
    }

    /// Newest first: identifiers are in the order of creation.
    static func listUsers(_ filter: UserFilter, after id: UUID?, limit: Int, offset: Int = 0) -> SQL {
        """
        SELECT \(SQL.userColumns)
        FROM users u
        WHERE (\(filter.status)::text IS NULL OR u.status = \(filter.status))
            AND (\(filter.role)::text IS NULL OR EXISTS (
                SELECT FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
                WHERE ur.user_id = u.id AND coalesce(ur.built_in, r.name) = \(filter.role)))
            AND (\(filter.pattern)::text IS NULL OR u.display_name ILIKE \(filter.pattern) OR u.email_key ILIKE \(filter.pattern)
                OR u.username ILIKE \(filter.pattern))
            AND (\(filter.email?.key)::text IS NULL OR u.email_key = \(filter.email?.key))
            AND (\(id)::uuid IS NULL OR u.id < \(id))
        ORDER BY u.id DESC
        LIMIT \(limit) OFFSET \(offset)
        """
    }

    static func countUsers(_ filter: UserFilter) -> SQL {
        """
        SELECT count(*) AS total
        FROM users u
        WHERE (\(filter.status)::text IS NULL OR u.status = \(filter.status))
            AND (\(filter.role)::text IS NULL OR EXISTS (
                SELECT FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
                WHERE ur.user_id = u.id AND coalesce(ur.built_in, r.name) = \(filter.role)))
            AND (\(filter.pattern)::text IS NULL OR u.display_name ILIKE \(filter.pattern) OR u.email_key ILIKE \(filter.pattern)
                OR u.username ILIKE \(filter.pattern))
            AND (\(filter.email?.key)::text IS NULL OR u.email_key = \(filter.email?.key))
        """
    }

    /// Another number is nobody's until its owner shows that it is theirs.
    static func updateProfile(_ id: User.ID, _ profile: Profile, at instant: Date) -> SQL {
        """
        UPDATE users
        SET display_name = \(profile.displayName), avatar_url = \(profile.avatarURL), username = \(profile.username),
            phone = \(profile.phone),
            phone_verified_at = CASE WHEN phone IS NOT DISTINCT FROM \(profile.phone) THEN phone_verified_at END,
            locale = \(profile.locale), time_zone = \(profile.timeZone), preferences = \(profile.preferences),
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    /// Fails with SQLSTATE 22023 for a time zone that the server's copy of the IANA database does not have.
    static func requireTimeZone(_ name: TimeZoneName) -> SQL {
        "SELECT now() AT TIME ZONE \(name) AS local"
    }

    /// Ends every token of the user with it, unless they become active.
    static func updateStatus(_ id: User.ID, _ status: User.Status, at instant: Date) -> SQL {
        """
        UPDATE users
        SET status = \(status), version = version + 1, updated_at = \(instant),
            token_epoch = token_epoch + CASE WHEN \(status) = 'active' THEN 0 ELSE 1 END
        WHERE id = \(id)
        """
    }

    /// One at a time, so that of two who take each other's role only one succeeds; registrations wait for a
    /// millisecond.
    static func lockRoleHolders() -> SQL {
        "LOCK TABLE user_roles IN SHARE ROW EXCLUSIVE MODE"
    }

    static func hasActiveOwner(besides id: User.ID) -> SQL {
        """
        SELECT EXISTS (
            SELECT FROM user_roles ur JOIN users u ON u.id = ur.user_id
            WHERE ur.built_in = 'owner' AND u.status = 'active' AND u.id <> \(id)
        ) AS has_owner
        """
    }

    static func insertUserRole(_ role: BuiltInRole, of user: User.ID, at instant: Date) -> SQL {
        """
        INSERT INTO user_roles (user_id, built_in, granted_at) VALUES (\(user), \(role), \(instant)) ON CONFLICT DO NOTHING
        """
    }

    static func insertUserRole(_ role: Role.ID, of user: User.ID, at instant: Date) -> SQL {
        """
        INSERT INTO user_roles (user_id, role_id, granted_at) VALUES (\(user), \(role), \(instant)) ON CONFLICT DO NOTHING
        """
    }

    static func deleteUserRole(_ role: BuiltInRole, of user: User.ID) -> SQL {
        "DELETE FROM user_roles WHERE user_id = \(user) AND built_in = \(role)"
    }

    static func deleteUserRole(_ role: Role.ID, of user: User.ID) -> SQL {
        "DELETE FROM user_roles WHERE user_id = \(user) AND role_id = \(role)"
    }

    /// What a user's roles allow: built-in ones by name, the tenant's own by their permissions.
    static func selectGrants(of user: User.ID) -> SQL {
        """
        SELECT
            ARRAY(SELECT built_in FROM user_roles WHERE user_id = \(user) AND built_in IS NOT NULL) AS built_in,
            ARRAY(SELECT unnest(r.permissions) FROM user_roles ur JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = \(user)) AS permissions
        """
    }

    static func revokeSessions(of user: User.ID, because reason: SignInSession.End, at instant: Date) -> SQL {
        """
        UPDATE sessions SET revoked_at = \(instant), revoked_because = \(reason)
        WHERE user_id = \(user) AND revoked_at IS NULL
        """
    }
}
