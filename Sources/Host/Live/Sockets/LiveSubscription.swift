// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// One thing that a WebSocket watches.
final class LiveSubscription: LiveReader {
    let feed: any LiveFeed
    private let session: LiveSession
    private let socket: WebSocket
    private let hub: LiveHub
    private let language: Language
    private let watch = Mutex<LiveWatch?>(nil)

    init(
        _ feed: any LiveFeed,
        of session: LiveSession,
        on socket: WebSocket,
        hub: LiveHub,
        in language: Language
    ) {
        self.feed = feed
        self.session = session
        self.socket = socket
        self.hub = hub
        self.language = language
    }

    /// Begins to watch.
    func start(_ topics: [LiveTopic]) {
        let watch = LiveWatch(topics, on: socket.eventLoop, reader: self)
        self.watch.withLock { $0 = watch }
        session.keep(watch)
        hub.add(watch)
    }

    /// Watches no more.
    func stop() {
        let watch = watch.withLock { watch in
            defer { watch = nil }
            return watch
        }
        guard let watch else { return }
        socket.stopWaiting(for: self)
        session.forget(watch)
        hub.remove(watch)
    }

    func look() async throws {
        do {
            let (reader, tenant) = try await session.reader()
            let news = try await feed.news(reader, NotificationVoice(language: language, organization: tenant.name))
            guard !news.frames.isEmpty, isWatching else { return }
            for frame in news.frames { guard socket.send(utf8: frame) else { return } }
            let count = news.frames.count
            hub.count { $0.sent += count }
            if news.hasMore { socket.whenDrained(for: self) { self.lookAgain() } }
        } catch is LiveSession.Over {
            return
        } catch let error as any ProblemConvertible where error.problem.code.status.rawValue < 500 {
            // What may not be seen any more is told once, like what never was.
            stop()
            socket.send(utf8: LiveFrame.refusal(error.problem, topic: feed.topic, answering: nil, in: language))
        }
    }

    /// Whether it was begun, and neither ended nor refused since.
    var isWatching: Bool { watch.withLock { $0 != nil } }

    private func lookAgain() {
        if let watch = watch.withLock({ $0 }) { hub.look(watch) }
    }
}
