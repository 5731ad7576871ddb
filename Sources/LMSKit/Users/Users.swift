// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes, finds and changes the people of a tenant.
///
/// Every method acts as the session's principal and leaves the commit to the caller. A user that the principal may not
/// see is
/// `UserError.notFound`, exactly as one who never was. Passwords are hashed before a transaction is opened: see
/// `Passwords`.
public struct Users: Sendable {
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records who did what to whom.
    public init(clock: WallClock, identifiers: IdentifierSource, audit: Audit) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Makes a student of somebody who asked for it themselves; whatever role they wished for.
    ///
    /// Whether the tenant allows it is the caller's to check.
    ///
    /// - Parameters:
    ///   - new: What the user starts with.
    ///   - session: The tenant's open transaction.
    /// - Returns: The user.
    /// - Throws: `UserError.emailTaken`.
    public func register(_ new: NewUser, session: borrowing TenantSession) async throws(UserError) -> User {
        try await insert(new, roles: [.builtIn(.student)], as: .registered, session: session)
    }

    /// Makes a user.
    ///
    /// - Parameters:
    ///   - new: What the user starts with.
    ///   - roles: Their roles; whoever may make users may always make students.
    ///   - session: The tenant's open transaction.
    /// - Returns: The user.
    /// - Throws: `UserError.forbidden` without `user:create`, or for other roles than `student` without `role:assign`;
    ///   `.beyondOwnGrants` if a role allows more than the principal may do; `.roleNotFound`; `.emailTaken`.
    public func create(
        _ new: NewUser,
        roles: [Role.Name] = [Role.Name(.student)],
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        let principal = session.principal
        guard principal.may(.userCreate, on: .foreign) else { throw .forbidden }
        let held = try await grantable(roles, by: principal, session: session)
        return try await insert(new, roles: held, as: .created, session: session)
    }

    /// Roles that somebody may give to a new user: `student`, and with `role:assign` those that allow no more than they may do themselves.
    func grantable(
        _ roles: [Role.Name],
        by principal: Principal,
        session: borrowing TenantSession
    ) async throws(UserError) -> [HeldRole] {
        guard principal.may(.userCreate, on: .foreign) else { throw .forbidden }
        let held = try await resolve(roles, session: session)
        for role in held where role.name != Role.Name(.student) {
            guard principal.may(.roleAssign, on: .foreign) else { throw .forbidden }
            guard principal.covers(role.grants) else { throw .beyondOwnGrants }
        }
        return held
    }

    /// Changes a profile.
    ///
    /// - Parameters:
    ///   - id: The user; their row is locked until the transaction ends.
    ///   - changes: What becomes of which property.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The user at their next version.
    /// - Throws: `UserError.notFound`; `.forbidden` without `user:update`; `.versionMismatch`; `.usernameTaken`; `.unknownTimeZone`;
    ///   `.invalid` for an empty name or an address of a picture that is not `https://…`.
    public func update(
        _ id: User.ID,
        _ changes: ProfileChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        let user = try await lock(id, for: .userUpdate, expecting: version, session: session)
        let profile = Profile(user, changes)
        let now = clock.now()
        var statements: [SQL] = [
            .updateProfile(id, profile, at: now),
            identifiers.recordingChange(.profile, of: id, by: session.principal, at: now),
        ]
        if let zone = profile.timeZone, zone != user.timeZone { statements.insert(.requireTimeZone(zone), at: 0) }
        if session.principal.user != id {
            statements.append(audit.recording(AuditEvent("user.profile_changed", on: id), by: session.principal))
        }
        return try await run(statements, returning: id, session: session)
    }

    func insert(
        _ new: NewUser,
        roles: [HeldRole],
        as joining: Joining,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        let id: User.ID = identifiers.next()
        let now = clock.now()
        var statements: [SQL] = [.insertUser(new, id: id, at: now)]
        statements += roles.map { $0.insertion(for: id, at: now) }
        statements.append(audit.recording(joining.auditEvent(on: id), by: session.principal))
        let given = JSONMember(name: "roles", value: .array(roles.map { .string($0.name.description) }))
        statements.append(
            identifiers.recording(
                .userCreated,
                of: id,
                [JSONMember("cause", text: joining.rawValue), given],
                by: session.principal,
                at: now
            )
        )
        return try await run(statements, returning: id, session: session)
    }

    /// Locks a user for a change that the permission allows.
    func lock(
        _ id: User.ID,
        for permission: Permission,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        try authorize(permission, on: id, session.principal)
        guard let user = try await users(.lockUser(id), session: session).first else { throw .notFound }
        if let version, version != user.version { throw .versionMismatch(current: user.version) }
        return user
    }

    /// Refuses who may not, before anything is locked.
    func authorize(_ permission: Permission, on id: User.ID, _ principal: Principal) throws(UserError) {
        guard principal.may(permission, owner: id) else {
            throw principal.may(.userRead, owner: id) ? .forbidden : .notFound
        }
    }

    /// Runs statements and reads the user that they leave, in one round trip.
    func run(
        _ statements: [SQL],
        returning id: User.ID,
        session: borrowing TenantSession
    ) async throws(UserError) -> User {
        do {
            let replies = try await session.batch(statements + [.selectUser(id)])
            guard let row = replies.last?.only else { throw UserError.notFound }
            return try User(row: row)
        } catch let error as DatabaseError {
            throw UserError(error)
        } catch let error as UserError {
            throw error
        } catch {
            throw .database(.cancelled)
        }
    }

    func users(_ statement: SQL, session: borrowing TenantSession) async throws(UserError) -> [User] {
        do {
            return try await session.execute(statement).map { row throws(DatabaseError) in try User(row: row) }
        } catch {
            throw UserError(error)
        }
    }
}
