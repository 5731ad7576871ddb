// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets members report what others wrote, and moderators decide on it.
///
/// A moderator sees the message or the post that was reported, with what it said then and before, and nothing around it of a
/// conversation in which they take no part. Nobody decides on what they wrote themselves.
public struct Moderation: Sendable {
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let audit: Audit
    private let discussions: Discussions

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what moderators do.
    ///   - discussions: Locks threads and says who sees them.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit(),
        discussions: Discussions = Discussions()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        self.discussions = discussions
    }

    /// Reports a message of a conversation in which one takes or took part.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - conversation: The conversation that it must be of.
    ///   - reason: Why.
    ///   - note: What there is to add, 1000 characters at most.
    ///   - session: The tenant's open transaction.
    /// - Returns: The report, or the one that they made before.
    /// - Throws: `ModerationError.objectNotFound` for what they do not see, or what says nothing any more; `.invalid`.
    public func report(
        _ message: DirectMessage.ID,
        in conversation: Conversation.ID,
        because reason: ModerationReport.Reason,
        note: String = "",
        session: borrowing TenantSession
    ) async throws(ModerationError) -> ModerationReport.ID {
        guard let me = session.principal.user else { throw .objectNotFound(.message) }
        let id: ModerationReport.ID = identifiers.next()
        return try await ModerationError.translating {
            let replies = try await session.batch([
                .reportMessage(message, in: conversation, as: id, by: me, reason, note, at: clock.now()),
                .selectReport(ofMessage: message, in: conversation, by: me),
            ])
            guard let row = replies[1].only else { throw ModerationError.objectNotFound(.message) }
            return try row[0]
        }
    }

    /// Reports a post of a thread that one may see.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - thread: The thread that it must be of.
    ///   - reason: Why.
    ///   - note: What there is to add, 1000 characters at most.
    ///   - session: The tenant's open transaction.
    /// - Returns: The report, or the one that they made before.
    /// - Throws: `DiscussionError.notFound` for a thread that they do not see; `ModerationError.objectNotFound` for a post that is
    ///   none, or says nothing any more; `.invalid`.
    public func report(
        _ post: DiscussionPost.ID,
        in thread: DiscussionThread.ID,
        because reason: ModerationReport.Reason,
        note: String = "",
        session: borrowing TenantSession
    ) async throws -> ModerationReport.ID {
        _ = try await discussions.lock(thread, session: session)
        guard let me = session.principal.user else { throw ModerationError.objectNotFound(.post) }
        let id: ModerationReport.ID = identifiers.next()
        return try await ModerationError.translating {
            let replies = try await session.batch([
                .reportPost(post, in: thread, as: id, by: me, reason, note, at: clock.now()),
                .selectReport(ofPost: post, in: thread, by: me),
            ])
            guard let row = replies[1].only else { throw ModerationError.objectNotFound(.post) }
            return try row[0]
        }
    }

    /// Lists the reports that the reader decides on, the oldest first, in one round trip.
    ///
    /// - Parameters:
    ///   - status: Reports of which status.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most reports to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `ModerationError.forbidden` for who moderates nothing; `.invalidPosition`.
    public func list(
        _ status: ModerationReport.Status = .open,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ModerationError) -> Page<ModerationReport> {
        let reach = ModerationReach(of: reader.principal)
        guard !reach.isEmpty else { throw .forbidden }
        if let position, position.order != status.rawValue { throw .invalidPosition }
        let after = position.map { ModerationReport.ID($0.id) }
        return try await ModerationError.translating {
            let rows = try await reader.read(
                .listReports(status, within: reach, after: after, limit: limit.withProbe)
            )
            return Page(cutting: try rows.map(ModerationReport.init(row:)), limit: limit.count) {
                PagePosition(order: status.rawValue, id: $0.id.uuid)
            }
        }
    }

    /// Reads a report that the reader decides on, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The report.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The report.
    /// - Throws: `ModerationError.notFound` for every other one.
    public func fetch(_ id: ModerationReport.ID, reader: TenantReader) async throws(ModerationError) -> ModerationReport
    {
        let reach = ModerationReach(of: reader.principal)
        guard !reach.isEmpty else { throw .notFound }
        return try await ModerationError.translating {
            guard let row = try await reader.read(.selectReport(id, within: reach)).only else {
                throw ModerationError.notFound
            }
            return try ModerationReport(row: row)
        }
    }

    /// Decides on a report: hides what was reported, or leaves it, and shows it again if it was hidden.
    ///
    /// A decision can be changed by another one; each is in the audit log.
    ///
    /// - Parameters:
    ///   - id: The report; its row and that of the conversation or thread are locked until the transaction ends.
    ///   - verdict: What becomes of it.
    ///   - reason: Why, 1–500 characters.
    ///   - session: The tenant's open transaction.
    /// - Returns: The report.
    /// - Throws: `ModerationError.notFound` for what they do not decide on; `.invalid`.
    public func decide(
        _ id: ModerationReport.ID,
        _ verdict: Verdict,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(ModerationError) -> ModerationReport {
        let principal = session.principal
        let reach = ModerationReach(of: principal)
        guard !reach.isEmpty else { throw .notFound }
        return try await ModerationError.translating {
            guard let row = try await session.batch([.lockReport(id), .selectReport(id, within: reach)])[1].only else {
                throw ModerationError.notFound
            }
            let report = try ModerationReport(row: row)
            if let message = report.message { try await decide(on: message, verdict, session: session) }
            if let post = report.post, let thread = report.thread {
                try await decide(on: post, of: thread, verdict, because: reason, session: session)
            }
            let status: ModerationReport.Status = verdict == .hide ? .upheld : .dismissed
            let replies = try await session.batch([
                .decideReport(id, as: status, because: reason, by: principal.user, at: clock.now()),
                audit.recording(AuditEvent("report.decided", on: id), by: principal),
                .selectReport(id, within: reach),
            ])
            guard let decided = replies[2].only else { throw ModerationError.notFound }
            return try ModerationReport(row: decided)
        }
    }

    /// What becomes of what was reported.
    @nonexhaustive
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It is hidden.
        case hide
        /// It stays, or is shown again.
        case dismiss
    }

    private func decide(
        on message: DirectMessage.ID,
        _ verdict: Verdict,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        let change = verdict == .hide ? SQL.hideMessage(message) : .restoreMessage(message)
        let replies = try await session.batch([.lockConversation(of: message), change])
        guard let row = replies[0].only, replies[1].affected > 0 else { return }
        session.announce(.news(of: try row[0]))
        let hidden = AuditEvent("message.hidden", on: message)
        let restored = AuditEvent("message.restored", on: message)
        try await audit.record(verdict == .hide ? hidden : restored, session: session)
    }

    private func decide(
        on post: DiscussionPost.ID,
        of thread: DiscussionThread.ID,
        _ verdict: Verdict,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        let change = verdict == .hide ? SQL.hidePost(post, reason: reason) : .restorePost(post)
        var statements: [SQL] = [.lockThread(thread), change, .recountHidden(of: thread)]
        if verdict == .hide { statements.append(.withdrawAnswer(post, to: thread)) }
        let replies = try await session.batch(statements)
        guard replies[1].affected > 0 else { return }
        session.announce(.news(of: thread.uuid))
        let hidden = AuditEvent("post.hidden", on: post)
        let restored = AuditEvent("post.restored", on: post)
        try await audit.record(verdict == .hide ? hidden : restored, session: session)
    }
}
