// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// The one way in: whatever somebody showed, it ends here.
extension SignIn {
    /// How long a challenge waits for a second factor.
    static let challengeLifetime: TimeInterval = 600

    /// Lets somebody in who showed who they are, or asks them for a second factor.
    ///
    /// Looks at the account's status and the tenant's policies, then makes a session or a challenge.
    ///
    /// - Parameters:
    ///   - entrance: Who it is, how they showed it, and from where.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Returns: The user and their tokens, or a challenge.
    /// - Throws: `SignInError.inactive` if the user may not sign in or their tokens were ended since; `.policy` if the tenant's
    ///   policies refuse them; `.keys`; `.database`.
    public func enter(
        _ entrance: Entrance,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(SignInError) -> SignInOutcome {
        let refusal: SignInError
        do {
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            return try await tenants.transaction(for: tenant.id, as: principal(of: entrance)) { session in
                try await enter(entrance, at: tenant, ring: ring, session: session)
            }
        } catch {
            refusal = SignInError(error)
        }
        if case .policy = refusal {
            let event = AuditEvent("user.signed_in", on: entrance.user, outcome: .refused)
            do {
                try await audit.note(event, by: principal(of: entrance), at: tenant.id, tenants: tenants)
            } catch {
                throw .database(error)
            }
        }
        throw refusal
    }

    /// Does the same in a transaction that is open, such as that in which the user was made.
    ///
    /// - Parameters:
    ///   - entrance: Who it is, how they showed it, and from where.
    ///   - tenant: The tenant.
    ///   - ring: The tenant's keys, read before the transaction began.
    ///   - session: The tenant's open transaction; the user's row is locked until it ends.
    /// - Returns: The user and their tokens, or a challenge; good once the caller commits.
    /// - Throws: `SignInError.inactive`; `.policy`; `KeyError`; `DatabaseError`.
    func enter(
        _ entrance: Entrance,
        at tenant: Tenant,
        ring: KeyRing,
        session: borrowing TenantSession
    ) async throws -> SignInOutcome {
        let now = clock.now()
        let client = entrance.client.origin
        let lock = SQL.lockEntrant(entrance.user, client: client.userAgent, at: now, in: tenant.settings.timeZone)
        let row = try await session.execute(lock).only
        guard let entrant = try row.map({ row throws(DatabaseError) in try Entrant(row: row) }),
            entrant.status == .active, entrance.epoch.map({ $0 == entrant.epoch }) ?? true
        else { throw SignInError.inactive }
        if let refusal = tenant.settings.refusal(of: entrant.facts(from: client.address)) {
            throw SignInError.policy(refusal)
        }
        var entrance = entrance
        if tenant.settings.rememberedDevices, !entrant.factors.isEmpty,
            try await isVerified(entrance, at: now, session: session)
        {
            entrance.methods.append(.rememberedDevice)
        }
        switch entrant.verdict(on: entrance, at: tenant) {
        case .challenge:
            return try await challenge(entrant, entrance, at: now, session: session)
        case .enter(let isLimited):
            let started = start(
                for: entrance.user,
                as: entrance,
                isLimited: isLimited,
                at: now,
                lasting: tenant.settings.longestSession(of: entrant.roles)
            )
            let refreshToken = RefreshToken(cryptography)
            let isVerified = entrance.methods.contains { $0.isSecondFactor && $0 != .rememberedDevice }
            let remembered =
                entrance.client.isToBeRemembered ? remember(entrance, isVerified: isVerified, at: now) : nil
            var statements: [SQL] = [
                .markSignedIn(entrance.user, rehashed: entrance.rehashed, at: now),
                .deleteSessions(of: entrance.user, keeping: SignIn.sessionsPerUser - 1, at: now),
                .deleteExpiredSessions(at: now),
            ]
            statements += insertion(of: started, refreshToken, at: now)
            if let federation = entrance.federation { statements.append(.link(started.id, to: federation)) }
            statements += remembered?.statements ?? []
            statements += breakingGlass(entrance)
            statements += [
                audit.recording(AuditEvent("user.signed_in", on: entrance.user), by: principal(of: entrance)),
                .selectUser(entrance.user),
            ]
            guard let row = try await session.batch(statements).last?.only else { throw SignInError.inactive }
            let user = try User(row: row)
            var signedIn = try signedIn(
                user,
                started,
                refreshToken,
                epoch: entrant.epoch,
                tenant: tenant.id,
                ring: ring
            )
            signedIn.device = remembered?.token
            if !entrant.isKnownClient, !entrance.methods.contains(.rememberedDevice) {
                try await factors.notify(
                    .newDevice(client.userAgent ?? "?"),
                    to: entrant.email,
                    language: entrant.locale ?? tenant.settings.locale,
                    session: session
                )
            }
            return .signedIn(signedIn)
        }
    }

    private func principal(of entrance: Entrance) -> Principal {
        Principal(.user(entrance.user), grants: Grants(), origin: entrance.client.origin)
    }

    /// Records that somebody used the way in for emergencies.
    private func breakingGlass(_ entrance: Entrance) -> [SQL] {
        guard entrance.isBreakGlass else { return [] }
        return [audit.recording(AuditEvent("user.break_glass_used", on: entrance.user), by: principal(of: entrance))]
    }

    private func challenge(
        _ entrant: Entrant,
        _ entrance: Entrance,
        at now: Date,
        session: borrowing TenantSession
    ) async throws -> SignInOutcome {
        let token = ChallengeToken(cryptography)
        let statements: [SQL] = [
            .rehash(entrance.user, entrance.rehashed),
            .deleteExpiredChallenges(at: now),
            .insertChallenge(
                token.hash(cryptography),
                of: entrance,
                epoch: entrant.epoch,
                at: now,
                until: now.addingTimeInterval(SignIn.challengeLifetime)
            ),
        ]
        try await session.batch(statements + breakingGlass(entrance))
        return .challenged(
            SignInChallenge(
                token: token.text,
                methods: entrant.factors + [.recoveryCode],
                expiresInSeconds: Int(SignIn.challengeLifetime)
            )
        )
    }

    /// A session that begins now; it lasts no longer than the tenant's policies say.
    func start(
        for user: User.ID,
        as entrance: Entrance,
        isLimited: Bool,
        at now: Date,
        lasting limit: TimeInterval?
    ) -> SignInSession {
        SignInSession(
            id: identifiers.next(),
            user: user,
            expiresAt: now.addingTimeInterval(min(SignIn.sessionLifetime, limit ?? SignIn.sessionLifetime)),
            methods: entrance.methods,
            authenticatedAt: now,
            isLimited: isLimited,
            origin: entrance.client.origin
        )
    }
}

/// What letting somebody in depends on.
struct Entrant: Sendable {
    let status: User.Status
    let epoch: Int
    /// The names of their roles.
    let roles: [String]
    /// The second factors that they have.
    let factors: [FactorKind]
    let email: Email
    let locale: String?
    /// Whether they signed in with a client of this name before, or never at all.
    let isKnownClient: Bool
    /// The time in the tenant's time zone.
    let localTime: LocalTime

