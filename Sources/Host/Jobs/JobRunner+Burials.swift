// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

extension JobRunner {
    /// Does what follows when jobs were given up, beside the leasing of others; on the loop only.
    ///
    /// One task does it, tenant by tenant, so that many that die at once do not take all connections.
    func followUp(_ buried: [Job], on loop: EventLoop) {
        guard !buried.isEmpty else { return }
        let isFirst = state.withLock { state in
            state.buried += buried.prefix(max(0, Self.buriedLimit - state.buried.count))
            defer { state.isFollowing = true }
            return !state.isFollowing
        }
        guard isFirst else { return }
        _ = loop.startImmediately { [self] in
            while let next = takeBuried() { await followUp(next) }
        }
    }

    /// What was given up meanwhile; `nil` if nothing was, and nobody follows up any more.
    private func takeBuried() -> [Job]? {
        state.withLock { state in
            defer { state.buried = [] }
            state.isFollowing = !state.buried.isEmpty
            return state.isFollowing ? state.buried : nil
        }
    }

    /// Does what follows when jobs were given up.
    func followUp(_ buried: [Job]) async {
        for (tenant, jobs) in Dictionary(grouping: buried, by: \.tenant) {
            do {
                try await afterwards(tenant, jobs)
            } catch {
                report("what follows \(jobs.count) jobs that were given up was left out for tenant \(tenant): \(error)")
            }
        }
    }
}
