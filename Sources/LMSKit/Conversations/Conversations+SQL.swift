// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Conversation(row:)` reads, as `member` sees it.
    private static func conversations(of member: Principal.ID) -> SQL {
        """
        SELECT c.id, c.kind, c.basis, c.course_id, c.title,
            ARRAY(SELECT o.user_id FROM conversation_members o
                  WHERE o.conversation_id = c.id AND (c.kind = 'direct' OR o.left_at IS NULL) ORDER BY o.user_id),
            ARRAY(SELECT u.display_name FROM conversation_members o JOIN users u ON u.id = o.user_id
                  WHERE o.conversation_id = c.id AND (c.kind = 'direct' OR o.left_at IS NULL) ORDER BY o.user_id),
            least(c.last_position, m.left_position),
            CASE WHEN m.left_at IS NULL THEN c.last_message_at ELSE coalesce(d.sent_at, c.created_at) END, m.read_position,
            (SELECT count(*) FROM (
                SELECT FROM direct_messages n
                WHERE n.conversation_id = c.id AND n.position > m.read_position
                    AND n.position <= least(c.last_position, m.left_position)
                    AND n.sender_id IS DISTINCT FROM m.user_id AND n.status IN ('sent', 'edited')
                LIMIT 1000) unread),
            m.is_muted, m.left_at IS NOT NULL, c.created_at, d.*
        FROM conversation_members m JOIN conversations c ON c.id = m.conversation_id
        LEFT JOIN LATERAL (
            SELECT \(.directMessageColumns)
            FROM direct_messages d LEFT JOIN users s ON s.id = d.sender_id
            WHERE d.conversation_id = c.id AND d.position <= least(c.last_position, m.left_position)
            ORDER BY d.position DESC LIMIT 1
        ) d ON true
        WHERE m.user_id = \(member)
        """
    }

    static func selectConversation(_ id: Conversation.ID, for member: Principal.ID) -> SQL {
        "\(.conversations(of: member)) AND c.id = \(id)"
    }

    static func listConversations(
        of member: Principal.ID,
        after: (last: Date, id: Conversation.ID)?,
        limit: Int
    ) -> SQL {
        """
        \(.conversations(of: member)) AND m.left_at IS NULL
            AND (\(after?.id) IS NULL OR (c.last_message_at, c.id) < (\(after?.last), \(after?.id)))
        ORDER BY c.last_message_at DESC, c.id DESC LIMIT \(limit)
        """
    }

    static func countUnreadMessages(of member: Principal.ID) -> SQL {
        """
        SELECT count(*), coalesce(sum(x.n), 0)::bigint
        FROM conversation_members m JOIN conversations c ON c.id = m.conversation_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM (
                SELECT FROM direct_messages n
                WHERE n.conversation_id = c.id AND n.position > m.read_position AND n.position <= c.last_position
                    AND n.sender_id IS DISTINCT FROM m.user_id AND n.status IN ('sent', 'edited')
                LIMIT 1000) unread
        ) x
        WHERE m.user_id = \(member) AND m.left_at IS NULL AND NOT m.is_muted AND x.n > 0
        """
    }

    /// Everything that is written in a conversation is written under this lock.
    static func lockConversation(_ id: Conversation.ID, for member: Principal.ID) -> SQL {
        """
        SELECT c.kind, c.basis, m.left_at IS NOT NULL
        FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id
        WHERE c.id = \(id) AND m.user_id = \(member) FOR NO KEY UPDATE OF c
        """
    }

    /// Returns no row if the two have a conversation.
    static func insertConversation(
        _ id: Conversation.ID,
        _ new: NewConversation,
        pair: (first: Principal.ID, second: Principal.ID)?,
        basis: Conversation.Basis,
        by user: Principal.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO conversations (id, kind, basis, first_user_id, second_user_id, created_by, course_id, title, created_at,
                                   last_message_at)
        VALUES (\(id), CASE WHEN \(pair?.first) IS NULL THEN 'group' ELSE 'direct' END, \(basis), \(pair?.first),
                \(pair?.second), \(user), \(new.course), \(pair == nil ? new.title : nil), \(instant), \(instant))
        ON CONFLICT ON CONSTRAINT conversations_first_user_id_second_user_id_uq DO NOTHING
        RETURNING id
        """
    }

    static func lockConversation(of pair: (first: Principal.ID, second: Principal.ID)) -> SQL {
        """
        SELECT id FROM conversations WHERE first_user_id = \(pair.first) AND second_user_id = \(pair.second)
        FOR NO KEY UPDATE
        """
    }

    /// The right to write to everybody lets a conversation go on that began otherwise.
    static func strengthenConversation(_ id: Conversation.ID, to basis: Conversation.Basis) -> SQL {
        """
        UPDATE conversations SET basis = \(basis)
        WHERE id = \(id) AND basis <> \(basis) AND (\(basis) = 'office' OR basis = 'peers')
        """
    }

    static func insertMembers(_ users: [Principal.ID], of id: Conversation.ID, at instant: Date) -> SQL {
        """
        INSERT INTO conversation_members (conversation_id, user_id, joined_at)
        SELECT \(id), u.id, \(instant) FROM unnest(\(users)) AS u (id)
        ON CONFLICT ON CONSTRAINT conversation_members_key DO NOTHING
        """
    }

    /// Conversations of one person begin one after another, so that they can be counted.
    static func lockWriter(_ id: Principal.ID) -> SQL {
        "SELECT FROM users WHERE id = \(id) FOR NO KEY UPDATE"
    }

    static func countConversations(begunBy user: Principal.ID, after instant: Date) -> SQL {
        "SELECT count(*) FROM conversations WHERE created_by = \(user) AND created_at > \(instant)"
    }

    static func readConversation(_ id: Conversation.ID, through position: Int, as member: Principal.ID) -> SQL {
        """
        UPDATE conversation_members m SET read_position = greatest(m.read_position, least(\(position), c.last_position, m.left_position))
        FROM conversations c
        WHERE m.conversation_id = \(id) AND m.user_id = \(member) AND c.id = m.conversation_id
        """
    }

    static func muteConversation(_ id: Conversation.ID, _ isMuted: Bool, as member: Principal.ID) -> SQL {
        """
        UPDATE conversation_members SET is_muted = \(isMuted) WHERE conversation_id = \(id) AND user_id = \(member)
        """
    }

    static func leaveConversation(_ id: Conversation.ID, as member: Principal.ID, at instant: Date) -> SQL {
        """
        UPDATE conversation_members m SET left_at = \(instant), left_position = c.last_position
        FROM conversations c
        WHERE m.conversation_id = \(id) AND m.user_id = \(member) AND c.id = m.conversation_id AND m.left_at IS NULL
        """
    }
}
