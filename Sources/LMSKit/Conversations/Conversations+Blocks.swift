// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Conversations {
    /// Refuses the direct messages of somebody with whom one has a conversation, from now on and without telling them.
    ///
    /// What was written stays, and neither can write to the other. Those who moderate the whole tenant's messages still can.
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - user: Whom.
    ///   - session: The tenant's open transaction; the principal's row is locked until it ends.
    /// - Throws: `ConversationError.recipientNotFound` for who does not exist or shares no conversation; `.tooManyBlocks`.
    public func block(_ user: Principal.ID, session: borrowing TenantSession) async throws(ConversationError) {
        guard let me = session.principal.correspondent else { throw .forbidden }
        try await ConversationError.translating {
            let replies = try await session.batch([
                .lockWriter(me), .countBlocks(by: me), .insertBlock(of: user, by: me, at: clock.now()),
                .selectBlock(of: user, by: me),
            ])
            guard !replies[3].isEmpty else { throw ConversationError.recipientNotFound }
            let count: Int = try replies[1].only.map { row in try row[0] } ?? 0
            guard count < Conversations.blockLimit || replies[2].affected == 0 else {
                throw ConversationError.tooManyBlocks(limit: Conversations.blockLimit)
            }
            session.announce(.news(of: me.uuid))
        }
    }

    /// Lets somebody write again.
    ///
    /// - Parameters:
    ///   - user: Whom.
    ///   - session: The tenant's open transaction.
    /// - Throws: `ConversationError.recipientNotFound` if they were not blocked.
    public func unblock(_ user: Principal.ID, session: borrowing TenantSession) async throws(ConversationError) {
        guard let me = session.principal.correspondent else { throw .forbidden }
        try await ConversationError.translating {
            let deleted = try await session.execute(.deleteBlock(of: user, by: me))
            guard deleted.affected > 0 else { throw ConversationError.recipientNotFound }
            session.announce(.news(of: me.uuid))
        }
    }

    /// Lists whom the reader blocks, the first one first, in one round trip.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: 1,000 at most.
    /// - Throws: `ConversationError.database`.
    public func blocks(reader: TenantReader) async throws(ConversationError) -> [UserBlock] {
        guard let me = reader.principal.correspondent else { return [] }
        return try await ConversationError.translating {
            try await reader.read(.listBlocks(by: me)).map(UserBlock.init(row:))
        }
    }
}
