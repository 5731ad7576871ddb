// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Talks to one client over a WebSocket: who it is, what it watches.
final class LiveSocket: Sendable {
    /// What a client may watch.
    struct Sources: Sendable {
        let notifications: Notifications
        let progress: ProgressRecords
        let conversations: Conversations
        let quizzes: Quizzes
    }

    private let socket: WebSocket
    private let context: RequestContext
    private let hub: LiveHub
    private let sources: Sources
    private let state: Mutex<State>

    private struct State {
        var session: LiveSession?
        var seat: LiveSeat?
        var subscriptions: [String: LiveSubscription] = [:]
        var frames = 0
        var framesSince: UInt64 = 0
    }

    init(_ socket: WebSocket, _ context: RequestContext, seat: LiveSeat, hub: LiveHub, sources: Sources) {
        self.socket = socket
        self.context = context
        self.hub = hub
        self.sources = sources
        state = Mutex(State(seat: seat))
    }

    /// Talks until either side ends it; on the connection's loop.
    ///
    /// - Parameters:
    ///   - claim: Whose sign-in the handshake showed; `nil` if the first frame is to show one.
    ///   - wish: What is watched from the start.
    func run(_ claim: SessionClaim?, watching wish: LiveFrame.Wish?) async {
        var timer: LoopTimer?
        if let claim {
            begin(claim, answering: nil)
            if let wish { await subscribe(wish, answering: nil) }
        } else {
            timer = socket.eventLoop.schedule(after: hub.settings.signInTimeout) {
                if self.session == nil { self.socket.close(.unauthenticated, "say who you are") }
            }
        }
        while let message = await socket.receive() {
            guard case .text(let text) = message else {
                socket.close(.unsupportedData, "texts only")
                break
            }
            guard isWithinRate() else {
                socket.close(.policyViolation, "too many frames")
                break
            }
            await take(text, first: wish)
        }
        if let timer { socket.eventLoop.cancel(timer) }
        leave()
    }

    private var session: LiveSession? { state.withLock { $0.session } }

    private func leave() {
        let (session, subscriptions) = state.withLock { state in
            defer { state = State() }
            return (state.session, state.subscriptions)
        }
        for subscription in subscriptions.values { subscription.stop() }
        if let session { hub.close(session) }
        if socket.wasTooSlow { hub.count { $0.dropped += 1 } }
    }

    private func isWithinRate() -> Bool {
        let now = EventLoop.now
        return state.withLock { state in
            if now &- state.framesSince > 10_000_000_000 {
                state.framesSince = now
                state.frames = 0
            }
            state.frames += 1
            return state.frames <= hub.settings.framesPerTenSeconds
        }
    }

    private func take(_ text: String, first wish: LiveFrame.Wish?) async {
        let (frame, id) = LiveFrame.read(text)
        guard let frame else { return refuse(Problem(.malformedFrame), id) }
        if case .authenticate(let token) = frame { return await authenticate(token, id, first: wish) }
        guard session != nil else { return refuse(Problem(.unauthenticated), id) }
        switch frame {
        case .authenticate: break
        case .ping: socket.send(utf8: LiveFrame.make("pong", answering: id))
        case .subscribe(let wish): await subscribe(wish, answering: id)
        case .unsubscribe(let topic):
            let subscription = state.withLock { $0.subscriptions.removeValue(forKey: topic) }
            subscription?.stop()
            socket.send(utf8: LiveFrame.make("unsubscribed", topic: topic, answering: id))
        }
    }

    // MARK: Who it is

    /// Takes a token: the first, or a newer one of the same user before the last is over.
    private func authenticate(_ token: String, _ id: String?, first wish: LiveFrame.Wish?) async {
        do {
            let services = context.services
            let address = context.host.client.text
            let authentication: Authentication
            if token.contains(".") {
                authentication = try await services.authenticate(token, context.tenant, address)
            } else {
                let tickets = services.streamTickets(of: context.tenant.id)
                let claim = try tickets.open(token, at: services.clock.now())
                authentication = try await services.renew(claim, context.tenant, address)
            }
            guard let claim = authentication.token.claim else { throw Problem(.personRequired) }
            guard !authentication.token.isLimited else { throw Problem(.secondFactorRequired) }
            if let session {
                guard session.claim.user == claim.user, session.claim.actor == claim.actor else {
                    throw Problem(.invalidToken)
                }
                session.renew(claim)
                socket.send(utf8: connected(claim, id))
                return
            }
            let owner = LiveSeat.Owner(kind: .socket, tenant: claim.tenant, user: claim.user.uuid)
            let seat = try hub.seat(for: owner, at: claim.tenant)
            state.withLock { $0.seat = seat }
            begin(claim, answering: id)
            if let wish { await subscribe(wish, answering: nil) }
        } catch {
            let problem = (error as? any ProblemConvertible)?.problem ?? Problem(.unavailable)
            refuse(problem, id)
            let isOurs = problem.code.status.rawValue >= 500
            socket.close(isOurs ? .tryAgainLater : .unauthenticated, problem.code.name)
        }
    }

