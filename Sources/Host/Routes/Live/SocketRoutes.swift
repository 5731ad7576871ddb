// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// WebSockets, on which clients choose what they watch.
struct SocketRoutes: Sendable {
    let hub: LiveHub
    let sources: LiveSocket.Sources

    private static let problems: [ProblemCode] = [
        .upgradeRequired, .malformedHandshake, .crossSiteRequest, .tooManyStreams, .liveFull, .tokenInAddress,
    ]

    var routes: [Route] {
        [
            route("/api/v1/ws", "Watch what is new over a WebSocket", any),
            route("/api/v1/ws/notifications", "Watch my notifications over a WebSocket", notifications),
            route("/api/v1/ws/course-progress/{courseId}", "Watch progress in a course over a WebSocket", course),
            route("/api/v1/ws/quiz-attempts/{attemptId}", "Watch my attempt at a quiz over a WebSocket", attempt),
        ]
    }

    /// Who it is may be said in the first frame, so the handshake asks for no sign-in.
    private func route<Path>(
        _ path: StaticString,
        _ summary: String,
        _ handler:
            @escaping @Sendable (Input<Path, TicketQuery, Nothing>, RequestContext) async throws -> Reply<SocketBody>
    ) -> Route {
        var route = Route(
            .get,
            path,
            summary,
            access: .publicRead,
            status: 101,
            problems: SocketRoutes.problems,
            keys: .refused,
            handler: handler
        )
        route.takesTickets = true
        return route
    }

    private func any(
        _ input: Input<Nothing, TicketQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SocketBody> {
        try open(context, watching: nil)
    }

    private func notifications(
        _ input: Input<Nothing, TicketQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SocketBody> {
        try open(context, watching: LiveFrame.Wish(kind: .notifications))
    }

    private func course(
        _ input: Input<WatchedCoursePath, TicketQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SocketBody> {
        try open(context, watching: LiveFrame.Wish(kind: .courseProgress, id: input.path.courseId.uuid))
    }

    private func attempt(
        _ input: Input<WatchedAttemptPath, TicketQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<SocketBody> {
        try open(context, watching: LiveFrame.Wish(kind: .quizAttempt, id: input.path.attemptId.uuid))
    }

    private func open(_ context: RequestContext, watching wish: LiveFrame.Wish?) throws(Problem) -> Reply<SocketBody> {
        let upgrade: WebSocketUpgrade
        do {
            upgrade = try WebSocketUpgrade(context.host.facts.request)
        } catch {
            throw Problem(error == .malformed ? .malformedHandshake : .upgradeRequired)
        }
        try requireOwnOrigin(context)
        let claim = context.token?.claim
        let owner = claim.map { LiveSeat.Owner(kind: .socket, tenant: $0.tenant, user: $0.user.uuid) }
        let seat = try hub.seat(for: owner, at: context.tenant.id)
        var settings = WebSocketSettings()
        settings.limits.frameInBytes = 16_384
        settings.limits.messageInBytes = 16_384
        settings.limits.fragments = 64
        settings.pingInterval = hub.settings.heartbeat
        let (hub, sources) = (hub, sources)
        let agreement = WebSocketAgreement(
            to: upgrade,
            subprotocol: upgrade.protocols.first { $0 == SocketRoutes.subprotocol },
            settings: settings
        ) { socket in
            let live = LiveSocket(socket, context, seat: seat, hub: hub, sources: sources)
            await live.run(claim, watching: wish)
        }
        return Reply(101, SocketBody(body: .webSocket(agreement)))
    }

    /// Browsers let every page open a WebSocket anywhere: only the tenant's own may, and with tokens those of origins that it names.
    private func requireOwnOrigin(_ context: RequestContext) throws(Problem) {
        if context.host.facts.isFromOwnPage(mustSay: context.isByCookie) { return }
        guard !context.isByCookie, let origin = context[.origin], context.tenant.settings.corsOrigins.contains(origin)
        else { throw Problem(.crossSiteRequest) }
    }

    /// What a client names that offers subprotocols, such as one whose ticket is among them.
    static let subprotocol = "lms.v1"
}

/// What may stand in the address of a WebSocket.
struct TicketQuery: QueryParameters {
    init(fields: inout FieldReader) {
        // The pipeline reads it.
        _ = fields.optional("token", .text(1...200))
    }
}

/// The course whose progress is watched.
struct WatchedCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// The attempt that is watched.
struct WatchedAttemptPath: PathParameters {
    let attemptId: QuizAttempt.ID

    init(fields: inout FieldReader) {
        attemptId = fields.required("attemptId", .id())
    }
}

/// A reply after which the connection is a WebSocket.
struct SocketBody: ResponseBody {
    let body: HTTPResponse.Body

    static var example: SocketBody { SocketBody(body: .none) }
    var content: (mediaType: String, body: HTTPResponse.Body) { ("", body) }

    func write(to json: inout JSONWriter) {}
}
