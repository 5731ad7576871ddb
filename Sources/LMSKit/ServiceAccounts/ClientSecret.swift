// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What a program sends with its identifier for a token: `lmc_` and 48 characters.
public struct ClientSecret: Sendable {
    private let bytes: Secret<[UInt8]>

    /// A new secret that nothing tells.
    init(_ cryptography: any Cryptography) {
        bytes = Secret(cryptography.randomBytes(32))
    }

    /// Reads a secret; `nil` if it was not made here or was mistyped.
    init?(_ text: String, _ cryptography: any Cryptography) {
        guard let bytes = SecretForm.client.bytes(of: text, cryptography) else { return nil }
        self.bytes = Secret(bytes)
    }

    /// Whether a text is meant to be a client's secret.
    ///
    /// - Parameter text: What somebody sent.
    /// - Returns: `true` if it begins as one; it may still be none.
    public static func isOne(_ text: String) -> Bool { text.utf8.starts(with: SecretForm.client.prefix.utf8) }

    func text(_ cryptography: any Cryptography) -> Secret<String> {
        Secret(SecretForm.client.text(of: bytes.reveal(), cryptography))
    }

    /// The first characters, which are too few to guess the others from.
    func hint(_ cryptography: any Cryptography) -> String { String(text(cryptography).reveal().prefix(8)) }

    func hash(_ cryptography: any Cryptography) -> Bytes { Bytes(cryptography.sha256(bytes.reveal())) }
}
