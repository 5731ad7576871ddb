// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSKit
import LMSPostgresDriver
import LMSTenancy

/// What a serving process holds: connections of its own logins, what finds tenants, and the services that it offers.
struct Installation: Sendable {
    let tenants: Tenants
    let resolution: TenantResolution
    let courses = Courses()
    private let administration: TenantAdministration
    private let control: PostgresDatabase
    private let cell: PostgresDatabase
    private let loops: EventLoopGroup

    /// Opens it; connections are made when they are needed.
    init(_ setup: Setup) throws {
        // The driver's own threads. Any task may call it, so the server around it needs no event loop.
        let loops = try EventLoopGroup(count: 1)
        let prefix = setup.prefix
        let password = setup.password
        let control = PostgresDatabase(
            PostgresConfiguration(address: setup.address) { _ in
                PostgresLogin(user: "\(LoginName.directory(prefix))", password: password)
            },
            loops: loops,
            sidePool: setup.pool
        )
        let cell = PostgresDatabase(
            PostgresConfiguration(address: setup.address) { shard in
                PostgresLogin(user: "\(LoginName.shard(shard, prefix))", password: password)
            },
            loops: loops,
            sidePool: setup.pool
        )
        let directory = Directory(control: control, installation: prefix)
        (self.loops, self.control, self.cell) = (loops, control, cell)
        tenants = Tenants(cells: [.main: cell]) { id throws(DatabaseError) in
            try await directory.find(id: id)?.placement
        }
        resolution = TenantResolution(directory: directory, baseDomains: ["localhost"])
        administration = TenantAdministration(
            control: control,
            installation: prefix,
            schemaVersion: MigrationSet.learning.latest
        )
    }

    /// Gives a spare tenant a name: one UPDATE, served from then on.
    func signUp(_ slug: String, name: String) async throws -> Tenant {
        guard let slug = TenantSlug(slug) else { throw TenantResolutionError.unnamed }
        return try await administration.create(slug: slug, name: name)
    }

    /// Makes a course in a tenant and offers it, in one transaction.
    func publish(_ title: String, in tenant: Tenant) async throws {
        let operatorItself = Principal(.system("foreign-server"), grants: Grants())
        try await tenants.transaction(for: tenant.id, as: operatorItself) { session in
            let draft = try await courses.create(NewCourse(title: title), session: session)
            _ = try await courses.setStatus(.published, of: draft.id, session: session)
        }
    }

    /// Tries, with the serving logins, to get from one tenant to the other.
    ///
    /// - Returns: The ways that worked.
    func escapes(from tenant: Tenant, to other: Tenant) async throws -> [IsolationEscape] {
        try await IsolationSelfTest(database: cell).run(from: tenant.placement, to: other.placement)
    }

    /// Ends the connections and the driver's threads.
    func close() {
        control.close()
        cell.close()
        loops.stop()
        loops.join()
    }
}
