// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Sends what one user is told as server-sent events (WHATWG HTML §9.2), in the order of their positions.
final class NotificationStream: LiveReader {
    private let notifications: Notifications
    private let user: User.ID
    private let language: Language
    private let session: LiveSession
    private let body: HTTPHeldBody
    private let hub: LiveHub
    private let position: Atomic<Int>
    private let watch = Mutex<LiveWatch?>(nil)

    /// The most that is read at a time, which fits into what may wait for a client; more is read when it has taken that.
    private static let page = 25

    init(
        _ notifications: Notifications,
        after position: Int,
        in language: Language,
        of session: LiveSession,
        to body: HTTPHeldBody,
        hub: LiveHub
    ) {
        self.notifications = notifications
        self.position = Atomic(position)
        user = session.claim.user
        self.language = language
        self.session = session
        self.body = body
        self.hub = hub
    }

    /// Opens a stream on a response that was begun.
    static func open(
        _ notifications: Notifications,
        after position: Int,
        _ claim: SessionClaim,
        _ context: RequestContext,
        on body: HTTPHeldBody,
        seat: LiveSeat,
        hub: LiveHub
    ) {
        let session = LiveSession(.stream, claim, context, on: body.eventLoop, seat: seat) { ending in
            body.end(ServerSentEvent.ending(ending))
        }
        let stream = NotificationStream(
            notifications,
            after: position,
            in: context.language,
            of: session,
            to: body,
            hub: hub
        )
        let topic = LiveTopic(tenant: claim.tenant, id: claim.user.uuid)
        let watch = LiveWatch([topic], on: body.eventLoop, reader: stream)
        stream.watch.withLock { $0 = watch }
        session.keep(watch)
        hub.open(session)
        // Where the client goes on if the connection breaks before anything was sent.
        body.send(Array("retry: 3000\nid: \(position)\n\n".utf8))
        body.whenOver { stream.close() }
        hub.add(watch)
    }

    func look() async throws {
        let reader: TenantReader
        let tenant: Tenant
        do {
            (reader, tenant) = try await session.reader()
        } catch is LiveSession.Over {
            return
        }
        let after = position.load(ordering: .relaxed)
        let voice = NotificationVoice(language: language, organization: tenant.name)
        let news = try await notifications.after(
            position: after,
            of: user,
            in: voice,
            limit: NotificationStream.page,
            reader: reader
        )
        guard let last = news.last else { return }
        var events: [UInt8] = []
        for notification in news { ServerSentEvent.append(notification, to: &events) }
        guard body.send(events) else { return }
        position.store(last.position, ordering: .relaxed)
        let count = news.count
        hub.count { $0.sent += count }
        if count == NotificationStream.page { body.whenDrained { self.lookAgain() } }
    }

    private func lookAgain() {
        if let watch = watch.withLock({ $0 }) { hub.look(watch) }
    }

    private func close() {
        watch.withLock { $0 = nil }
        if body.wasTooSlow { hub.count { $0.dropped += 1 } }
        hub.close(session)
    }
}

/// Writes events.
enum ServerSentEvent {
    /// Appends what a user was told; the identifier is the position at which a client goes on.
    static func append(_ notification: UserNotification, to bytes: inout [UInt8]) {
        var json = JSONWriter(capacity: 512)
        NotificationBody(notification).write(to: &json)
        bytes.append(contentsOf: "id: \(notification.position)\nevent: notification\ndata: ".utf8)
        // JSON has no line ends outside of its strings, and inside they are escaped.
        bytes.append(contentsOf: json.bytes)
        bytes.append(contentsOf: "\n\n".utf8)
    }

    /// The last event of a stream: it leaves the client where it is.
    static func ending(_ ending: LiveSession.Ending) -> [UInt8] {
        switch ending {
        case .expired: Array("event: expired\ndata: {\"code\":\"TOKEN_EXPIRED\"}\n\n".utf8)
        case .revoked: Array("event: ended\ndata: {\"code\":\"INVALID_TOKEN\"}\n\n".utf8)
        }
    }
}
