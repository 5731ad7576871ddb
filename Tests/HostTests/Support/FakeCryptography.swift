// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Stands in for OpenSSL where a test is about something else; its digests are stable and protect nothing.
struct FakeCryptography: Cryptography {
    func hmacSHA1(_ message: [UInt8], key: [UInt8]) -> [UInt8] { Array(hmacSHA256(message, key: key).prefix(20)) }
    func randomBytes(_ count: Int) -> [UInt8] { Array(repeating: 7, count: count) }
    func sha256(_ message: [UInt8]) -> [UInt8] { digest(message) }
    func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] { digest(key + [0] + message) }
    func seal(_ plaintext: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8] { plaintext }
    func open(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8] { sealed }
    func makeSigningKey() -> SigningKeyPair { SigningKeyPair(privateKey: Secret([]), publicKey: []) }
    func sign(_ message: [UInt8], privateKey: [UInt8]) throws(CryptographyError) -> [UInt8] { digest(message) }
    func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        signature == digest(message)
    }
    func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { left == right }

    private func digest(_ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for round in 0..<4 {
            var value: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(round)
            for byte in message { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
        }
        return bytes
    }
}
