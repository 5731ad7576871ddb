// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Our tokens and keys read by PyJWT and cryptography (Debian's python3-jwt and python3-cryptography).
@Suite struct TokenPeerTests {
    private static let reader = """
        import json, sys, jwt
        data = json.load(sys.stdin)
        keys = jwt.PyJWKSet.from_dict(data["keys"])
        kid = jwt.get_unverified_header(data["token"])["kid"]
        key = [k for k in keys.keys if k.key_id == kid][0]
        tenant = data["tenant"]
        try:
            claims = jwt.decode(data["token"], key.key, algorithms=["EdDSA"], issuer="urn:lms:tenant:" + tenant,
                audience="urn:lms:tenant:" + tenant + ":api", options={"require": ["exp", "iat", "sub", "jti"]})
            print("good", claims["sub"])
        except jwt.InvalidTokenError as error:
            print("bad", type(error).__name__)
        """

    private func read(_ token: String, keys: String, tenant: TestTenant) throws -> String {
        let input = #"{"token":"\#(token)","keys":\#(keys),"tenant":"\#(tenant.id)"}"#
        let result = try Program.run("/usr/bin/python3", ["-c", Self.reader], input: .text(input))
        return result.text.split(separator: "\n").last.map(String.init) ?? "nothing"
    }

    @Test func `PyJWT verifies an access token with the published keys, and refuses a changed one`() async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            let session = try await host.register("ada", at: home)
            let foreign = try await host.register("ada", at: abroad)
            let keys = try await host.send("GET", "/.well-known/jwks.json", to: home).text
            #expect(try read(session.access, keys: keys, tenant: home) == "good \(session.user)")
            var parts = session.access.split(separator: ".").map(String.init)
            parts[1] = Base64URL.encode(
                Array(
                    String(decoding: Base64URL.decode(parts[1]) ?? [], as: UTF8.self)
                        .replacing(session.user, with: foreign.user).utf8
                )
            )
            #expect(
                try read(parts.joined(separator: "."), keys: keys, tenant: home) == "bad InvalidSignatureError"
            )
            let others = try await host.send("GET", "/.well-known/jwks.json", to: abroad).text
            #expect(try read(foreign.access, keys: others, tenant: home).hasPrefix("bad Invalid"))
        }
    }

    @Test func `PyJWT verifies a program's token with the published keys`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let keys = try await world.host.send("GET", "/.well-known/jwks.json", to: tenant).text
            let token = try await world.token(of: program)
            #expect(try read(token, keys: keys, tenant: tenant) == "good \(program.id)")
        }
    }
}
