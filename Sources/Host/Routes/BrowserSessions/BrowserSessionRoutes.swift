// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Sessions that browsers keep in cookies that no script reads, on the same rules as tokens.
struct BrowserSessionRoutes: Sendable {
    let signIn: SignIn
    let federation: FederatedSignIn

    private static let problems: [ProblemCode] = [.crossSiteRequest, .httpsRequired]

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/auth/login-cookie",
                "Sign a browser in with a password",
                access: .anonymous,
                problems: Self.problems + SignInError.loginProblems,
                rate: .auth,
                handler: login
            ),
            Route(
                .post,
                "/api/v1/auth/login/mfa-cookie",
                "Go on with a browser's sign-in that asks for a second factor",
                access: .anonymous,
                problems: Self.problems + [
                    .invalidChallenge, .invalidCode, .signInThrottled, .accountInactive, .networkNotAllowed,
                    .hoursNotAllowed,
                ],
                rate: .auth,
                handler: answer
            ),
            Route(
                .post,
                "/api/v1/auth/login/federated-cookie",
                "Sign a browser in with the code that it brought from an identity provider",
                access: .anonymous,
                problems: Self.problems + [.invalidGrant, .accountInactive, .networkNotAllowed, .hoursNotAllowed],
                rate: .auth,
                handler: exchange
            ),
            Route(
                .post,
                "/api/v1/auth/refresh-cookie",
                "Renew a browser's session",
                access: .anonymous,
                problems: Self.problems + [
                    .unauthenticated, .csrfTokenInvalid, .invalidRefreshToken, .refreshTokenReused, .refreshInProgress,
                ] + SessionRefusal.problems,
                rate: .auth,
                handler: refresh
            ),
            Route(
                .post,
                "/api/v1/auth/logout-cookie",
                "End a browser's session and have it forget its cookies",
                access: .anonymous,
                status: .noContent,
                problems: Self.problems + [.csrfTokenInvalid],
                handler: logout
            ),
            Route(
                .get,
                "/api/v1/auth/csrf",
                "Get the token that a page shows with every change",
                access: .anonymous,
                problems: Self.problems + [.unauthenticated],
                handler: csrfToken
            ),
        ]
    }

    private func login(
        _ input: Input<Nothing, Nothing, LoginRequest>,
        _ context: RequestContext
    ) async throws -> Reply<BrowserOutcomeBody> {
        let browser = try Browser(context, signIn)
        let body = input.body
        let credentials = Credentials(
            email: body.identifier,
            password: body.password,
            client: browser.client(body.device)
        )
        return try await browser.take(
            try await signIn.signIn(credentials, at: context.tenant, tenants: context.tenants)
        )
    }

    private func answer(
        _ input: Input<Nothing, Nothing, ChallengeAnswer>,
        _ context: RequestContext
    ) async throws -> Reply<BrowserOutcomeBody> {
        let browser = try Browser(context, signIn)
        let signedIn = try await signIn.answer(
            input.body.challenge,
            code: input.body.code.reveal(),
            from: browser.client(input.body.device),
            at: context.tenant,
            tenants: context.tenants
        )
        return try await browser.take(.signedIn(signedIn))
    }

    private func exchange(
        _ input: Input<Nothing, Nothing, FederatedExchange>,
        _ context: RequestContext
    ) async throws -> Reply<BrowserOutcomeBody> {
        let browser = try Browser(context, signIn)
        let body = input.body
        return try await browser.take(
            try await federation.exchange(
                body.code,
                verifier: body.codeVerifier,
                returnTo: body.returnTo,
                from: browser.client(body.device),
                at: context.tenant,
                tenants: context.tenants
            )
        )
    }

    private func refresh(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<BrowserSessionBody> {
        let browser = try Browser(context, signIn)
        guard let token = browser.refreshToken else { throw Problem(.unauthenticated) }
        let session = try await signIn.session(ofRefreshToken: token, at: context.tenant.id, tenants: context.tenants)
        guard let session else { throw SignInError.invalidRefreshToken }
        try browser.requireToken(of: session)
        let signedIn = try await signIn.refresh(
            token,
            retryKey: try context.retryKey,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        var reply = Reply<BrowserSessionBody>.ok(browser.body(of: signedIn))
        reply.fields = browser.keeping(signedIn)
        return reply
    }

    private func logout(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let browser = try Browser(context, signIn)
        if let session = try await browser.session() {
            try browser.requireToken(of: session)
            try await signIn.signOut(
                session,
                at: context.tenant.id,
                tenants: context.tenants,
                origin: context.host.origin
            )
        }
        var reply = Reply<Nothing>.noContent
        reply.fields = browser.forgetting
        return reply
    }

    private func csrfToken(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CSRFTokenBody> {
        let browser = try Browser(context, signIn, isChanging: false)
        guard let session = try await browser.session() else { throw Problem(.unauthenticated) }
        return .ok(CSRFTokenBody(token: browser.csrfToken(of: session)))
    }
}
