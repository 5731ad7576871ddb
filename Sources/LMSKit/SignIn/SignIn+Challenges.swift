// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension SignIn {
    /// Goes on with a sign-in that asked for a second factor.
    ///
    /// A challenge is good once, for ten minutes and five codes.
    ///
    /// - Parameters:
    ///   - token: What the challenge gave.
    ///   - code: A code of any of the user's factors, or a recovery code.
    ///   - client: Where it comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Returns: The user and their tokens.
    /// - Throws: `SignInError.factor` with `.invalidChallenge`, `.invalidCode` or `.throttled`; `.inactive` if the user may not
    ///   sign in or their tokens were ended since; `.keys`; `.database`.
    public func answer(
        _ token: Secret<String>,
        code: String,
        from client: SignInClient,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(SignInError) -> SignedIn {
        guard let token = ChallengeToken(token.reveal()) else { throw .factor(.invalidChallenge) }
        let hash = token.hash(cryptography)
        do {
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            let nobody = Principal(.anonymous, grants: Grants(), origin: client.origin)
            let outcome: (verdict: CodeVerdict, signedIn: SignedIn?) = try await tenants.transaction(
                for: tenant.id,
                as: nobody
            ) { session in
                let now = clock.now()
                guard let row = try await session.execute(.attemptChallenge(hash, at: now)).only else {
                    throw SignInError.factor(.invalidChallenge)
                }
                let user: User.ID = try row["user_id"]
                let epoch: Int = try row["token_epoch"]
                let methods: [AuthenticationMethod] = try row["methods"]
                let sent: Bytes? = try row["code_hash"]
                let verdict = try await factors.check(
                    code,
                    of: user,
                    sent: sent.map { ($0, hash) },
                    ring: ring,
                    session: session
                )
                guard case .good(let method) = verdict else {
                    let event = AuditEvent("user.second_factor_shown", on: user, outcome: .failed)
                    try await session.execute(audit.recording(event, by: nobody))
                    return (verdict, nil)
                }
                try await session.execute(.useChallenge(hash, at: now))
                let shown = methods + [method, .multiple]
                var entrance = Entrance(user, by: shown, from: client, epoch: epoch)
                entrance.federation = try FederatedSession(row: row)
                guard case .signedIn(let signedIn) = try await enter(entrance, at: tenant, ring: ring, session: session)
                else { throw SignInError.inactive }
                return (verdict, signedIn)
            }
            try outcome.verdict.requireGood()
            guard let signedIn = outcome.signedIn else { throw SignInError.inactive }
            return signedIn
        } catch {
            throw SignInError(error)
        }
    }

    /// Sends a code for a sign-in that asked for a second factor, three at most.
    ///
    /// - Parameters:
    ///   - token: What the challenge gave.
    ///   - client: Where it comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    /// - Throws: `SignInError.factor` with `.invalidChallenge`, also if the user has not set up codes by mail, or with `.noMail`.
    public func sendCode(
        for token: Secret<String>,
        from client: SignInClient,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(SignInError) {
        guard let mail = factors.mail else { throw .factor(.noMail) }
        guard let token = ChallengeToken(token.reveal()) else { throw .factor(.invalidChallenge) }
        let challenge = token.hash(cryptography)
        do {
            let ring = try await keys.ring(of: tenant, tenants: tenants)
            let code = factors.newCode()
            let hash = factors.hash(of: code, for: Base64URL.encode(challenge.array), ring: ring)
            let nobody = Principal(.anonymous, grants: Grants(), origin: client.origin)
            try await tenants.transaction(for: tenant, as: nobody) { session in
                let set = SQL.setCode(hash, ofChallenge: challenge, at: clock.now())
                guard let email: Email = try await session.execute(set).only?["email"] else {
                    throw SignInError.factor(.invalidChallenge)
                }
                try await mail.deliver(code, to: email, session: session)
            }
        } catch {
            throw SignInError(error)
        }
    }

    /// Lets somebody who is signed in show again who they are, for what asks for that.
    ///
    /// Who has a second factor shows it; others show their password.
    ///
    /// - Parameters:
    ///   - principal: Whoever is signed in.
    ///   - session: Their session.
    ///   - password: What they typed as the password.
    ///   - code: What they typed as a code.
    ///   - client: Where it comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and transactions.
    /// - Throws: `SignInError.invalidCredentials`; `.factor` with `.codeNeeded`, `.invalidCode` or `.throttled`; `.throttled`; `.busy`;
    ///   `.keys`; `.database`.
    public func reauthenticate(
        _ principal: Principal,
        in session: SignInSession.ID,
        password: Secret<String>?,
        code: String?,
        from client: SignInClient,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(SignInError) {
        guard let user = principal.user else { throw .invalidCredentials }
        do {
            if let code {
                let ring = try await keys.ring(of: tenant, tenants: tenants)
                let verdict = try await tenants.transaction(for: tenant, as: principal) { transaction in
                    let verdict = try await factors.check(code, of: user, ring: ring, session: transaction)
                    guard case .good(let method) = verdict else { return verdict }
                    try await transaction.execute(.strengthenSession(session, by: method, at: clock.now()))
                    return verdict
                }
                try verdict.requireGood()
                return
            }
            guard let password else { throw SignInError.invalidCredentials }
            try await requireNoFactor(of: user, at: tenant, tenants: tenants)
            try await confirm(
                user,
                password: password,
                clientAddress: client.origin.address,
                at: tenant,
                tenants: tenants
            )
            _ = try await tenants.write(
                [.refreshAuthentication(session, at: clock.now())],
                for: tenant,
                as: principal
            )
        } catch {
            throw SignInError(error)
        }
    }

    /// Refuses who has a second factor and shows a password only.
    private func requireNoFactor(of user: User.ID, at tenant: TenantID, tenants: Tenants) async throws {
        let overview = try await factors.overview(of: user, reader: tenants.reader(for: tenant, as: SignIn.principal))
        guard overview.factors.isEmpty else { throw SignInError.factor(.codeNeeded) }
    }
}
