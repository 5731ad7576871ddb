// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTenancy

/// Answers requests: route, tenant, principal, limits, body, handler, conditions, fields, log; in this order.
struct Pipeline: Sendable {
    let router: Router
    let services: HostServices
    let settings: PipelineSettings
    let recorder: Recorder
    let numbers = RequestNumbers()
    let limiter: RateLimiter?
    /// The fields that every reply of a route has; the last ones are those of no route.
    let constantFields: [HTTPFields]

    /// Puts the middleware together.
    ///
    /// - Parameters:
    ///   - routes: The table.
    ///   - services: The rest of the platform.
    ///   - settings: How it behaves.
    /// - Throws: `RouteTableError` if the table cannot be served.
    init(routes: [Route], services: HostServices, settings: PipelineSettings) throws(RouteTableError) {
        router = try Router(routes)
        self.services = services
        self.settings = settings
        recorder = Recorder(routes: routes, clock: services.clock, isLogging: settings.isLogging)
        limiter = settings.rateLimits.map(RateLimiter.init)
        let security = SecurityFields.make(strictTransport: settings.strictTransport)
        constantFields = (routes.map(\.caching) + [.never]).map { caching in
            var fields = security
            fields.append(.cacheControl, caching.field)
            // A tenant may be named by a field, so a shared cache must look at it.
            if case .shared = caching { fields.append(.vary, "X-Tenant-ID") }
            return fields
        }
    }

    /// Answers a request.
    @Sendable func respond(to request: HTTPRequest) async -> HTTPResponse {
        var call = Call(
            request,
            numbers: numbers,
            proxies: settings.trustedProxies,
            at: EventLoop.now
        )
        var response: HTTPResponse
        do {
            response = try await answer(request, &call)
        } catch {
            response = refusal(of: error, request, &call)
        }
        response.fields.append(.requestID, call.requestID)
        if let rate = call.rate { add(rate, to: &response.fields) }
        if let tenant = call.tenant, let origin = request[.origin] {
            CrossOrigin.add(to: &response.fields, origin: origin, tenant: tenant)
        }
        recorder.record(
            RequestRecord(
                requestID: call.requestID,
                traceID: call.traceID,
                method: request.method,
                route: call.route,
                tenant: call.tenant?.id,
                status: response.status.rawValue,
                code: call.code,
                duration: EventLoop.now - call.startedAt,
                bytes: response.length
            )
        )
        return response
    }

    private func answer(_ request: HTTPRequest, _ call: inout Call) async throws -> HTTPResponse {
        let head = request.head
        let index: Int
        let parameters: [Range<Int>]
        switch router.match(head.method, head.bytes[head.pathRange]) {
        case .route(let found, let ranges): (index, parameters) = (found, ranges)
        case .otherMethods(let methods): return try await answerOther(request, methods, &call)
        case .none: throw Problem(head.method == .other ? .methodNotImplemented : .notFound)
        }
        call.route = index
        let route = router.routes[index]
        if settings.redirectsToHTTPS, route.access != .host, call.client.scheme == .http {
            return redirectToHTTPS(request, call.client.host)
        }
        var raw = RawInput()
        raw.path = try pathMembers(head, parameters, route.path.parameters)
        if let query = head.queryRange, !query.isEmpty { raw.query = Array(head.bytes[query]) }
        let written: WrittenReply
        switch route.handler {
        case .host(let handle):
            written = try await handle(raw, hostContext(head, call, nil))
        case .tenant(let handle):
            var context = try await admit(request, route, &call)
            try await readBody(of: request, for: route, into: &raw)
            context.idempotency = try idempotency(of: request, route, raw, context.principal)
            do {
                written = try await handle(raw, context)
            } catch let replay as IdempotentReplay {
                written = WrittenReply(replaying: replay.reply)
            }
        case .upload(let handle):
            let context = try await admit(request, route, &call)
            try requireMediaType(request, among: route.shape.bodyFormats)
            written = try await handle(raw, request, context)
        }
        return response(to: head, route, index, written)
    }

