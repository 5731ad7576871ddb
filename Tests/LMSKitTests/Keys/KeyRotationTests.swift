// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct KeyRotationTests {
    @Test func `every sealed column of the schema has a rule that seals it anew`() async throws {
        try await withTenant { tenant in
            let names: [String] = try await tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT c.relname::text || '.' || a.attname::text AS name
                    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> 'tenant_keys'
                      AND a.atttypid = 'bytea'::regtype AND a.attname LIKE '%sealed%'
                    """
                )
                return try rows.map { try $0["name"] }
            }
            #expect(Set(names) == Set(SealedColumn.all.map(\.name)))
            let keyed: [String] = try await tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT conrelid::regclass::text AS name FROM pg_constraint
                    WHERE confrelid = to_regclass('tenant_keys') AND contype = 'f'
                    """
                )
                return try rows.map { try $0["name"] }
            }
            let known = Set(SealedColumn.all.map { String($0.name.prefix { $0 != "." }) })
            #expect(known.isSuperset(of: keyed), "a table with a key and no rule")
        }
    }

    @Test func `a new data key seals, opens what earlier ones sealed, and takes the signing keys over`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let lms = world.platform.lms
            let secret = Secret(Array("a client's secret".utf8))
            let before = try await tenant.transaction { try await lms.tenantKeys.current(session: $0) }
            let old = try before.seal(secret, for: "test")
            let resealed = try await lms.keyRotation.rotateDataKey(tenant.id, tenants: tenant.tenants)
            #expect(resealed.first { $0.column == "signing_keys.sealed_private_key" }?.count == 1)
            let after = try await tenant.transaction { try await lms.tenantKeys.current(session: $0) }
            #expect(after.id != before.id)
            #expect(try after.open(old, for: "test").reveal() == secret.reveal())
            #expect(throws: KeyError.unusable) { _ = try before.open(try after.seal(secret, for: "test"), for: "test") }
            // Another process, which has nothing in memory, verifies and signs.
            let elsewhere = try TestPlatform(clock: world.platform.clock)
            _ = try await elsewhere.lms.authenticator.authenticate(
                world.registered.tokens.accessToken.reveal(),
                at: tenant.tenant,
                tenants: tenant.tenants
            )
            let keys: [TenantKey.ID] = try await tenant.reader().read("SELECT tenant_key_id AS id FROM signing_keys")
                .map { try $0["id"] }
            #expect(keys == [after.id])
            // A second run finds nothing to do.
            let again = try await lms.keyRotation.reseal(tenant.id, tenants: tenant.tenants)
            #expect(again.allSatisfy { $0.count == 0 })
        }
    }

    @Test func `a refresh that is repeated after the data key changed gets the same token`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let first = try await world.refresh(world.registered, retryKey: "once")
            _ = try await world.platform.lms.keyRotation.rotateDataKey(tenant.id, tenants: tenant.tenants)
            let elsewhere = try TestPlatform(clock: world.platform.clock)
            let second = try await elsewhere.lms.signIn.refresh(
                world.registered.tokens.refreshToken,
                retryKey: "once",
                at: tenant.tenant,
                tenants: tenant.tenants
            )
            #expect(first.tokens.refreshToken.reveal() == second.tokens.refreshToken.reveal())
        }
    }

    @Test func `data keys are sealed under a new master key, by two runs at once too, and the old one can go`()
        async throws
    {
        try await withTenant { tenant in
            let old = try TestPlatform(masterKeys: try TestPlatform.masterKeys([("one", 1)]))
            _ = try await tenant.transaction { try await old.lms.tenantKeys.current(session: $0) }
            _ = try await old.lms.keyRotation.rotateDataKey(tenant.id, tenants: tenant.tenants)
            let both = try TestPlatform(masterKeys: try TestPlatform.masterKeys([("two", 2), ("one", 1)]))
            async let here = both.lms.keyRotation.rewrap(tenant.id, tenants: tenant.tenants)
            async let there = both.lms.keyRotation.rewrap(tenant.id, tenants: tenant.tenants)
            let count = try await here.count + there.count
            #expect(count == 2)
            let again = try await both.lms.keyRotation.rewrap(tenant.id, tenants: tenant.tenants)
            #expect(again == KeyRotation.Rewrapped(count: 0, left: 0))
            let new = try TestPlatform(masterKeys: try TestPlatform.masterKeys([("two", 2)]))
            let key = try await tenant.transaction { try await new.lms.tenantKeys.current(session: $0) }
            #expect(key.earlier.count == 1)
            let gone = try TestPlatform(masterKeys: try TestPlatform.masterKeys([("one", 1)]))
            await #expect(throws: KeyError.masterKeyMissing("two")) {
                _ = try await gone.lms.keyRotation.rewrap(tenant.id, tenants: tenant.tenants)
            }
        }
    }

    @Test func `a signing key is known before it signs, one at a time`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let rotation = world.platform.lms.keyRotation
            let signsAt = try await rotation.rotateSigningKey(tenant.id, tenants: tenant.tenants)
            #expect(signsAt.timeIntervalSince(world.platform.clock.wall.now()) == SigningKeys.lead)
            #expect(try await rotation.rotateSigningKey(tenant.id, tenants: tenant.tenants) == signsAt)
            #expect(try await states(world) == ["next", "current"])
            world.platform.clock.advance(by: SigningKeys.lead)
            #expect(try await states(world) == ["current", "previous"])
            world.platform.clock.advance(by: 3_601)
            #expect(try await states(world) == ["current", "retired"])
        }
    }

    @Test func `attack: a signing key that became known verifies nothing any more`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            let rotation = world.platform.lms.keyRotation
            _ = try await rotation.rotateSigningKey(tenant.id, .immediately, tenants: tenant.tenants)
            #expect(try await states(world) == ["current", "retired"])
            let elsewhere = try TestPlatform(clock: world.platform.clock)
            await #expect(throws: TokenError.unknownKey) {
                _ = try await elsewhere.lms.authenticator.authenticate(
                    world.registered.tokens.accessToken.reveal(),
                    at: tenant.tenant,
                    tenants: tenant.tenants
                )
            }
            // Whoever is signed in refreshes, and is in again.
            #expect(try await world.isGood(try await world.refresh(world.registered), elsewhere: true))
        }
    }

    private func states(_ world: SignInWorld) async throws -> [String] {
        try await world.platform.lms.keyRotation.status(reader: world.tenant.reader()).signingKeys.map(\.state.rawValue)
    }
}
