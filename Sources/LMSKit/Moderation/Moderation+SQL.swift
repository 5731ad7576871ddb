// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Which reports somebody decides on.
struct ModerationReach: Sendable, Hashable {
    let user: Principal.ID?
    let allMessages: Bool
    let ownMessages: Bool
    let allPosts: Bool
    let ownPosts: Bool

    init(of principal: Principal) {
        user = principal.user
        allMessages = principal.may(.messageModerate, on: .foreign)
        ownMessages = principal.may(.messageModerate, on: .own)
        allPosts = principal.may(.discussionModerate, on: .foreign)
        ownPosts = principal.may(.discussionModerate, on: .own)
    }

    var isEmpty: Bool { !ownMessages && !ownPosts }
}

extension SQL {
    /// What `ModerationReport(row:)` reads, of what the reach holds; nobody decides on what they wrote themselves.
    private static func reports(within reach: ModerationReach) -> SQL {
        """
        SELECT r.id, r.kind, r.message_id, r.post_id, p.thread_id, r.course_id, r.reporter_id, r.author_id, a.display_name,
            r.reason, r.note, r.quotation,
            ARRAY(SELECT v.body FROM direct_message_versions v WHERE v.message_id = r.message_id
                  UNION ALL SELECT v.body FROM discussion_post_versions v WHERE v.post_id = r.post_id LIMIT 20),
            r.status, r.verdict, r.created_at, r.decided_at
        FROM moderation_reports r LEFT JOIN users a ON a.id = r.author_id LEFT JOIN discussion_posts p ON p.id = r.post_id
        WHERE (\(reach.user) IS NULL OR r.author_id IS DISTINCT FROM \(reach.user)) AND (
            (r.kind = 'message' AND \(reach.allMessages)) OR (r.kind = 'post' AND \(reach.allPosts))
            OR (((r.kind = 'message' AND \(reach.ownMessages)) OR (r.kind = 'post' AND \(reach.ownPosts)))
                AND EXISTS (SELECT FROM course_instructors i WHERE i.course_id = r.course_id
                            AND i.user_id = \(reach.user) AND i.role IN ('instructor', 'assistant'))))
        """
    }

    static func selectReport(_ id: ModerationReport.ID, within reach: ModerationReach) -> SQL {
        "\(.reports(within: reach)) AND r.id = \(id)"
    }

    static func lockReport(_ id: ModerationReport.ID) -> SQL {
        "SELECT FROM moderation_reports WHERE id = \(id) FOR UPDATE"
    }

    static func listReports(
        _ status: ModerationReport.Status,
        within reach: ModerationReach,
        after: ModerationReport.ID?,
        limit: Int
    ) -> SQL {
        """
        \(.reports(within: reach)) AND r.status = \(status) AND (\(after) IS NULL OR r.id > \(after))
        ORDER BY r.id LIMIT \(limit)
        """
    }

    /// Reports a message that the reporter sees; returns no row if it was done, or there is none.
    static func reportMessage(
        _ message: DirectMessage.ID,
        in conversation: Conversation.ID,
        as id: ModerationReport.ID,
        by reporter: Principal.ID,
        _ reason: ModerationReport.Reason,
        _ note: String,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO moderation_reports (id, kind, message_id, course_id, reporter_id, author_id, reason, note, quotation, created_at)
        SELECT \(id), 'message', d.id, c.course_id, m.user_id, d.sender_id, \(reason), \(note), d.body, \(instant)
        FROM direct_messages d JOIN conversations c ON c.id = d.conversation_id
            JOIN conversation_members m ON m.conversation_id = c.id AND m.user_id = \(reporter)
        WHERE d.id = \(message) AND d.conversation_id = \(conversation) AND d.status IN ('sent', 'edited')
            AND d.position <= least(c.last_position, m.left_position)
        ON CONFLICT ON CONSTRAINT moderation_reports_message_id_reporter_id_uq DO NOTHING
        """
    }

    static func selectReport(ofMessage id: DirectMessage.ID, in conversation: Conversation.ID, by user: Principal.ID)
        -> SQL
    {
        """
        SELECT r.id FROM moderation_reports r JOIN direct_messages d ON d.id = r.message_id
        WHERE r.message_id = \(id) AND d.conversation_id = \(conversation) AND r.reporter_id = \(user)
        """
    }

    /// The caller made sure that the reporter sees the post.
    static func reportPost(
        _ post: DiscussionPost.ID,
        in thread: DiscussionThread.ID,
        as id: ModerationReport.ID,
        by reporter: Principal.ID,
        _ reason: ModerationReport.Reason,
        _ note: String,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO moderation_reports (id, kind, post_id, course_id, reporter_id, author_id, reason, note, quotation, created_at)
        SELECT \(id), 'post', p.id, p.course_id, \(reporter), p.author_id, \(reason), \(note), p.body, \(instant)
        FROM discussion_posts p
        WHERE p.id = \(post) AND p.thread_id = \(thread) AND p.status IN ('published', 'edited')
        ON CONFLICT ON CONSTRAINT moderation_reports_post_id_reporter_id_uq DO NOTHING
        """
    }

    static func selectReport(ofPost id: DiscussionPost.ID, in thread: DiscussionThread.ID, by user: Principal.ID) -> SQL
    {
        """
        SELECT r.id FROM moderation_reports r JOIN discussion_posts p ON p.id = r.post_id
        WHERE r.post_id = \(id) AND p.thread_id = \(thread) AND r.reporter_id = \(user)
        """
    }

    static func lockConversation(of message: DirectMessage.ID) -> SQL {
        """
        SELECT id FROM conversations WHERE id = (SELECT conversation_id FROM direct_messages WHERE id = \(message))
        FOR NO KEY UPDATE
        """
    }

    static func hideMessage(_ id: DirectMessage.ID) -> SQL {
        "UPDATE direct_messages SET status = 'hidden' WHERE id = \(id) AND status IN ('sent', 'edited')"
    }

    static func restoreMessage(_ id: DirectMessage.ID) -> SQL {
        """
        UPDATE direct_messages SET status = CASE WHEN edited_at IS NULL THEN 'sent' ELSE 'edited' END
        WHERE id = \(id) AND status = 'hidden'
        """
    }

    static func decideReport(
        _ id: ModerationReport.ID,
        as status: ModerationReport.Status,
        because verdict: String,
        by moderator: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE moderation_reports SET status = \(status), verdict = \(verdict), decided_by = \(moderator), decided_at = \(instant)
        WHERE id = \(id)
        """
    }
}
