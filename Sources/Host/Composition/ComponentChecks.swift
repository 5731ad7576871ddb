// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSPostgresDriver
internal import LMSTenancy

/// What `/api/v1/ready` looks at.
struct ComponentChecks: Sendable {
    let installation: Installation
    let isolation: Configuration.Isolation
    let shared: SharedState

    /// Asks every component that serving needs; each answer is bounded by the pool's deadline.
    func run() async -> [ComponentCheck] {
        let directory = await directory()
        let isolated = ComponentCheck(
            name: "isolation",
            state: isolation == .hardened ? .up : .degraded,
            detail: isolation == .hardened ? nil : "the database is not hardened"
        )
        return directory + [isolated] + (await redis())
    }

    /// What is shared through Redis is counted and kept here meanwhile, so a host without it serves.
    private func redis() async -> [ComponentCheck] {
        switch await shared.check() {
        case nil: []
        case .answers: [ComponentCheck(name: "redis", state: .up, detail: nil)]
        case .fails(let reason): [ComponentCheck(name: "redis", state: .degraded, detail: "the Redis \(reason)")]
        }
    }

    private func directory() async -> [ComponentCheck] {
        do {
            let rows = try await installation.control.read(
                [.countTenantsBehind(version: MigrationSet.tenant.latest)],
                scope: .control
            )
            let (behind, spares): (Int, Int) = try (rows[0].only?["behind"] ?? 0, rows[0].only?["spares"] ?? 0)
            return [
                ComponentCheck(name: "cell:main", state: .up, detail: nil),
                ComponentCheck(
                    name: "migrations",
                    state: behind == 0 ? .up : .degraded,
                    detail: behind == 0 ? nil : "\(behind) tenants are behind"
                ),
                ComponentCheck(
                    name: "spares",
                    state: spares > 0 ? .up : .degraded,
                    detail: spares > 0 ? nil : "no spare tenant is ready"
                ),
            ]
        } catch {
            return [ComponentCheck(name: "cell:main", state: .down, detail: "the database does not answer")]
        }
    }
}
