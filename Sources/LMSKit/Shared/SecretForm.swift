// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// How the secrets of programs look: a prefix by which a scanner finds them, 256 random bits and 32 bits that tell a typo, as 48
/// characters of base64url.
struct SecretForm: Sendable {
    /// Four characters that no other secret begins with.
    let prefix: String
    /// What the checksum is of besides the bits, so that no kind passes as another.
    let label: String

    static let apiKey = SecretForm(prefix: "lms_", label: "lms api key ")
    static let client = SecretForm(prefix: "lmc_", label: "lms client secret ")

    static let length = 52

    /// Reads the bits; `nil` if the text was not made here or was mistyped.
    func bytes(of text: String, _ cryptography: any Cryptography) -> [UInt8]? {
        guard text.utf8.starts(with: prefix.utf8), text.utf8.count == SecretForm.length,
            let decoded = Base64URL.decode(text.dropFirst(prefix.count)), decoded.count == 36
        else { return nil }
        let bytes = Array(decoded[..<32])
        return checksum(bytes, cryptography) == Array(decoded[32...]) ? bytes : nil
    }

    func text(of bytes: [UInt8], _ cryptography: any Cryptography) -> String {
        prefix + Base64URL.encode(bytes + checksum(bytes, cryptography))
    }

    private func checksum(_ bytes: [UInt8], _ cryptography: any Cryptography) -> [UInt8] {
        Array(cryptography.sha256(Array(label.utf8) + bytes).prefix(4))
    }
}
