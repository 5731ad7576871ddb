// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// `lms migrate`: brings the shared schemas and then all tenants up to date.
struct MigrateOperation {
    let installation: ProvisionerInstallation
    let workers: Int

    /// Migrates everything that can be claimed.
    ///
    /// - Returns: What became of the tenants.
    func run() async throws -> MigrationSummary {
        try await installation.migrateShared()
        return try await withThrowingTaskGroup(of: MigrationSummary.self) { group in
            for _ in 0..<workers {
                let worker = try await installation.migrator()
                group.addTask { try await worker.run() }
            }
            var total = MigrationSummary()
            for try await summary in group { total.add(summary) }
            return total
        }
    }

    /// Counts the tenants of each version.
    func status() async throws -> [MigrationStatus] {
        try await installation.migrator().status()
    }
}
