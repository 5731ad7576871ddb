// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension FederatedSignIn {
    /// Finds, links or makes the user that an identity is.
    ///
    /// An identity is its issuer and subject and never its address: an address only leads to a user who is linked
    /// already, or makes one whom nobody was before. Whoever has the address before is not taken over: they sign in as
    /// always and link.
    func resolve(
        _ identity: ForeignIdentity,
        _ flow: FederatedFlow,
        session: borrowing TenantSession
    ) async throws -> User.ID {
        let provider = flow.provider
        let now = clock.now()
        if let row = try await session.execute(.selectIdentity(identity, by: provider.id)).only {
            let (id, user): (FederatedIdentity.ID, User.ID) = (try row["id"], try row["user_id"])
            if let linking = flow.user, linking != user { throw FederatedRefusal.identityTaken }
            guard try row["is_active"] == true else { throw FederatedRefusal.accountInactive }
            try await session.execute(.markIdentityUsed(id, at: now))
            return user
        }
        if let user = flow.user {
            try await link(identity, to: user, flow, event: "user.identity_linked", session: session)
            return user
        }
        let email = try confirmedEmail(of: identity, provider.settings)
        guard try await session.execute(.selectUser(email: email)).isEmpty else {
            throw FederatedRefusal.accountExists
        }
        guard provider.settings.provisioning else { throw FederatedRefusal.notProvisioned }
        let user: User
        do {
            var new = NewUser(email: email, displayName: identity.name, password: nil)
            new.emailVerifiedAt = now
            user = try await users.create(
                new,
                roles: try await roles(for: identity, provider.settings, session: session),
                session: session
            )
        } catch UserError.emailTaken {
            // Registered since the statement before.
            throw FederatedRefusal.accountExists
        }
        try await link(identity, to: user.id, flow, event: "user.provisioned", session: session)
        return user.id
    }

    private func link(
        _ identity: ForeignIdentity,
        to user: User.ID,
        _ flow: FederatedFlow,
        event: StaticString,
        session: borrowing TenantSession
    ) async throws {
        let inserted = try await session.execute(
            .insertIdentity(identifiers.next(), identity, of: user, by: flow.provider.id, at: clock.now())
        )
        // Another browser of the same person was faster; the next attempt finds the identity.
        guard !inserted.isEmpty else { throw FederatedRefusal.temporarilyUnavailable }
        let principal = flow.user.map { Principal(.user($0), grants: Grants()) } ?? session.principal
        try await session.execute(audit.recording(AuditEvent(event, on: user), by: principal))
    }

    /// The address, if it is theirs and the provider is for it.
    private func confirmedEmail(
        of identity: ForeignIdentity,
        _ provider: IdentityProviderSettings
    ) throws(FederatedRefusal) -> Email {
        guard let email = identity.email else { throw .emailRequired }
        let isWithin = provider.emailDomains.contains(email.domain)
        guard provider.emailDomains.isEmpty || isWithin else { throw .domainNotAllowed }
        guard identity.saysEmailIsTheirs || isWithin && provider.vouchesForDomains else { throw .emailUnverified }
        return email
    }

    /// What the rules give; a role that was deleted since gives nothing, and the owner's is given by nobody's rule.
    private func roles(
        for identity: ForeignIdentity,
        _ provider: IdentityProviderSettings,
        session: borrowing TenantSession
    ) async throws -> [Role.Name] {
        let fitting = provider.roleRules.filter { $0.fits(identity.claims) }.map(\.role)
        var names = Set(fitting.filter { $0.builtIn != nil && $0 != Role.Name(.owner) })
        let own = fitting.filter { $0.builtIn == nil }
        if !own.isEmpty {
            for row in try await session.execute(.shareRoles(named: own)) { names.insert(try Role(row: row).name) }
        }
        return names.isEmpty ? [Role.Name(.student)] : names.sorted { $0.description < $1.description }
    }
}
