// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Invitations {
    /// Makes a member of whoever has the token of an invitation; whoever reads the mailbox is taken for its owner.
    ///
    /// They are not signed in: whatever signing in asks for besides the password is asked.
    ///
    /// - Parameters:
    ///   - token: What was mailed. It is not used up by a password that may not be.
    ///   - password: The password that they chose.
    ///   - displayName: The name that others see; the invitation's without one.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and the transaction.
    ///   - origin: Where the call comes from.
    /// - Returns: The member.
    /// - Throws: `InvitationError.invalidToken`, also if who sent it left or may no longer give its roles; `.password`; `.emailTaken`; `.busy`; `.database`.
    public func accept(
        _ token: Secret<String>,
        password: Password,
        displayName: String?,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(InvitationError) -> User {
        guard let token = OneTimeToken(token) else { throw .invalidToken }
        let hash = token.hash(cryptography)
        do {
            // Before the password is hashed, which costs as much as a hundred readings.
            let reader = tenants.reader(for: tenant.id, as: Invitations.principal)
            guard let known = try await reader.read(.selectInvitation(token: hash, at: clock.now())).only else {
                throw InvitationError.invalidToken
            }
            let asked = try Invitation(row: known)
            let name = displayName ?? asked.displayName
            try PasswordPolicy(tenant, email: asked.email, names: [name]).check(password)
            var new = NewUser(email: asked.email, displayName: name, password: try await passwords.hash(password))
            new.emailVerifiedAt = clock.now()
            return try await tenants.transaction(for: tenant.id, as: Invitations.principal) { session in
                guard let row = try await session.execute(.acceptInvitation(hash, at: clock.now())).only else {
                    throw InvitationError.invalidToken
                }
                let invitation = try Invitation(row: row)
                let roles = try await answeredFor(invitation, session: session)
                let user = try await join(new, roles, session: session)
                let member = Principal(.user(user.id), grants: Grants(), origin: origin)
                try await session.execute(
                    audit.recording(AuditEvent("invitation.accepted", on: invitation.id), by: member)
                )
                return user
            }
        } catch {
            throw InvitationError(error)
        }
    }

    /// The roles of an invitation, if who sent it may still give them.
    private func answeredFor(_ invitation: Invitation, session: borrowing TenantSession) async throws -> [HeldRole] {
        var sender = Invitations.principal
        if let id = invitation.invitedBy {
            guard try await session.execute(.isActive(id)).only?["is_active"] == true else {
                throw InvitationError.invalidToken
            }
            sender = Principal(.user(id), grants: try await users.grants(of: id, session: session))
        }
        do {
            return try await users.grantable(invitation.roles, by: sender, session: session)
        } catch UserError.forbidden, UserError.beyondOwnGrants, UserError.roleNotFound {
            throw InvitationError.invalidToken
        }
    }

    private func join(_ new: NewUser, _ roles: [HeldRole], session: borrowing TenantSession) async throws -> User {
        let now = clock.now()
        guard let row = try await session.execute(.activateInvited(new, at: now)).only else {
            return try await users.insert(new, roles: roles, as: .joined, session: session)
        }
        let id: User.ID = try row["id"]
        let event = identifiers.recordingChange(.invitation, of: id, by: session.principal, at: now)
        return try await users.run(
            roles.map { $0.insertion(for: id, at: now) } + [event],
            returning: id,
            session: session
        )
    }

    static let principal = Principal(.system("invitations"), grants: Grants())
}
