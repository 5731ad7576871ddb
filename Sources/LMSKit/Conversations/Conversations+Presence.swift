// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Conversations {
    /// Lists those of a conversation of whom the reader may know whether they are connected, in one round trip.
    ///
    /// Those are who takes part now. Who blocks somebody is not there for them, nor they for who blocks.
    ///
    /// - Parameters:
    ///   - id: The conversation.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The members, the reader among them, by identifier.
    /// - Throws: `ConversationError.notFound` unless they take part and have not left.
    public func company(
        in id: Conversation.ID,
        reader: TenantReader
    ) async throws(ConversationError) -> [Principal.ID] {
        guard let me = reader.principal.correspondent else { throw .notFound }
        return try await ConversationError.translating {
            let rows = try await reader.read(.selectCompany(of: me, in: id))
            // Who has not left is among them.
            guard !rows.isEmpty else { throw ConversationError.notFound }
            return try rows.map { row throws(DatabaseError) in try row[0] }
        }
    }
}

extension SQL {
    fileprivate static func selectCompany(of member: Principal.ID, in conversation: Conversation.ID) -> SQL {
        """
        SELECT o.user_id
        FROM conversation_members m JOIN conversation_members o ON o.conversation_id = m.conversation_id
        WHERE m.conversation_id = \(conversation) AND m.user_id = \(member) AND m.left_at IS NULL AND o.left_at IS NULL
            AND NOT EXISTS (
                SELECT FROM user_blocks b
                WHERE (b.user_id, b.blocked_user_id) IN ((m.user_id, o.user_id), (o.user_id, m.user_id)))
        ORDER BY o.user_id
        """
    }
}
