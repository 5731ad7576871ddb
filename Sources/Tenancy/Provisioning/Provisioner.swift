// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Keeps spare tenants ready, so that signing one up changes a row and runs no DDL; purges deleted ones.
///
/// Runs under the provisioner's login, in a process of its own; one at a time per installation. It builds one spare after
/// another in small transactions, because a big one makes every backend drop its caches.
public struct Provisioner: Sendable {
    private let control: any DatabaseAdministration
    private let cells: [CellID: TenantSchemas]
    private let tables = TenantTables()
    private let migrations: MigrationSet
    private let identifiers: IdentifierSource
    private let pool: SparePool

    /// Makes a provisioner.
    ///
    /// - Parameters:
    ///   - control: The provisioner's connection to the control database.
    ///   - cells: The provisioner's connections to the databases that hold tenants.
    ///   - migrations: The steps of a tenant's schema.
    ///   - installation: The installation's prefix.
    ///   - pool: How many spares to keep and where.
    ///   - identifiers: Names new tenants.
    public init(
        control: any DatabaseAdministration,
        cells: [CellID: any DatabaseAdministration],
        migrations: MigrationSet,
        installation: InstallationPrefix,
        pool: SparePool,
        identifiers: IdentifierSource = IdentifierSource()
    ) {
        self.control = control
        self.cells = cells.mapValues {
            TenantSchemas(administration: $0, migrations: migrations, installation: installation)
        }
        self.migrations = migrations
        self.identifiers = identifiers
        self.pool = pool
    }

    /// Builds spares until there are enough, if there are fewer than the low-water mark; finishes interrupted ones first.
    ///
    /// - Parameter progress: Told after each spare how many are ready.
    /// - Returns: How many were built.
    /// - Throws: `ProvisioningError.full` if no membership shard has room; otherwise what the server said.
    @discardableResult
    public func refill(progress: (Int) -> Void = { _ in }) async throws -> Int {
        try await finishInterrupted()
        let counted = try await control.execute(.countSpares(version: migrations.latest))
        var ready: Int = try counted.only?["count"] ?? 0
        guard ready < pool.lowWater else { return 0 }
        var built = 0
        while ready < pool.highWater, !Task.isCancelled {
            try await build()
            built += 1
            ready += 1
            progress(ready)
        }
        return built
    }

    /// Builds one spare.
    ///
    /// - Returns: The tenant, which has no name yet.
    /// - Throws: `ProvisioningError.full` if no membership shard has room; otherwise what the server said.
    @discardableResult
    public func build() async throws -> TenantID {
        let tenant: TenantID = identifiers.next()
        let rows = try await control.execute(
            .reserveTenant(tenant, cell: pool.cell, shards: pool.shards, capacity: pool.tenantsPerShard)
        )
        guard let row = rows.only else { throw ProvisioningError.full(pool.cell) }
        try await finish(tenant, cell: pool.cell, shard: try row["shard"])
        return tenant
    }

    /// Drops the schemas and roles of tenants whose grace period has passed.
    ///
    /// - Parameters:
    ///   - graceInDays: How many days a deleted tenant is kept.
    ///   - removing: Removes what there is of a tenant outside the databases; it is repeated if it or what follows fails.
    /// - Returns: The tenants that were purged.
    /// - Throws: What the server said, or `removing` threw; a tenant that was in use stays and is tried again by the next call.
    public func purge(
        graceInDays: Int,
        removing: (TenantID) async throws -> Void = { _ in }
    ) async throws -> [TenantID] {
        var purged: [TenantID] = []
        for row in try await control.execute(.markForPurge(graceInDays: graceInDays)) {
            let tenant: TenantID = try row["id"]
            try await removing(tenant)
            try await schemas(in: try row["cell"]).drop(tenant)
            try await control.execute(.markPurged(tenant))
            purged.append(tenant)
        }
        return purged
    }

    private func finishInterrupted() async throws {
        for row in try await control.execute(.interruptedBuilds) {
            try await finish(try row["id"], cell: try row["cell"], shard: try row["shard"])
        }
    }

    private func finish(_ tenant: TenantID, cell: CellID, shard: Int) async throws {
        let schemas = try schemas(in: cell)
        try await schemas.create(tenant, shard: shard)
        try await schemas.migrate(tenant, grants: tables)
        try await control.execute(.markSpare(tenant, version: migrations.latest))
    }

    private func schemas(in cell: CellID) throws -> TenantSchemas {
        guard let schemas = cells[cell] else { throw ProvisioningError.unknownCell(cell) }
        return schemas
    }
}

/// How many spare tenants to keep, and where.
public struct SparePool: Sendable {
    /// The database that new tenants are made in.
    public let cell: CellID
    /// Below this many the pool is filled again.
    public let lowWater: Int
    /// It is filled up to this many.
    public let highWater: Int
    /// How many membership shards the cell has.
    public let shards: Int
    /// How many tenants' roles one login may be a member of: the first `SET ROLE` takes 1.7 ms at 500 and 41 ms at 5,000.
    public let tenantsPerShard: Int

    /// Describes a pool.
    ///
    /// - Parameters:
    ///   - cell: The database that new tenants are made in.
    ///   - lowWater: Below this many the pool is filled again.
    ///   - highWater: It is filled up to this many.
    ///   - shards: How many membership shards the cell has.
    ///   - tenantsPerShard: How many tenants a shard may hold.
    public init(cell: CellID = .main, lowWater: Int, highWater: Int, shards: Int, tenantsPerShard: Int = 500) {
        self.cell = cell
        self.lowWater = lowWater
        self.highWater = highWater
        self.shards = shards
        self.tenantsPerShard = tenantsPerShard
    }
}

/// Why a tenant was not provisioned.
@nonexhaustive
public enum ProvisioningError: Error, Sendable, Equatable {
    /// Every membership shard of the cell has its tenants: add shards with `lms database harden --shards`, or a cell.
    case full(CellID)
    /// The directory names a database that the configuration does not have.
    case unknownCell(CellID)
}
