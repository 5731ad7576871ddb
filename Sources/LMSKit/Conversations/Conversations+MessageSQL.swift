// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `DirectMessage(row:)` reads, of a message called `d` and its sender called `s`.
    static var directMessageColumns: SQL {
        """
        d.id, d.conversation_id, d.position, d.sender_id, s.display_name, d.status,
        CASE d.status WHEN 'hidden' THEN '' ELSE d.body END, d.sent_at, d.edited_at
        """
    }

    static func selectDirectMessage(_ id: DirectMessage.ID, in conversation: Conversation.ID) -> SQL {
        """
        SELECT \(.directMessageColumns)
        FROM direct_messages d LEFT JOIN users s ON s.id = d.sender_id
        WHERE d.id = \(id) AND d.conversation_id = \(conversation)
        """
    }

    /// The messages after a position, the first ones first.
    static func listDirectMessages(
        in conversation: Conversation.ID,
        after position: Int,
        through last: Int,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.directMessageColumns)
        FROM direct_messages d LEFT JOIN users s ON s.id = d.sender_id
        WHERE d.conversation_id = \(conversation) AND d.position > \(position) AND d.position <= \(last)
        ORDER BY d.position LIMIT \(limit)
        """
    }

    /// The messages before a position, the last ones first.
    static func listDirectMessages(
        in conversation: Conversation.ID,
        before position: Int,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.directMessageColumns)
        FROM direct_messages d LEFT JOIN users s ON s.id = d.sender_id
        WHERE d.conversation_id = \(conversation) AND d.position < \(position)
        ORDER BY d.position DESC LIMIT \(limit)
        """
    }

    /// Gives the message the next position; the conversation's row is locked from here to the commit.
    static func insertDirectMessage(
        _ id: DirectMessage.ID,
        in conversation: Conversation.ID,
        from sender: Principal.ID,
        _ body: String,
        at instant: Date
    ) -> SQL {
        """
        WITH c AS (
            UPDATE conversations SET last_position = last_position + 1, last_message_at = greatest(last_message_at, \(instant))
            WHERE id = \(conversation) RETURNING last_position
        )
        INSERT INTO direct_messages (id, conversation_id, position, sender_id, body, sent_at)
        SELECT \(id), \(conversation), c.last_position, \(sender), \(body), \(instant) FROM c
        """
    }

    /// Brings back who left a direct conversation: there is something new in it.
    static func rejoinConversation(_ id: Conversation.ID) -> SQL {
        """
        UPDATE conversation_members m SET left_at = NULL, left_position = NULL
        FROM conversations c
        WHERE m.conversation_id = \(id) AND c.id = m.conversation_id AND c.kind = 'direct' AND m.left_at IS NOT NULL
        """
    }

    static func insertMessageVersion(of id: DirectMessage.ID, at instant: Date) -> SQL {
        """
        INSERT INTO direct_message_versions (message_id, replaced_at, body)
        SELECT id, \(instant), body FROM direct_messages WHERE id = \(id)
        ON CONFLICT ON CONSTRAINT direct_message_versions_key DO NOTHING
        """
    }

    static func updateDirectMessage(_ id: DirectMessage.ID, _ body: String, at instant: Date) -> SQL {
        "UPDATE direct_messages SET body = \(body), status = 'edited', edited_at = \(instant) WHERE id = \(id)"
    }

    static func eraseDirectMessage(_ id: DirectMessage.ID, at instant: Date) -> SQL {
        """
        UPDATE direct_messages SET body = '', status = 'deleted', edited_at = \(instant)
        WHERE id = \(id) AND status <> 'deleted'
        """
    }

    static func deleteMessageVersions(of id: DirectMessage.ID) -> SQL {
        "DELETE FROM direct_message_versions WHERE message_id = \(id)"
    }
}
