// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct IdentityTokenTests {
    let provider: TokenForge

    init() throws {
        provider = try TokenForge()
    }

    @Test func `a token that is everything it must be tells who somebody is`() throws {
        let token = try provider.read(provider.token())
        #expect(token.subject == "248289761001")
        #expect(token.issuer == TokenForge.issuer)
    }

    @Test func `a token with another algorithm than the provider's is refused: none`() throws {
        let unsigned = TokenForge.encode(#"{"alg":"none"}"#) + "." + TokenForge.encode(provider.claims()) + "."
        #expect(throws: ForeignTokenError.algorithmRefused) { try provider.read(unsigned) }
        #expect(throws: ForeignTokenError.algorithmRefused) {
            try provider.read(provider.token(header: #"{"alg":"nOnE","kid":"k1"}"#))
        }
    }

    @Test func `algorithm confusion is refused: HS256 with the public key as its secret`() throws {
        let message = TokenForge.encode(#"{"alg":"HS256","kid":"k1"}"#) + "." + TokenForge.encode(provider.claims())
        let code = provider.cryptography.hmacSHA256(Array(message.utf8), key: provider.pair.publicKey)
        #expect(throws: ForeignTokenError.algorithmRefused) {
            try provider.read(message + "." + Base64URL.encode(code))
        }
    }

    @Test func `an algorithm that the provider does not use is refused though its key could verify it`() throws {
        #expect(throws: ForeignTokenError.algorithmRefused) {
            try provider.read(provider.token()) { $0.algorithms = [.rs256] }
        }
    }

    @Test func `a token that another key signed is refused`() throws {
        let stranger = try TokenForge()
        #expect(throws: ForeignTokenError.badSignature) { try provider.read(stranger.token()) }
        #expect(throws: ForeignTokenError.unknownKey) {
            try provider.read(provider.token(header: #"{"alg":"EdDSA","kid":"k2"}"#))
        }
    }

    @Test func `a key that the header brings along is not looked at`() throws {
        let stranger = try TokenForge()
        let key = Base64URL.encode(stranger.pair.publicKey)
        let header = #"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"\#(key)"}}"#
        #expect(throws: ForeignTokenError.badSignature) { try provider.read(stranger.token(header: header)) }
    }

    @Test(
        arguments: [
            #"{"alg":"EdDSA","kid":"k1","crit":["exp"]}"#, #"{"alg":"EdDSA","kid":"k1","crit":[]}"#,
            #"{"alg":"EdDSA","kid":"k1","b64":false,"crit":["b64"]}"#, #"{"alg":"EdDSA","kid":"k1","b64":false}"#,
        ]
    )
    func `an extension that the header demands is refused`(header: String) throws {
        #expect(throws: ForeignTokenError.criticalHeader) { try provider.read(provider.token(header: header)) }
    }

    @Test(arguments: [#"{"alg":"EdDSA","alg":"none"}"#, #"{"alg":7}"#, "[]", "", #"{"kid":"k1"}"#])
    func `a header that can be read in two ways or in none is refused`(header: String) throws {
        #expect(throws: ForeignTokenError.malformed) { try provider.read(provider.token(header: header)) }
    }

    @Test func `a text that is no compact JWS is refused`() throws {
        let token = try provider.token()
        for text in ["", "..", token + ".x", token + "=", String(token.dropLast(90)), "{\(token)}"] {
            #expect(throws: ForeignTokenError.self) { try provider.read(text) }
        }
        let long = try provider.token(#"{"sub":"\#(String(repeating: "x", count: 20_000))"}"#)
        #expect(throws: ForeignTokenError.malformed) { try provider.read(long) }
    }

    @Test func `a token of another kind does not identify anybody`() throws {
        #expect(throws: ForeignTokenError.claim(.type)) {
            try provider.read(provider.token(header: #"{"alg":"EdDSA","kid":"k1","typ":"logout+jwt"}"#))
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let name: String
        let value: String?
        let claim: ForeignClaim
        var testDescription: String { "\(name): \(value ?? "missing")" }
    }

    static let changes = [
        Change(name: "iss", value: nil, claim: .issuer),
        Change(name: "iss", value: #""https://evil.example""#, claim: .issuer),
        Change(name: "iss", value: #""https://id.example/""#, claim: .issuer),
        Change(name: "aud", value: nil, claim: .audience),
        Change(name: "aud", value: #""another-client""#, claim: .audience),
        Change(name: "aud", value: #"["another-client"]"#, claim: .audience),
        Change(name: "aud", value: #"["client-1","another-client"]"#, claim: .authorizedParty),
        Change(name: "azp", value: #""another-client""#, claim: .authorizedParty),
        Change(name: "nonce", value: nil, claim: .nonce),
        Change(name: "nonce", value: #""another""#, claim: .nonce),
        Change(name: "exp", value: nil, claim: .expiry),
        Change(name: "exp", value: "1", claim: .expiry),
        Change(name: "exp", value: #""9999999999""#, claim: .expiry),
        Change(name: "iat", value: nil, claim: .issuedAt),
        Change(name: "iat", value: "9999999999", claim: .issuedAt),
        Change(name: "iat", value: "1", claim: .issuedAt),
        Change(name: "nbf", value: "9999999999", claim: .notBefore),
        Change(name: "sub", value: nil, claim: .subject),
        Change(name: "sub", value: #""""#, claim: .subject),
        Change(name: "sub", value: "7", claim: .subject),
        Change(name: "at_hash", value: #""AAAA""#, claim: .accessTokenHash),
    ]

    @Test(arguments: changes)
    func `a claim that is not as expected is refused`(change: Change) throws {
        let token = try provider.token(provider.claims([change.name: change.value]))
        #expect(throws: ForeignTokenError.claim(change.claim)) { try provider.read(token) }
    }

    @Test func `clocks may differ by five minutes`() throws {
        let now = Int(provider.now.timeIntervalSince1970)
        _ = try provider.read(provider.token(provider.claims(["exp": "\(now - 299)", "iat": "\(now + 299)"])))
        #expect(throws: ForeignTokenError.claim(.expiry)) {
            try provider.read(provider.token(provider.claims(["exp": "\(now - 301)"])))
        }
        #expect(throws: ForeignTokenError.claim(.issuedAt)) {
            try provider.read(provider.token(provider.claims(["iat": "\(now + 301)"])))
        }
    }

    @Test func `the access token that came along must be the one that the token names`() throws {
        let digest = provider.cryptography.digest(Array("access".utf8), with: .sha512)
        let token = try provider.token(provider.claims(["at_hash": "\"\(Base64URL.encode(digest.prefix(32)))\""]))
        _ = try provider.read(token)
        #expect(throws: ForeignTokenError.claim(.accessTokenHash)) {
            try provider.read(token) { $0.accessToken = Secret("another") }
        }
    }

    @Test func `Google's issuer is good in both its spellings`() throws {
        let token = try provider.token(provider.claims(["iss": #""accounts.google.com""#]))
        let read = try provider.read(token) {
            $0.issuer = "https://accounts.google.com"
            $0.issuerAliases = ["accounts.google.com"]
        }
        #expect(read.issuer == "https://accounts.google.com")
    }

    @Test func `a directory of Microsoft's vouches for its own people only`() throws {
        let home = "11111111-2222-3333-4444-555555555555"
        let other = "99999999-2222-3333-4444-555555555555"
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0"
        func token(_ issuer: String, _ directory: String?) throws -> String {
            try provider.token(
                provider.claims([
                    "iss": "\"\(template.replacing("{tenantid}", with: issuer))\"",
                    "tid": directory.map { "\"\($0)\"" },
                ])
            )
        }
        let read = try provider.read(try token(home, home)) { $0.issuer = template }
        #expect(read.issuer.contains(home))
        #expect(throws: ForeignTokenError.claim(.issuer)) {
            try provider.read(try token(other, home)) { $0.issuer = template }
        }
        #expect(throws: ForeignTokenError.claim(.directory)) {
            try provider.read(try token(other, other)) {
                $0.issuer = template
                $0.directories = [home]
            }
        }
        #expect(throws: ForeignTokenError.claim(.directory)) {
            try provider.read(try token(home, nil)) { $0.issuer = template }
        }
    }

    @Test(
        arguments: [
            #"{"kty":"RSA","n":"AQAB","e":"AQAB","use":"enc"}"#, #"{"kty":"oct","k":"AAAA"}"#,
            #"{"kty":"EC","crv":"P-521","x":"AAAA","y":"AAAA"}"#, #"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#,
            #"{"kty":"RSA","n":"AQAB","e":"AQAB","alg":"HS256"}"#,
            #"{"kty":"RSA","n":"AQAB","e":"AQAB","alg":"ES256"}"#,
            #"{"kty":"RSA","n":"AQAB","e":"AQAB","key_ops":["encrypt"]}"#, #"{"kty":"RSA","n":"AQAB"}"#, "7",
        ]
    )
    func `a key that cannot verify is passed over`(key: String) throws {
        let set = try JSONWebKeySet(JSONValue.parse(Array(#"{"keys":[\#(key)]}"#.utf8)))
        #expect(set?.keys.isEmpty == true)
    }

    @Test func `an RSA key below 2048 bits verifies nothing`() throws {
        let key = VerificationKey.rsa(modulus: Array(repeating: 0xC3, count: 128), exponent: [1, 0, 1])
        let signature = [UInt8](repeating: 1, count: 128)
        #expect(!provider.cryptography.isValid(signature, for: [1], algorithm: .rs256, key: key))
    }
}
