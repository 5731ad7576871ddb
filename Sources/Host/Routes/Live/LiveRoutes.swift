// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What is told at the moment it happens.
struct LiveRoutes: Sendable {
    let hub: LiveHub
    let notifications: Notifications

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/notifications/stream-token",
                "Get a token for streams, for a minute",
                access: .signedIn,
                status: .created,
                handler: makeToken
            ),
            streaming,
        ]
    }

    private var streaming: Route {
        var route = Route(
            .get,
            "/api/v1/notifications/stream",
            "Listen to my notifications",
            access: .signedIn,
            problems: [.tooManyStreams, .liveFull, .tokenInAddress],
            handler: listen
        )
        route.takesTickets = true
        return route
    }

    private func makeToken(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<StreamTokenBody> {
        let claim = try context.requireClaim()
        let ticket = context.services.streamTickets(of: context.tenant.id).make(for: claim, at: context.clock.now())
        return Reply(.created, StreamTokenBody(token: ticket.text, expiresAt: ticket.expiresAt))
    }

    private func listen(
        _ input: Input<Nothing, StreamQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<EventStreamBody> {
        let claim = try context.requireClaim()
        var after = input.query.lastEventID
        if let text = context["last-event-id"] {
            guard let number = Int(text), number >= 0 else { throw Problem(.validationFailed) }
            after = number
        }
        let owner = LiveSeat.Owner(kind: .stream, tenant: claim.tenant, user: claim.user.uuid)
        let seat = try hub.seat(for: owner, at: claim.tenant)
        let last = try await notifications.lastPosition(of: claim.user, reader: context.reader)
        // Who names a place that is not there yet, such as another user's, goes on where they are.
        let position = min(after ?? last, last)
        var settings = HTTPHeldBody.Settings()
        settings.heartbeat = Array(":heartbeat\n\n".utf8)
        settings.heartbeatInterval = hub.settings.heartbeat
        settings.outgoingLimitInBytes = 262_144
        let (hub, notifications) = (hub, notifications)
        var reply = Reply(
            .ok,
            EventStreamBody(
                body: .held(settings) { body in
                    NotificationStream.open(
                        notifications,
                        after: position,
                        claim,
                        context,
                        on: body,
                        seat: seat,
                        hub: hub
                    )
                }
            )
        )
        var fields = HTTPFields()
        // nginx would collect events otherwise.
        fields.append("x-accel-buffering", "no")
        reply.fields = fields
        return reply
    }
}

extension RequestContext {
    /// What goes on after the request goes on with.
    ///
    /// - Throws: `.personRequired` for programs.
    func requireClaim() throws(Problem) -> SessionClaim {
        guard let claim = token?.claim else { throw Problem(.personRequired) }
        return claim
    }
}
