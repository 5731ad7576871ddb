// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What a program sends as a key: `lms_`, 256 random bits and 32 bits that tell a typo, as 48 characters of base64url.
public struct APIKeySecret: Sendable {
    private let bytes: Secret<[UInt8]>

    static let prefix = "lms_"
    static let length = 52

    /// A new secret that nothing tells.
    init(_ cryptography: any Cryptography) {
        bytes = Secret(cryptography.randomBytes(32))
    }

    /// Reads a secret; `nil` if it was not made here or was mistyped.
    init?(_ text: String, _ cryptography: any Cryptography) {
        guard APIKeySecret.isOne(text), text.utf8.count == APIKeySecret.length,
            let decoded = Base64URL.decode(text.dropFirst(APIKeySecret.prefix.count)), decoded.count == 36
        else { return nil }
        let bytes = Array(decoded[..<32])
        guard APIKeySecret.checksum(bytes, cryptography) == Array(decoded[32...]) else { return nil }
        self.bytes = Secret(bytes)
    }

    /// Whether a text is meant to be a key.
    ///
    /// - Parameter text: What a client sent.
    /// - Returns: `true` if it begins as one; it may still be none.
    public static func isOne(_ text: String) -> Bool { text.utf8.starts(with: prefix.utf8) }

    func text(_ cryptography: any Cryptography) -> Secret<String> {
        let bytes = self.bytes.reveal()
        return Secret(APIKeySecret.prefix + Base64URL.encode(bytes + APIKeySecret.checksum(bytes, cryptography)))
    }

    /// The first characters, which are too few to guess the others from.
    func hint(_ cryptography: any Cryptography) -> String { String(text(cryptography).reveal().prefix(8)) }

    func hash(_ cryptography: any Cryptography) -> Bytes { Bytes(cryptography.sha256(bytes.reveal())) }

    private static func checksum(_ bytes: [UInt8], _ cryptography: any Cryptography) -> [UInt8] {
        Array(cryptography.sha256(Array("lms api key ".utf8) + bytes).prefix(4))
    }
}
