// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Sets up and takes away what people show besides a password.
///
/// Like `SignIn` it opens its transactions itself: what a wrong code counts for must be committed although the call is refused.
public struct SecondFactors: Sendable {
    let tenantKeys: TenantKeys
    let keys: SigningKeys
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit
    let mail: (any CodeDelivery)?
    let notices: any AccountMail

    /// How long a code that was sent is good.
    static let codeLifetime: TimeInterval = 600
    /// How many wrong codes are free before each further one must wait twice as long as the one before.
    static let freeFailures = 5
    /// Nobody waits longer.
    static let longestWait: TimeInterval = 900

    /// Lists what somebody has.
    ///
    /// - Parameters:
    ///   - user: Whoever is signed in.
    ///   - reader: The tenant's data.
    /// - Returns: Their factors, and how many recovery codes they have left.
    /// - Throws: `FactorError.database`.
    public func overview(of user: User.ID, reader: TenantReader) async throws(FactorError) -> FactorOverview {
        do {
            let replies = try await reader.read([.selectFactors(of: user), .countRecoveryCodes(of: user)])
            let factors = try replies[0].map { row throws(DatabaseError) in try Factor(row: row) }
            return FactorOverview(factors: factors, recoveryCodes: try replies[1].only?["total"] ?? 0)
        } catch {
            throw .database(error)
        }
    }

