// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Acquaintance(row:)` reads, of a user called `u` with somebody; in one course alone, if one is named.
    private static func acquaintance(with writer: Principal.ID, in course: Course.ID?) -> SQL {
        """
        u.id, u.status = 'active',
        EXISTS (
            SELECT FROM course_instructors t
            WHERE t.user_id = \(writer) AND t.role <> 'observer' AND (\(course) IS NULL OR t.course_id = \(course)) AND (
                EXISTS (SELECT FROM enrollments e WHERE e.user_id = u.id AND e.course_id = t.course_id
                        AND e.status IN ('active', 'completed'))
                OR EXISTS (SELECT FROM course_instructors o WHERE o.course_id = t.course_id AND o.user_id = u.id
                           AND o.role <> 'observer'))
        ) OR EXISTS (
            SELECT FROM enrollments e JOIN course_instructors o ON o.course_id = e.course_id
            WHERE e.user_id = \(writer) AND e.status IN ('active', 'completed') AND (\(course) IS NULL OR e.course_id = \(course))
                AND o.user_id = u.id AND o.role <> 'observer'
        ),
        EXISTS (
            SELECT FROM enrollments e JOIN enrollments o ON o.course_id = e.course_id
            WHERE e.user_id = \(writer) AND e.status IN ('active', 'completed') AND (\(course) IS NULL OR e.course_id = \(course))
                AND o.user_id = u.id AND o.status IN ('active', 'completed')
        ),
        EXISTS (SELECT FROM user_blocks b WHERE b.user_id = u.id AND b.blocked_user_id = \(writer)),
        EXISTS (SELECT FROM user_blocks b WHERE b.user_id = \(writer) AND b.blocked_user_id = u.id)
        """
    }

    static func selectAcquaintances(
        _ users: [Principal.ID],
        of writer: Principal.ID,
        in course: Course.ID?
    ) -> SQL {
        "SELECT \(.acquaintance(with: writer, in: course)) FROM users u WHERE u.id = ANY(\(users)) ORDER BY u.id"
    }

    /// The others of a conversation, but for who left a group.
    static func selectAcquaintances(in conversation: Conversation.ID, of writer: Principal.ID) -> SQL {
        """
        SELECT \(.acquaintance(with: writer, in: nil))
        FROM conversation_members m JOIN conversations c ON c.id = m.conversation_id JOIN users u ON u.id = m.user_id
        WHERE m.conversation_id = \(conversation) AND m.user_id <> \(writer) AND (c.kind = 'direct' OR m.left_at IS NULL)
        ORDER BY u.id
        """
    }

    /// Returns no row if they have no conversation, or it was blocked before.
    static func insertBlock(of user: Principal.ID, by blocker: Principal.ID, at instant: Date) -> SQL {
        """
        INSERT INTO user_blocks (user_id, blocked_user_id, blocked_at)
        SELECT \(blocker), \(user), \(instant) WHERE EXISTS (
            SELECT FROM conversation_members m JOIN conversation_members o ON o.conversation_id = m.conversation_id
            WHERE m.user_id = \(blocker) AND o.user_id = \(user) AND o.user_id <> m.user_id)
        ON CONFLICT ON CONSTRAINT user_blocks_key DO NOTHING
        """
    }

    static func deleteBlock(of user: Principal.ID, by blocker: Principal.ID) -> SQL {
        "DELETE FROM user_blocks WHERE user_id = \(blocker) AND blocked_user_id = \(user)"
    }

    static func selectBlock(of user: Principal.ID, by blocker: Principal.ID) -> SQL {
        "SELECT true FROM user_blocks WHERE user_id = \(blocker) AND blocked_user_id = \(user)"
    }

    static func countBlocks(by blocker: Principal.ID) -> SQL {
        "SELECT count(*) FROM user_blocks WHERE user_id = \(blocker)"
    }

    static func listBlocks(by blocker: Principal.ID) -> SQL {
        """
        SELECT b.blocked_user_id, u.display_name, b.blocked_at
        FROM user_blocks b JOIN users u ON u.id = b.blocked_user_id
        WHERE b.user_id = \(blocker) ORDER BY b.blocked_at, b.blocked_user_id
        """
    }
}
