// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct RolesTests {
    private func name(_ text: String) throws -> Role.Name { try #require(Role.Name(text)) }

    @Test func `a role of the tenant's own allows what it says to who holds it`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let lms = platform.lms
            let admin = try await platform.member("admin", .admin, of: tenant)
            let learner = try #require(try await platform.member("ada", .student, of: tenant).user)
            let reviewer = try name("reviewer")
            try await tenant.transaction(as: admin) { session in
                let grants = Grants([.auditRead: .any])
                let role = try await lms.roles.create(reviewer, description: "Reads", grants: grants, session: session)
                #expect(role.grants == grants)
                #expect(try await lms.roles.list(session: session).map(\.name) == [reviewer])
                let user = try await lms.users.assign(reviewer, to: learner, session: session)
                #expect(user.roles == [reviewer, BuiltInRole.student.name])
            }
        }
    }

    @Test func `a role in use cannot be deleted, and can once nobody holds it`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let lms = platform.lms
            let admin = try await platform.member("admin", .admin, of: tenant)
            let learner = try #require(try await platform.member("ada", .student, of: tenant).user)
            let reviewer = try name("reviewer")
            let role = try await tenant.transaction(as: admin) { session in
                let role = try await lms.roles.create(
                    reviewer,
                    description: "",
                    grants: Grants([.auditRead: .any]),
                    session: session
                )
                _ = try await lms.users.assign(reviewer, to: learner, session: session)
                return role.id
            }
            await #expect(throws: RoleError.inUse) {
                try await tenant.transaction(as: admin) { try await lms.roles.delete(role, session: $0) }
            }
            try await tenant.transaction(as: admin) { session in
                _ = try await lms.users.remove(reviewer, from: learner, session: session)
                try await lms.roles.delete(role, session: session)
                await #expect(throws: RoleError.notFound) { _ = try await lms.roles.fetch(role, session: session) }
            }
        }
    }

    @Test func `nobody can hand out, make or touch what they do not hold themselves`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let lms = platform.lms
            let owner = try await platform.member("owner", .owner, of: tenant)
            let second = try await platform.member("owner2", .owner, of: tenant)
            let admin = try await platform.member("admin", .admin, of: tenant)
            let learner = try #require(try await platform.member("ada", .student, of: tenant).user)
            let ownerID = try #require(owner.user)
            await #expect(throws: UserError.beyondOwnGrants) {
                try await tenant.transaction(as: admin) {
                    _ = try await lms.users.assign(BuiltInRole.owner.name, to: learner, session: $0)
                }
            }
            await #expect(throws: UserError.beyondOwnGrants) {
                try await tenant.transaction(as: admin) { _ = try await lms.users.suspend(ownerID, session: $0) }
            }
            await #expect(throws: UserError.beyondOwnGrants) {
                try await tenant.transaction(as: admin) { try await lms.users.deactivate(ownerID, session: $0) }
            }
            await #expect(throws: UserError.beyondOwnGrants) {
                try await tenant.transaction(as: admin) {
                    _ = try await lms.users.remove(BuiltInRole.owner.name, from: ownerID, session: $0)
                }
            }
            let wide = try name("settings")
            await #expect(throws: RoleError.beyondOwnGrants) {
                try await tenant.transaction(as: admin) { session in
                    _ = try await lms.roles.create(
                        wide,
                        description: "",
                        grants: Grants([.tenantUpdate: .any]),
                        session: session
                    )
                }
            }
            try await tenant.transaction(as: owner) { session in
                _ = try await lms.users.assign(BuiltInRole.owner.name, to: learner, session: session)
                try await lms.users.deactivate(try #require(second.user), session: session)
            }
        }
    }

    @Test func `a tenant keeps an active owner, also when two take each other's role at once`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let users = platform.lms.users
            let first = try await platform.member("first", .owner, of: tenant)
            await #expect(throws: UserError.lastOwner) {
                try await tenant.transaction(as: first) {
                    try await users.deactivate(try #require(first.user), session: $0)
                }
            }
            await #expect(throws: UserError.lastOwner) {
                try await tenant.transaction(as: first) { session in
                    _ = try await users.replaceRoles(
                        of: try #require(first.user),
                        with: [BuiltInRole.admin.name],
                        session: session
                    )
                }
            }
            let second = try await platform.member("second", .owner, of: tenant)
            let pairs = [(first, second), (second, first)]
            let removed = await withTaskGroup(of: Bool.self) { group in
                for (actor, target) in pairs {
                    group.addTask {
                        do {
                            try await tenant.transaction(as: actor) { session in
                                _ = try await users.remove(
                                    BuiltInRole.owner.name,
                                    from: try #require(target.user),
                                    session: session
                                )
                            }
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(removed == 1)
        }
    }

    @Test func `a built-in role's name cannot be taken, nor one twice`() async throws {
        try await withTenant { tenant in
            let roles = try TestPlatform().lms.roles
            let grants = Grants([.auditRead: .any])
            for built in BuiltInRole.allCases {
                await #expect(throws: RoleError.nameTaken) {
                    try await tenant.transaction {
                        _ = try await roles.create(built.name, description: "", grants: grants, session: $0)
                    }
                }
            }
            let reviewer = try name("reviewer")
            try await tenant.transaction {
                _ = try await roles.create(reviewer, description: "", grants: grants, session: $0)
            }
            await #expect(throws: RoleError.nameTaken) {
                try await tenant.transaction {
                    _ = try await roles.create(reviewer, description: "", grants: grants, session: $0)
                }
            }
            await #expect(throws: RoleError.invalid(constraint: "roles_permissions_ck")) {
                try await tenant.transaction { session in
                    _ = try await roles.create(try name("empty"), description: "", grants: Grants(), session: session)
                }
            }
        }
    }

    @Test func `only the owner may change the tenant, and students hold nothing over others`() {
        #expect(BuiltInRole.owner.grants.scope(of: .tenantUpdate) == .any)
        for role in BuiltInRole.allCases where role != .owner {
            #expect(role.grants.scope(of: .tenantUpdate) == nil)
        }
        for permission in BuiltInRole.student.grants.permissions {
            #expect(BuiltInRole.student.grants.scope(of: permission) == .own)
        }
        for role in BuiltInRole.allCases {
            #expect(BuiltInRole.owner.grants.cover(role.grants))
        }
        #expect(!BuiltInRole.admin.grants.cover(BuiltInRole.owner.grants))
    }
}
