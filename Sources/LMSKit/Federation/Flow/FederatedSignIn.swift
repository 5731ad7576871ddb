// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Signs people in whom a provider vouches for.
///
/// A browser is sent to the provider (`start`), comes back with its answer (`finish`) and brings the app a code, which the
/// app exchanges for tokens (`exchange`). Tokens are never in an address. Transactions are opened here: none is open while
/// a provider is asked.
public struct FederatedSignIn: Sendable {
    let openID: OpenIDClient
    let facebook: FacebookClient
    let tenantKeys: TenantKeys
    let users: Users
    let signIn: SignIn
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// How long an app may take to exchange its code.
    static let codeLifetime: TimeInterval = 60

    static let principal = Principal(.system("federation"), grants: Grants())

    /// Sends a browser to a provider.
    ///
    /// - Parameters:
    ///   - provider: The provider.
    ///   - wish: What the app wants.
    ///   - user: Who is signed in and links the provider to themselves; `nil` for who signs in.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: Where the browser goes, and what it must bring back.
    /// - Throws: `FederationError.returnNotRegistered`; `.notFound` for a provider that is none or turned off;
    ///   `.providerUnavailable`; `.database`.
    public func start(
        _ provider: IdentityProvider.ID,
        _ wish: FederatedWish,
        linking user: User.ID? = nil,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(FederationError) -> FederatedStart {
        guard tenant.settings.returnAddresses.contains(wish.returnTo) else { throw .returnNotRegistered }
        do {
            let reader = tenants.reader(for: tenant.id, as: Self.principal)
            guard let row = try await reader.read(.selectIdentityProvider(provider)).only else {
                throw FederationError.notFound
            }
            let settings = try IdentityProvider(row: row).settings
            guard settings.isEnabled else { throw FederationError.notFound }
            let state = OneTimeSecret(cryptography)
            let browser = OneTimeSecret(cryptography)
            let location = try await location(settings, wish, state: state, browser: browser)
            let now = clock.now()
            _ = try await tenants.write(
                [
                    .deleteExpiredFlows(at: now),
                    .insertFlow(
                        state.hash(cryptography),
                        browser: browser.hash(cryptography),
                        provider: provider,
                        wish,
                        linking: user,
                        until: now.addingTimeInterval(TimeInterval(BrowserBinding.lifetimeInSeconds))
                    ),
                ],
                for: tenant.id,
                as: Self.principal
            )
            let name = BrowserBinding.name(of: state.text.reveal()) ?? ""
            return FederatedStart(location: location, binding: BrowserBinding(name: name, value: browser.text))
        } catch {
            throw FederationError(error)
        }
    }

    /// Takes a provider's answer.
    ///
    /// The answer is good once, only in the browser that was sent, only at the address of the provider that it was sent
    /// to, and only if it names no other issuer.
    ///
    /// - Parameters:
    ///   - answer: What the browser brings.
    ///   - principal: Who brings it, for the audit log of what was refused.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: Where the browser goes: to the app, with a code or with an error of `FederatedRefusal`.
    /// - Throws: `FederationError.stateInvalid` if it cannot be told which app waits; `.database`.
    public func finish(
        _ answer: FederatedAnswer,
        by principal: Principal,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(FederationError) -> String {
        let (flow, secret) = try await take(answer, at: tenant.id, tenants: tenants)
        let refusal: FederatedRefusal
        do {
            let identity = try await identify(answer, flow, secret)
            let code = OneTimeSecret(cryptography)
            try await tenants.transaction(for: tenant.id, as: Self.principal) { session in
                let user = try await resolve(identity, flow, session: session)
                let now = clock.now()
                try await session.batch([
                    .deleteExpiredFederatedCodes(at: now),
                    .insertFederatedCode(
                        code.hash(cryptography),
                        of: user,
                        by: flow.provider.id,
                        in: FederatedSession.hash(of: identity.claims["sid"]?.text, cryptography),
                        flow,
                        until: now.addingTimeInterval(Self.codeLifetime)
                    ),
                ])
            }
            return flow.location(code: code.text)
        } catch let error as FederatedRefusal {
            refusal = error
        } catch is ProviderFailure {
            refusal = .providerError
        } catch {
            refusal = .temporarilyUnavailable
        }
        let event = AuditEvent("identity_provider.signed_in", on: flow.provider.id, outcome: .failed)
        do {
            try await audit.note(event, about: refusal.rawValue, by: principal, at: tenant.id, tenants: tenants)
        } catch {
            throw FederationError(error)
        }
        return flow.location(refusal)
    }

    /// Exchanges a code for a session.
    ///
    /// - Parameters:
    ///   - code: What the browser brought; good once, for a minute, also if the rest is wrong.
    ///   - verifier: The app's PKCE verifier (RFC 7636 §4.1).
    ///   - returnTo: The address that the browser came back to.
    ///   - client: Where the app calls from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: The user and their tokens, or a challenge where the tenant's policies ask for a second factor.
    /// - Throws: `FederationError.codeInvalid`; `.signIn` with why the user may not sign in; `.database`.
    public func exchange(
        _ code: Secret<String>,
        verifier: Secret<String>,
        returnTo: String,
        from client: SignInClient,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(FederationError) -> SignInOutcome {
        guard let secret = OneTimeSecret(code.reveal()) else { throw .codeInvalid }
        do {
            let replies = try await tenants.write(
                [.takeFederatedCode(secret.hash(cryptography))],
                for: tenant.id,
                as: Self.principal
            )
            guard let row = replies.first?.only else { throw FederationError.codeInvalid }
            let (expiry, address): (Date, String) = (try row["expires_at"], try row["return_to"])
            let challenge: String = try row["code_challenge"]
            guard expiry > clock.now(), address == returnTo, isAnswer(verifier, to: challenge) else {
                throw FederationError.codeInvalid
            }
            var entrance = Entrance(try row["user_id"], by: [.federated], from: client)
            entrance.federation = try FederatedSession(row: row)
            return try await signIn.enter(entrance, at: tenant, tenants: tenants)
        } catch {
            throw FederationError(error)
        }
    }

    private func isAnswer(_ verifier: Secret<String>, to challenge: String) -> Bool {
        let text = verifier.reveal().utf8
        guard (43...128).contains(text.count) else { return false }
        let hash = Base64URL.encode(cryptography.sha256(Array(text)))
        return cryptography.areEqual(Array(hash.utf8), Array(challenge.utf8))
    }

    private func location(
        _ provider: IdentityProviderSettings,
        _ wish: FederatedWish,
        state: OneTimeSecret,
        browser: OneTimeSecret
    ) async throws(ProviderFailure) -> String {
        let state = state.text.reveal()
        guard provider.kind != .facebook else {
            return facebook.authorizationAddress(provider, redirectURI: wish.redirectURI, state: state)
        }
        let verifier = browser.derived("pkce", cryptography)
        return try await openID.authorizationAddress(
            provider,
            redirectURI: wish.redirectURI,
            state: state,
            nonce: browser.derived("nonce", cryptography),
            challenge: Base64URL.encode(cryptography.sha256(Array(verifier.utf8)))
        )
    }

    /// Takes the flow that an answer belongs to, with the provider's client secret.
    private func take(
        _ answer: FederatedAnswer,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(FederationError) -> (FederatedFlow, Secret<String>?) {
        guard let state = OneTimeSecret(answer.state) else { throw .stateInvalid }
        do {
            let replies = try await tenants.write(
                [
                    .takeFlow(state.hash(cryptography), provider: answer.provider, at: clock.now()),
                    .selectIdentityProvider(answer.provider), .selectClientSecret(of: answer.provider),
                    .selectTenantKeys(),
                ],
                for: tenant,
                as: Self.principal
            )
            guard replies.count == 4, let row = replies[0].only, let providerRow = replies[1].only,
                let secretRow = replies[2].only
            else { throw FederationError.stateInvalid }
            let flow = try FederatedFlow(row: row, provider: try IdentityProvider(row: providerRow))
            // The browser that was sent, and no other: else somebody could finish in another's browser what they began in
            // their own (RFC 9700 §4.7).
            guard let binding = answer.binding.flatMap({ OneTimeSecret($0.reveal()) }),
                cryptography.areEqual(binding.hash(cryptography).array, flow.browserHash.array)
            else { throw FederationError.stateInvalid }
            return (flow, try await open(secretRow, among: replies[3], of: answer.provider, at: tenant))
        } catch {
            throw FederationError(error)
        }
    }

    private func open(
        _ row: Row,
        among keys: Rows,
        of provider: IdentityProvider.ID,
        at tenant: TenantID
    ) async throws -> Secret<String>? {
        let sealed: Bytes? = try row["sealed_client_secret"]
        guard let sealed, let keyID: TenantKey.ID = try row["tenant_key_id"] else { return nil }
        guard let keyRow = try keys.first(where: { try $0["id"] == keyID }) else { throw KeyError.unusable }
        let secret = try await tenantKeys.open(keyRow, of: tenant)
            .open(sealed.array, for: IdentityProviders.purpose(provider))
        return Secret(String(decoding: secret.reveal(), as: UTF8.self))
    }

    private func identify(
        _ answer: FederatedAnswer,
        _ flow: FederatedFlow,
        _ secret: Secret<String>?
    ) async throws -> ForeignIdentity {
        let provider = flow.provider.settings
        guard provider.isEnabled else { throw FederatedRefusal.providerError }
        if provider.kind != .facebook {
            guard try await openID.isAnswer(naming: answer.issuer, of: provider) else {
                throw ProviderFailure.untrusted
            }
        }
        if let error = answer.error {
            throw error == "access_denied" ? FederatedRefusal.accessDenied : .providerError
        }
        guard let code = answer.code, let browser = answer.binding.flatMap({ OneTimeSecret($0.reveal()) }) else {
            throw FederatedRefusal.providerError
        }
        guard provider.kind != .facebook else {
            return try await facebook.identify(
                code.reveal(),
                redirectURI: flow.redirectURI,
                provider,
                secret: secret
            )
        }
        let question = ForeignQuestion(
            redirectURI: flow.redirectURI,
            verifier: Secret(browser.derived("pkce", cryptography)),
            nonce: browser.derived("nonce", cryptography)
        )
        return try await openID.identify(code.reveal(), question, provider, secret: secret)
    }
}