    /// What becomes of them.
    enum Verdict: Sendable, Equatable {
        /// They are in; limited to setting up a second factor if they must have one.
        case enter(isLimited: Bool)
        /// They must show a second factor.
        case challenge
    }

    init(row: Row) throws(DatabaseError) {
        status = try row["status"]
        epoch = try row["token_epoch"]
        roles = try row["roles"]
        factors = try row["factors"]
        email = try row["email"]
        locale = try row["locale"]
        isKnownClient = try row["is_known_client"]
        localTime = LocalTime(weekday: try row["weekday"], minute: try row["minute"])
    }

    /// What a session that begins now is judged by.
    func facts(from address: String) -> SessionFacts {
        SessionFacts(roles: roles, address: address, localTime: localTime)
    }

    /// Looks at what they showed and what the tenant asks for.
    func verdict(on entrance: Entrance, at tenant: Tenant) -> Verdict {
        if entrance.methods.contains(where: \.isSecondFactor) { return .enter(isLimited: false) }
        if !factors.isEmpty { return .challenge }
        return .enter(isLimited: mustHaveFactor(at: tenant))
    }

    /// Whether the tenant asks one of their roles for a second factor.
    func mustHaveFactor(at tenant: Tenant) -> Bool {
        tenant.settings.asksForFactor(of: roles)
    }
}

/// What a client shows with its second factor: 32 bytes that mean nothing, of which only the SHA-256 is stored.
struct ChallengeToken: Sendable {
    let secret: Secret<[UInt8]>

    /// A new token that nothing tells.
    init(_ cryptography: any Cryptography) {
        secret = Secret(cryptography.randomBytes(32))
    }

    /// Reads a token.
    init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        secret = Secret(bytes)
    }

    var text: Secret<String> { Secret(Base64URL.encode(secret.reveal())) }

    func hash(_ cryptography: any Cryptography) -> Bytes { Bytes(cryptography.sha256(secret.reveal())) }
}
