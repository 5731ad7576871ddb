// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

/// `lms provision`: fills the pool of spares, purges what was deleted; with `--watch` for as long as it runs.
struct ProvisionOperation {
    let installation: ProvisionerInstallation
    let pool: SparePool
    let graceInDays: Int
    /// Removes what there is of a tenant outside the databases, such as its files.
    let removing: @Sendable (TenantID) async throws -> Void

    /// Fills the pool once.
    ///
    /// - Parameter progress: Told after each spare how many are ready.
    /// - Returns: How many spares were built.
    /// - Throws: `ProvisioningError.full`; otherwise what the server said.
    @discardableResult
    func run(progress: (Int) -> Void = { _ in }) async throws -> Int {
        try await installation.provisioner(pool).refill(progress: progress)
    }

    /// Looks every second, until the task is cancelled.
    ///
    /// An error is told and tried again: the database may be restarting.
    func watch(on loop: EventLoop, report: (String) -> Void) async {
        let provisioner = installation.provisioner(pool)
        var turn = 0
        while !Task.isCancelled {
            do {
                try await provisioner.refill()
                // Dropping a schema locks it and flushes every backend's caches; once a minute is often enough.
                if turn % 60 == 0 {
                    let purged = try await provisioner.purge(graceInDays: graceInDays, removing: removing)
                    for tenant in purged { report("purged \(tenant)") }
                }
            } catch {
                report("\(error)")
            }
            turn += 1
            guard (try? await loop.sleep(for: .seconds(1))) != nil else { return }  // cancelled: the end is wanted
        }
    }
}
