// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization

/// Answers requests: route, tenant, principal, limits, body, handler, conditions, fields, log; in this order.
final class Pipeline: Sendable {
    let router: Router
    let services: HostServices
    let settings: PipelineSettings
    let recorder: Recorder
    let numbers = RequestNumbers()
    let limiter: RateLimiter?
    let sites = Sites()
    /// The routes as they are served, in the order of the table.
    let served: [ServedRoute]
    /// The fields of a reply that no route made.
    let bareFields: HTTPFields

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
        limiter = settings.rateLimits.map { RateLimiter(limits: $0, store: settings.rateLimitStore) }
        let security = SecurityFields.make(strictTransport: settings.strictTransport)
        served = routes.map { ServedRoute($0, security: security) }
        var bare = security
        bare.append(.cacheControl, CachePolicy.never.field)
        bareFields = bare
    }

    /// Answers a request.
    @Sendable func respond(to request: HTTPRequest) async -> HTTPResponse {
        let facts = RequestFacts(request, numbers: numbers, proxies: settings.trustedProxies, at: EventLoop.now)
        var call = Call(facts: facts)
        var response: HTTPResponse
        do {
            response = try await answer(&call)
        } catch {
            response = refusal(of: error, &call)
            if response.status.rawValue == 403 { await recordRefusal(call) }
        }
        finish(&response, call)
        return response
    }

    /// Adds what every reply has, and records it.
    func finish(_ response: inout HTTPResponse, _ call: borrowing Call) {
        let facts = call.facts
        response.fields.append(Pipeline.requestIDLabel, bytes: facts.number)
        if let rate = call.rate { add(rate, to: &response.fields) }
        if let site = call.site, facts.head.hasName(ofLengthIn: 1 << 6), let origin = facts.request[.origin] {
            CrossOrigin.add(to: &response.fields, origin: origin, tenant: site.tenant)
        }
        let status = response.status.rawValue
        call.site?.meter.count(status)
        if facts.head.method != .get { call.site?.meter.hasWritten.store(true, ordering: .relaxed) }
        recorder.record(call, status: status, bytes: response.length, duration: EventLoop.now - facts.startedAt)
    }

    private func answer(_ call: inout Call) async throws -> HTTPResponse {
        let request = call.facts.request
        let head = request.head
        let index: Int
        let parameters: [Range<Int>]
        switch router.match(head.method, head.bytes, head.pathRange) {
        case .route(let found, let ranges): (index, parameters) = (found, ranges)
        case .otherMethods(let methods): return try await answerOther(methods, &call)
        case .none: throw Problem(head.method == .other ? .methodNotImplemented : .notFound)
        }
        call.route = index
        let served = served[index]
        if settings.redirectsToHTTPS, served.route.access != .host, call.facts.client.scheme == .http {
            return redirectToHTTPS(request, call.facts.client.host)
        }
        var raw = RawInput()
        raw.path = try pathMembers(head, parameters, served.route.path.parameters)
        if let query = head.queryRange, !query.isEmpty { raw.query = Array(head.bytes[query]) }
        let written: WrittenReply
        switch served.route.handler {
        case .host(let handle):
            written = try await handle(raw, HostContext(facts: call.facts, tenantLanguage: nil))
        case .platform(let handle):
            let context = try await admitOperator(served, &call)
            try await readBody(of: request, for: served, into: &raw)
            written = try await handle(raw, context)
        case .tenant(let handle):
            // What came whole is of when it came, however long it waits for its turn; what did not, of when its last byte was read: a head
            // that is sent in time does not bring a later body in time.
            let arrival = head.method != .get && request.body.hasArrived ? services.clock.now() : nil
            var context = try await admit(served, &call)
            try await readBody(of: request, for: served, into: &raw)
            if head.method != .get { context.receivedAt = arrival ?? services.clock.now() }
            context.idempotency = try idempotency(of: request, served.route, raw, context.principal)
            do {
                written = try await handle(raw, context)
            } catch let replay as IdempotentReplay {
                written = WrittenReply(replaying: replay.reply)
            }
            if let action = served.route.auditedAs { try await recordRead(action, raw, context) }
        case .upload(let handle):
            let context = try await admit(served, &call)
            try requireMediaType(request, among: served.route.shape.bodyFormats)
            written = try await handle(raw, request, context)
        }
        let response = response(to: head, served, written)
        if served.isKept, let site = call.site, isKeepable(head), response.status == .ok {
            site.kept.withLock { $0[index] = response }
        }
        return response
    }

    private func answerOther(_ methods: [HTTPMethod], _ call: inout Call) async throws -> HTTPResponse {
        let request = call.facts.request
        let allowed = methods + (methods.contains(.get) ? [.head] : []) + [.options]
        guard request.method == .options else {
            if request.method == .other { throw Problem(.methodNotImplemented) }
            var response = refusal(of: Problem(.methodNotAllowed), &call)
            response.fields.append(.allow, allowed.map(\.description).joined(separator: ", "))
            return response
        }
        if CrossOrigin.isPreflight(request.head), let origin = request[.origin] {
            let tenant = try await site(of: call.facts).tenant
            return CrossOrigin.preflight(origin: origin, methods: allowed, tenant: tenant)
        }
        var response = HTTPResponse(status: .noContent, fields: bareFields)
        response.fields.append(.allow, allowed.map(\.description).joined(separator: ", "))
        return response
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
