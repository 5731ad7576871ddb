// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct UsersTests {
    @Test func `who registers is a student and active`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let new = NewUser(email: try TestPlatform.email("ada"), displayName: nil, password: nil)
            let user = try await tenant.transaction(as: .anonymous) { session in
                try await platform.lms.users.register(new, session: session)
            }
            #expect(user.roles == [BuiltInRole.student.name])
            #expect(user.status == .active)
            #expect(user.displayName == "ada")
        }
    }

    @Test func `an address is taken in any case, also for those who come at once`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let spellings = ["ada", "Ada", "ADA", "aDa", "adA", "AdA"]
            let outcomes = await withTaskGroup(of: Bool?.self) { group in
                for spelling in spellings {
                    group.addTask {
                        do {
                            let new = NewUser(email: try TestPlatform.email(spelling), password: nil)
                            try await tenant.transaction(as: .anonymous) { session in
                                _ = try await platform.lms.users.register(new, session: session)
                            }
                            return true
                        } catch UserError.emailTaken {
                            return false
                        } catch {
                            return nil
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == true } == 1)
            #expect(outcomes.count { $0 == false } == spellings.count - 1)
        }
    }

    @Test func `a student may not see or change another user, who looks like one that never was`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let users = platform.lms.users
            let ada = try await platform.member("ada", .student, of: tenant)
            let other = try #require(try await platform.member("bob", .student, of: tenant).user)
            let never: User.ID = IdentifierSource().next()
            for id in [other, never] {
                await #expect(throws: UserError.notFound) {
                    _ = try await users.fetch(id, reader: tenant.reader(as: ada))
                }
                for change in UserChange.allCases {
                    await #expect(throws: UserError.notFound, "\(change)") {
                        try await tenant.transaction(as: ada) { try await change.apply(to: id, users, session: $0) }
                    }
                }
            }
            await #expect(throws: UserError.forbidden) {
                try await tenant.transaction(as: ada) { _ = try await users.list(session: $0) }
            }
        }
    }

    @Test func `a user changes their own profile and nothing else`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let users = platform.lms.users
            let ada = try await platform.member("ada", .student, of: tenant)
            let id = try #require(ada.user)
            let changed = try await tenant.transaction(as: ada) { session in
                try await users.update(id, ProfileChanges(displayName: .set("Ada L.")), expecting: 1, session: session)
            }
            #expect(changed.displayName == "Ada L.")
            #expect(changed.version == 2)
            await #expect(throws: UserError.versionMismatch(current: 2)) {
                try await tenant.transaction(as: ada) { session in
                    _ = try await users.update(id, ProfileChanges(), expecting: 1, session: session)
                }
            }
            await #expect(throws: UserError.forbidden) {
                try await tenant.transaction(as: ada) {
                    _ = try await users.assign(BuiltInRole.admin.name, to: id, session: $0)
                }
            }
            await #expect(throws: UserError.invalid(constraint: "users_avatar_url_ck")) {
                try await tenant.transaction(as: ada) { session in
                    let changes = ProfileChanges(avatarURL: .set("javascript:alert(1)"))
                    _ = try await users.update(id, changes, session: session)
                }
            }
        }
    }

    @Test func `lists are filtered and paged, the newest first`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let users = platform.lms.users
            let admin = try await platform.member("admin", .admin, of: tenant)
            for index in 0..<5 {
                platform.clock.advance(by: 1)
                _ = try await platform.member("learner\(index)", .student, of: tenant)
            }
            try await tenant.transaction(as: admin) { session in
                let first = try await users.list(
                    UserFilter(role: BuiltInRole.student.name),
                    limit: PageLimit(3),
                    session: session
                )
                #expect(first.items.map(\.displayName) == ["learner4", "learner3", "learner2"])
                let rest = try await users.list(
                    UserFilter(role: BuiltInRole.student.name),
                    after: first.next,
                    limit: PageLimit(3),
                    session: session
                )
                #expect(rest.items.map(\.displayName) == ["learner1", "learner0"])
                #expect(rest.next == nil)
                let page = try await users.list(
                    UserFilter(status: .active),
                    page: 1,
                    size: PageLimit(4),
                    session: session
                )
                #expect(page.total == 6)
                #expect(page.pages == 2)
                #expect(page.items.map(\.displayName) == ["learner0", "admin"])
                let found = try await users.list(UserFilter(search: "ARNER3"), session: session)
                #expect(found.items.map(\.displayName) == ["learner3"])
                let literal = try await users.list(UserFilter(search: "%"), session: session)
                #expect(literal.items.isEmpty)
                let byAddress = try await users.find(try TestPlatform.email("LEARNER3"), session: session)
                #expect(byAddress?.displayName == "learner3")
                let suspended = try await users.list(UserFilter(status: .suspended), session: session)
                #expect(suspended.items.isEmpty)
            }
        }
    }

    @Test func `suspension and reactivation are an administrator's, and not for oneself`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            let users = platform.lms.users
            let admin = try await platform.member("admin", .admin, of: tenant)
            let learner = try #require(try await platform.member("ada", .student, of: tenant).user)
            try await tenant.transaction(as: admin) { session in
                let suspended = try await users.suspend(learner, session: session)
                #expect(suspended.status == .suspended)
                let active = try await users.reactivate(learner, session: session)
                #expect(active.status == .active)
            }
            let own = try #require(admin.user)
            await #expect(throws: UserError.ownAccount) {
                try await tenant.transaction(as: admin) { _ = try await users.suspend(own, session: $0) }
            }
        }
    }
}

/// What a stranger may try.
private enum UserChange: CaseIterable {
    case update
    case deactivate
    case suspend
    case reactivate
    case assign
    case remove
    case replace

    func apply(to id: User.ID, _ users: Users, session: borrowing TenantSession) async throws {
        switch self {
        case .update: _ = try await users.update(id, ProfileChanges(), session: session)
        case .deactivate: try await users.deactivate(id, session: session)
        case .suspend: _ = try await users.suspend(id, session: session)
        case .reactivate: _ = try await users.reactivate(id, session: session)
        case .assign: _ = try await users.assign(BuiltInRole.student.name, to: id, session: session)
        case .remove: _ = try await users.remove(BuiltInRole.student.name, from: id, session: session)
        case .replace: _ = try await users.replaceRoles(of: id, with: [], session: session)
        }
    }
}
