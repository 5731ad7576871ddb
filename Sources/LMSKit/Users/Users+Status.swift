// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Users {
    /// Deactivates a user: they can no longer sign in, and within a second no token of theirs is good.
    ///
    /// What they did stays. The caller has made sure that somebody who deactivates themselves means it.
    ///
    /// - Parameters:
    ///   - id: The user. Nothing happens if they are deactivated already.
    ///   - session: The tenant's open transaction; roles cannot change elsewhere until it ends.
    /// - Throws: `UserError.notFound`; `.forbidden` without `user:deactivate`; `.beyondOwnGrants` if they may do more
    ///   than the
    ///   principal; `.lastOwner`.
    public func deactivate(_ id: User.ID, session: borrowing TenantSession) async throws(UserError) {
        _ = try await end(id, as: .deactivated, event: "user.deactivated", session: session)
    }

    /// Suspends a user until they are reactivated; within a second no token of theirs is good.
    ///
    /// - Parameters:
    ///   - id: The user. Nothing happens if they are suspended already.
    ///   - session: The tenant's open transaction; roles cannot change elsewhere until it ends.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound`; `.forbidden` without `user:deactivate` for all users; `.ownAccount`;
    ///   `.beyondOwnGrants` if they may do more than the principal; `.lastOwner`.
    public func suspend(_ id: User.ID, session: borrowing TenantSession) async throws(UserError) -> User {
        try requireAdministrator(of: id, session.principal)
        return try await end(id, as: .suspended, event: "user.suspended", session: session)
    }

    /// Lets a suspended or deactivated user sign in again.
    ///
    /// Their old tokens stay dead.
    ///
    /// - Parameters:
    ///   - id: The user. Nothing happens if they are active.
    ///   - session: The tenant's open transaction.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound`; `.forbidden` without `user:deactivate` for all users; `.ownAccount`;
    ///   `.beyondOwnGrants` if they may do more than the principal.
    public func reactivate(_ id: User.ID, session: borrowing TenantSession) async throws(UserError) -> User {
        try requireAdministrator(of: id, session.principal)
        let user = try await lock(id, for: .userDeactivate, session: session)
        guard user.status != .active else { return user }
        guard session.principal.covers(try await grants(of: id, session: session)) else { throw .beyondOwnGrants }
        let now = clock.now()
        let statements: [SQL] = [
            .updateStatus(id, .active, at: now),
            audit.recording(AuditEvent("user.reactivated", on: id), by: session.principal),
            identifiers.recording(.userReactivated, of: id, by: session.principal, at: now),
        ]
        return try await run(statements, returning: id, session: session)
    }

    private func end(
        _ id: User.ID,
        as status: User.Status,
        event: StaticString,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        try authorize(.userDeactivate, on: id, session.principal)
        // Before the user's row, so that those who change roles and those who change a status wait in one order.
        try await lockRoleHolders(session: session)
        let user = try await lock(id, for: .userDeactivate, session: session)
        guard user.status != status else { return user }
        if session.principal.user != id {
            guard session.principal.covers(try await grants(of: id, session: session)) else { throw .beyondOwnGrants }
        }
        if user.status == .active, user.roles.contains(Role.Name(.owner)) {
            try await requireOwner(besides: id, session: session)
        }
        let now = clock.now()
        let statements: [SQL] = [
            .updateStatus(id, status, at: now),
            .revokeSessions(of: id, because: .userInactive, at: now),
            audit.recording(AuditEvent(event, on: id), by: session.principal),
            identifiers.recording(
                .userDeactivated,
                of: id,
                [JSONMember("status", text: status.rawValue)],
                by: session.principal,
                at: now
            ),
        ]
        return try await run(statements, returning: id, session: session)
    }

    func requireAdministrator(of id: User.ID, _ principal: Principal) throws(UserError) {
        guard principal.user != id else { throw .ownAccount }
        guard principal.may(.userDeactivate, on: .foreign) else {
            throw principal.may(.userRead, owner: id) ? .forbidden : .notFound
        }
    }

    func lockRoleHolders(session: borrowing TenantSession) async throws(UserError) {
        do {
            try await session.execute(.lockRoleHolders())
        } catch {
            throw UserError(error)
        }
    }

    func requireOwner(besides id: User.ID, session: borrowing TenantSession) async throws(UserError) {
        let isOwned: Bool
        do {
            isOwned = try await session.execute(.hasActiveOwner(besides: id)).only?["has_owner"] ?? false
        } catch {
            throw UserError(error)
        }
        guard isOwned else { throw .lastOwner }
    }
}
