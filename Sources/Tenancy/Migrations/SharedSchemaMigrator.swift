// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Brings the schemas that belong to no tenant, `control` and `cell`, up to date.
public struct SharedSchemaMigrator: Sendable {
    private let administration: any DatabaseAdministration
    private let installation: InstallationPrefix

    /// Makes a migrator.
    ///
    /// - Parameters:
    ///   - administration: The provisioner's connection to the database.
    ///   - installation: The installation's prefix.
    public init(administration: any DatabaseAdministration, installation: InstallationPrefix) {
        self.administration = administration
        self.installation = installation
    }

    /// Applies the directory's missing steps, each in a transaction of its own.
    ///
    /// - Throws: What the server said; the steps before stay applied.
    public func migrateControl() async throws {
        try await migrate(.control, schema: .control, grants: .grantControl(to: .directory(installation)))
    }

    /// Applies a cell's missing steps, each in a transaction of its own.
    ///
    /// - Throws: What the server said; the steps before stay applied.
    public func migrateCell() async throws {
        try await migrate(.cell, schema: .cell, grants: .grantCell(to: .directory(installation)))
    }

    private func migrate(_ set: MigrationSet, schema: SharedSchema, grants: Script) async throws {
        try await administration.run(.createSharedSchema(schema))
        let rows = try await administration.execute(.sharedSchemaVersion(schema))
        let version: Int = try rows.only?["version"] ?? 0
        for migration in set.after(version) {
            try await administration.run(.applyShared(migration, in: schema))
        }
        try await administration.run(grants)
    }
}

/// The schemas that belong to no tenant.
enum SharedSchema {
    case control
    case cell

    var name: Script {
        switch self {
        case .control: "control"
        case .cell: "cell"
        }
    }
}
