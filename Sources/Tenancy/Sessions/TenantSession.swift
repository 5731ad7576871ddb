// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One tenant's open transaction on behalf of one principal: the only thing that can run a statement on tenant data.
///
/// It can be borrowed and nothing else: returning it, copying it or capturing it in a task does not compile, so it cannot
/// outlive the transaction or meet another tenant.
public struct TenantSession: ~Copyable {
    /// The tenant whose schema the statements see.
    public let tenant: TenantID
    /// Who acts.
    public let principal: Principal
    private let transaction: any DatabaseTransaction
    private let notices: CommitNotices

    init(
        tenant: TenantID,
        principal: Principal,
        transaction: any DatabaseTransaction,
        notices: CommitNotices = CommitNotices()
    ) {
        self.tenant = tenant
        self.principal = principal
        self.transaction = transaction
        self.notices = notices
    }

    /// Tells those who wait for it that there is something new, once the transaction was committed and not before.
    ///
    /// - Parameter notice: Where they should look.
    public func announce(_ notice: CommitNotice) {
        notices.add(notice)
    }

    /// Runs one statement.
    ///
    /// - Parameter statement: The statement.
    /// - Returns: Its reply.
    /// - Throws: What the server said. The transaction is then aborted and every later statement fails.
    @discardableResult
    public func execute(_ statement: SQL) async throws(DatabaseError) -> Rows {
        let replies = try await transaction.execute([statement])
        notices.add(of: [statement])
        guard let reply = replies.first else { throw .connectionLost }
        return reply
    }

    /// Runs several statements in one round trip.
    ///
    /// - Parameter statements: The statements, in order.
    /// - Returns: As many replies, in order.
    /// - Throws: What the server said about the first statement that failed. The transaction is then aborted.
    @discardableResult
    public func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        let replies = try await transaction.execute(statements)
        notices.add(of: statements)
        return replies
    }
}
