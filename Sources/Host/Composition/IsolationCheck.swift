// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSPostgresDriver
internal import LMSTenancy

/// Tries the known escapes with the serving process's own logins before it opens its port.
struct IsolationCheck: Sendable {
    let installation: Installation

    /// Tries them.
    ///
    /// - Returns: The escapes that worked; empty also while there is no tenant to escape from.
    func run() async throws -> [IsolationEscape] {
        let rows = try await installation.control.read([.samplePlacements], scope: .control)
        let placements = try rows[0].map { row in
            let tenant: TenantID = try row["id"]
            return TenantPlacement(
                tenant: tenant,
                cell: try row["cell"],
                schema: SchemaName(tenant),
                role: RoleName(tenant, installation: installation.prefix),
                shard: try row["shard"]
            )
        }
        guard let first = placements.first else { return [] }
        return try await IsolationSelfTest(database: installation.cell)
            .run(from: first, to: placements.dropFirst().first)
    }
}
