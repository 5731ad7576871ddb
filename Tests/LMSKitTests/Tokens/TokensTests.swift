// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct TokensTests {
    @Test func `a token says who, where and for how long, and nothing that a client could change`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let token = try await world.verify(world.token)
            #expect(token.user == world.signedIn.user.id)
            #expect(token.tenant == tenant.id)
            #expect(token.roles == ["student"])
            #expect(token.expiresAt.timeIntervalSince(token.issuedAt) == 900)
            #expect(world.signedIn.tokens.expiresInSeconds == 900)
        }
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"at+jwt","kid":"K"}"#,
        #"{"alg":"HS256","typ":"at+jwt","kid":"K"}"#,
        #"{"alg":"RS256","typ":"at+jwt","kid":"K"}"#,
        #"{"alg":"eddsa","typ":"at+jwt","kid":"K"}"#,
        #"{"alg":"EdDSA","typ":"JWT","kid":"K"}"#,
        #"{"alg":"EdDSA","kid":"K"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"../../key"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"K","crit":["b64"]}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"K","jku":"https://evil.example/keys"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"K","jwk":{"kty":"OKP"}}"#,
        #"{"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":"K"}"#,
        #"not json"#,
    ])
    func `a header other than ours is refused, even signed with the tenant's key`(header: String) async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let ring = try await world.ring()
            let text = header.replacing("\"K\"", with: "\"\(ring.signing.id)\"")
            let payload = world.token.split(separator: ".")[1]
            let message = Base64URL.encode(Array(text.utf8)) + "." + payload
            let signature = try world.platform.cryptography.sign(
                Array(message.utf8),
                privateKey: ring.signing.privateKey.reveal()
            )
            await #expect(throws: TokenError.malformed) {
                _ = try await world.verify(message + "." + Base64URL.encode(signature))
            }
            await #expect(throws: TokenError.malformed) { _ = try await world.verify(message + ".") }
        }
    }

    @Test func `a tampered token is refused`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let parts = world.token.split(separator: ".").map(String.init)
            let claims = try #require(Base64URL.decode(parts[1]))
            let changed = String(decoding: claims, as: UTF8.self).replacing("student", with: "owner")
            let forged = parts[0] + "." + Base64URL.encode(Array(changed.utf8)) + "." + parts[2]
            await #expect(throws: TokenError.badSignature) { _ = try await world.verify(forged) }
            for index in stride(from: 0, to: world.token.utf8.count, by: 7) {
                var bytes = Array(world.token.utf8)
                bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let flipped = String(decoding: bytes, as: UTF8.self)
                await #expect(throws: TokenError.self) { _ = try await world.verify(flipped) }
            }
            for cut in [
                "", ".", "..", "...", "a.b.c", parts[0], parts[0] + "." + parts[1], world.token + ".x",
                world.token + "=",
            ] {
                await #expect(throws: TokenError.malformed) { _ = try await world.verify(cut) }
            }
        }
    }

    @Test func `a token is refused from the second it expires, also if it was verified before`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            _ = try await world.verify(world.token)
            world.platform.clock.advance(by: 899)
            _ = try await world.verify(world.token)
            world.platform.clock.advance(by: 1)
            await #expect(throws: TokenError.expired) { _ = try await world.verify(world.token) }
        }
    }

    @Test func `a token that claims to live longer than fifteen minutes is refused`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let good = try await world.verify(world.token)
            let ring = try await world.ring()
            for (issued, expires) in [(0.0, 901.0), (120.0, 900.0), (-3_600, 900)] {
                let claims = AccessToken(
                    identifier: UUID(),
                    user: good.user,
                    tenant: good.tenant,
                    session: good.session,
                    actor: nil,
                    roles: [],
                    epoch: 0,
                    methods: good.methods,
                    authenticatedAt: good.authenticatedAt,
                    issuedAt: good.issuedAt.addingTimeInterval(issued),
                    expiresAt: good.issuedAt.addingTimeInterval(expires)
                )
                let text = try SignedToken.sign(claims, with: ring.signing, world.platform.cryptography)
                await #expect(throws: TokenError.malformed) { _ = try await world.verify(text) }
            }
        }
    }

    @Test func `another tenant's token is foreign, and stays so with its tenant claim changed`() async throws {
        try await withTwoTenants { first, second in
            let world = try await World(first)
            let other = try await World(second)
            _ = try await other.verify(other.token)
            await #expect(throws: TokenError.foreignTenant) { _ = try await world.verify(other.token) }
            await #expect(throws: TokenError.foreignTenant) {
                _ = try await world.platform.lms.authenticator.authenticate(
                    other.token,
                    at: first.tenant,
                    tenants: first.tenants
                )
            }
            // Claims of the first tenant, signed with the second one's key.
            let good = try await world.verify(world.token)
            let foreignKey = try await other.ring().signing
            let forged = try SignedToken.sign(good, with: foreignKey, world.platform.cryptography)
            await #expect(throws: TokenError.unknownKey) { _ = try await world.verify(forged) }
        }
    }

    @Test func `a new signing key takes over and the old one's tokens stay good`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let before = try await world.platform.lms.signingKeys.publicKeys(of: tenant.id, tenants: tenant.tenants)
            try await world.platform.lms.signingKeys.rotate(tenant.id, tenants: tenant.tenants)
            let after = try await world.platform.lms.signingKeys.publicKeys(of: tenant.id, tenants: tenant.tenants)
            #expect(before.count == 1)
            // Published, and not signing yet.
            #expect(after.count == 2)
            #expect(after.first == before.first)
            world.platform.clock.advance(by: 121)
            let taken = try await world.platform.lms.signingKeys.publicKeys(of: tenant.id, tenants: tenant.tenants)
            #expect(taken == [after[1], after[0]])
            let elsewhere = try TestPlatform(clock: world.platform.clock)
            let authenticated = try await elsewhere.lms.authenticator.authenticate(
                world.token,
                at: tenant.tenant,
                tenants: tenant.tenants
            )
            #expect(authenticated.principal.user == world.signedIn.user.id)
            world.platform.clock.advance(by: 3_700)
            let later = try await world.platform.lms.signingKeys.publicKeys(of: tenant.id, tenants: tenant.tenants)
            #expect(later == [after[1]])
        }
    }

    @Test func `first sign-ins at once agree on one key`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let names = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<6 {
                    let platform = try TestPlatform(clock: clock)
                    group.addTask {
                        _ = try await platform.lms.signingKeys.ring(of: tenant.id, tenants: tenant.tenants)
                        return try await platform.lms.signingKeys.publicKeys(of: tenant.id, tenants: tenant.tenants)
                            .first?.name
                    }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(names.count == 1)
            #expect(names.first != .some(nil))
        }
    }

    @Test func `private keys are sealed at rest and open for their tenant and row alone`() async throws {
        try await withTwoTenants { first, second in
            let world = try await World(first)
            let other = try await World(second)
            let ring = try await world.ring()
            let stored: Bytes = try #require(
                try await first.transaction { session in
                    try await session.execute("SELECT sealed_private_key FROM signing_keys").only?["sealed_private_key"]
                }
            )
            let secret = ring.signing.privateKey.reveal()
            #expect(!stored.array.contains(secret))
            let foreign = try await second.transaction { session in
                try await other.platform.lms.tenantKeys.current(session: session)
            }
            let purpose = "signing_keys.private_key:\(ring.signing.id)"
            #expect(throws: KeyError.unusable) { _ = try foreign.open(stored.array, for: purpose) }
            let own = try await first.transaction { session in
                try await world.platform.lms.tenantKeys.current(session: session)
            }
            #expect(try own.open(stored.array, for: purpose).reveal() == secret)
            #expect(throws: KeyError.unusable) { _ = try own.open(stored.array, for: "another row") }
        }
    }

    @Test func `another master key opens nothing and says which one is missing`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let stranger = LMS(
                cryptography: world.platform.cryptography,
                passwordHashing: world.platform.hashing,
                masterKeys: try TestPlatform.masterKeys("other", byte: 1),
                clock: world.platform.clock.wall
            )
            await #expect(throws: TokenError.keys(.masterKeyMissing("test"))) {
                _ = try await stranger.signingKeys.publicKeys(of: tenant.id, tenants: tenant.tenants)
            }
        }
    }
}

/// A student who signed in.
private struct World {
    let platform: TestPlatform
    let tenant: TestTenant
    let signedIn: SignedIn
    let tokens: AccessTokens

    init(_ tenant: TestTenant) async throws {
        let platform = try TestPlatform()
        self.platform = platform
        self.tenant = tenant
        tokens = AccessTokens(
            keys: platform.lms.signingKeys,
            cryptography: platform.cryptography,
            clock: platform.clock.wall
        )
        signedIn = try await platform.register("ada", at: tenant.tenant, tenants: tenant.tenants)
    }

    var token: String { signedIn.tokens.accessToken.reveal() }

    func verify(_ text: String) async throws -> AccessToken {
        try await tokens.verify(text, at: tenant.id, tenants: tenant.tenants)
    }

    func ring() async throws -> KeyRing {
        try await platform.lms.signingKeys.ring(of: tenant.id, tenants: tenant.tenants)
    }
}
