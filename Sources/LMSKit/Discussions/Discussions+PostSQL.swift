// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `DiscussionPost(row:)` reads, as `reader` sees it, of posts called `p`.
    private static func posts(for reader: Principal.ID?, showsHidden: Bool) -> SQL {
        """
        SELECT p.id, p.thread_id, p.position, p.parent_id, p.author_id, a.display_name, p.status,
            CASE WHEN p.status = 'hidden' AND NOT \(showsHidden) THEN '' ELSE p.body END, p.votes,
            EXISTS (SELECT FROM discussion_votes v WHERE v.post_id = p.id AND v.user_id = \(reader)),
            ARRAY(SELECT m.user_id FROM discussion_mentions m
                  WHERE m.post_id = p.id AND (p.status <> 'hidden' OR \(showsHidden)) ORDER BY m.user_id),
            ARRAY(SELECT u.display_name FROM discussion_mentions m JOIN users u ON u.id = m.user_id
                  WHERE m.post_id = p.id AND (p.status <> 'hidden' OR \(showsHidden)) ORDER BY m.user_id),
            CASE WHEN \(showsHidden) THEN p.hidden_reason END, p.created_at, p.edited_at
        FROM discussion_posts p LEFT JOIN users a ON a.id = p.author_id
        """
    }

    static func selectPost(
        _ id: DiscussionPost.ID,
        in thread: DiscussionThread.ID,
        for reader: Principal.ID?,
        showsHidden: Bool
    ) -> SQL {
        "\(.posts(for: reader, showsHidden: showsHidden)) WHERE p.id = \(id) AND p.thread_id = \(thread)"
    }

    /// With what a moderator hid: it is theirs.
    static func selectOwnPosts(of user: User.ID) -> SQL {
        """
        SELECT p.id, p.thread_id, p.position, p.parent_id, p.author_id, a.display_name, p.status, p.body, p.votes, false,
            '{}'::uuid[], '{}'::text[], NULL::text, p.created_at, p.edited_at
        FROM discussion_posts p JOIN users a ON a.id = p.author_id
        WHERE p.author_id = \(user) AND p.status <> 'deleted' ORDER BY p.id
        """
    }

    /// The posts after a position, the first ones first.
    static func listPosts(
        in thread: DiscussionThread.ID,
        after position: Int,
        before end: Int,
        for reader: Principal.ID?,
        showsHidden: Bool,
        limit: Int
    ) -> SQL {
        """
        \(.posts(for: reader, showsHidden: showsHidden))
        WHERE p.thread_id = \(thread) AND p.position > \(position) AND p.position < \(end)
        ORDER BY p.position LIMIT \(limit)
        """
    }

    /// The posts before a position, the last ones first.
    static func listPosts(
        in thread: DiscussionThread.ID,
        before position: Int,
        for reader: Principal.ID?,
        showsHidden: Bool,
        limit: Int
    ) -> SQL {
        """
        \(.posts(for: reader, showsHidden: showsHidden))
        WHERE p.thread_id = \(thread) AND p.position < \(position)
        ORDER BY p.position DESC LIMIT \(limit)
        """
    }

    /// Gives the post the next position; the thread's row is locked.
    static func insertPost(
        _ id: DiscussionPost.ID,
        in thread: DiscussionThread.ID,
        answering parent: DiscussionPost.ID?,
        by author: Principal.ID,
        _ body: String,
        at instant: Date
    ) -> SQL {
        """
        WITH t AS (
            UPDATE discussion_threads
            SET last_position = last_position + 1, last_activity_at = greatest(last_activity_at, \(instant))
            WHERE id = \(thread) RETURNING course_id, last_position
        )
        INSERT INTO discussion_posts (id, thread_id, course_id, position, parent_id, author_id, body, created_at)
        SELECT \(id), \(thread), t.course_id, t.last_position, \(parent), \(author), \(body), \(instant) FROM t
        """
    }

    /// Mentions those who learn or teach in the course, may see the thread and were not mentioned yet; returns whom.
    static func insertMentions(_ users: [Principal.ID], in post: DiscussionPost.ID, by author: Principal.ID) -> SQL {
        """
        INSERT INTO discussion_mentions (post_id, user_id)
        SELECT p.id, u.id FROM discussion_posts p JOIN discussion_threads t ON t.id = p.thread_id
            JOIN users u ON u.id = ANY(\(users))
        WHERE p.id = \(post) AND u.id <> \(author) AND u.status = 'active' AND (
            EXISTS (SELECT FROM course_instructors i WHERE i.course_id = p.course_id AND i.user_id = u.id
                    AND (NOT t.is_hidden OR i.role IN ('instructor', 'assistant')))
            OR (NOT t.is_hidden AND EXISTS (
                SELECT FROM enrollments e JOIN courses c ON c.id = e.course_id
                WHERE e.course_id = p.course_id AND e.user_id = u.id AND e.status IN ('active', 'completed')
                    AND c.status IN ('published', 'archived'))))
        ON CONFLICT ON CONSTRAINT discussion_mentions_key DO NOTHING
        RETURNING user_id
        """
    }

    static func deleteMentions(in post: DiscussionPost.ID, besides users: [Principal.ID] = []) -> SQL {
        "DELETE FROM discussion_mentions WHERE post_id = \(post) AND user_id <> ALL(\(users))"
    }

    static func insertPostVersion(of id: DiscussionPost.ID, at instant: Date) -> SQL {
        """
        INSERT INTO discussion_post_versions (post_id, replaced_at, body)
        SELECT id, \(instant), body FROM discussion_posts WHERE id = \(id)
        ON CONFLICT ON CONSTRAINT discussion_post_versions_key DO NOTHING
        """
    }

    static func updatePost(_ id: DiscussionPost.ID, _ body: String, at instant: Date) -> SQL {
        "UPDATE discussion_posts SET body = \(body), status = 'edited', edited_at = \(instant) WHERE id = \(id)"
    }

    static func erasePost(_ id: DiscussionPost.ID, at instant: Date) -> SQL {
        """
        UPDATE discussion_posts SET body = '', status = 'deleted', hidden_reason = NULL, edited_at = \(instant)
        WHERE id = \(id) AND status <> 'deleted'
        """
    }

    static func deletePostVersions(of id: DiscussionPost.ID) -> SQL {
        "DELETE FROM discussion_post_versions WHERE post_id = \(id)"
    }

    static func listPostVersions(of id: DiscussionPost.ID) -> SQL {
        """
        SELECT body, replaced_at FROM discussion_post_versions WHERE post_id = \(id)
        ORDER BY replaced_at DESC LIMIT 100
        """
    }

    /// Takes an answer back that is hidden or deleted.
    static func withdrawAnswer(_ post: DiscussionPost.ID, to thread: DiscussionThread.ID) -> SQL {
        """
        UPDATE discussion_threads SET accepted_post_id = NULL, version = version + 1
        WHERE id = \(thread) AND accepted_post_id = \(post)
        """
    }

    static func hidePost(_ id: DiscussionPost.ID, reason: String) -> SQL {
        """
        UPDATE discussion_posts SET status = 'hidden', hidden_reason = \(reason)
        WHERE id = \(id) AND status IN ('published', 'edited', 'hidden')
        """
    }

    static func restorePost(_ id: DiscussionPost.ID) -> SQL {
        """
        UPDATE discussion_posts SET hidden_reason = NULL, status = CASE WHEN edited_at IS NULL THEN 'published' ELSE 'edited' END
        WHERE id = \(id) AND status = 'hidden'
        """
    }

    /// A thread is hidden with its first post.
    static func recountHidden(of thread: DiscussionThread.ID) -> SQL {
        """
        UPDATE discussion_threads t SET is_hidden = p.status = 'hidden'
        FROM discussion_posts p
        WHERE t.id = \(thread) AND p.thread_id = t.id AND p.position = 1 AND t.is_hidden <> (p.status = 'hidden')
        """
    }

    /// Votes and counts the vote, if there is none yet.
    static func insertPostVote(of user: Principal.ID, for post: DiscussionPost.ID, at instant: Date) -> SQL {
        """
        WITH v AS (
            INSERT INTO discussion_votes (post_id, user_id, voted_at) VALUES (\(post), \(user), \(instant))
            ON CONFLICT ON CONSTRAINT discussion_votes_key DO NOTHING RETURNING post_id
        ), p AS (
            UPDATE discussion_posts p SET votes = p.votes + 1 FROM v WHERE p.id = v.post_id
            RETURNING p.thread_id, p.position
        )
        UPDATE discussion_threads t SET votes = t.votes + 1 FROM p WHERE t.id = p.thread_id AND p.position = 1
        """
    }

    static func deletePostVote(of user: Principal.ID, for post: DiscussionPost.ID) -> SQL {
        """
        WITH v AS (
            DELETE FROM discussion_votes WHERE post_id = \(post) AND user_id = \(user) RETURNING post_id
        ), p AS (
            UPDATE discussion_posts p SET votes = p.votes - 1 FROM v WHERE p.id = v.post_id
            RETURNING p.thread_id, p.position
        )
        UPDATE discussion_threads t SET votes = t.votes - 1 FROM p WHERE t.id = p.thread_id AND p.position = 1
        """
    }

    /// Suspends somebody who learns in the course or wrote in it; returns no row for anybody else.
    static func insertSuspension(
        of user: Principal.ID,
        in course: Course.ID,
        reason: String,
        by moderator: Principal.ID?,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO discussion_suspensions (course_id, user_id, reason, suspended_at, ends_at, suspended_by)
        SELECT \(course), u.id, \(reason), \(instant), \(end), \(moderator) FROM users u
        WHERE u.id = \(user) AND (
            EXISTS (SELECT FROM enrollments e WHERE e.course_id = \(course) AND e.user_id = u.id)
            OR EXISTS (SELECT FROM discussion_posts p WHERE p.course_id = \(course) AND p.author_id = u.id))
        ON CONFLICT ON CONSTRAINT discussion_suspensions_key DO UPDATE
        SET reason = excluded.reason, ends_at = excluded.ends_at, suspended_by = excluded.suspended_by
        RETURNING user_id
        """
    }

    static func deleteSuspension(of user: Principal.ID, in course: Course.ID) -> SQL {
        "DELETE FROM discussion_suspensions WHERE course_id = \(course) AND user_id = \(user)"
    }

    static func listSuspensions(in course: Course.ID, at instant: Date) -> SQL {
        """
        SELECT s.user_id, u.display_name, s.reason, s.suspended_at, s.ends_at
        FROM discussion_suspensions s JOIN users u ON u.id = s.user_id
        WHERE s.course_id = \(course) AND s.ends_at > \(instant) ORDER BY s.suspended_at, s.user_id LIMIT 500
        """
    }
}
