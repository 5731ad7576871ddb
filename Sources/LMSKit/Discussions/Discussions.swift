// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets those who may read a course talk about it.
///
/// Texts are plain. Every change locks the thread's row, acts as the session's principal, leaves the commit to the caller and tells
/// those who watch the thread that there is something new. An archived course is read and nothing more is said in it.
public struct Discussions: Sendable {
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what moderators do.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Opens a thread with its first post; its author hears of what is written in it.
    ///
    /// - Parameters:
    ///   - new: The thread.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The thread.
    /// - Throws: `DiscussionError.courseNotFound`; `.enrollmentNeeded` and `.paymentNeeded` without a place; `.forbidden` without
    ///   `discussion:write`, or for an announcement without `discussion:moderate` on the course; `.archived`; `.suspended`;
    ///   `.lessonNotFound`; `.invalid`.
    public func open(
        _ new: NewDiscussionThread,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionThread {
        let principal = session.principal
        let now = clock.now()
        return try await DiscussionError.translating {
            let rows = try await session.batch([
                .selectCourse(course), .selectDiscussionStanding(of: principal.user, in: course),
            ])
            guard let standing = try DiscussionStanding(course: rows[0], standing: rows[1], for: principal) else {
                throw DiscussionError.courseNotFound
            }
            try standing.requireReading()
            try standing.requireWriting(at: now)
            guard let me = principal.user, new.kind != .announcement || standing.mayModerate else {
                throw DiscussionError.forbidden
            }
            try DiscussionThread.check(new.tags)
            if let lesson = new.lesson {
                let found = try await session.execute(
                    .selectDiscussedLesson(lesson, of: course, showsDrafts: standing.isStaff)
                )
                guard !found.isEmpty else { throw DiscussionError.lessonNotFound }
            }
            let (id, post): (DiscussionThread.ID, DiscussionPost.ID) = (identifiers.next(), identifiers.next())
            let created = Event(
                identifiers.next(),
                .threadCreated,
                of: id,
                payload: [
                    JSONMember("courseId", course), JSONMember("kind", text: new.kind.rawValue),
                    JSONMember("postId", post),
                ],
                at: now
            )
            let replies = try await session.batch([
                .insertThread(id, new, in: course, by: me, at: now),
                .insertPost(post, in: id, answering: nil, by: me, new.body, at: now),
                .readThread(id, through: 1, as: me), .subscribe(me, true, to: id),
                .insertMentions(DiscussionPost.mentions(in: new.body), in: post, by: me),
                .recordEvent(created, by: principal), .selectThread(id, for: me),
            ])
            try await tell(replies[4], in: post, of: id, course, session: session)
            session.announce(.news(of: course.uuid))
            session.announce(.news(of: id.uuid))
            guard let row = replies[6].only else { throw DiscussionError.notFound }
            return try DiscussionThread(row: row)
        }
    }

    /// Writes in a thread; whoever does hears of it from then on, unless they said that they do not want to.
    ///
    /// - Parameters:
    ///   - body: 1–10,000 characters of plain text; `@` and a user's identifier mentions them.
    ///   - id: The thread.
    ///   - parent: The post that it answers, which answers none itself; `nil` to answer the thread.
    ///   - session: The tenant's open transaction.
    /// - Returns: The post.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound` for a parent that is none; `.forbidden`, `.enrollmentNeeded`,
    ///   `.paymentNeeded`, `.archived`, `.locked`, `.suspended` for who may not write; `.invalid`.
    public func reply(
        _ body: String,
        in id: DiscussionThread.ID,
        answering parent: DiscussionPost.ID? = nil,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        let (thread, standing) = try await lock(id, session: session)
        let now = clock.now()
        try standing.requireWriting(in: thread, at: now)
        guard let me = session.principal.user else { throw .forbidden }
        let post: DiscussionPost.ID = identifiers.next()
        return try await DiscussionError.translating {
            var payload = [
                JSONMember("courseId", thread.course), JSONMember("postId", post),
                JSONMember("position", thread.lastPosition + 1),
            ]
            if let parent { payload.append(JSONMember("parentId", parent)) }
            let created = Event(identifiers.next(), .postCreated, of: id, payload: payload, at: now)
            let replies = try await session.batch([
                .insertPost(post, in: id, answering: parent, by: me, body, at: now), .followThread(id, me),
                .insertMentions(DiscussionPost.mentions(in: body), in: post, by: me),
                .recordEvent(created, by: session.principal),
                .selectPost(post, in: id, for: me, showsHidden: standing.mayModerate),
            ])
            try await tell(replies[2], in: post, of: id, thread.course, session: session)
            session.announce(.news(of: id.uuid))
            guard let row = replies[4].only else { throw DiscussionError.postNotFound }
            return try DiscussionPost(row: row)
        }
    }

    /// Changes a thread's title, tags or flags.
    ///
    /// - Parameters:
    ///   - changes: What becomes of what; nothing happens if it is so already.
    ///   - id: The thread.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The thread.
    /// - Throws: `DiscussionError.notFound`; `.forbidden` unless they opened it, or for flags without `discussion:moderate` on the
    ///   course; `.archived`; `.locked` and `.suspended` for its author; `.versionMismatch`; `.invalid`.
    public func change(
        _ changes: DiscussionThreadChanges,
        of id: DiscussionThread.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionThread {
        let (thread, standing) = try await lock(id, session: session)
        try standing.require(changes, of: thread, at: clock.now())
        if let version, version != thread.version { throw .versionMismatch(current: thread.version) }
        if let tags = changes.tags { try DiscussionThread.check(tags) }
        guard changes.change(thread) else { return thread }
        var statements: [SQL] = [.updateThread(id, changes)]
        if changes.hasFlags || !standing.isAuthor(of: thread) {
            statements.append(audit.recording(AuditEvent("thread.moderated", on: id), by: session.principal))
        }
        return try await run(statements, on: id, session: session)
    }

    /// Deletes a thread with everything in it: one's own in which nobody else wrote, or any that is theirs to moderate.
    ///
    /// - Parameters:
    ///   - id: The thread.
    ///   - session: The tenant's open transaction.
    /// - Throws: `DiscussionError.notFound`; `.forbidden`; `.answered` if others wrote in it; `.archived` for its author.
    public func delete(_ id: DiscussionThread.ID, session: borrowing TenantSession) async throws(DiscussionError) {
        let (thread, standing) = try await lock(id, session: session)
        guard standing.mayModerate || standing.isAuthor(of: thread) else { throw .forbidden }
        try await DiscussionError.translating {
            if !standing.mayModerate {
                guard standing.course.status != .archived else { throw DiscussionError.archived }
                let others = try await session.execute(.selectForeignPost(in: id, than: thread.author))
                guard others.isEmpty else { throw DiscussionError.answered }
            }
            try await session.batch([
                .deleteThread(id), audit.recording(AuditEvent("thread.deleted", on: id), by: session.principal),
            ])
            session.announce(.news(of: id.uuid))
            session.announce(.news(of: thread.course.uuid))
        }
    }

    /// Accepts a post as the answer to a question, in place of another one if there is; or none any more.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - post: The post; `nil` for none.
    ///   - id: The thread.
    ///   - session: The tenant's open transaction.
    /// - Returns: The thread.
    /// - Throws: `DiscussionError.notFound`; `.postNotFound`; `.forbidden` unless they asked or may moderate; `.notAnAnswer`;
    ///   `.archived`; `.suspended` for who asked.
    public func accept(
        _ post: DiscussionPost.ID?,
        in id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionThread {
        let (thread, standing) = try await lock(id, session: session)
        let now = clock.now()
        try standing.requireAccepting(in: thread, at: now)
        if let post {
            try DiscussionStanding.requireAnswer(try await fetch(post, in: id, standing, session: session))
        }
        guard thread.acceptedPost != post else { return thread }
        var statements: [SQL] = [.acceptAnswer(post, to: id)]
        if let post {
            let payload = [JSONMember("courseId", thread.course), JSONMember("postId", post)]
            let accepted = Event(identifiers.next(), .answerAccepted, of: id, payload: payload, at: now)
            statements.append(.recordEvent(accepted, by: session.principal))
        }
        return try await run(statements, on: id, session: session)
    }

    /// Says whether one wants to hear of what is written in a thread.
    ///
    /// - Parameters:
    ///   - interest: Whether they do.
    ///   - id: The thread.
    ///   - session: The tenant's open transaction.
    /// - Throws: `DiscussionError.notFound`; `.forbidden`, `.enrollmentNeeded`, `.paymentNeeded` for who takes no part.
    public func set(
        _ interest: Interest,
        in id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) {
        let (_, standing) = try await lock(id, session: session)
        try standing.requirePart()
        guard let me = session.principal.user else { throw .forbidden }
        _ = try await DiscussionError.translating {
            try await session.execute(.subscribe(me, interest == .subscribed, to: id).announcing(.news(of: me.uuid)))
        }
    }

    /// Whether somebody is told of what is written in a thread.
    public enum Interest: Sendable, Hashable {
        /// They are.
        case subscribed
        /// They are not, also if they write in it.
        case none
    }

    /// Says up to where one has read; it never goes back, nor beyond the last post.
    ///
    /// - Parameters:
    ///   - id: The thread.
    ///   - position: The position of the last post that was read.
    ///   - session: The tenant's open transaction.
    /// - Returns: The thread.
    /// - Throws: `DiscussionError.notFound`; `.forbidden`, `.enrollmentNeeded`, `.paymentNeeded` for who takes no part.
    public func markRead(
        _ id: DiscussionThread.ID,
        through position: Int,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionThread {
        let (_, standing) = try await lock(id, session: session)
        try standing.requirePart()
        guard let me = session.principal.user else { throw .forbidden }
        session.announce(.news(of: me.uuid))
        return try await DiscussionError.translating {
            let replies = try await session.batch([
                .readThread(id, through: position, as: me), .selectThread(id, for: me),
            ])
            guard let row = replies[1].only else { throw DiscussionError.notFound }
            return try DiscussionThread(row: row)
        }
    }

    /// Locks a thread that the principal may see.
    func lock(
        _ id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> (thread: DiscussionThread, standing: DiscussionStanding) {
        let principal = session.principal
        return try await DiscussionError.translating {
            let rows = try await session.batch([
                .lockThread(id), .selectThread(id, for: principal.user), .selectCourse(of: id),
                .selectDiscussionStanding(of: principal.user, in: id),
            ])
            guard let row = rows[1].only,
                let standing = try DiscussionStanding(course: rows[2], standing: rows[3], for: principal),
                case let thread = try DiscussionThread(row: row), standing.maySee(thread)
            else { throw DiscussionError.notFound }
            return (thread, standing)
        }
    }

    func fetch(
        _ post: DiscussionPost.ID,
        in id: DiscussionThread.ID,
        _ standing: DiscussionStanding,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionPost {
        let select = SQL.selectPost(
            post,
            in: id,
            for: session.principal.user,
            showsHidden: standing.mayModerate
        )
        return try await DiscussionError.translating {
            guard let row = try await session.execute(select).only else { throw DiscussionError.postNotFound }
            return try DiscussionPost(row: row)
        }
    }

    private func run(
        _ statements: [SQL],
        on id: DiscussionThread.ID,
        session: borrowing TenantSession
    ) async throws(DiscussionError) -> DiscussionThread {
        let select = SQL.selectThread(id, for: session.principal.user)
        session.announce(.news(of: id.uuid))
        return try await DiscussionError.translating {
            guard let row = try await session.batch(statements + [select]).last?.only else {
                throw DiscussionError.notFound
            }
            return try DiscussionThread(row: row)
        }
    }

    /// Tells those who were just mentioned.
    func tell(
        _ mentioned: Rows,
        in post: DiscussionPost.ID,
        of id: DiscussionThread.ID,
        _ course: Course.ID,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        var statements: [SQL] = []
        for row in mentioned {
            let user: Principal.ID = try row[0]
            let payload = [
                JSONMember("courseId", course), JSONMember("postId", post), JSONMember("userId", user),
            ]
            let event = Event(identifiers.next(), .mentionCreated, of: id, payload: payload, at: clock.now())
            statements.append(.recordEvent(event, by: session.principal))
            session.announce(.news(of: user.uuid))
        }
        if !statements.isEmpty { try await session.batch(statements) }
    }
}

extension DiscussionThread {
    /// Holds the rule that no constraint of the table can.
    static func check(_ tags: [String]) throws(DiscussionError) {
        guard tags.count <= tagLimit, tags.allSatisfy({ (1...50).contains($0.unicodeScalars.count) }) else {
            throw .invalid(constraint: "discussion_threads_tags_ck")
        }
    }
}
