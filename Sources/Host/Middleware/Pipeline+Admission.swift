// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Who is let in: tenant, principal, limits, permission.
///
/// Each step asks the memory first, without `await`: an asynchronous call that has nothing to wait for costs as much as its work.
extension Pipeline {
    /// Resolves the tenant and the principal, and lets them pass or not.
    func admit(_ served: ServedRoute, _ call: inout Call) async throws -> RequestContext {
        let site: Site
        if let known = try knownSite(of: call.facts) {
            site = known
        } else {
            site = try await self.site(of: call.facts)
        }
        call.site = site
        try requireNoKey(inQueryOf: call.facts.head)
        let authentication: Authentication?
        var isByCookie = false
        do throws(Problem) {
            if let token = try shownToken(call.facts.head, served.route.access) {
                if let known = try recall(token, site, call.facts.clientText) {
                    authentication = known
                } else {
                    authentication = try await authenticate(token, site, call.facts.clientText)
                }
            } else if let ticket = try shownTicket(call.facts.head, served.route) {
                authentication = try await redeem(ticket, site, call.facts.clientText)
            } else if served.route.access != .anonymous, let cookie = sessionCookie(of: call.facts) {
                authentication = try await services.authenticate(
                    cookie: cookie,
                    at: site.tenant,
                    from: call.facts.clientText,
                    tellsRefusals: !served.route.access.isOpen
                )
                isByCookie = authentication != nil
            } else {
                authentication = nil
            }
            if authentication == nil, !served.route.access.isOpen { throw Problem(.unauthenticated) }
        } catch {
            // Guessing tokens is limited like guessing passwords.
            let rateClass = error.code == .unauthenticated ? served.route.rateClass : .auth
            try limit(.address(call.facts.clientText), rateClass, site, &call)
            throw error
        }
        let principal = authentication?.principal ?? .anonymous
        call.principal = principal
        try limit(principal, key: authentication?.token.key, served.route.rateClass, site, &call)
        if isByCookie, served.route.method != .get {
            try requireOwnPage(call.facts, authentication?.token.session, site)
        }
        if let authentication {
            try require(served.route.keys, of: authentication)
            if principal.impersonator != nil { try requireImpersonable(served.route, by: principal, at: site.tenant) }
            try require(served.route.assurance, of: authentication.token)
        }
        if case .permission(let permission) = served.route.access, principal.grants.scope(of: permission) == nil {
            throw Problem(.forbidden)
        }
        return RequestContext(
            site: site,
            principal: principal,
            token: authentication?.token,
            services: services,
            route: served.route.path,
            host: HostContext(facts: call.facts, tenantLanguage: site.language),
            isByCookie: isByCookie
        )
    }

    /// Refuses a session that is not as good as the route asks for.
    private func require(_ assurance: Assurance, of token: TokenFacts) throws(Problem) {
        if token.isLimited, assurance != .limited { throw Problem(.secondFactorRequired) }
        // A program cannot show anew who it is, so what a stolen token must not be enough for is for people.
        guard assurance == .recent else { return }
        let age = token.authenticatedAt.map { services.clock.now().timeIntervalSince($0) }
        guard let age, age <= Assurance.recentSeconds else { throw Problem.stale }
    }

    /// The tenant of a request, if the same address was resolved a moment ago.
    private func knownSite(of facts: RequestFacts) throws(Problem) -> Site? {
        sites.find(address(facts, try tenantHeader(facts.head)), at: facts.startedAt)
    }

    /// The tenant of a request.
    func site(of facts: RequestFacts) async throws -> Site {
        let header = try tenantHeader(facts.head)
        let address = address(facts, header)
        if let site = sites.find(address, at: facts.startedAt) { return site }
        let tenant = try await services.resolveTenant(facts.client.host, header)
        return sites.remember(tenant, at: address, facts.startedAt)
    }

    private func address(_ facts: RequestFacts, _ header: String?) -> [UInt8] {
        var address = facts.authority
        if let header {
            address.append(0)
            address.append(contentsOf: header.utf8)
        }
        return address
    }

    /// The token that decides who asks, if one is shown in a header.
    private func shownToken(_ head: RequestHead, _ access: Access) throws(Problem) -> String? {
        if access == .anonymous { return nil }
        if let key = try head.apiKey {
            guard APIKeySecret.isOne(key) else { throw AuthenticationError.invalid.problem }
            return key
        }
        return head.bearerToken
    }

    private func recall(_ token: String, _ site: Site, _ address: String) throws(Problem) -> Authentication? {
        do {
            return try services.recall(token, site.tenant, address)
        } catch {
            throw error.problem
        }
    }

    private func authenticate(
        _ token: String,
        _ site: Site,
        _ address: String
    ) async throws(Problem) -> Authentication {
        do {
            return try await services.authenticate(token, site.tenant, address)
        } catch {
            throw error.problem
        }
    }

    /// Takes a call from every bucket that it counts against, the narrowest first: what one refuses, the wider ones do not lose.
    private func limit(
        _ principal: Principal,
        key: APIKey.ID?,
        _ rateClass: RateClass,
        _ site: Site,
        _ call: inout Call
    ) throws(Problem) {
        if let key { try limit(.key(key.uuid), rateClass, site, &call) }
        if let actor = principal.user ?? principal.service {
            try limit(.user(actor.uuid), rateClass, site, &call)
            try limit(.line(call.facts.clientText), rateClass, site, &call)
        } else {
            try limit(.address(call.facts.clientText), rateClass, site, &call)
        }
        try limit(.tenant, rateClass, site, &call)
    }

    func limit(
        _ subject: RateLimiter.Subject,
        _ rateClass: RateClass,
        _ site: Site,
        _ call: inout Call
    ) throws(Problem) {
        try limit(subject, rateClass, in: site.ratePlace, &call)
    }

    func limit(
        _ subject: RateLimiter.Subject,
        _ rateClass: RateClass,
        in place: RatePlace,
        _ call: inout Call
    ) throws(Problem) {
        guard let limiter, let verdict = limiter.take(subject, rateClass, in: place, at: call.facts.startedAt) else {
            return
        }
        // Of several limits the one that is nearest is told.
        if let told = call.rate, verdict.isAllowed, told.remaining <= verdict.remaining { return }
        call.rate = verdict
        guard !verdict.isAllowed else { return }
        call.refusal = RateRefusal(rateClass: rateClass, bucket: subject.bucket)
        throw Problem(.rateLimited).retrying(after: verdict.resetSeconds)
    }
}
