// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes, changes and deletes the tenant's own roles.
///
/// Nobody can put into a role what they do not hold themselves. Every method leaves the commit to the caller.
public struct Roles: Sendable {
    /// The most roles of its own that a tenant may have.
    public static let limit = 200
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records who changed what.
    public init(clock: WallClock, identifiers: IdentifierSource, audit: Audit) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Lists the tenant's own roles by name; the built-in ones are `BuiltInRole.allCases`.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Returns: The roles, `Roles.limit` at most.
    /// - Throws: `RoleError.forbidden` without `role:read`.
    public func list(session: borrowing TenantSession) async throws(RoleError) -> [Role] {
        guard session.principal.may(.roleRead, on: .foreign) else { throw .forbidden }
        return try await all(.selectRoles(), session: session)
    }

    /// Fetches one of the tenant's own roles.
    ///
    /// - Parameters:
    ///   - id: The role.
    ///   - session: The tenant's open transaction.
    /// - Returns: The role.
    /// - Throws: `RoleError.notFound`, also without `role:read`.
    public func fetch(_ id: Role.ID, session: borrowing TenantSession) async throws(RoleError) -> Role {
        guard session.principal.may(.roleRead, on: .foreign),
            let role = try await all(.selectRole(id), session: session).first
        else { throw .notFound }
        return role
    }

    /// Makes a role.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - description: What it is for, 500 characters at most.
    ///   - grants: What it allows; at least one permission.
    ///   - session: The tenant's open transaction.
    /// - Returns: The role, at version 1.
    /// - Throws: `RoleError.forbidden` without `role:manage`; `.beyondOwnGrants`; `.nameTaken`; `.tooMany`.
    public func create(
        _ name: Role.Name,
        description: String,
        grants: Grants,
        session: borrowing TenantSession
    ) async throws(RoleError) -> Role {
        guard session.principal.may(.roleManage, on: .foreign) else { throw .forbidden }
        guard session.principal.covers(grants) else { throw .beyondOwnGrants }
        let id: Role.ID = identifiers.next()
        let created = try await all(
            .insertRole(id, name: name, description: description, grants: grants, limit: Roles.limit, at: clock.now()),
            session: session
        )
        guard let role = created.first else { throw .tooMany(limit: Roles.limit) }
        try await record(AuditEvent("role.created", on: id), session: session)
        return role
    }

    /// Changes a role; whoever holds it may do what it allows then, within a second.
    ///
    /// - Parameters:
    ///   - id: The role; its row is locked until the transaction ends.
    ///   - description: What it is for.
    ///   - grants: What it allows.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The role at its next version.
    /// - Throws: `RoleError.notFound`; `.forbidden` without `role:manage`; `.beyondOwnGrants` if it allowed or would
    ///   allow more
    ///   than the principal may do; `.versionMismatch`.
    public func update(
        _ id: Role.ID,
        description: Change<String> = .keep,
        grants: Change<Grants> = .keep,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(RoleError) -> Role {
        let old = try await lock(id, expecting: version, session: session)
        let new = grants.applied(to: old.grants)
        guard session.principal.covers(new) else { throw .beyondOwnGrants }
        let changed = try await all(
            .updateRole(id, description: description.applied(to: old.description), grants: new, at: clock.now()),
            session: session
        )
        guard let role = changed.first else { throw .notFound }
        try await record(AuditEvent("role.changed", on: id), session: session)
        return role
    }

    /// Deletes a role that nobody holds.
    ///
    /// - Parameters:
    ///   - id: The role.
    ///   - session: The tenant's open transaction.
    /// - Throws: `RoleError.notFound`; `.forbidden` without `role:manage`; `.beyondOwnGrants`; `.inUse` while a user
    ///   holds it.
    public func delete(_ id: Role.ID, session: borrowing TenantSession) async throws(RoleError) {
        _ = try await lock(id, expecting: nil, session: session)
        do {
            try await session.execute(.deleteRole(id))
        } catch {
            throw RoleError(error)
        }
        try await record(AuditEvent("role.deleted", on: id), session: session)
    }

    private func lock(
        _ id: Role.ID,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(RoleError) -> Role {
        guard session.principal.may(.roleManage, on: .foreign) else {
            throw session.principal.may(.roleRead, on: .foreign) ? .forbidden : .notFound
        }
        guard let role = try await all(.lockRole(id), session: session).first else { throw .notFound }
        if let version, version != role.version { throw .versionMismatch(current: role.version) }
        guard session.principal.covers(role.grants) else { throw .beyondOwnGrants }
        return role
    }

    private func all(_ statement: SQL, session: borrowing TenantSession) async throws(RoleError) -> [Role] {
        do {
            return try await session.execute(statement).map { row throws(DatabaseError) in try Role(row: row) }
        } catch {
            throw RoleError(error)
        }
    }

    private func record(_ event: AuditEvent, session: borrowing TenantSession) async throws(RoleError) {
        do {
            try await audit.record(event, session: session)
        } catch {
            throw RoleError(error)
        }
    }
}
