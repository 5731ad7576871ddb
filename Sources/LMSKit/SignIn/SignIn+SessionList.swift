// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A session as its user, or whoever manages users, sees it.
public struct SessionEntry: Sendable, Identifiable {
    /// The identifier.
    public let id: SignInSession.ID
    /// When it began, in UTC.
    public let createdAt: Date
    /// When it was used last, to the minute, in UTC.
    public let lastUsedAt: Date?
    /// Until when it can be refreshed, in UTC.
    public let expiresAt: Date
    /// How the user showed who they are.
    public let methods: [AuthenticationMethod]
    /// The network address that it began from.
    public let address: String?
    /// What the client called itself.
    public let userAgent: String?

    /// Describes a session.
    package init(
        id: SignInSession.ID,
        createdAt: Date,
        lastUsedAt: Date?,
        expiresAt: Date,
        methods: [AuthenticationMethod],
        address: String?,
        userAgent: String?
    ) {
        self.id = id
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.methods = methods
        self.address = address
        self.userAgent = userAgent
    }
}

extension SignIn {
    /// Lists the sessions of somebody that are not over, the newest first; 50 at most.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - reader: The tenant's data, for whoever asks.
    /// - Returns: The sessions; none of somebody who never was.
    /// - Throws: `SignInError.notFound` for another's without `user:deactivate`; `.database`.
    public func sessions(of user: User.ID, reader: TenantReader) async throws(SignInError) -> [SessionEntry] {
        try authorize(on: user, reader.principal)
        do {
            let replies = try await reader.read([.selectSessions(of: user, at: clock.now()), .selectEmail(of: user)])
            guard replies[1].only != nil else { throw SignInError.notFound }
            return try replies[0].map { row throws(DatabaseError) in try SessionEntry(row: row) }
        } catch {
            throw SignInError(error)
        }
    }

    /// Ends one of the principal's own sessions; its tokens are refused within a second on every node.
    ///
    /// - Parameters:
    ///   - id: The session.
    ///   - session: The tenant's open transaction.
    /// - Throws: `SignInError.notFound` if it is over, another's, or never was; `.database`.
    public func endOwn(_ id: SignInSession.ID, session: borrowing TenantSession) async throws(SignInError) {
        do {
            guard let user = session.principal.user else { throw SignInError.notFound }
            let ended = try await session.execute(.revokeSession(id, of: user, at: clock.now())).affected
            guard ended == 1 else { throw SignInError.notFound }
            try await session.execute(audit.recording(AuditEvent("session.revoked", on: id), by: session.principal))
        } catch {
            throw SignInError(error)
        }
    }

    /// Ends the sessions of somebody and forgets their devices.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - kept: The session that stays, if one does.
    ///   - session: The tenant's open transaction.
    /// - Throws: `SignInError.notFound` for another's without `user:deactivate`, and for who never was; `.database`.
    public func endSessions(
        of user: User.ID,
        but kept: SignInSession.ID? = nil,
        session: borrowing TenantSession
    ) async throws(SignInError) {
        try authorize(on: user, session.principal)
        do {
            guard try await session.execute(.selectEmail(of: user)).only != nil else { throw SignInError.notFound }
            try await session.batch([
                .revokeSessions(of: user, but: kept, because: .revoked, at: clock.now()),
                .forgetDevices(of: user),
                audit.recording(AuditEvent("session.all_revoked", on: user), by: session.principal),
            ])
        } catch {
            throw SignInError(error)
        }
    }

    private func authorize(on user: User.ID, _ principal: Principal) throws(SignInError) {
        guard principal.user == user || principal.may(.userDeactivate, owner: user) else { throw .notFound }
    }
}

extension SessionEntry {
    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        createdAt = try row["created_at"]
        lastUsedAt = try row["last_used_at"]
        expiresAt = try row["expires_at"]
        methods = try row["methods"]
        address = try row["address"]
        userAgent = try row["user_agent"]
    }
}

extension SQL {
    static func selectSessions(of user: User.ID, at instant: Date) -> SQL {
        """
        SELECT id, created_at, last_used_at, expires_at, methods, address, user_agent FROM sessions
        WHERE user_id = \(user) AND revoked_at IS NULL AND expires_at > \(instant)
        ORDER BY id DESC LIMIT 50
        """
    }

    static func revokeSession(_ id: SignInSession.ID, of user: User.ID, at instant: Date) -> SQL {
        """
        UPDATE sessions SET revoked_at = \(instant), revoked_because = 'revoked'
        WHERE id = \(id) AND user_id = \(user) AND revoked_at IS NULL
        """
    }
}
