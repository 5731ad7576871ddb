// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// Tells those who watch something in this process when there is something new, whichever process made it.
///
/// A hint says where to look and never what: every watch reads the database after its own place. So a hint may come twice, late or not
/// at all; without any, a watch looks by itself every few seconds. Hints that come while a watch looks give one more look, and there are
/// only so many looks at a time. A watch costs no task and no timer while nothing happens.
final class LiveHub: Sendable {
    let settings: LiveSettings
    /// Who is connected.
    let presence: Presence
    private let broadcast: any Broadcast
    let standingAmong: StandingAmong
    let state = Mutex(State())

    typealias StandingAmong =
        @Sendable (_ claims: [SessionClaim], _ tenants: Tenants) async throws(DatabaseError) -> Set<SessionClaim>

    struct State {
        var topics: [LiveTopic: Topic] = [:]
        var queue: [LiveWatch] = []
        var looking = 0
        /// What could not be read and is tried again at the next tick.
        var failed: [LiveWatch] = []
        var sessions: [LiveSession?] = []
        var freeSlots: [Int] = []
        var perUser: [LiveSeat.Owner: Int] = [:]
        var perTenant: [TenantID: Int] = [:]
        /// Of those who did not say who they are yet.
        var unnamed = 0
        var seats = 0
        /// Where looking without a hint goes on.
        var cursor = 0
        var isTicking = false
        /// The tenants where it is about to be looked whose sign-in stands.
        var changed: Set<TenantID> = []
        var counts = LiveCounts()
    }

    struct Topic {
        var watches: [LiveWatch]
        var subscription: BroadcastSubscription?
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - settings: How much it does.
    ///   - broadcast: Brings hints, also those of other processes.
    ///   - cache: Keeps who is connected.
    ///   - standingAmong: Which of several sign-ins of a tenant still stand.
    init(
        settings: LiveSettings,
        broadcast: any Broadcast,
        cache: any Cache = LocalCache(),
        standingAmong: @escaping StandingAmong = { _, _ throws(DatabaseError) in [] }
    ) {
        self.settings = settings
        self.standingAmong = standingAmong
        presence = Presence(cache: cache)
        self.broadcast = broadcast
    }

    /// How many there are, and what they did.
    var counts: LiveCounts { state.withLock { $0.counts } }

    func count(_ change: @Sendable (inout LiveCounts) -> Void) {
        state.withLock { change(&$0.counts) }
    }

    /// Begins to watch, and has a first look.
    func add(_ watch: LiveWatch) {
        for topic in watch.topics {
            let isNew = state.withLock { state in
                guard state.topics[topic] == nil else {
                    state.topics[topic]?.watches.append(watch)
                    return false
                }
                state.topics[topic] = Topic(watches: [watch])
                return true
            }
            guard isNew else { continue }
            let channel = BroadcastChannel.news(of: topic.id, at: topic.tenant)
            let subscription = broadcast.subscribe(to: channel) { [weak self] _ in self?.hint(topic) }
            let unused = state.withLock { state in
                guard state.topics[topic] != nil else { return Optional(subscription) }
                let earlier = state.topics[topic]?.subscription
                state.topics[topic]?.subscription = subscription
                return earlier
            }
            // Let go outside of the lock.
            _ = consume unused
            // Others may have begun to watch before there were hints.
            hint(topic)
        }
        look(watch)
    }

    /// Ends watching.
    func remove(_ watch: LiveWatch) {
        for topic in watch.topics {
            let unused: BroadcastSubscription? = state.withLock { state in
                watch.state = .over
                state.topics[topic]?.watches.removeAll { $0 === watch }
                guard state.topics[topic]?.watches.isEmpty == true else { return nil }
                return state.topics.removeValue(forKey: topic)?.subscription
            }
            _ = consume unused
        }
    }

    /// There may be something new.
    func hint(_ topic: LiveTopic) {
        let starting = state.withLock { state in
            for watch in state.topics[topic]?.watches ?? [] { LiveHub.queue(watch, &state) }
            return start(&state)
        }
        run(starting)
    }

    /// Has one watch look.
    func look(_ watch: LiveWatch) {
        let starting = state.withLock { state in
            LiveHub.queue(watch, &state)
            return start(&state)
        }
        run(starting)
    }

    static func queue(_ watch: LiveWatch, _ state: inout State) {
        switch watch.state {
        case .idle:
            watch.state = .queued
            state.queue.append(watch)
        case .looking: watch.state = .lookingAgain
        case .queued, .lookingAgain, .over: break
        }
    }

    /// Takes from the queue what may look now.
    func start(_ state: inout State) -> [LiveWatch] {
        let room = settings.reads - state.looking
        guard room > 0, !state.queue.isEmpty else { return [] }
        let taken = state.queue.prefix(room).filter { $0.state == .queued }
        state.queue.removeFirst(min(room, state.queue.count))
        for watch in taken { watch.state = .looking }
        state.looking += taken.count
        state.counts.reads += taken.count
        return Array(taken)
    }

    func run(_ watches: [LiveWatch]) {
        for watch in watches {
            watch.loop.spawn {
                var isDone = true
                do {
                    try await watch.reader.look()
                } catch {
                    // The database cannot be reached, or the connection was cut: the next tick tries again.
                    isDone = false
                }
                self.finished(watch, isDone: isDone)
            }
        }
    }

    private func finished(_ watch: LiveWatch, isDone: Bool) {
        let starting = state.withLock { state in
            state.looking -= 1
            switch watch.state {
            case .lookingAgain:
                watch.state = .idle
                LiveHub.queue(watch, &state)
            case .looking:
                watch.state = .idle
                if !isDone { state.failed.append(watch) }
            case .idle, .queued, .over: break
            }
            return start(&state)
        }
        run(starting)
    }
}
