// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `DiscussionThread(row:)` reads, as `reader` sees it, of threads called `t`.
    private static func threads(for reader: Principal.ID?) -> SQL {
        """
        SELECT t.id, t.course_id, t.lesson_id, t.kind, t.title, t.tags, t.author_id, a.display_name, t.is_pinned, t.is_locked,
            t.is_featured, t.is_hidden, t.accepted_post_id, t.votes, t.last_position, t.version, t.created_at,
            t.last_activity_at, coalesce(f.is_subscribed, false), coalesce(f.read_position, 0),
            (SELECT count(*) FROM (
                SELECT FROM discussion_posts n
                WHERE n.thread_id = t.id AND n.position > coalesce(f.read_position, 0)
                    AND n.author_id IS DISTINCT FROM \(reader) AND n.status IN ('published', 'edited')
                LIMIT 1000) unread)
        FROM discussion_threads t LEFT JOIN users a ON a.id = t.author_id
        LEFT JOIN discussion_followers f ON f.thread_id = t.id AND f.user_id = \(reader)
        """
    }

    static func selectThread(_ id: DiscussionThread.ID, for reader: Principal.ID?) -> SQL {
        "\(.threads(for: reader)) WHERE t.id = \(id)"
    }

    /// Everything in a thread is changed under this lock, which is taken before any on its posts.
    static func lockThread(_ id: DiscussionThread.ID) -> SQL {
        "SELECT FROM discussion_threads WHERE id = \(id) FOR NO KEY UPDATE"
    }

    static func selectCourse(of thread: DiscussionThread.ID) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c WHERE c.id = (SELECT course_id FROM discussion_threads WHERE id = \(thread))
        """
    }

    /// What somebody is in a course besides its staff: their enrollment's status, and until when they are suspended.
    static func selectDiscussionStanding(of user: Principal.ID?, in course: Course.ID) -> SQL {
        """
        SELECT (SELECT status FROM enrollments WHERE user_id = \(user) AND course_id = \(course)),
               (SELECT ends_at FROM discussion_suspensions WHERE user_id = \(user) AND course_id = \(course))
        """
    }

    static func selectDiscussionStanding(of user: Principal.ID?, in thread: DiscussionThread.ID) -> SQL {
        """
        SELECT (SELECT e.status FROM enrollments e WHERE e.user_id = \(user) AND e.course_id = t.course_id),
               (SELECT s.ends_at FROM discussion_suspensions s WHERE s.user_id = \(user) AND s.course_id = t.course_id)
        FROM discussion_threads t WHERE t.id = \(thread)
        """
    }

    /// Which threads of a course, whatever their order.
    private static func filter(
        _ query: DiscussionQuery,
        in course: Course.ID,
        for reader: Principal.ID?,
        showsHidden: Bool
    ) -> SQL {
        """
        t.course_id = \(course) AND (\(showsHidden) OR NOT t.is_hidden)
        AND (\(query.kind) IS NULL OR t.kind = \(query.kind))
        AND (\(query.lesson) IS NULL OR t.lesson_id = \(query.lesson))
        AND (\(query.tag) IS NULL OR \(query.tag) = ANY(t.tags))
        AND (NOT \(query.onlyFeatured) OR t.is_featured)
        AND (NOT \(query.onlyUnread) OR (t.last_position > coalesce(f.read_position, 0) AND EXISTS (
            SELECT FROM discussion_posts n
            WHERE n.thread_id = t.id AND n.position > coalesce(f.read_position, 0)
                AND n.author_id IS DISTINCT FROM \(reader) AND n.status IN ('published', 'edited'))))
        AND (\(query.text) IS NULL OR t.id IN (
            SELECT p.thread_id FROM discussion_posts p
            WHERE p.search @@ websearch_to_tsquery('pg_catalog.simple', \(query.text)) AND p.course_id = \(course)
                AND p.status IN ('published', 'edited')
            UNION ALL
            SELECT h.id FROM discussion_threads h
            WHERE h.search @@ websearch_to_tsquery('pg_catalog.simple', \(query.text)) AND h.course_id = \(course)))
        """
    }

    static func listThreadsByActivity(
        _ query: DiscussionQuery,
        in course: Course.ID,
        for reader: Principal.ID?,
        showsHidden: Bool,
        after: (isPinned: Bool, last: Date, id: DiscussionThread.ID)?,
        limit: Int
    ) -> SQL {
        """
        \(.threads(for: reader)) WHERE \(.filter(query, in: course, for: reader, showsHidden: showsHidden))
            AND (\(after?.id) IS NULL
                 OR (t.is_pinned, t.last_activity_at, t.id) < (\(after?.isPinned), \(after?.last), \(after?.id)))
        ORDER BY t.is_pinned DESC, t.last_activity_at DESC, t.id DESC LIMIT \(limit)
        """
    }

    static func listNewestThreads(
        _ query: DiscussionQuery,
        in course: Course.ID,
        for reader: Principal.ID?,
        showsHidden: Bool,
        after: (isPinned: Bool, id: DiscussionThread.ID)?,
        limit: Int
    ) -> SQL {
        """
        \(.threads(for: reader)) WHERE \(.filter(query, in: course, for: reader, showsHidden: showsHidden))
            AND (\(after?.id) IS NULL OR (t.is_pinned, t.id) < (\(after?.isPinned), \(after?.id)))
        ORDER BY t.is_pinned DESC, t.id DESC LIMIT \(limit)
        """
    }

    static func listThreadsByVotes(
        _ query: DiscussionQuery,
        in course: Course.ID,
        for reader: Principal.ID?,
        showsHidden: Bool,
        after: (isPinned: Bool, votes: Int, id: DiscussionThread.ID)?,
        limit: Int
    ) -> SQL {
        """
        \(.threads(for: reader)) WHERE \(.filter(query, in: course, for: reader, showsHidden: showsHidden))
            AND (\(after?.id) IS NULL OR (t.is_pinned, t.votes, t.id) < (\(after?.isPinned), \(after?.votes), \(after?.id)))
        ORDER BY t.is_pinned DESC, t.votes DESC, t.id DESC LIMIT \(limit)
        """
    }

    static func selectDiscussedLesson(_ id: Lesson.ID, of course: Course.ID, showsDrafts: Bool) -> SQL {
        """
        SELECT true FROM lessons WHERE id = \(id) AND course_id = \(course) AND (\(showsDrafts) OR status = 'published')
        """
    }

    static func insertThread(
        _ id: DiscussionThread.ID,
        _ new: NewDiscussionThread,
        in course: Course.ID,
        by author: Principal.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO discussion_threads (id, course_id, lesson_id, author_id, kind, title, tags, created_at, last_activity_at)
        VALUES (\(id), \(course), \(new.lesson), \(author), \(new.kind), \(new.title), \(new.tags), \(instant), \(instant))
        """
    }

    static func updateThread(_ id: DiscussionThread.ID, _ changes: DiscussionThreadChanges) -> SQL {
        """
        UPDATE discussion_threads SET title = coalesce(\(changes.title), title), tags = coalesce(\(changes.tags), tags),
            is_pinned = coalesce(\(changes.isPinned), is_pinned), is_locked = coalesce(\(changes.isLocked), is_locked),
            is_featured = coalesce(\(changes.isFeatured), is_featured), version = version + 1
        WHERE id = \(id)
        """
    }

    static func acceptAnswer(_ post: DiscussionPost.ID?, to thread: DiscussionThread.ID) -> SQL {
        """
        UPDATE discussion_threads SET accepted_post_id = \(post), version = version + 1
        WHERE id = \(thread) AND accepted_post_id IS DISTINCT FROM \(post)
        """
    }

    static func deleteThread(_ id: DiscussionThread.ID) -> SQL {
        "DELETE FROM discussion_threads WHERE id = \(id)"
    }

    /// Returns a row if somebody else wrote in the thread.
    static func selectForeignPost(in thread: DiscussionThread.ID, than author: Principal.ID?) -> SQL {
        """
        SELECT true FROM discussion_posts WHERE thread_id = \(thread) AND author_id IS DISTINCT FROM \(author) LIMIT 1
        """
    }

    /// Has somebody hear of a thread unless they said that they do not want to.
    static func followThread(_ id: DiscussionThread.ID, _ user: Principal.ID) -> SQL {
        """
        INSERT INTO discussion_followers AS f (thread_id, user_id, is_subscribed) VALUES (\(id), \(user), true)
        ON CONFLICT ON CONSTRAINT discussion_followers_key DO UPDATE SET is_subscribed = true WHERE f.is_subscribed IS NULL
        """
    }

    static func subscribe(_ user: Principal.ID, _ wants: Bool, to thread: DiscussionThread.ID) -> SQL {
        """
        INSERT INTO discussion_followers (thread_id, user_id, is_subscribed) VALUES (\(thread), \(user), \(wants))
        ON CONFLICT ON CONSTRAINT discussion_followers_key DO UPDATE SET is_subscribed = excluded.is_subscribed
        """
    }

    static func readThread(_ id: DiscussionThread.ID, through position: Int, as user: Principal.ID) -> SQL {
        """
        INSERT INTO discussion_followers AS f (thread_id, user_id, read_position)
        SELECT t.id, \(user), least(\(position), t.last_position) FROM discussion_threads t WHERE t.id = \(id)
        ON CONFLICT ON CONSTRAINT discussion_followers_key DO UPDATE
        SET read_position = greatest(f.read_position, excluded.read_position)
        """
    }
}
