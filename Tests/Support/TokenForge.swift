// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import Foundation
package import LMSKit
import LMSOpenSSLDriver
public import LMSTenancy

/// An identity provider's pen: writes tokens, right ones and others.
public struct TokenForge: Sendable {
    /// The cryptographic primitives.
    public let cryptography: any Cryptography & SignatureVerification
    /// The key that it signs with, named `k1`.
    public let pair: SigningKeyPair
    /// The time in its tokens.
    public let now: Date

    /// Who it says it is.
    public static let issuer = "https://id.example"

    /// Makes a pen with a key of its own.
    ///
    /// - Parameter now: The time in its tokens.
    /// - Throws: If OpenSSL cannot be used.
    public init(now: Date = Date()) throws {
        cryptography = try OpenSSLCryptography()
        pair = cryptography.makeSigningKey()
        self.now = now
    }

    /// Its key set.
    public var keySet: String {
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","use":"sig","x":"\#(Base64URL.encode(pair.publicKey))"}]}"#
    }

    /// Claims that are right, but for some.
    ///
    /// - Parameter changes: JSON by name; `nil` takes a claim away.
    /// - Returns: The object.
    public func claims(_ changes: [String: String?] = [:]) -> String {
        let time = Int(now.timeIntervalSince1970)
        var claims: [String: String] = [
            "iss": "\"\(Self.issuer)\"", "sub": "\"248289761001\"", "aud": "\"client-1\"", "nonce": "\"n-0S6\"",
            "iat": "\(time)", "exp": "\(time + 600)",
        ]
        for (name, value) in changes { claims[name] = value }
        return "{" + claims.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    /// A signed token.
    ///
    /// - Parameters:
    ///   - claims: What it says; right claims without.
    ///   - header: Its header.
    /// - Returns: The token.
    /// - Throws: If signing fails.
    public func token(_ claims: String? = nil, header: String = #"{"alg":"EdDSA","kid":"k1"}"#) throws -> String {
        let message = Self.encode(header) + "." + Self.encode(claims ?? self.claims())
        let signature = try cryptography.sign(Array(message.utf8), privateKey: pair.privateKey.reveal())
        return message + "." + Base64URL.encode(signature)
    }

    /// Reads a token as a client of this provider does.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - change: Changes what is expected.
    /// - Returns: What it says.
    /// - Throws: `ForeignTokenError`.
    package func read(
        _ token: String,
        _ change: (inout IdentityToken.Expectation) -> Void = { _ in }
    ) throws -> IdentityToken {
        guard let keys = JSONWebKeySet(try JSONValue.parse(Array(keySet.utf8))) else { throw TestFailure("no keys") }
        var expected = IdentityToken.Expectation(
            issuer: Self.issuer,
            clientID: "client-1",
            algorithms: [.edDSA],
            nonce: "n-0S6",
            accessToken: Secret("access")
        )
        change(&expected)
        return try IdentityToken(token, keys: keys, expected: expected, at: now, cryptography)
    }

    /// Text as a part of a token.
    ///
    /// - Parameter text: The text.
    /// - Returns: Base64url.
    public static func encode(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
}
