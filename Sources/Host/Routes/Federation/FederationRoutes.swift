// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The way to an identity provider and back.
struct FederationRoutes: Sendable {
    let federation: Federation

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/auth/discover",
                "Which ways in there are",
                access: .anonymous,
                rate: .auth,
                handler: discover
            ),
            Route(
                .get,
                "/api/v1/auth/federated/{providerId}",
                "Send a browser to an identity provider",
                access: .anonymous,
                status: 302,
                problems: [.identityProviderNotFound, .returnNotRegistered, .identityProviderUnavailable],
                rate: .auth,
                handler: start
            ),
            Route(
                .post,
                "/api/v1/auth/federated/{providerId}/link",
                "Send a browser to an identity provider to link it to who is signed in",
                access: .signedIn,
                problems: [.identityProviderNotFound, .returnNotRegistered, .identityProviderUnavailable],
                rate: .auth,
                assurance: .recent,
                handler: link
            ),
            Route(
                .get,
                "/api/v1/auth/federated/{providerId}/callback",
                "Where an identity provider sends a browser back to",
                access: .anonymous,
                status: 302,
                problems: [.federatedStateInvalid],
                rate: .auth,
                handler: finish
            ),
            Route(
                .post,
                "/api/v1/auth/login/federated",
                "Sign in with the code that a browser brought from an identity provider",
                access: .anonymous,
                problems: [.invalidGrant, .accountInactive],
                rate: .auth,
                handler: exchange
            ),
            Route(
                .post,
                "/api/v1/auth/logout/federated",
                "End my session here and learn where to end it at its identity provider",
                access: .signedIn,
                problems: [.returnNotRegistered],
                rate: .auth,
                assurance: .limited,
                handler: signOut
            ),
            Route(
                .post,
                "/api/v1/auth/federated/{providerId}/backchannel-logout",
                "Take an identity provider's word that somebody signed out there",
                access: .anonymous,
                problems: [.identityProviderNotFound, .logoutTokenInvalid, .identityProviderUnavailable],
                // A provider signs many people out from one address, and a signature cannot be guessed.
                rate: .write,
                problemFormat: .oauth,
                handler: signOutThere
            ),
            Route(
                .get,
                "/api/v1/users/{userId}/identities",
                "What a user is linked to",
                access: .signedIn,
                problems: [.identityNotFound],
                handler: list
            ),
            Route(
                .delete,
                "/api/v1/users/{userId}/identities/{identityId}",
                "Unlink a user from an identity provider",
                access: .signedIn,
                status: .noContent,
                problems: [.identityNotFound, .lastWayIn],
                handler: unlink
            ),
        ]
    }

    private func discover(
        _ input: Input<Nothing, Nothing, DiscoveryRequest>,
        _ context: RequestContext
    ) async throws -> Reply<WaysInBody> {
        let ways = try await federation.discovery.ways(
            for: input.body.email,
            at: context.tenant,
            reader: context.reader
        )
        return .ok(WaysInBody(ways))
    }

    private func start(
        _ input: Input<ProviderPath, FederatedStartQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let started = try await begin(input.path, input.query.wish, linking: nil, context)
        var reply = Reply(302, Nothing(), location: started.location)
        reply.fields = .cookie(context.cookie(started.binding))
        return reply
    }

    private func link(
        _ input: Input<ProviderPath, Nothing, FederatedLinkRequest>,
        _ context: RequestContext
    ) async throws -> Reply<FederatedLocationBody> {
        guard let user = context.principal.user else { throw Problem(.forbidden) }
        let started = try await begin(input.path, input.body.wish, linking: user, context)
        var reply = Reply<FederatedLocationBody>.ok(FederatedLocationBody(location: started.location))
        reply.fields = .cookie(context.cookie(started.binding))
        return reply
    }

    private func begin(
        _ path: ProviderPath,
        _ wish: FederatedWishFields,
        linking user: User.ID?,
        _ context: RequestContext
    ) async throws -> FederatedStart {
        let wish = FederatedWish(
            returnTo: wish.returnTo,
            appState: wish.state,
            codeChallenge: wish.codeChallenge,
            redirectURI: context.ownAddress + "/api/v1/auth/federated/\(path.providerId)/callback"
        )
        return try await federation.signIn.start(
            path.providerId,
            wish,
            linking: user,
            at: context.tenant,
            tenants: context.tenants
        )
    }

    private func finish(
        _ input: Input<ProviderPath, FederatedCallbackQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let query = input.query
        let name = BrowserBinding.name(of: query.state)
        let answer = FederatedAnswer(
            provider: input.path.providerId,
            state: query.state,
            code: query.code.map { Secret($0) },
            error: query.error,
            issuer: query.issuer,
            binding: name.flatMap { context.binding(named: $0) }
        )
        let location = try await federation.signIn.finish(
            answer,
            by: context.principal,
            at: context.tenant,
            tenants: context.tenants
        )
        var reply = Reply(302, Nothing(), location: location)
        if let name { reply.fields = .cookie(context.expiredCookie(named: name)) }
        return reply
    }

    private func exchange(
        _ input: Input<Nothing, Nothing, FederatedExchange>,
        _ context: RequestContext
    ) async throws -> Reply<SignInOutcomeBody> {
        let body = input.body
        let outcome = try await federation.signIn.exchange(
            body.code,
            verifier: body.codeVerifier,
            returnTo: body.returnTo,
            from: context.client(on: body.device),
            at: context.tenant,
            tenants: context.tenants
        )
        return .ok(SignInOutcomeBody(outcome))
    }

    private func signOut(
        _ input: Input<Nothing, Nothing, FederatedLogout>,
        _ context: RequestContext
    ) async throws -> Reply<FederatedLocationBody> {
        guard let session = context.token?.session else { throw Problem(.unauthenticated) }
        let location = try await federation.signOut.end(
            session,
            returnTo: input.body.returnTo,
            appState: input.body.state,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        var reply = Reply<FederatedLocationBody>.ok(FederatedLocationBody(location: location))
        if context.isByCookie { reply.fields = SessionCookies(context.host.client)?.forgetting }
        return reply
    }

    private func signOutThere(
        _ input: Input<ProviderPath, Nothing, BackChannelLogout>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await federation.signOut.end(
            input.body.token,
            by: input.path.providerId,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return Reply(.ok, Nothing())
    }

    private func list(
        _ input: Input<IdentityOwnerPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<FederatedIdentityBody>> {
        let identities = try await federation.identities.list(of: input.path.userId, reader: context.reader)
        return .ok(ListBody(items: identities.map(FederatedIdentityBody.init), nextCursor: nil))
    }

    private func unlink(
        _ input: Input<IdentityPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await federation.identities.unlink(input.path.identityId, of: input.path.userId, session: session)
        }
        return .noContent
    }
}