    private func begin(_ claim: SessionClaim, answering id: String?) {
        let socket = socket
        let seat = state.withLock { state in
            defer { state.seat = nil }
            return state.seat
        }
        let session = LiveSession(.socket, claim, context, on: socket.eventLoop, seat: seat) { ending in
            socket.close(.unauthenticated, ending == .expired ? "TOKEN_EXPIRED" : "INVALID_TOKEN")
        }
        state.withLock { $0.session = session }
        hub.open(session)
        socket.send(utf8: connected(claim, id))
        // Whether the sign-in still stands is looked at even if nothing else is watched.
        let watch = LiveWatch(
            [LiveTopic(tenant: claim.tenant, id: claim.user.uuid)],
            on: socket.eventLoop,
            reader: StandingReader(session, marking: hub.presence)
        )
        session.keep(watch)
        hub.add(watch)
    }

    private func connected(_ claim: SessionClaim, _ id: String?) -> [UInt8] {
        LiveFrame.make("connected", answering: id) { json in
            json.field("userId", claim.user)
            json.field("expiresAt", claim.expiresAt)
        }
    }

    // MARK: What it watches

    private func subscribe(_ wish: LiveFrame.Wish, answering id: String?) async {
        guard let session, let feed = feed(wish, session.claim) else { return refuse(Problem(.notFound), id) }
        let topic = feed.topic
        let subscription = LiveSubscription(feed, of: session, on: socket, hub: hub, in: context.language)
        let limit = hub.settings.subscriptions
        let earlier: LiveSubscription? = state.withLock { $0.subscriptions.removeValue(forKey: topic) }
        earlier?.stop()
        let hasRoom = state.withLock { state in
            // What may not be seen any more takes no place.
            state.subscriptions = state.subscriptions.filter { $0.value.isWatching }
            return state.subscriptions.count < limit
        }
        guard hasRoom else {
            return refuse(Problem(.tooManySubscriptions), id, topic: topic)
        }
        do {
            let (reader, _) = try await session.reader()
            let topics = try await feed.open(reader)
            state.withLock { $0.subscriptions[topic] = subscription }
            socket.send(utf8: LiveFrame.make("subscribed", topic: topic, answering: id))
            subscription.start(topics)
        } catch is LiveSession.Over {
            return
        } catch {
            refuse((error as? any ProblemConvertible)?.problem ?? Problem(.unavailable), id, topic: topic)
        }
    }

    private func feed(_ wish: LiveFrame.Wish, _ claim: SessionClaim) -> (any LiveFeed)? {
        switch (wish.kind, wish.id) {
        case (.notifications, _): NotificationFeed(sources.notifications, of: claim.user, after: wish.after)
        case (.conversation, let id?): ConversationFeed(sources.conversations, Conversation.ID(id), after: wish.after)
        case (.courseProgress, let id?):
            CourseProgressFeed(sources.progress, Course.ID(id), clock: context.services.clock)
        case (.presence, let id?):
            PresenceFeed(hub.presence, sources.conversations, Conversation.ID(id), at: claim.tenant)
        case (.quizAttempt, let id?): QuizAttemptFeed(sources.quizzes, QuizAttempt.ID(id))
        default: nil
        }
    }

    private func refuse(_ problem: Problem, _ id: String?, topic: String? = nil) {
        socket.send(utf8: LiveFrame.refusal(problem, topic: topic, answering: id, in: context.language))
    }
}

/// Looks whether a sign-in still stands, and marks its user as connected.
private final class StandingReader: LiveReader {
    private let session: LiveSession
    private let presence: Presence
    private let markedAt = Mutex(Date.distantPast)

    init(_ session: LiveSession, marking presence: Presence) {
        self.session = session
        self.presence = presence
    }

    func look() async throws {
        do {
            _ = try await session.reader()
            // An operator who acts as somebody does not make them seem to be there.
            guard session.claim.actor == nil else { return }
            let now = session.services.clock.now()
            guard now.timeIntervalSince(markedAt.withLock { $0 }) >= Presence.renewal else { return }
            markedAt.withLock { $0 = now }
            await presence.mark(session.claim.user, at: session.claim.tenant)
        } catch is LiveSession.Over {
            // The connection is being closed.
        }
    }
}

extension WebSocketCloseCode {
    /// Nobody who may watch; 4000–4999 are an application's own (RFC 6455 §7.4.2).
    static let unauthenticated = WebSocketCloseCode(rawValue: 4401)
}
