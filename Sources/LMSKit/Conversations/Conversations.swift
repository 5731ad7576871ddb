// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets members write to each other.
///
/// Who takes part reads and writes, and nobody in their name: an operator who acts as them finds no conversation. Texts are plain
/// and lie in the tenant's schema as they were written, like what is said in courses. Every change locks the
/// conversation's row, acts as the session's principal, leaves the commit to the caller and tells those who watch the
/// conversation, or its members, that there is something new.
public struct Conversations: Sendable {
    /// The most conversations that somebody begins within 24 hours.
    public static let dailyLimit = 50
    /// The most others that somebody blocks.
    public static let blockLimit = 1000
    let clock: WallClock
    let identifiers: IdentifierSource

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    public init(clock: WallClock = .system, identifiers: IdentifierSource = IdentifierSource()) {
        self.clock = clock
        self.identifiers = identifiers
    }

    /// Begins a conversation with its first message; or writes the message in the one that the two have already.
    ///
    /// - Parameters:
    ///   - new: To whom, and what.
    ///   - tenant: The tenant, whose settings say whether learners may write to each other.
    ///   - session: The tenant's open transaction; the writer's row is locked until it ends.
    /// - Returns: The conversation as the writer sees it.
    /// - Throws: `ConversationError.forbidden` without `message:write`; `.recipientCount`; `.recipientNotFound` if one of them
    ///   may not be written to, whatever the reason; `.recipientBlocked`; `.courseNotFound`; `.tooManyConversations`; `.invalid`.
    public func begin(
        _ new: NewConversation,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> Conversation {
        let principal = session.principal
        guard let me = principal.correspondent, principal.may(.messageWrite, on: .own) else { throw .forbidden }
        let recipients = Set(new.recipients).sorted()
        guard (1..<Conversation.memberLimit).contains(recipients.count) else { throw .recipientCount }
        let now = clock.now()
        return try await ConversationError.translating {
            let facts = try await session.batch([
                .lockWriter(me), .selectAcquaintances(recipients, of: me, in: new.course),
                .countConversations(begunBy: me, after: now.addingTimeInterval(-86_400)),
            ])
            let others = try facts[1].map(Acquaintance.init(row:))
            guard others.count == recipients.count else { throw ConversationError.recipientNotFound }
            let learnersMayWrite = tenant.settings.learnerMessages
            let bases = try others.map { other throws(ConversationError) in
                try ConversationPolicy.basis(other, for: principal, learnersMayWrite: learnersMayWrite)
            }
            let basis = ConversationPolicy.weakest(bases)
            let id: Conversation.ID = identifiers.next()
            var found = id
            let begun: Int = try facts[2].only.map { row in try row[0] } ?? 0
            if recipients.count == 1 {
                let pair = (first: min(me, recipients[0]), second: max(me, recipients[0]))
                let replies = try await session.batch([
                    .insertConversation(id, new, pair: pair, basis: basis, by: me, at: now),
                    .lockConversation(of: pair),
                ])
                guard let row = replies[1].only else { throw ConversationError.recipientNotFound }
                found = try row[0]
            } else {
                try await session.execute(.insertConversation(id, new, pair: nil, basis: basis, by: me, at: now))
            }
            if found == id, begun >= Conversations.dailyLimit {
                throw ConversationError.tooManyConversations(limit: Conversations.dailyLimit)
            }
            let replies = try await session.batch([
                .strengthenConversation(found, to: basis), .insertMembers([me] + recipients, of: found, at: now),
                .insertDirectMessage(identifiers.next(), in: found, from: me, new.body, at: now),
                .rejoinConversation(found), .selectConversation(found, for: me),
            ])
            guard let row = replies.last?.only else { throw ConversationError.notFound }
            let conversation = try Conversation(row: row)
            if let message = conversation.lastMessage { try await record(message, session: session) }
            announce(found, to: [me] + recipients, session: session)
            return conversation
        }
    }

    /// Writes a message.
    ///
    /// Positions are given out under the lock of the conversation's row: who reads after a position misses nothing. Who left
    /// a direct conversation is back in it.
    ///
    /// - Parameters:
    ///   - body: 1–4000 characters of plain text.
    ///   - id: The conversation.
    ///   - tenant: The tenant, whose settings say whether learners may write to each other.
    ///   - session: The tenant's open transaction.
    /// - Returns: The message.
    /// - Throws: `ConversationError.notFound` unless the principal takes part; `.forbidden` without `message:write`; `.closed`
    ///   if nothing more can be written, whatever the reason; `.recipientBlocked`; `.invalid`.
    public func send(
        _ body: String,
        in id: Conversation.ID,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> DirectMessage {
        let (me, others) = try await open(id, at: tenant, session: session)
        let message: DirectMessage.ID = identifiers.next()
        return try await ConversationError.translating {
            let replies = try await session.batch([
                .insertDirectMessage(message, in: id, from: me, body, at: clock.now()), .rejoinConversation(id),
                .selectDirectMessage(message, in: id),
            ])
            guard let row = replies[2].only else { throw ConversationError.notFound }
            let sent = try DirectMessage(row: row)
            try await record(sent, session: session)
            announce(id, to: [me] + others, session: session)
            return sent
        }
    }

    /// Changes what one's own message says, within 15 minutes; moderators keep what it said.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - id: The conversation that it must be of.
    ///   - body: 1–4000 characters of plain text.
    ///   - tenant: The tenant, whose settings say whether learners may write to each other.
    ///   - session: The tenant's open transaction.
    /// - Returns: The message, which is `edited`.
    /// - Throws: What `send` throws; `ConversationError.messageNotFound`; `.forbidden` if it is another's; `.tooLate`.
    public func edit(
        _ message: DirectMessage.ID,
        in id: Conversation.ID,
        to body: String,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> DirectMessage {
        // Who may not write any more may not say anything new in an old message either.
        let (me, others) = try await open(id, at: tenant, session: session)
        let now = clock.now()
        return try await ConversationError.translating {
            let old = try await fetch(message, in: id, session: session)
            let age = now.timeIntervalSince(old.sentAt)
            try ConversationPolicy.requireEditable(old, by: session.principal, age: age)
            let replies = try await session.batch([
                .insertMessageVersion(of: message, at: now), .updateDirectMessage(message, body, at: now),
                .selectDirectMessage(message, in: id),
            ])
            announce(id, to: [me] + others, session: session)
            guard let row = replies[2].only else { throw ConversationError.messageNotFound }
            return try DirectMessage(row: row)
        }
    }

    /// Deletes what one's own message says, and what it said before; its place stays.
    ///
    /// Doing it again changes nothing. What was reported before stays in the report.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - id: The conversation that it must be of.
    ///   - session: The tenant's open transaction.
    /// - Throws: `ConversationError.notFound`; `.messageNotFound`; `.forbidden` if it is another's.
    public func delete(
        _ message: DirectMessage.ID,
        in id: Conversation.ID,
        session: borrowing TenantSession
    ) async throws(ConversationError) {
        guard let me = session.principal.correspondent else { throw .notFound }
        try await ConversationError.translating {
            let rows = try await session.batch([
                .lockConversation(id, for: me), .selectAcquaintances(in: id, of: me),
            ])
            guard !rows[0].isEmpty else { throw ConversationError.notFound }
            let old = try await fetch(message, in: id, session: session)
            guard old.sender == me else { throw ConversationError.forbidden }
            try await session.batch([
                .eraseDirectMessage(message, at: clock.now()), .deleteMessageVersions(of: message),
            ])
            let others = try rows[1].map { row throws(DatabaseError) in try Acquaintance(row: row).user }
            announce(id, to: [me] + others, session: session)
        }
    }

    /// Locks a conversation to write in it.
    ///
    /// - Returns: Who writes, and the others who take part.
    private func open(
        _ id: Conversation.ID,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> (me: Principal.ID, others: [Principal.ID]) {
        let principal = session.principal
        guard let me = principal.correspondent else { throw .notFound }
        return try await ConversationError.translating {
            let rows = try await session.batch([
                .lockConversation(id, for: me), .selectAcquaintances(in: id, of: me),
            ])
            guard let row = rows[0].only else { throw ConversationError.notFound }
            let (kind, basis): (Conversation.Kind, Conversation.Basis) = (try row[0], try row[1])
            let hasLeft: Bool = try row[2]
            let others = try rows[1].map(Acquaintance.init(row:))
            guard principal.may(.messageWrite, on: .own) else { throw ConversationError.forbidden }
            let learnersMayWrite = tenant.settings.learnerMessages
            switch kind {
            case .direct:
                try ConversationPolicy.requireOpen(
                    others.first,
                    basis: basis,
                    for: principal,
                    learnersMayWrite: learnersMayWrite
                )
            case .group:
                guard !hasLeft else { throw ConversationError.closed }
                try ConversationPolicy.requireOpen(
                    group: others,
                    basis: basis,
                    for: principal,
                    learnersMayWrite: learnersMayWrite
                )
            }
            return (me, others.map(\.user))
        }
    }

    private func fetch(
        _ message: DirectMessage.ID,
        in id: Conversation.ID,
        session: borrowing TenantSession
    ) async throws -> DirectMessage {
        guard let row = try await session.execute(.selectDirectMessage(message, in: id)).only else {
            throw ConversationError.messageNotFound
        }
        return try DirectMessage(row: row)
    }

    private func record(_ message: DirectMessage, session: borrowing TenantSession) async throws(DatabaseError) {
        let event = Event(
            identifiers.next(),
            .messageSent,
            of: message.conversation,
            payload: [JSONMember("messageId", message.id), JSONMember("position", message.position)],
            at: message.sentAt
        )
        try await session.execute(.recordEvent(event, by: session.principal))
    }

    private func announce(_ id: Conversation.ID, to users: [Principal.ID], session: borrowing TenantSession) {
        session.announce(.news(of: id.uuid))
        for user in users { session.announce(.news(of: user.uuid)) }
    }
}
