// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct RefreshTests {
    @Test func `a refresh token is good once and the next one goes on`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let second = try await world.refresh(world.registered)
            #expect(second.tokens.session == world.registered.tokens.session)
            #expect(second.tokens.refreshToken.reveal() != world.registered.tokens.refreshToken.reveal())
            let third = try await world.refresh(second)
            #expect(try await world.isGood(third))
        }
    }

    @Test func `a refresh token that is used twice ends the whole family`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let second = try await world.refresh(world.registered)
            #expect(try await world.isGood(second))
            await #expect(throws: SignInError.refreshTokenReused) { _ = try await world.refresh(world.registered) }
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(second) }
            world.platform.clock.advance(by: 1)
            #expect(try await !world.isGood(second))
            #expect(try await world.isGood(try await world.signIn("ada@example.org")))
        }
    }

    @Test func `of many refreshes of one token at once exactly one wins`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let outcomes = await withTaskGroup(of: SignInError?.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            _ = try await world.refresh(world.registered)
                            return nil
                        } catch {
                            return error as? SignInError ?? .busy
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            let refusals: [SignInError] = [.refreshInProgress, .refreshTokenReused, .invalidRefreshToken]
            #expect(outcomes.compactMap(\.self).allSatisfy(refusals.contains))
            let successors: Int? = try await tenant.transaction { session in
                try await session.execute("SELECT count(*) AS total FROM refresh_tokens").only?["total"]
            }
            #expect(successors == 2)
        }
    }

    @Test func `a refresh whose reply was lost is repeated with its key and gets the same token`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let second = try await world.refresh(world.registered, retryKey: "attempt-1")
            world.platform.clock.advance(by: 5)
            let again = try await world.refresh(world.registered, retryKey: "attempt-1")
            #expect(again.tokens.refreshToken.reveal() == second.tokens.refreshToken.reveal())
            let third = try await world.refresh(again)
            #expect(try await world.isGood(third))
            // Once the next token was used, or the key is another one, repeating is reuse.
            await #expect(throws: SignInError.refreshTokenReused) {
                _ = try await world.refresh(world.registered, retryKey: "attempt-1")
            }
        }
    }

    @Test(arguments: [("attempt-2", 1.0), (nil, 1.0), ("attempt-1", 61.0)])
    func `a repetition with another key, without one or too late ends the family`(
        key: String?,
        seconds: TimeInterval
    ) async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let second = try await world.refresh(world.registered, retryKey: "attempt-1")
            world.platform.clock.advance(by: seconds)
            await #expect(throws: SignInError.refreshTokenReused) {
                _ = try await world.refresh(world.registered, retryKey: key)
            }
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(second) }
        }
    }

    @Test func `a refresh token ends after seven days unused and a session after thirty`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            world.platform.clock.advance(by: 7 * 86_400)
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(world.registered) }
            var current = try await world.signIn("ada@example.org")
            for _ in 0..<4 {
                world.platform.clock.advance(by: 6.5 * 86_400)
                current = try await world.refresh(current)
            }
            world.platform.clock.advance(by: 4 * 86_400)
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(current) }
        }
    }

    @Test(arguments: [
        "", "x", String(repeating: "A", count: 43), String(repeating: "A", count: 44), "é", "AAAA.BBBB.CCCC",
    ])
    func `what is no refresh token of the tenant is refused`(text: String) async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            await #expect(throws: SignInError.invalidRefreshToken) {
                _ = try await world.platform.lms.signIn.refresh(
                    Secret(text),
                    at: tenant.tenant,
                    tenants: tenant.tenants
                )
            }
        }
    }

    @Test func `another tenant's refresh token is no token and stays good at home`() async throws {
        try await withTwoTenants { first, second in
            let world = try await SignInWorld(first)
            let other = try await SignInWorld(second)
            await #expect(throws: SignInError.invalidRefreshToken) { _ = try await world.refresh(other.registered) }
            _ = try await other.refresh(other.registered)
        }
    }

    @Test func `only hashes of refresh tokens are stored`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let token = try #require(Base64URL.decode(world.registered.tokens.refreshToken.reveal()))
            let stored: Bytes? = try await tenant.transaction { session in
                try await session.execute("SELECT token_hash FROM refresh_tokens").only?["token_hash"]
            }
            #expect(stored?.array != token)
            #expect(stored?.array == world.platform.cryptography.sha256(token))
        }
    }

    @Test func `a session ends with the role that its user has now`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            try await tenant.transaction { session in
                _ = try await world.platform.lms.users.assign(
                    BuiltInRole.instructor.name,
                    to: world.registered.user.id,
                    session: session
                )
            }
            let refreshed = try await world.refresh(world.registered)
            #expect(refreshed.user.roles == [BuiltInRole.instructor.name, BuiltInRole.student.name])
        }
    }
}
