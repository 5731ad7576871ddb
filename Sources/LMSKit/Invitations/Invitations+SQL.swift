// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

// Statements that return invitations have the columns of `Invitation.init(row:)`, in its order.
extension SQL {
    private static let invitationColumns: SQL = """
        id, email, display_name, roles, invited_by, times_sent, created_at, expires_at, accepted_at, revoked_at
        """

    /// One at a time, so that the number of open ones is what it is; others wait for a millisecond.
    static func lockInvitations() -> SQL {
        "LOCK TABLE invitations IN SHARE ROW EXCLUSIVE MODE"
    }

    /// Makes room for a new invitation to an address whose last one is over by time.
    static func endExpiredInvitations(to email: Email, at instant: Date) -> SQL {
        """
        UPDATE invitations SET revoked_at = \(instant)
        WHERE email_key = \(email.key) AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= \(instant)
        """
    }

    /// Deletes what ended long ago, a few at a time: each new one takes more than one with it.
    static func deleteEndedInvitations(before instant: Date) -> SQL {
        """
        DELETE FROM invitations WHERE id = ANY(ARRAY(
            SELECT id FROM invitations WHERE expires_at < \(instant) ORDER BY expires_at LIMIT 5))
        """
    }

    /// No row if somebody has the address, or too many are open.
    static func insertInvitation(
        _ new: NewInvitation,
        id: Invitation.ID,
        hash: Bytes,
        by user: User.ID?,
        at instant: Date,
        until end: Date,
        limit: Int
    ) -> SQL {
        """
        INSERT INTO invitations (id, email, email_key, display_name, roles, token_hash, invited_by, created_at, expires_at)
        SELECT \(id), \(new.email), \(new.email.key), \(new.displayName), \(new.roles), \(hash), \(user), \(instant), \(end)
        WHERE NOT EXISTS (SELECT FROM users WHERE email_key = \(new.email.key) AND status <> 'invited')
            AND (SELECT count(*) FROM invitations
                 WHERE accepted_at IS NULL AND revoked_at IS NULL AND expires_at > \(instant)) < \(limit)
        RETURNING \(SQL.invitationColumns)
        """
    }

    static func hasMember(_ email: Email) -> SQL {
        "SELECT EXISTS (SELECT FROM users WHERE email_key = \(email.key) AND status <> 'invited') AS has_member"
    }

    static func selectInvitation(_ id: Invitation.ID) -> SQL {
        "SELECT \(SQL.invitationColumns) FROM invitations WHERE id = \(id)"
    }

    /// Newest first: identifiers are in the order of creation.
    static func listInvitations(after id: UUID?, limit: Int) -> SQL {
        """
        SELECT \(SQL.invitationColumns) FROM invitations
        WHERE (\(id)::uuid IS NULL OR id < \(id)) ORDER BY id DESC LIMIT \(limit)
        """
    }

    /// The link before is good no more.
    static func renewInvitation(_ id: Invitation.ID, hash: Bytes, until end: Date) -> SQL {
        """
        UPDATE invitations SET token_hash = \(hash), expires_at = \(end), times_sent = times_sent + 1
        WHERE id = \(id) AND accepted_at IS NULL AND revoked_at IS NULL
        RETURNING \(SQL.invitationColumns)
        """
    }

    static func revokeInvitation(_ id: Invitation.ID, at instant: Date) -> SQL {
        """
        UPDATE invitations SET revoked_at = \(instant)
        WHERE id = \(id) AND accepted_at IS NULL AND revoked_at IS NULL RETURNING id
        """
    }

    static func selectInvitation(token hash: Bytes, at instant: Date) -> SQL {
        """
        SELECT \(SQL.invitationColumns) FROM invitations
        WHERE token_hash = \(hash) AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > \(instant)
        """
    }

    /// Of two who come at once the second waits for the first's row and then finds it accepted.
    static func acceptInvitation(_ hash: Bytes, at instant: Date) -> SQL {
        """
        UPDATE invitations SET accepted_at = \(instant)
        WHERE token_hash = \(hash) AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > \(instant)
        RETURNING \(SQL.invitationColumns)
        """
    }

    /// Makes a member of somebody who was made beforehand; no row if there is no such person.
    static func activateInvited(_ new: NewUser, at instant: Date) -> SQL {
        """
        UPDATE users SET status = 'active', password_hash = \(new.password?.text.reveal()), display_name = \(new.displayName),
            email_verified_at = \(instant), token_epoch = token_epoch + 1, version = version + 1, updated_at = \(instant)
        WHERE email_key = \(new.email.key) AND status = 'invited'
        RETURNING id
        """
    }

    static func isActive(_ user: User.ID) -> SQL {
        "SELECT EXISTS (SELECT FROM users WHERE id = \(user) AND status = 'active') AS is_active"
    }
}
