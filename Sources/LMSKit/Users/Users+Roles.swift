// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Users {
    /// Gives a user a role; they may do what it allows within a second.
    ///
    /// - Parameters:
    ///   - name: The role. Nothing happens if they hold it.
    ///   - id: The user; their row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound`; `.forbidden` without `role:assign`; `.roleNotFound`; `.beyondOwnGrants` if the
    ///   role allows
    ///   more than the principal may do.
    public func assign(
        _ name: Role.Name,
        to id: User.ID,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        let user = try await lock(id, for: .roleAssign, session: session)
        guard !user.roles.contains(name) else { return user }
        let role = try await resolve([name], session: session)
        return try await change(id, adding: role, removing: [], session: session)
    }

    /// Takes a role from a user; they may no longer do what it allows within a second.
    ///
    /// - Parameters:
    ///   - name: The role. Nothing happens if they do not hold it.
    ///   - id: The user; their row is locked until the transaction ends.
    ///   - session: The tenant's open transaction; roles cannot change elsewhere until it ends.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound`; `.forbidden` without `role:assign`; `.roleNotFound`; `.beyondOwnGrants` if the
    ///   role allows
    ///   more than the principal may do; `.lastOwner`.
    public func remove(
        _ name: Role.Name,
        from id: User.ID,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        try authorize(.roleAssign, on: id, session.principal)
        try await lockRoleHolders(session: session)
        let user = try await lock(id, for: .roleAssign, session: session)
        let role = try await resolve([name], session: session)
        guard user.roles.contains(name) else { return user }
        return try await change(id, adding: [], removing: role, session: session)
    }

    /// Gives a user exactly these roles.
    ///
    /// - Parameters:
    ///   - id: The user; their row is locked until the transaction ends.
    ///   - names: The roles.
    ///   - session: The tenant's open transaction; roles cannot change elsewhere until it ends.
    /// - Returns: The user.
    /// - Throws: `UserError.notFound`; `.forbidden` without `role:assign`; `.roleNotFound`; `.beyondOwnGrants` if a
    ///   role that they
    ///   get or lose allows more than the principal may do; `.lastOwner`.
    public func replaceRoles(
        of id: User.ID,
        with names: [Role.Name],
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        try authorize(.roleAssign, on: id, session.principal)
        try await lockRoleHolders(session: session)
        let user = try await lock(id, for: .roleAssign, session: session)
        let wanted = Set(names)
        let held = Set(user.roles)
        let added = try await resolve(wanted.subtracting(held), session: session)
        let removed = try await resolve(held.subtracting(wanted), session: session)
        return try await change(id, adding: added, removing: removed, session: session)
    }

    private func change(
        _ id: User.ID,
        adding added: [HeldRole],
        removing removed: [HeldRole],
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        for role in added + removed {
            guard session.principal.covers(role.grants) else { throw .beyondOwnGrants }
        }
        if removed.contains(where: { $0.name == Role.Name(.owner) }) {
            try await requireOwner(besides: id, session: session)
        }
        let now = clock.now()
        var statements = added.map { $0.insertion(for: id, at: now) } + removed.map { $0.deletion(for: id) }
        if !added.isEmpty {
            statements.append(audit.recording(AuditEvent("user.role_given", on: id), by: session.principal))
        }
        if !removed.isEmpty {
            statements.append(audit.recording(AuditEvent("user.role_taken", on: id), by: session.principal))
        }
        for (type, roles) in [(EventType.userRoleAssigned, added), (.userRoleRemoved, removed)] {
            statements += roles.map { role in
                let name = JSONMember("role", text: role.name.description)
                return identifiers.recording(type, of: id, [name], by: session.principal, at: now)
            }
        }
        return try await run(statements, returning: id, session: session)
    }

    /// Finds roles by name and keeps them from being changed or deleted until the transaction ends.
    func resolve(
        _ names: some Collection<Role.Name>,
        session: borrowing TenantSession
    ) async throws(UserError) -> [HeldRole] {
        var roles = names.compactMap(\.builtIn).map(HeldRole.builtIn)
        let own = names.filter { $0.builtIn == nil }
        guard !own.isEmpty else { return roles }
        do {
            for row in try await session.execute(.shareRoles(named: own)) { roles.append(.own(try Role(row: row))) }
        } catch {
            throw UserError(error)
        }
        for name in own where !roles.contains(where: { $0.name == name }) { throw .roleNotFound(name) }
        return roles
    }
}

/// A role that a user holds or is to hold.
enum HeldRole: Sendable {
    case builtIn(BuiltInRole)
    case own(Role)

    var name: Role.Name {
        switch self {
        case .builtIn(let role): role.name
        case .own(let role): role.name
        }
    }

    var grants: Grants {
        switch self {
        case .builtIn(let role): role.grants
        case .own(let role): role.grants
        }
    }

    func insertion(for user: User.ID, at instant: Date) -> SQL {
        switch self {
        case .builtIn(let role): .insertUserRole(role, of: user, at: instant)
        case .own(let role): .insertUserRole(role.id, of: user, at: instant)
        }
    }

    func deletion(for user: User.ID) -> SQL {
        switch self {
        case .builtIn(let role): .deleteUserRole(role, of: user)
        case .own(let role): .deleteUserRole(role.id, of: user)
        }
    }
}
