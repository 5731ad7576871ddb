// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Discussions {
    /// Changes what one's own post says; what it said is kept for its author and moderators, and who is newly mentioned is told.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - id: The thread that it must be of.
    ///   - body: 1–10,000 characters of plain text.
    ///   - session: The tenant's open transaction.
    /// - Returns: The post, which is `edited`.
    /// - Throws: What `reply` throws; `DiscussionError.postNotFound`; `.forbidden` if it is another's; `.gone`.
    public func edit(
        _ post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        to body: String,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        let (thread, standing) = try await lock(id, session: session)
        let now = clock.now()
        let old = try await fetch(post, in: id, standing, session: session)
        guard standing.isAuthor(of: old), let me = session.principal.user else { throw .forbidden }
        try standing.requireWriting(in: thread, at: now)
        guard old.status == .published || old.status == .edited else { throw .gone }
        guard old.body != body else { return old }
        let mentioned = DiscussionPost.mentions(in: body)
        return try await DiscussionError.translating {
            let replies = try await session.batch([
                .insertPostVersion(of: post, at: now), .updatePost(post, body, at: now),
                .deleteMentions(in: post, besides: mentioned), .insertMentions(mentioned, in: post, by: me),
                .selectPost(post, in: id, for: me, showsHidden: standing.mayModerate),
            ])
            try await tell(replies[3], in: post, of: id, thread.course, session: session)
            session.announce(.news(of: id.uuid))
            guard let row = replies[4].only else { throw DiscussionError.postNotFound }
            return try DiscussionPost(row: row)
        }
    }

    /// Deletes what a post says, and what it said before: one's own, or one that is theirs to moderate; its place stays.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - id: The thread that it must be of.
    ///   - session: The tenant's open transaction.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound`; `.forbidden`; `.archived` for its author; `.gone` for its author if it
    ///   is hidden.
    public func delete(
        _ post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) {
        let (_, standing) = try await lock(id, session: session)
        let old = try await fetch(post, in: id, standing, session: session)
        let isAuthor = standing.isAuthor(of: old)
        guard isAuthor || standing.mayModerate else { throw .forbidden }
        guard standing.course.status != .archived || standing.mayModerate else { throw .archived }
        guard old.status != .deleted else { return }
        // What a moderator hid is evidence; its author does not make it disappear.
        guard old.status != .hidden || !isAuthor else { throw .gone }
        var statements: [SQL] = [
            .erasePost(post, at: clock.now()), .deletePostVersions(of: post), .deleteMentions(in: post),
            .withdrawAnswer(post, to: id), .recountHidden(of: id),
        ]
        if !isAuthor {
            statements.append(audit.recording(AuditEvent("post.deleted", on: post), by: session.principal))
        }
        session.announce(.news(of: id.uuid))
        _ = try await DiscussionError.translating { try await session.batch(statements) }
    }

    /// Says that another's post is good, or takes that back.
    ///
    /// Doing either again changes nothing.
    ///
    /// - Parameters:
    ///   - vote: Which of both.
    ///   - post: The post.
    ///   - id: The thread that it must be of.
    ///   - session: The tenant's open transaction.
    /// - Returns: The post with its votes.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound`; `.ownPost`; `.gone`; what `open` throws for who may not write.
    public func vote(
        _ vote: Vote,
        for post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        let (_, standing) = try await lock(id, session: session)
        let now = clock.now()
        let old = try await fetch(post, in: id, standing, session: session)
        try standing.requireWriting(at: now)
        guard let me = session.principal.user else { throw .forbidden }
        guard old.author != me else { throw .ownPost }
        guard vote == .none || old.status == .published || old.status == .edited else { throw .gone }
        let statement: SQL =
            switch vote {
            case .up: .insertPostVote(of: me, for: post, at: now)
            case .none: .deletePostVote(of: me, for: post)
            }
        return try await run([statement], on: post, in: id, standing, session: session)
    }

    /// What somebody says of another's post.
    public enum Vote: Sendable, Hashable {
        /// It is good.
        case up
        /// Nothing, or nothing any more.
        case none
    }

    /// Hides a post from everybody but moderators; with the first one, the thread.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - id: The thread that it must be of.
    ///   - reason: Why, 1–500 characters, for moderators.
    ///   - session: The tenant's open transaction.
    /// - Returns: The post, which is `hidden`.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound`; `.forbidden` without `discussion:moderate` on the course; `.gone` if it
    ///   was deleted; `.invalid`.
    public func hide(
        _ post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        let (_, standing) = try await lock(id, session: session)
        guard standing.mayModerate else { throw .forbidden }
        let old = try await fetch(post, in: id, standing, session: session)
        guard old.status != .deleted else { throw .gone }
        let statements: [SQL] = [
            .hidePost(post, reason: reason), .withdrawAnswer(post, to: id), .recountHidden(of: id),
            audit.recording(AuditEvent("post.hidden", on: post), by: session.principal),
        ]
        return try await run(statements, on: post, in: id, standing, session: session)
    }

    /// Shows a hidden post again; nothing happens to another one.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - id: The thread that it must be of.
    ///   - session: The tenant's open transaction.
    /// - Returns: The post.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound`; `.forbidden` without `discussion:moderate` on the course, or for their
    ///   own post.
    public func restore(
        _ post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        let (_, standing) = try await lock(id, session: session)
        guard standing.mayModerate else { throw .forbidden }
        let old = try await fetch(post, in: id, standing, session: session)
        guard old.status == .hidden else { return old }
        // Nobody decides on what they wrote themselves.
        guard !standing.isAuthor(of: old) else { throw .forbidden }
        let statements: [SQL] = [
            .restorePost(post), .recountHidden(of: id),
            audit.recording(AuditEvent("post.restored", on: post), by: session.principal),
        ]
        return try await run(statements, on: post, in: id, standing, session: session)
    }

    private func run(
        _ statements: [SQL],
        on post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        _ standing: DiscussionStanding,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        session.announce(.news(of: id.uuid))
        _ = try await DiscussionError.translating { try await session.batch(statements) }
        return try await fetch(post, in: id, standing, session: session)
    }

    /// Keeps somebody from writing in a course's discussions for a time; they read on.
    ///
    /// - Parameters:
    ///   - user: Somebody who learns in the course, or wrote in it.
    ///   - course: The course.
    ///   - days: For how long, 1 through 365 days from now.
    ///   - reason: Why, 1–500 characters, for moderators.
    ///   - session: The tenant's open transaction.
    /// - Throws: `DiscussionError.courseNotFound`; `.forbidden` without `discussion:moderate` on the course; `.memberNotFound`;
    ///   `.invalid`.
    public func suspend(
        _ user: Principal.ID,
        from course: Course.ID,
        days: Int,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(DiscussionError) {
        try await requireModerating(course, session: session)
        let now = clock.now()
        let end = now.addingTimeInterval(Double(min(max(days, 1), 365)) * 86_400)
        try await DiscussionError.translating {
            let replies = try await session.batch([
                .insertSuspension(
                    of: user,
                    in: course,
                    reason: reason,
                    by: session.principal.user,
                    at: now,
                    until: end
                ),
                audit.recording(AuditEvent("discussion.member_suspended", on: user), by: session.principal),
            ])
            guard !replies[0].isEmpty else { throw DiscussionError.memberNotFound }
            session.announce(.news(of: user.uuid))
        }
    }

    /// Lets somebody write again.
    ///
    /// - Parameters:
    ///   - user: Who.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Throws: `DiscussionError.courseNotFound`; `.forbidden`; `.memberNotFound` if they were not suspended.
    public func lift(
        suspensionOf user: Principal.ID,
        from course: Course.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) {
        try await requireModerating(course, session: session)
        try await DiscussionError.translating {
            let replies = try await session.batch([
                .deleteSuspension(of: user, in: course),
                audit.recording(AuditEvent("discussion.member_restored", on: user), by: session.principal),
            ])
            guard replies[0].affected > 0 else { throw DiscussionError.memberNotFound }
            session.announce(.news(of: user.uuid))
        }
    }

    private func requireModerating(
        _ course: Course.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) {
        let principal = session.principal
        try await DiscussionError.translating {
            let rows = try await session.batch([
                .selectCourse(course), .selectDiscussionStanding(of: principal.user, in: course),
            ])
            guard let standing = try DiscussionStanding(course: rows[0], standing: rows[1], for: principal) else {
                throw DiscussionError.courseNotFound
            }
            guard standing.mayModerate else {
                throw standing.level == .none ? DiscussionError.courseNotFound : .forbidden
            }
        }
    }
}
