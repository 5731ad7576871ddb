// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension SQL {
    /// What becomes of what somebody said: the words are gone, the places stay without a name, by which others read on.
    static func erasingTalk(of id: User.ID) -> [SQL] {
        [
            .eraseMessageVersions(of: id), .eraseMessages(of: id), .deleteAbandonedConversations(of: id),
            .lockThreads(with: id), .uncountPostVotes(of: id), .withdrawAnswers(of: id),
            .deleteAbandonedThreads(of: id),
            .erasePostVersions(of: id), .eraseMentions(by: id), .erasePosts(of: id), .eraseThreads(of: id),
            .eraseReports(of: id),
        ]
    }

    private static func eraseMessageVersions(of id: User.ID) -> SQL {
        """
        DELETE FROM direct_message_versions v USING direct_messages d
        WHERE d.sender_id = \(id) AND v.message_id = d.id
        """
    }

    private static func eraseMessages(of id: User.ID) -> SQL {
        "UPDATE direct_messages SET body = '', status = 'deleted', sender_id = NULL WHERE sender_id = \(id)"
    }

    /// The conversations in which nobody else takes part.
    private static func deleteAbandonedConversations(of id: User.ID) -> SQL {
        """
        DELETE FROM conversations c USING conversation_members m
        WHERE m.user_id = \(id) AND c.id = m.conversation_id
            AND NOT EXISTS (SELECT FROM conversation_members o WHERE o.conversation_id = c.id AND o.user_id <> m.user_id)
        """
    }

    /// Threads before their posts, like everybody who changes them.
    private static func lockThreads(with id: User.ID) -> SQL {
        """
        SELECT FROM discussion_threads t
        WHERE t.id IN (
            SELECT p.thread_id FROM discussion_posts p WHERE p.author_id = \(id)
            UNION SELECT p.thread_id FROM discussion_votes v JOIN discussion_posts p ON p.id = v.post_id WHERE v.user_id = \(id))
        ORDER BY t.id FOR NO KEY UPDATE
        """
    }

    private static func uncountPostVotes(of id: User.ID) -> SQL {
        """
        WITH p AS (
            UPDATE discussion_posts p SET votes = p.votes - 1
            FROM discussion_votes v WHERE v.user_id = \(id) AND p.id = v.post_id
            RETURNING p.thread_id, p.position
        )
        UPDATE discussion_threads t SET votes = t.votes - 1 FROM p WHERE t.id = p.thread_id AND p.position = 1
        """
    }

    private static func withdrawAnswers(of id: User.ID) -> SQL {
        """
        UPDATE discussion_threads t SET accepted_post_id = NULL, version = t.version + 1
        FROM discussion_posts p WHERE p.author_id = \(id) AND t.id = p.thread_id AND t.accepted_post_id = p.id
        """
    }

    /// The threads in which nobody else wrote.
    private static func deleteAbandonedThreads(of id: User.ID) -> SQL {
        """
        DELETE FROM discussion_threads t
        WHERE t.author_id = \(id)
            AND NOT EXISTS (SELECT FROM discussion_posts p WHERE p.thread_id = t.id AND p.author_id IS DISTINCT FROM t.author_id)
        """
    }

    private static func erasePostVersions(of id: User.ID) -> SQL {
        """
        DELETE FROM discussion_post_versions v USING discussion_posts p WHERE p.author_id = \(id) AND v.post_id = p.id
        """
    }

    private static func eraseMentions(by id: User.ID) -> SQL {
        "DELETE FROM discussion_mentions m USING discussion_posts p WHERE p.author_id = \(id) AND m.post_id = p.id"
    }

    private static func erasePosts(of id: User.ID) -> SQL {
        """
        UPDATE discussion_posts SET body = '', status = 'deleted', hidden_reason = NULL, author_id = NULL
        WHERE author_id = \(id)
        """
    }

    private static func eraseThreads(of id: User.ID) -> SQL {
        """
        UPDATE discussion_threads SET title = '', tags = '{}', is_hidden = false, author_id = NULL, version = version + 1
        WHERE author_id = \(id)
        """
    }

    /// What they wrote, and what they said of what others wrote; that it was reported and decided on stays.
    private static func eraseReports(of id: User.ID) -> SQL {
        """
        UPDATE moderation_reports SET
            note = CASE WHEN reporter_id = \(id) THEN '' ELSE note END,
            quotation = CASE WHEN author_id = \(id) THEN '' ELSE quotation END
        WHERE reporter_id = \(id) OR author_id = \(id)
        """
    }
}
