// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Brings all tenants' schemas up to date, one after another per worker, and can be stopped and started at any point.
///
/// Workers claim tenants in the directory with `SKIP LOCKED` and a lease, canaries first. A tenant whose tables are busy is
/// left and tried again; one whose migration fails is marked and the others go on.
public struct TenantMigrator: Sendable {
    private let control: any DatabaseAdministration
    private let cells: [CellID: TenantSchemas]
    private let tables = TenantTables()
    private let migrations: MigrationSet

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - control: The provisioner's connection to the control database.
    ///   - cells: The provisioner's connections to the databases that hold tenants; each worker has its own.
    ///   - migrations: The steps of a tenant's schema.
    ///   - installation: The installation's prefix.
    public init(
        control: any DatabaseAdministration,
        cells: [CellID: any DatabaseAdministration],
        migrations: MigrationSet,
        installation: InstallationPrefix
    ) {
        self.control = control
        self.cells = cells.mapValues {
            TenantSchemas(administration: $0, migrations: migrations, installation: installation)
        }
        self.migrations = migrations
    }

    /// Migrates tenants until none is behind that can be claimed.
    ///
    /// - Parameter progress: Told after each tenant what became of it.
    /// - Returns: How many were migrated and how many failed.
    /// - Throws: What the control database said.
    public func run(progress: (TenantID, MigrationOutcome) -> Void = { _, _ in }) async throws -> MigrationSummary {
        var summary = MigrationSummary()
        while !Task.isCancelled {
            let rows = try await control.execute(.claimTenantBehind(version: migrations.latest))
            guard let row = rows.only else { break }
            let tenant: TenantID = try row["id"]
            let outcome = await migrate(tenant, cell: try row["cell"])
            switch outcome {
            case .migrated:
                try await control.execute(.markMigrated(tenant, version: migrations.latest))
                summary.migrated += 1
            case .busy:
                try await control.execute(.postponeMigration(tenant, seconds: 5, failure: nil))
                summary.busy += 1
            case .failed(let reason):
                try await control.execute(.postponeMigration(tenant, seconds: 60, failure: reason))
                summary.failed += 1
            }
            progress(tenant, outcome)
        }
        return summary
    }

    /// Counts the tenants of each version.
    ///
    /// - Returns: The versions in use, the oldest first.
    /// - Throws: What the control database said.
    public func status() async throws -> [MigrationStatus] {
        var statuses: [MigrationStatus] = []
        for row in try await control.execute(.migrationStatus(latest: migrations.latest)) {
            statuses.append(
                MigrationStatus(
                    version: try row["version"],
                    tenants: try row["tenants"],
                    failed: try row["failed"],
                    isLatest: try row["is_latest"]
                )
            )
        }
        return statuses
    }

    private func migrate(_ tenant: TenantID, cell: CellID) async -> MigrationOutcome {
        guard let schemas = cells[cell] else { return .failed("unknown cell \(cell)") }
        do {
            try await schemas.migrate(tenant, grants: tables)
            return .migrated
        } catch let failure as AdministrationFailure where failure.error == .lockTimeout {
            return .busy
        } catch {
            return .failed("\(error)")
        }
    }
}

/// What became of one tenant.
@nonexhaustive
public enum MigrationOutcome: Sendable, Equatable {
    /// It has all steps.
    case migrated
    /// A table was in use; it is tried again in a few seconds.
    case busy
    /// A step failed, with the reason; it is tried again in a minute.
    case failed(String)
}

/// What a run did.
public struct MigrationSummary: Sendable, Equatable {
    /// Nothing was done yet.
    public init() {}

    /// How many tenants were brought up to date.
    public internal(set) var migrated = 0
    /// How many were left because a table was in use.
    public internal(set) var busy = 0
    /// How many failed.
    public internal(set) var failed = 0

    /// Adds what another worker did.
    ///
    /// - Parameter other: Its summary.
    public mutating func add(_ other: MigrationSummary) {
        migrated += other.migrated
        busy += other.busy
        failed += other.failed
    }
}

/// How many tenants are at one version.
public struct MigrationStatus: Sendable, Equatable {
    /// The schema's version.
    public let version: Int
    /// How many tenants have it.
    public let tenants: Int
    /// How many of them failed to leave it.
    public let failed: Int
    /// Whether it is the newest.
    public let isLatest: Bool
}
