// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Asks people to come, and lets them in once.
///
/// The mailed link has a token of 256 bits, stored as its SHA-256, that is good once and for the tenant's time. An invitation never gives more than whoever sent
/// it may do: neither when it is sent nor when it is accepted.
public struct Invitations: Sendable {
    let users: Users
    let passwords: Passwords
    let audit: Audit
    let mail: any AccountMail
    let links: AccountLinks
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource

    /// How many may be open in a tenant.
    static let limit = 1_000
    /// How long an invitation that is over is kept.
    static let memory: TimeInterval = 90 * 86_400

    /// Asks somebody to come.
    ///
    /// - Parameters:
    ///   - new: Whom, and as what.
    ///   - tenant: The tenant.
    ///   - session: The tenant's open transaction; invitations wait for its end.
    /// - Returns: The invitation; its link is mailed.
    /// - Throws: `InvitationError.mailNotOffered`; `.forbidden` without `user:create`, or for other roles than `student` without `role:assign`;
    ///   `.beyondOwnGrants`; `.roleNotFound`; `.emailTaken`; `.alreadyInvited`; `.tooMany`.
    public func invite(
        _ new: NewInvitation,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(InvitationError) -> Invitation {
        let principal = session.principal
        try authorize(principal)
        guard mail.isOffered else { throw .mailNotOffered }
        do {
            _ = try await users.grantable(new.roles, by: principal, session: session)
            let token = OneTimeToken(cryptography)
            let now = clock.now()
            let id: Invitation.ID = identifiers.next()
            let replies = try await session.batch([
                .lockInvitations(),
                .endExpiredInvitations(to: new.email, at: now),
                .deleteEndedInvitations(before: now.addingTimeInterval(-Invitations.memory)),
                .insertInvitation(
                    new,
                    id: id,
                    hash: token.hash(cryptography),
                    by: principal.user,
                    at: now,
                    until: end(at: tenant, from: now),
                    limit: Invitations.limit
                ),
            ])
            guard let row = replies.last?.only else {
                let hasMember = try await session.execute(.hasMember(new.email)).only?["has_member"] ?? false
                throw hasMember ? InvitationError.emailTaken : .tooMany
            }
            let invitation = try Invitation(row: row)
            try await audit.record(AuditEvent("invitation.sent", on: id), session: session)
            try await send(invitation, token, at: tenant, session: session)
            return invitation
        } catch {
            throw InvitationError(error)
        }
    }

    /// Lists invitations, the newest first.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: How many at most.
    ///   - reader: Reads the tenant's data for whoever asks.
    /// - Returns: The page.
    /// - Throws: `InvitationError.forbidden` without `user:create`; `.invalidPosition`.
    public func list(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(InvitationError) -> Page<Invitation> {
        try authorize(reader.principal)
        guard position == nil || position?.order == Invitations.order else { throw .invalidPosition }
        do {
            let found = try await reader.read(.listInvitations(after: position?.id, limit: limit.withProbe))
                .map { row throws(DatabaseError) in try Invitation(row: row) }
            return Page(cutting: found, limit: limit.count) { PagePosition(order: Invitations.order, id: $0.id.uuid) }
        } catch {
            throw InvitationError(error)
        }
    }

    /// Fetches an invitation.
    ///
    /// - Parameters:
    ///   - id: The invitation.
    ///   - reader: Reads the tenant's data for whoever asks.
    /// - Returns: The invitation.
    /// - Throws: `InvitationError.forbidden` without `user:create`; `.notFound`.
    public func fetch(_ id: Invitation.ID, reader: TenantReader) async throws(InvitationError) -> Invitation {
        try authorize(reader.principal)
        do {
            guard let row = try await reader.read(.selectInvitation(id)).only else { throw InvitationError.notFound }
            return try Invitation(row: row)
        } catch {
            throw InvitationError(error)
        }
    }

    /// Mails a new link; the one before is good no more.
    ///
    /// - Parameters:
    ///   - id: The invitation.
    ///   - tenant: The tenant.
    ///   - session: The tenant's open transaction.
    /// - Returns: The invitation with its new time.
    /// - Throws: `InvitationError.mailNotOffered`; `.forbidden` without `user:create`; `.beyondOwnGrants` if a role allows more than the principal may
    ///   do; `.notFound`; `.ended`; `.tooMany` after the tenth.
    public func resend(
        _ id: Invitation.ID,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(InvitationError) -> Invitation {
        try authorize(session.principal)
        guard mail.isOffered else { throw .mailNotOffered }
        do {
            guard let known = try await session.execute(.selectInvitation(id)).only else {
                throw InvitationError.notFound
            }
            // Else somebody could have sent again what they could not have sent.
            let roles = try Invitation(row: known).roles
            _ = try await users.grantable(roles, by: session.principal, session: session)
            let token = OneTimeToken(cryptography)
            let renewed = SQL.renewInvitation(
                id,
                hash: token.hash(cryptography),
                until: end(at: tenant, from: clock.now())
            )
            guard let row = try await session.execute(renewed).only else { throw InvitationError.ended }
            let invitation = try Invitation(row: row)
            try await audit.record(AuditEvent("invitation.sent", on: id), session: session)
            try await send(invitation, token, at: tenant, session: session)
            return invitation
        } catch {
            throw InvitationError(error)
        }
    }

    /// Takes an invitation back.
    ///
    /// - Parameters:
    ///   - id: The invitation. Nothing happens if it was taken back already.
    ///   - session: The tenant's open transaction.
    /// - Throws: `InvitationError.forbidden` without `user:create`; `.notFound`; `.ended` if it was accepted.
    public func revoke(_ id: Invitation.ID, session: borrowing TenantSession) async throws(InvitationError) {
        try authorize(session.principal)
        do {
            let replies = try await session.batch([.revokeInvitation(id, at: clock.now()), .selectInvitation(id)])
            guard replies.count == 2, let row = replies[1].only else { throw InvitationError.notFound }
            guard try Invitation(row: row).acceptedAt == nil else { throw InvitationError.ended }
            if replies[0].only != nil {
                try await audit.record(AuditEvent("invitation.revoked", on: id), session: session)
            }
        } catch {
            throw InvitationError(error)
        }
    }

    func authorize(_ principal: Principal) throws(InvitationError) {
        guard principal.may(.userCreate, on: .foreign) else { throw .forbidden }
    }

    private func end(at tenant: Tenant, from now: Date) -> Date {
        now.addingTimeInterval(TimeInterval(tenant.settings.invitationHours) * 3_600)
    }

    private func send(
        _ invitation: Invitation,
        _ token: OneTimeToken,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        try await mail.queue(
            .invitation(link: links.link("accept-invitation", token, of: tenant), organization: tenant.name),
            to: invitation.email,
            language: tenant.settings.locale,
            session: session
        )
    }

    private static let order = "newest"
}