    /// Begins to set up a factor; the one of its kind that there is stays until the new one is confirmed.
    ///
    /// The caller has made sure that whoever is signed in showed who they are a moment ago.
    ///
    /// - Parameters:
    ///   - kind: An authenticator app or codes by mail.
    ///   - principal: Whoever is signed in.
    ///   - tenant: The tenant, whose name the app shows.
    ///   - tenants: Opens the transaction.
    /// - Returns: What to show to the user.
    /// - Throws: `FactorError.noMail`; `.notSetUp` for a kind that is not set up this way; `.keys`; `.database`.
    public func begin(
        _ kind: FactorKind,
        as principal: Principal,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(FactorError) -> FactorSetup {
        do {
            guard let user = principal.user else { throw FactorError.notSetUp }
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            return try await tenants.transaction(for: tenant.id, as: principal) { session in
                guard let email: Email = try await session.execute(.selectEmail(of: user)).only?["email"] else {
                    throw FactorError.notSetUp
                }
                switch kind {
                case .totp: return try await beginTOTP(for: user, email, at: tenant, session: session)
                case .email:
                    try await sendSetupCode(to: user, email, ring: ring, session: session)
                    return .email
                case .recoveryCode: throw FactorError.notSetUp
                }
            }
        } catch {
            throw FactorError(error)
        }
    }

    private func beginTOTP(
        for user: User.ID,
        _ email: Email,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws -> FactorSetup {
        let totp = TOTP(Secret(cryptography.randomBytes(20)))
        let id: Factor.ID = identifiers.next()
        let key = try await tenantKeys.current(session: session)
        let sealed = try key.seal(totp.secret, for: SecondFactors.purpose(user))
        try await session.execute(.insertTOTP(id, of: user, key: key.id, sealed: Bytes(sealed), at: clock.now()))
        return .totp(secret: totp.text, uri: totp.uri(issuer: tenant.name, account: email.address))
    }

    /// Sends a code to somebody who is signed in and set up codes by mail, for what asks for one.
    ///
    /// - Parameters:
    ///   - principal: Whoever is signed in.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Throws: `FactorError.noMail`; `.notSetUp`; `.keys`; `.database`.
    public func sendCode(as principal: Principal, at tenant: TenantID, tenants: Tenants) async throws(FactorError) {
        do {
            guard let mail else { throw FactorError.noMail }
            guard let user = principal.user else { throw FactorError.notSetUp }
            let ring = try await keys.ring(of: tenant, tenants: tenants)
            try await tenants.transaction(for: tenant, as: principal) { session in
                guard let email: Email = try await session.execute(.selectEmail(of: user)).only?["email"],
                    let factor = try await lock(.email, of: user, isConfirmed: true, session: session)
                else { throw FactorError.notSetUp }
                let code = newCode()
                let hash = hash(of: code, for: factor.id.description, ring: ring)
                let end = clock.now().addingTimeInterval(Self.codeLifetime)
                try await session.execute(.setCode(hash, of: factor.id, until: end))
                try await mail.deliver(code, to: email, session: session)
            }
        } catch {
            throw FactorError(error)
        }
    }

    private func sendSetupCode(
        to user: User.ID,
        _ email: Email,
        ring: KeyRing,
        session: borrowing TenantSession
    ) async throws {
        guard let mail else { throw FactorError.noMail }
        let now = clock.now()
        try await session.execute(.insertEmailFactor(identifiers.next(), of: user, at: now))
        guard let factor = try await lock(.email, of: user, isConfirmed: false, session: session) else {
            throw FactorError.notSetUp
        }
        let code = newCode()
        let hash = hash(of: code, for: factor.id.description, ring: ring)
        try await session.execute(.setCode(hash, of: factor.id, until: now.addingTimeInterval(Self.codeLifetime)))
        try await mail.deliver(code, to: email, session: session)
    }

    /// Finishes setting up a factor; every other session of the user ends, and theirs is whole from now on.
    ///
    /// - Parameters:
    ///   - kind: Which factor.
    ///   - code: What the app shows, or what was sent.
    ///   - signInSession: The session of whoever is signed in.
    ///   - principal: Whoever is signed in.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Returns: Recovery codes, to be shown once, if they had none.
    /// - Throws: `FactorError.notSetUp` if none waits; `.invalidCode`; `.throttled`; `.keys`; `.database`.
    public func confirm(
        _ kind: FactorKind,
        code: String,
        in signInSession: SignInSession.ID?,
        as principal: Principal,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(FactorError) -> [Secret<String>] {
        do {
            guard let user = principal.user else { throw FactorError.notSetUp }
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            let outcome: (verdict: CodeVerdict, codes: [Secret<String>]) = try await tenants.transaction(
                for: tenant.id,
                as: principal
            ) { session in
                guard let factor = try await lock(kind, of: user, isConfirmed: false, session: session) else {
                    throw FactorError.notSetUp
                }
                let verdict = try await judge(code, factor, kind, user, ring: ring, session: session)
                guard case .good(let method) = verdict else { return (verdict, []) }
                let now = clock.now()
                var statements = SQL.confirmFactor(factor.id, kind, of: user, at: now)
                statements.append(.revokeSessions(of: user, but: signInSession, because: .factorChanged, at: now))
                statements.append(.forgetDevices(of: user))
                if let signInSession { statements.append(.strengthenSession(signInSession, by: method, at: now)) }
                statements.append(audit.recording(AuditEvent("factor.enabled", on: factor.id), by: principal))
                statements.append(.countRecoveryCodes(of: user))
                let left: Int = try await session.batch(statements).last?.only?["total"] ?? 0
                try await tellOfChange(to: user, at: tenant, session: session)
                return (verdict, left > 0 ? [] : try await makeRecoveryCodes(for: user, session: session))
            }
            try outcome.verdict.requireGood()
            return outcome.codes
        } catch {
            throw FactorError(error)
        }
    }

    /// Takes a factor away; every other session of the user ends.
    ///
    /// - Parameters:
    ///   - kind: Which factor.
    ///   - code: A code of any of the user's factors, or a recovery code.
    ///   - signInSession: The session of whoever is signed in.
    ///   - principal: Whoever is signed in.
    ///   - tenant: The tenant, whose policy may ask for a factor.
    ///   - tenants: Opens the transaction.
    /// - Throws: `FactorError.notSetUp`; `.mandatory`; `.invalidCode`; `.throttled`; `.keys`; `.database`.
    public func disable(
        _ kind: FactorKind,
        code: String,
        in signInSession: SignInSession.ID?,
        as principal: Principal,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(FactorError) {
        do {
            guard let user = principal.user else { throw FactorError.notSetUp }
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            let verdict = try await tenants.transaction(for: tenant.id, as: principal) { session in
                let zone = tenant.settings.timeZone
                let lock = SQL.lockEntrant(user, client: nil, at: clock.now(), in: zone)
                let row = try await session.execute(lock).only
                guard let entrant = try row.map({ row throws(DatabaseError) in try Entrant(row: row) }),
                    entrant.factors.contains(kind)
                else { throw FactorError.notSetUp }
                let isLast = entrant.factors.count == 1
                if isLast, entrant.mustHaveFactor(at: tenant) { throw FactorError.mandatory }
                let verdict = try await check(code, of: user, ring: ring, session: session)
                guard case .good = verdict else { return verdict }
                var statements: [SQL] = [.deleteFactor(kind, of: user), .forgetDevices(of: user)]
                if isLast { statements.append(.deleteRecoveryCodes(of: user)) }
                statements.append(
                    .revokeSessions(of: user, but: signInSession, because: .factorChanged, at: clock.now())
                )
                statements.append(audit.recording(AuditEvent("factor.disabled", on: user), by: principal))
                try await session.batch(statements)
                try await tellOfChange(to: user, at: tenant, session: session)
                return verdict
            }
            try verdict.requireGood()
        } catch {
            throw FactorError(error)
        }
    }

    /// Makes new recovery codes; the old ones are good no longer.
    ///
    /// The caller has made sure that whoever is signed in showed who they are a moment ago.
    ///
    /// - Parameters:
    ///   - principal: Whoever is signed in.
    ///   - session: The tenant's open transaction.
    /// - Returns: The codes, to be shown once.
    /// - Throws: `FactorError.notSetUp` for who has no factor that could be lost; `.database`.
    public func renewRecoveryCodes(
        as principal: Principal,
        session: borrowing TenantSession
    ) async throws(FactorError) -> [Secret<String>] {
        do {
            guard let user = principal.user, !(try await session.execute(.selectFactors(of: user)).isEmpty) else {
                throw FactorError.notSetUp
            }
            try await session.execute(
                audit.recording(AuditEvent("factor.recovery_codes_made", on: user), by: principal)
            )
            return try await makeRecoveryCodes(for: user, session: session)
        } catch {
            throw FactorError(error)
        }
    }

    private func makeRecoveryCodes(
        for user: User.ID,
        session: borrowing TenantSession
    ) async throws(DatabaseError) -> [Secret<String>] {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode(cryptography) }
        let hashes = codes.map { $0.hash(cryptography) }
        try await session.batch([
            .deleteRecoveryCodes(of: user), .insertRecoveryCodes(hashes, of: user, at: clock.now()),
        ])
        return codes.map(\.text)
    }

    static func purpose(_ user: User.ID) -> String { "factors.sealed_secret:\(user)" }
}
