// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct SignInTests {
    @Test func `who registered can sign in, in any case of the address`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let signedIn = try await world.signIn("ADA@Example.org")
            #expect(signedIn.user.id == world.registered.user.id)
            #expect(signedIn.user.lastSignInAt != nil)
            #expect(try await world.isGood(signedIn))
        }
    }

    @Test func `an unknown address is checked like a wrong password and refused alike`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            for email in ["ada@example.org", "nobody@example.org", "no address at all", ""] {
                let before = world.platform.hashing.calls
                await #expect(throws: SignInError.invalidCredentials) {
                    _ = try await world.signIn(email, "wrong password")
                }
                #expect(world.platform.hashing.calls == before + 1)
            }
        }
    }

    @Test func `an account without a password cannot be signed in to with any`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            _ = try await world.platform.member("invited", .student, of: tenant)
            for password in ["", "x", "correct horse"] {
                await #expect(throws: SignInError.invalidCredentials) {
                    _ = try await world.signIn("invited@example.org", password)
                }
            }
        }
    }

    @Test func `registration is refused where the tenant closed it`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            var settings = tenant.tenant.settings
            settings.selfRegistration = false
            let closed = Tenant(
                slug: tenant.tenant.slug,
                name: tenant.tenant.name,
                status: .active,
                settings: settings,
                placement: tenant.tenant.placement,
                domains: [],
                createdAt: tenant.tenant.createdAt
            )
            await #expect(throws: SignInError.registrationClosed) {
                _ = try await world.platform.register("bob", at: closed, tenants: tenant.tenants)
            }
        }
    }

    @Test func `guesses are slowed down from where they come and the owner elsewhere is not`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            for _ in 0..<5 {
                await #expect(throws: SignInError.invalidCredentials) {
                    _ = try await world.signIn("ada@example.org", "guess", from: "203.0.113.9")
                }
            }
            let calls = world.platform.hashing.calls
            await #expect(throws: SignInError.throttled(seconds: 1)) {
                _ = try await world.signIn("Ada@example.org", from: "203.0.113.9")
            }
            #expect(world.platform.hashing.calls == calls)
            _ = try await world.signIn("ada@example.org", from: "198.51.100.7")
            world.platform.clock.advance(by: 1)
            await #expect(throws: SignInError.invalidCredentials) {
                _ = try await world.signIn("ada@example.org", "guess", from: "203.0.113.9")
            }
            await #expect(throws: SignInError.throttled(seconds: 2)) {
                _ = try await world.signIn("ada@example.org", "guess", from: "203.0.113.9")
            }
            world.platform.clock.advance(by: 2)
            _ = try await world.signIn("ada@example.org", from: "203.0.113.9")
            _ = try await world.signIn("ada@example.org", from: "203.0.113.9")
        }
    }

    @Test func `one password tried on every account from one address is slowed down too`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            for index in 0..<50 {
                await #expect(throws: SignInError.invalidCredentials) {
                    _ = try await world.signIn("user\(index)@example.org", "Summer2026!", from: "203.0.113.9")
                }
            }
            await #expect(throws: SignInError.throttled(seconds: 1)) {
                _ = try await world.signIn("user50@example.org", "Summer2026!", from: "203.0.113.9")
            }
        }
    }

    @Test func `signing out ends the session's tokens within a second on every node, and only that session's`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let other = try await world.signIn("ada@example.org")
            #expect(try await world.isGood(world.registered))
            #expect(try await world.isGood(world.registered, elsewhere: true))
            try await world.platform.lms.signIn.signOut(
                refreshToken: world.registered.tokens.refreshToken,
                at: tenant.id,
                tenants: tenant.tenants
            )
            world.platform.clock.advance(by: 1)
            #expect(try await !world.isGood(world.registered))
            #expect(try await !world.isGood(world.registered, elsewhere: true))
            #expect(try await world.isGood(other))
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(world.registered) }
        }
    }

    @Test func `a deactivated user's tokens are refused within a second and they cannot come back`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            #expect(try await world.isGood(world.registered))
            try await tenant.transaction { session in
                try await world.platform.lms.users.deactivate(world.registered.user.id, session: session)
            }
            world.platform.clock.advance(by: 1)
            #expect(try await !world.isGood(world.registered))
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(world.registered) }
            await #expect(throws: SignInError.inactive) { _ = try await world.signIn("ada@example.org") }
            await #expect(throws: SignInError.invalidCredentials) {
                _ = try await world.signIn("ada@example.org", "guess")
            }
            try await tenant.transaction { session in
                _ = try await world.platform.lms.users.reactivate(world.registered.user.id, session: session)
            }
            world.platform.clock.advance(by: 1)
            #expect(try await !world.isGood(world.registered))
            #expect(try await world.isGood(try await world.signIn("ada@example.org")))
        }
    }

    @Test func `a role that is given or taken counts within a second for tokens that are out`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let id = world.registered.user.id
            #expect(try await world.grants(world.registered) == BuiltInRole.student.grants)
            try await tenant.transaction { session in
                _ = try await world.platform.lms.users.assign(BuiltInRole.auditor.name, to: id, session: session)
            }
            world.platform.clock.advance(by: 1)
            #expect(try await world.grants(world.registered).scope(of: .auditRead) == .any)
            try await tenant.transaction { session in
                _ = try await world.platform.lms.users.replaceRoles(of: id, with: [], session: session)
            }
            world.platform.clock.advance(by: 1)
            #expect(try await world.grants(world.registered) == Grants())
        }
    }

    @Test func `an imported bcrypt hash is replaced at the first sign-in`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            // Of "U*U", from the test vectors of crypt_blowfish.
            let hash = try #require(PasswordHash("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))
            let new = NewUser(email: try TestPlatform.email("imported"), password: hash)
            try await tenant.transaction { _ = try await world.platform.lms.users.create(new, session: $0) }
            _ = try await world.signIn("imported@example.org", "U*U")
            let stored: String? = try await tenant.transaction { session in
                try await session.execute("SELECT password_hash FROM users WHERE email_key = 'imported@example.org'")
                    .only?["password_hash"]
            }
            #expect(stored?.hasPrefix("$y$") == true)
            _ = try await world.signIn("imported@example.org", "U*U")
        }
    }

    @Test func `sessions of people who never came back are swept by others who sign in`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let bob = NewUser(
                email: try TestPlatform.email("bob"),
                password: try await world.platform.lms.passwords.hash(try Password("correct horse"))
            )
            try await tenant.transaction { _ = try await world.platform.lms.users.create(bob, session: $0) }
            world.platform.clock.advance(by: 31 * 86_400)
            _ = try await world.signIn("bob@example.org")
            let count: Int? = try await tenant.transaction { session in
                try await session.execute("SELECT count(*) AS total FROM sessions").only?["total"]
            }
            #expect(count == 1)
        }
    }

    @Test func `a user has at most fifty sessions and the oldest make room`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            for _ in 0..<55 {
                world.platform.clock.advance(by: 1)
                _ = try await world.signIn("ada@example.org")
            }
            let count: Int? = try await tenant.transaction { session in
                try await session.execute("SELECT count(*) AS total FROM sessions").only?["total"]
            }
            #expect(count == 50)
            #expect(try await !world.isGood(world.registered))
        }
    }
}