    /// Resolves the tenant and the principal, and lets them pass or not.
    private func admit(_ request: HTTPRequest, _ route: Route, _ call: inout Call) async throws -> RequestContext {
        let tenant = try await services.resolveTenant(call.client.host, try tenantHeader(request.head))
        call.tenant = tenant
        let authentication: Authentication?
        do {
            authentication = try await authenticate(request, route.access, tenant)
        } catch {
            // Guessing tokens is limited like guessing passwords.
            if error.code != .unauthenticated { try limit(.address(call.client.text), .auth, tenant, &call) }
            throw error
        }
        let principal = authentication?.principal ?? .anonymous
        let subject = principal.user.map { RateLimiter.Subject.user($0.uuid) } ?? .address(call.client.text)
        try limit(subject, route.rateClass, tenant, &call)
        if case .permission(let permission) = route.access, principal.grants.scope(of: permission) == nil {
            throw Problem(.forbidden)
        }
        return RequestContext(
            tenant: tenant,
            principal: principal,
            token: authentication?.token,
            tenants: services.tenants,
            cursors: Cursors(
                cryptography: services.cryptography,
                secret: services.cursorSecret,
                tenant: tenant.id,
                route: route.path.description,
                principal: principal
            ),
            clock: services.clock,
            host: hostContext(request.head, call, tenant)
        )
    }

    private func authenticate(
        _ request: HTTPRequest,
        _ access: Access,
        _ tenant: Tenant
    ) async throws(Problem) -> Authentication? {
        if access == .anonymous { return nil }
        guard let token = request.head.bearerToken else {
            if access == .publicRead { return nil }
            throw Problem(.unauthenticated)
        }
        do {
            return try await services.authenticate(token, tenant)
        } catch {
            throw error.problem
        }
    }

    private func limit(
        _ subject: RateLimiter.Subject,
        _ rateClass: RateClass,
        _ tenant: Tenant,
        _ call: inout Call
    ) throws(Problem) {
        let key = RateLimiter.Key(tenant: tenant.id.uuid, subject: subject, rateClass: rateClass)
        guard let verdict = limiter?.take(key, at: call.startedAt) else { return }
        call.rate = verdict
        if !verdict.isAllowed { throw Problem(.rateLimited).retrying(after: verdict.resetSeconds) }
    }

    private func answerOther(
        _ request: HTTPRequest,
        _ methods: [HTTPMethod],
        _ call: inout Call
    ) async throws -> HTTPResponse {
        let allowed = methods + (methods.contains(.get) ? [.head] : []) + [.options]
        guard request.method == .options else {
            if request.method == .other { throw Problem(.methodNotImplemented) }
            var response = refusal(of: Problem(.methodNotAllowed), request, &call)
            response.fields.append(.allow, allowed.map(\.description).joined(separator: ", "))
            return response
        }
        if CrossOrigin.isPreflight(request.head), let origin = request[.origin] {
            let tenant = try await services.resolveTenant(call.client.host, try tenantHeader(request.head))
            return CrossOrigin.preflight(origin: origin, methods: allowed, tenant: tenant)
        }
        var response = HTTPResponse(status: .noContent, fields: constantFields[router.routes.count])
        response.fields.append(.allow, allowed.map(\.description).joined(separator: ", "))
        return response
    }

    func hostContext(_ head: RequestHead, _ call: Call, _ tenant: Tenant?) -> HostContext {
        HostContext(
            head: head,
            requestID: call.requestID,
            traceID: call.traceID,
            tenantLanguage: tenant.flatMap { Language(rawValue: $0.settings.locale) },
            client: call.client
        )
    }
}

extension HTTPResponse {
    /// The content's length as the log has it.
    fileprivate var length: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length ?? 0
        default: 0
        }
    }
}
