// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Passes on what commits made new: wakes the work of this process at once, and hints the other processes.
///
/// Whoever is woken reads the database. A hint may get lost, so everybody also looks from time to time.
final class CommitSignals: Sendable {
    /// What waits for commits.
    enum Work: Sendable, Hashable, CaseIterable {
        case jobs
        case events
    }

    private let broadcast: any Broadcast
    private let installation: InstallationPrefix
    /// Tells this process's own hints from those of others.
    private let identity = Array(UUID().lowercaseText.utf8)
    private let state = Mutex(State())

    private struct State {
        var wakers: [Work: [@Sendable () -> Void]] = [:]
        var subscriptions: [BroadcastSubscription] = []
        /// What a hint is about to be sent for.
        var hinted: Set<Work> = []
    }

    /// A burst of commits on a loop gives one hint.
    private static let gathering = Duration.milliseconds(2)

    /// Makes one.
    ///
    /// - Parameters:
    ///   - broadcast: Reaches the other processes.
    ///   - installation: Whose processes they are.
    init(broadcast: any Broadcast, installation: InstallationPrefix) {
        self.broadcast = broadcast
        self.installation = installation
    }

    /// Has somebody woken whenever there may be work, here or elsewhere.
    ///
    /// - Parameters:
    ///   - work: What they wait for.
    ///   - wake: Wakes them; it must return at once.
    func onCommit(of work: Work, _ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wakers[work, default: []].append(wake) }
        let identity = identity
        let subscription = broadcast.subscribe(to: channel(of: work)) { message in
            if message != identity { wake() }
        }
        state.withLock { $0.subscriptions.append(subscription) }
    }

    /// Takes the notices of a commit.
    ///
    /// - Parameters:
    ///   - tenant: Whose commit it was.
    ///   - notices: Where there is something new.
    func committed(_ tenant: TenantID, _ notices: Set<CommitNotice>) {
        for notice in notices {
            switch notice {
            case .jobs: wake(.jobs)
            case .events: wake(.events)
            case .standing: broadcast.publish(Array(tenant.description.utf8), on: standing)
            case .news(let id): broadcast.publish([], on: .news(of: id, at: tenant))
            }
        }
    }

    /// Has somebody told whenever what people may do has changed, here or elsewhere.
    ///
    /// - Parameter forget: Is told the tenant; `nil` when a change may have been missed. It must return at once.
    func onStandingChange(_ forget: @escaping @Sendable (TenantID?) -> Void) {
        let subscription = broadcast.subscribe(to: standing) { message in
            forget(message.flatMap { TenantID(String(decoding: $0, as: UTF8.self)) })
        }
        state.withLock { $0.subscriptions.append(subscription) }
    }

    /// Tells all processes, this one included, that something of a tenant's name, state or settings changed.
    @Sendable func directoryChanged() {
        broadcast.publish([], on: directory)
    }

    /// Has somebody told whenever the directory has changed, here or elsewhere, or a change may have been missed.
    ///
    /// - Parameter forget: Is told; it must return at once.
    func onDirectoryChange(_ forget: @escaping @Sendable () -> Void) {
        let subscription = broadcast.subscribe(to: directory) { _ in forget() }
        state.withLock { $0.subscriptions.append(subscription) }
    }

    private var directory: BroadcastChannel { BroadcastChannel("directory", of: installation) }
    private var standing: BroadcastChannel { BroadcastChannel("standing", of: installation) }

    private func wake(_ work: Work) {
        let (wakers, isFirst) = state.withLock { state in
            (state.wakers[work] ?? [], state.hinted.insert(work).inserted)
        }
        for wake in wakers { wake() }
        guard isFirst else { return }
        guard let loop = EventLoop.current else { return hint(work) }
        _ = loop.schedule(after: Self.gathering) { self.hint(work) }
    }

    private func hint(_ work: Work) {
        state.withLock { _ = $0.hinted.remove(work) }
        broadcast.publish(identity, on: channel(of: work))
    }

    private func channel(of work: Work) -> BroadcastChannel {
        switch work {
        case .jobs: BroadcastChannel("jobs", of: installation)
        case .events: BroadcastChannel("events", of: installation)
        }
    }
}

extension BroadcastChannel {
    /// Where those listen who watch something of a tenant's.
    ///
    /// - Parameters:
    ///   - id: The user, course, conversation … that is watched.
    ///   - tenant: Whose it is.
    /// - Returns: The channel.
    static func news(of id: UUID, at tenant: TenantID) -> BroadcastChannel {
        BroadcastChannel(TenantCacheKey(tenant, .channel, id.lowercaseText))
    }
}
