// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Who is there: registration, sign-in, tokens.
struct AuthRoutes: Sendable {
    let signIn: SignIn
    let accounts: Accounts
    let users: Users
    let signingKeys: SigningKeys
    let introspection: Introspection
    let federation: FederatedSignIn
    let impersonations: Impersonations
    let services: ServiceSignIn

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/auth/register",
                "Register as a student",
                access: .anonymous,
                status: .created,
                problems: [
                    .emailTaken, .registrationClosed, .domainNotAllowed, .mailNotOffered, .networkNotAllowed,
                    .hoursNotAllowed,
                ],
                rate: .auth,
                handler: register
            ),
            Route(
                .post,
                "/api/v1/auth/login",
                "Sign in with a password",
                access: .anonymous,
                problems: SignInError.loginProblems,
                rate: .auth,
                handler: login
            ),
            Route(
                .post,
                "/api/v1/auth/token",
                "Get tokens as OAuth 2 asks for them",
                access: .anonymous,
                problems: [
                    .invalidGrant, .unsupportedGrantType, .invalidTokenRequest, .signInThrottled, .invalidClient,
                    .invalidScope,
                ] + SessionRefusal.problems,
                rate: .auth,
                problemFormat: .oauth,
                handler: token
            ),
            Route(
                .post,
                "/api/v1/auth/refresh",
                "Exchange a refresh token for the next tokens",
                access: .anonymous,
                problems: [.invalidRefreshToken, .refreshTokenReused, .refreshInProgress] + SessionRefusal.problems,
                rate: .auth,
                handler: refresh
            ),
            Route(
                .post,
                "/api/v1/auth/logout",
                "End a session and all its tokens",
                access: .publicRead,
                status: .noContent,
                problems: [.unauthenticated],
                assurance: .limited,
                keys: .refused,
                handler: logout
            ),
            Route(
                .post,
                "/api/v1/auth/introspect",
                "Whether a token is good at this moment (RFC 7662)",
                access: .permission(.tokenIntrospect),
                rate: .read,
                handler: introspect
            ),
            Route(
                .get,
                "/api/v1/auth/me",
                "Who I am and what I may do",
                access: .signedIn,
                assurance: .limited,
                keys: .accepted,
                handler: me
            ),
            Route(
                .get,
                "/.well-known/jwks.json",
                "The public keys that verify access tokens",
                access: .anonymous,
                caching: .shared(seconds: 60),
                handler: keys
            ),
        ]
    }

    private func register(
        _ input: Input<Nothing, Nothing, Registration>,
        _ context: RequestContext
    ) async throws -> Reply<RegisteredBody> {
        let registered = try await signIn.register(
            input.body.email,
            password: input.body.password,
            displayName: input.body.displayName,
            from: context.client,
            at: context.tenant,
            accounts: accounts,
            tenants: context.tenants
        )
        let body: RegisteredBody =
            switch registered {
            case .signedIn(let signedIn):
                RegisteredBody(user: UserBody(signedIn.user), signedIn: SignedInBody(signedIn))
            case .awaitsVerification(let user): RegisteredBody(user: UserBody(user), signedIn: nil)
            }
        return .created(body, at: "/api/v1/users/\(body.user.id)")
    }

    private func login(
        _ input: Input<Nothing, Nothing, LoginRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SignInOutcomeBody> {
        let body = input.body
        let credentials = Credentials(
            email: body.identifier,
            password: body.password,
            client: context.client(on: body.device)
        )
        let outcome = try await signIn.signIn(credentials, at: context.tenant, tenants: context.tenants)
        return .ok(SignInOutcomeBody(outcome))
    }

    private func token(
        _ input: Input<Nothing, Nothing, TokenRequest>,
        _ context: RequestContext
    ) async throws -> Reply<TokenBody> {
        let body = input.body
        do {
            switch body.grantType {
            case "refresh_token":
                guard let token = body.refreshToken else { throw Problem.missing("refresh_token") }
                return .ok(TokenBody(try await refresh(token, context).tokens))
            case "authorization_code":
                guard let code = body.code, let verifier = body.codeVerifier, let address = body.redirectURI else {
                    throw Problem.missing("code, code_verifier, redirect_uri")
                }
                let outcome = try await federation.exchange(
                    code,
                    verifier: verifier,
                    returnTo: address,
                    from: context.client,
                    at: context.tenant,
                    tenants: context.tenants
                )
                guard case .signedIn(let signedIn) = outcome else { throw SignInError.secondFactorNeeded }
                return .ok(TokenBody(signedIn.tokens))
            case "client_credentials":
                let issued = try await services.exchange(
                    try context.clientCredentials(body),
                    scope: body.scope,
                    from: context.host.origin,
                    at: context.tenant.id,
                    tenants: context.tenants
                )
                return .ok(TokenBody(issued))
            case "password":
                guard let username = body.username, let password = body.password else {
                    throw Problem.missing("username, password")
                }
                let signedIn = try await signIn.grantByPassword(
                    context.credentials(username, password),
                    at: context.tenant,
                    tenants: context.tenants
                )
                return .ok(TokenBody(signedIn.tokens))
            default:
                throw Problem.unsupportedGrant
            }
        } catch let error as SignInError {
            throw error.oauthProblem
        } catch FederationError.signIn(let error) {
            throw error.oauthProblem
        }
    }

    private func refresh(
        _ input: Input<Nothing, Nothing, RefreshRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SignedInBody> {
        .ok(SignedInBody(try await refresh(input.body.refreshToken, context)))
    }

    private func logout(
        _ input: Input<Nothing, Nothing, LogoutRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        guard context.token != nil || input.body.refreshToken != nil else { throw Problem(.unauthenticated) }
        if let session = context.token?.session {
            try await signIn.signOut(
                session,
                at: context.tenant.id,
                tenants: context.tenants,
                origin: context.host.origin
            )
        }
        if let token = input.body.refreshToken {
            try await signIn.signOut(
                refreshToken: token,
                at: context.tenant.id,
                tenants: context.tenants,
                origin: context.host.origin
            )
        }
        var reply = Reply<Nothing>.noContent
        if context.isByCookie { reply.fields = SessionCookies(context.host.client)?.forgetting }
        return reply
    }

    private func introspect(
        _ input: Input<Nothing, Nothing, IntrospectionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<IntrospectionBody> {
        do {
            let token = try await introspection.introspect(
                input.body.token,
                as: context.principal,
                at: context.tenant,
                tenants: context.tenants
            )
            return .ok(IntrospectionBody(token: token))
        } catch {
            throw AuthenticationError(error)
        }
    }

    private func me(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MeBody> {
        guard context.principal.service == nil else { throw Problem(.personRequired) }
        guard let id = context.principal.user, let token = context.token else { throw Problem(.unauthenticated) }
        let user = try await users.fetchSelf(id, reader: context.reader)
        var body = MeBody(user: UserBody(user), grants: context.principal.grants, expiresAt: token.expiresAt)
        if context.principal.impersonator != nil, let session = token.session {
            let id = Impersonation.ID(session.uuid)
            body.impersonation = try await impersonations.current(id, reader: context.reader).map(
                ImpersonationBody.init
            )
        }
        return .ok(body)
    }

    private func keys(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<KeySetBody> {
        do {
            let keys = try await signingKeys.publicKeys(of: context.tenant.id, tenants: context.tenants)
            return .ok(KeySetBody(keys: keys.map { KeyBody(name: $0.name, bytes: $0.bytes) }))
        } catch {
            throw AuthenticationError(error)
        }
    }

    private func refresh(_ token: Secret<String>, _ context: RequestContext) async throws -> SignedIn {
        try await signIn.refresh(
            token,
            retryKey: try context.retryKey,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
    }
}

extension RequestContext {
    func credentials(_ email: String, _ password: Secret<String>) -> Credentials {
        Credentials(email: email, password: password, client: client)
    }

    /// The client, with what it says of its device.
    func client(on device: DeviceFields) -> SignInClient {
        SignInClient(host.origin, device: device.token, isToBeRemembered: device.isToBeRemembered)
    }

    /// The client, as signing in sees it.
    var client: SignInClient { SignInClient(host.origin) }

    /// What the client sends again if it repeats a refresh.
    var retryKey: String? {
        get throws(Problem) {
            guard let key = self["idempotency-key"] else { return nil }
            guard (1...255).contains(key.utf8.count) else { throw Problem(.malformedIdempotencyKey) }
            return key
        }
    }
}
