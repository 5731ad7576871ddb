// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The browser that calls a route which gives, renews or takes the cookies of a session.
struct Browser: Sendable {
    private let context: RequestContext
    private let cookies: SessionCookies
    private let signIn: SignIn

    /// Looks at a request.
    ///
    /// - Parameters:
    ///   - context: The request.
    ///   - signIn: Knows sessions.
    ///   - isChanging: Whether it changes something; a reading need not say which page made it.
    /// - Throws: `.httpsRequired` where there are no cookies; `.crossSiteRequest` for one that another page had made, such as to sign
    ///   somebody in to an account that is not theirs.
    init(_ context: RequestContext, _ signIn: SignIn, isChanging: Bool = true) throws(Problem) {
        guard let cookies = SessionCookies(context.host.client) else { throw Problem(.httpsRequired) }
        guard context.host.facts.isFromOwnPage(mustSay: isChanging) else { throw Problem(.crossSiteRequest) }
        self.context = context
        self.cookies = cookies
        self.signIn = signIn
    }

    /// What has it keep a session's tokens.
    func keeping(_ signedIn: SignedIn) -> HTTPFields { cookies.keeping(signedIn) }

    /// The refresh token that it keeps.
    var refreshToken: Secret<String>? { value(of: .refresh) }

    /// What has it forget the session.
    var forgetting: HTTPFields { cookies.forgetting }

    /// The client, as signing in sees it; what a remembered device keeps is a cookie too.
    func client(_ device: DeviceFields) -> SignInClient {
        SignInClient(
            context.host.origin,
            device: device.token ?? value(of: .device),
            isToBeRemembered: device.isToBeRemembered
        )
    }

    /// The session that it keeps, if that goes on.
    func session() async throws -> SignInSession.ID? {
        if let refreshToken,
            let session = try await signIn.session(
                ofRefreshToken: refreshToken,
                at: context.tenant.id,
                tenants: context.tenants
            )
        {
            return session
        }
        guard let access = value(of: .access) else { return nil }
        let authentication = try await context.services.authenticate(
            cookie: access.reveal(),
            at: context.tenant,
            from: context.host.client.text,
            tellsRefusals: false
        )
        return authentication?.token.session
    }

    /// A token that its pages show with every change.
    func csrfToken(of session: SignInSession.ID) -> Secret<String> {
        Secret(context.services.csrfTokens(of: context.tenant.id).make(for: session))
    }

    /// Refuses a request that does not show the token of a session.
    func requireToken(of session: SignInSession.ID) throws(Problem) {
        try context.services.requireToken(of: session, context.host.head, at: context.tenant)
    }

    /// Gives it the session of somebody who came in, or passes on what they are asked.
    ///
    /// The session is always a new one; that which the browser kept before ends (OWASP ASVS 5, 7.2.4).
    func take(_ outcome: SignInOutcome) async throws -> Reply<BrowserOutcomeBody> {
        switch outcome {
        case .challenged(let challenge): return .ok(.question(ChallengeBody(challenge: challenge)))
        case .signedIn(let signedIn):
            if let earlier = try await session() {
                try await signIn.signOut(
                    earlier,
                    at: context.tenant.id,
                    tenants: context.tenants,
                    origin: context.host.origin
                )
            }
            var reply = Reply<BrowserOutcomeBody>.ok(.session(body(of: signedIn)))
            reply.fields = cookies.keeping(signedIn)
            return reply
        }
    }

    /// What its pages learn of a session: no token but the one that they show.
    func body(of signedIn: SignedIn) -> BrowserSessionBody {
        BrowserSessionBody(
            user: UserBody(signedIn.user),
            csrfToken: csrfToken(of: signedIn.tokens.session),
            expiresIn: signedIn.tokens.expiresInSeconds,
            isLimited: signedIn.isLimited
        )
    }

    private func value(of kind: SessionCookies.Kind) -> Secret<String>? {
        cookies.value(of: kind, in: context.host.head).map { Secret($0) }
    }
}
