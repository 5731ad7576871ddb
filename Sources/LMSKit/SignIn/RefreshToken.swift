// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A refresh token: 32 bytes that mean nothing, of which only the SHA-256 is stored.
struct RefreshToken: Sendable {
    let secret: Secret<[UInt8]>

    /// A new token that nothing tells.
    init(_ cryptography: any Cryptography) {
        secret = Secret(cryptography.randomBytes(32))
    }

    /// Reads a token.
    init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        secret = Secret(bytes)
    }

    /// The token that follows another one whose use may be repeated: always the same one for the same key.
    init(after token: RefreshToken, retryKey: String, secret: Secret<[UInt8]>, _ cryptography: any Cryptography) {
        self.secret = Secret(
            cryptography.hmacSHA256(token.secret.reveal() + Array(retryKey.utf8), key: secret.reveal())
        )
    }

    var text: Secret<String> { Secret(Base64URL.encode(secret.reveal())) }

    func hash(_ cryptography: any Cryptography) -> Bytes { Bytes(cryptography.sha256(secret.reveal())) }
}
