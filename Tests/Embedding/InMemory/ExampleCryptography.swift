// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy

/// The `Cryptography` port without a C library, to show what it asks for.
///
/// Not for use: that is what `LMSOpenSSLDriver` is for. Digests are SHA-256 as everywhere. Sealing is not AES but a key stream of HMACs, authenticated by another HMAC. Nobody
/// signs in here, so there are no signatures: making one is refused, and none is valid.
struct ExampleCryptography: Cryptography {
    func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }

    func sha256(_ message: [UInt8]) -> [UInt8] { SHA256.digest(message) }

    func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let short = key.count > 64 ? sha256(key) : key
        let block = short + Array(repeating: 0, count: 64 - short.count)
        return sha256(block.map { $0 ^ 0x5C } + sha256(block.map { $0 ^ 0x36 } + message))
    }

    /// Another function than the name says: nobody shows one-time codes here.
    func hmacSHA1(_ message: [UInt8], key: [UInt8]) -> [UInt8] { Array(hmacSHA256(message, key: key).prefix(20)) }

    func seal(_ plaintext: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard key.count == 32 else { throw .badKey }
        let nonce = randomBytes(12)
        let ciphertext = applyingKeyStream(to: plaintext, key: key, nonce: nonce)
        return nonce + ciphertext + tag(of: ciphertext, key: key, nonce: nonce, context: context)
    }

    func open(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard key.count == 32, sealed.count >= 28 else { throw .notAuthentic }
        let nonce = Array(sealed.prefix(12))
        let ciphertext = Array(sealed.dropFirst(12).dropLast(16))
        let expected = tag(of: ciphertext, key: key, nonce: nonce, context: context)
        guard areEqual(expected, Array(sealed.suffix(16))) else { throw .notAuthentic }
        return applyingKeyStream(to: ciphertext, key: key, nonce: nonce)
    }

    func makeSigningKey() -> SigningKeyPair {
        SigningKeyPair(privateKey: Secret(randomBytes(32)), publicKey: randomBytes(32))
    }

    func sign(_ message: [UInt8], privateKey: [UInt8]) throws(CryptographyError) -> [UInt8] { throw .badKey }

    func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool { false }

    func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func applyingKeyStream(to bytes: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        var counter: UInt8 = 0
        while stream.count < bytes.count {
            precondition(counter < .max, "the example seals short secrets only")
            counter += 1
            stream += hmacSHA256(nonce + [counter], key: key)
        }
        return zip(bytes, stream).map { $0 ^ $1 }
    }

    /// The length of the context parts it from the ciphertext; counters start at 1, so 0 is the tag's own.
    private func tag(of ciphertext: [UInt8], key: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8] {
        let length = Array("\(context.count):".utf8)
        return Array(hmacSHA256(nonce + [0] + length + context + ciphertext, key: key).prefix(16))
    }
}

/// PBKDF2 with HMAC-SHA-256 (RFC 8018), with few rounds because this is an example; `LMSCryptDriver` has yescrypt.
struct ExamplePasswordHashing: PasswordHashing {
    let cryptography = ExampleCryptography()
    let rounds = 1_000

    func hash(_ password: Secret<String>) async throws(PasswordHashingError) -> String {
        let salt = Base64URL.encode(cryptography.randomBytes(12))
        return "$example$\(salt)$\(Base64URL.encode(derive(password, salt: salt)))"
    }

    func verify(
        _ password: Secret<String>,
        against hash: String?
    ) async throws(PasswordHashingError) -> PasswordVerdict {
        let parts = (hash ?? "").split(separator: "$")
        let isWellFormed = parts.count == 3 && parts[0] == "example"
        // An unknown account takes as long as a known one.
        let derived = Base64URL.encode(derive(password, salt: isWellFormed ? String(parts[1]) : "none"))
        guard isWellFormed else { return .mismatch }
        return cryptography.areEqual(Array(derived.utf8), Array(parts[2].utf8)) ? .match : .mismatch
    }

    private func derive(_ password: Secret<String>, salt: String) -> [UInt8] {
        let key = Array(password.reveal().utf8)
        var block = cryptography.hmacSHA256(Array(salt.utf8) + [0, 0, 0, 1], key: key)
        var sum = block
        for _ in 1..<rounds {
            block = cryptography.hmacSHA256(block, key: key)
            for index in sum.indices { sum[index] ^= block[index] }
        }
        return sum
    }
}
