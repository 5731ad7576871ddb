// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Messages of a conversation, in the order of their positions.
public struct MessagePage: Sendable {
    /// The messages.
    public let items: [DirectMessage]
    /// The position of the last message that the reader may see; there is nothing after it yet.
    public let lastPosition: Int

    package init(items: [DirectMessage], lastPosition: Int) {
        self.items = items
        self.lastPosition = lastPosition
    }
}

extension Conversations {
    /// Lists the reader's conversations, the one that was written in last first, in one round trip.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most conversations to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page; nobody's is empty. What they left is not in it.
    /// - Throws: `ConversationError.invalidPosition`; `.database`.
    public func list(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ConversationError) -> Page<Conversation> {
        guard let me = reader.principal.correspondent else { return Page(items: [], next: nil) }
        var after: (last: Date, id: Conversation.ID)?
        if let position {
            guard position.order == "last", let microseconds = Int64(position.key) else { throw .invalidPosition }
            after = (Date(postgresMicroseconds: microseconds), Conversation.ID(position.id))
        }
        return try await ConversationError.translating {
            let rows = try await reader.read(.listConversations(of: me, after: after, limit: limit.withProbe))
            return Page(cutting: try rows.map(Conversation.init(row:)), limit: limit.count) { conversation in
                let key = String(conversation.lastMessageAt.postgresMicroseconds)
                return PagePosition(order: "last", key: key, id: conversation.id.uuid)
            }
        }
    }

    /// Reads a conversation in one round trip.
    ///
    /// - Parameters:
    ///   - id: The conversation.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The conversation as they see it.
    /// - Throws: `ConversationError.notFound` unless they take or took part.
    public func fetch(_ id: Conversation.ID, reader: TenantReader) async throws(ConversationError) -> Conversation {
        guard let me = reader.principal.correspondent else { throw .notFound }
        return try await ConversationError.translating {
            guard let row = try await reader.read(.selectConversation(id, for: me)).only else {
                throw ConversationError.notFound
            }
            return try Conversation(row: row)
        }
    }

    /// Counts what waits for the reader, in one round trip.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: The counts, without what they muted or left.
    /// - Throws: `ConversationError.database`.
    public func unread(reader: TenantReader) async throws(ConversationError) -> UnreadMessages {
        guard let me = reader.principal.correspondent else { return UnreadMessages(conversations: 0, messages: 0) }
        return try await ConversationError.translating {
            guard let row = try await reader.read(.countUnreadMessages(of: me)).only else {
                return UnreadMessages(conversations: 0, messages: 0)
            }
            return UnreadMessages(conversations: try row[0], messages: try row[1])
        }
    }

    /// Reads messages in two round trips.
    ///
    /// Whoever goes on after the last position that they have misses nothing that is written from then on.
    ///
    /// - Parameters:
    ///   - id: The conversation.
    ///   - start: Which messages.
    ///   - limit: The most messages to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The messages in the order of their positions.
    /// - Throws: `ConversationError.notFound` unless they take or took part.
    public func messages(
        of id: Conversation.ID,
        _ start: Start = .latest,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ConversationError) -> MessagePage {
        let last = try await fetch(id, reader: reader).lastPosition
        return try await ConversationError.translating {
            switch start {
            case .after(let position, let end):
                let through = min(last, end.map { $0 - 1 } ?? last)
                let rows = try await reader.read(
                    .listDirectMessages(in: id, after: position, through: through, limit: limit.count)
                )
                return MessagePage(items: try rows.map(DirectMessage.init(row:)), lastPosition: last)
            case .before, .latest:
                var end = last + 1
                if case .before(let position) = start { end = min(end, position) }
                let rows = try await reader.read(.listDirectMessages(in: id, before: end, limit: limit.count))
                return MessagePage(items: try rows.map(DirectMessage.init(row:)).reversed(), lastPosition: last)
            }
        }
    }

    /// Which messages of a conversation.
    public enum Start: Sendable, Hashable {
        /// The last ones.
        case latest
        /// Those that follow a position, perhaps only up to another one.
        case after(Int, before: Int? = nil)
        /// Those that come before a position.
        case before(Int)
    }

    /// Says up to where one has read; it never goes back, nor beyond the last message.
    ///
    /// - Parameters:
    ///   - id: The conversation.
    ///   - position: The position of the last message that was read.
    ///   - session: The tenant's open transaction.
    /// - Returns: The conversation.
    /// - Throws: `ConversationError.notFound` unless they take or took part.
    public func markRead(
        _ id: Conversation.ID,
        through position: Int,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> Conversation {
        guard let me = session.principal.correspondent else { throw .notFound }
        return try await change(id, .readConversation(id, through: position, as: me), me: me, session: session)
    }

    /// Says whether one wants notice of what is written.
    ///
    /// - Parameters:
    ///   - notice: Whether one wants it.
    ///   - id: The conversation.
    ///   - session: The tenant's open transaction.
    /// - Returns: The conversation.
    /// - Throws: `ConversationError.notFound` unless they take or took part.
    public func set(
        _ notice: Notice,
        for id: Conversation.ID,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> Conversation {
        guard let me = session.principal.correspondent else { throw .notFound }
        return try await change(id, .muteConversation(id, notice == .muted, as: me), me: me, session: session)
    }

    /// Whether a member is told of what is written.
    public enum Notice: Sendable, Hashable {
        /// They are.
        case wanted
        /// They are not, and it does not count as unread.
        case muted
    }

    /// Leaves a conversation: for good, if it is a group; until somebody writes again, if it is between two.
    ///
    /// - Parameters:
    ///   - id: The conversation.
    ///   - session: The tenant's open transaction.
    /// - Throws: `ConversationError.notFound` unless they take or took part.
    public func leave(_ id: Conversation.ID, session: borrowing TenantSession) async throws(ConversationError) {
        guard let me = session.principal.correspondent else { throw .notFound }
        let statement = SQL.leaveConversation(id, as: me, at: clock.now()).announcing(.news(of: id.uuid))
        _ = try await change(id, statement, me: me, session: session)
    }

    private func change(
        _ id: Conversation.ID,
        _ statement: SQL,
        me: Principal.ID,
        session: borrowing TenantSession
    ) async throws(ConversationError) -> Conversation {
        try await ConversationError.translating {
            let replies = try await session.batch([
                .lockConversation(id, for: me), statement, .selectConversation(id, for: me),
            ])
            guard let row = replies[2].only else { throw ConversationError.notFound }
            session.announce(.news(of: me.uuid))
            return try Conversation(row: row)
        }
    }
}
