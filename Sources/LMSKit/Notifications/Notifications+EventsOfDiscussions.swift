// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Notifications {
    /// How many of those who follow a thread are told in one statement.
    private static let followersAtOnce = 500

    /// Tells whoever was named in a post, or follows its thread; who may not see the thread any more is told of nothing.
    func reactToPost(_ notice: EventNotice, session: borrowing TenantSession) async throws {
        guard let post = notice.id("postId"), let course = notice.course else { return }
        guard let row = try await session.execute(.selectPost(post)).only else { return }
        let sender: String = try row["sender"]
        let thread = notice.event.aggregate.lowercaseText
        let link = NotificationLink(path: "/courses/\(course)/threads/\(thread)")
        if notice.event.type == EventType.mentionCreated.name {
            guard let user = notice.user else { return }
            let named: [User.ID] = try await session.execute(.selectMentioned(user, in: post)).map { try $0["user_id"] }
            try await tell(
                named,
                of: notice,
                .mention,
                because: "mention:\(post.lowercaseText)",
                ["sender": sender],
                link: link,
                session: session
            )
            return
        }
        let answered: User.ID? = try row["answered_id"]
        var last: User.ID?
        repeat {
            let page = SQL.listFollowers(of: post, after: last, limit: Self.followersAtOnce)
            let followers: [User.ID] = try await session.execute(page).map { try $0["user_id"] }
            for (type, users) in Self.inOrder(followers, answered) {
                try await tell(
                    Array(users),
                    of: notice,
                    type,
                    because: "post:\(post.lowercaseText)",
                    ["sender": sender],
                    link: link,
                    session: session
                )
            }
            last = followers.count == Self.followersAtOnce ? followers.last : nil
        } while last != nil
    }

    /// Who is told of what, in the order of identifiers, in which everybody locks their counters.
    private static func inOrder(
        _ followers: [User.ID],
        _ answered: User.ID?
    ) -> [(type: NotificationType, users: ArraySlice<User.ID>)] {
        guard let answered, let place = followers.firstIndex(of: answered) else { return [(.reply, followers[...])] }
        return [
            (.reply, followers[..<place]), (.answer, followers[place...place]), (.reply, followers[(place + 1)...]),
        ]
    }
}

extension SQL {
    /// A post with who is answered by it: the author of the post above it, or of the question that its thread asks.
    fileprivate static func selectPost(_ id: UUID) -> SQL {
        """
        SELECT u.display_name AS sender,
            coalesce(above.author_id, CASE WHEN t.kind = 'question' AND p.position > 1 THEN t.author_id END) AS answered_id
        FROM discussion_posts p JOIN users u ON u.id = p.author_id JOIN discussion_threads t ON t.id = p.thread_id
            LEFT JOIN discussion_posts above ON above.thread_id = p.thread_id AND above.id = p.parent_id
        WHERE p.id = \(id) AND p.status IN ('published', 'edited')
        """
    }

    /// Returns a row if the post still names the user and they may see it.
    fileprivate static func selectMentioned(_ user: User.ID, in post: UUID) -> SQL {
        """
        SELECT u.id AS user_id
        FROM discussion_mentions m JOIN discussion_posts p ON p.id = m.post_id
            JOIN discussion_threads t ON t.id = p.thread_id JOIN users u ON u.id = m.user_id
        WHERE m.post_id = \(post) AND m.user_id = \(user) AND u.id IS DISTINCT FROM p.author_id AND \(.seesThread)
        """
    }

    /// Those who follow a post's thread, but for its author and whom it names, who are told that.
    fileprivate static func listFollowers(of post: UUID, after: User.ID?, limit: Int) -> SQL {
        """
        SELECT u.id AS user_id
        FROM discussion_posts p JOIN discussion_threads t ON t.id = p.thread_id
            JOIN discussion_followers f ON f.thread_id = t.id JOIN users u ON u.id = f.user_id
        WHERE p.id = \(post) AND f.is_subscribed AND u.id IS DISTINCT FROM p.author_id
            AND (\(after) IS NULL OR u.id > \(after))
            AND NOT EXISTS (SELECT FROM discussion_mentions m WHERE m.post_id = p.id AND m.user_id = u.id)
            AND \(.seesThread)
        ORDER BY u.id LIMIT \(limit)
        """
    }

    /// Whether a user called `u` may see a thread called `t`; who moderates everything is known by the built-in roles that do.
    private static let seesThread: SQL = """
        (EXISTS (SELECT FROM course_instructors i WHERE i.course_id = t.course_id AND i.user_id = u.id
                AND (NOT t.is_hidden OR i.role IN ('instructor', 'assistant')))
            OR EXISTS (SELECT FROM user_roles r WHERE r.user_id = u.id AND r.built_in IN ('owner', 'admin'))
            OR (NOT t.is_hidden AND EXISTS (
                SELECT FROM enrollments e JOIN courses c ON c.id = e.course_id
                WHERE e.course_id = t.course_id AND e.user_id = u.id AND e.status IN ('active', 'completed')
                    AND c.status IN ('published', 'archived'))))
        """
}
