// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSOpenSSLDriver

@Suite struct SealingTests {
    let cryptography: OpenSSLCryptography
    let key = [UInt8](repeating: 7, count: 32)

    init() throws {
        cryptography = try OpenSSLCryptography()
    }

    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        var key = String(repeating: "00", count: 32)
        var nonce = String(repeating: "00", count: 12)
        var plaintext = ""
        var context = ""
        var ciphertext = ""
        let tag: String
        var testDescription: String { name }
    }

    /// Test cases 13–16 of "The Galois/Counter Mode of Operation", which NIST's SP 800-38D refers to.
    static let vectors = [
        Vector(name: "13", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            name: "14",
            plaintext: String(repeating: "00", count: 16),
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            name: "15",
            key: longKey,
            nonce: "cafebabefacedbaddecaf888",
            plaintext: longPlaintext + "1aafd255",
            ciphertext: longCiphertext + "898015ad",
            tag: "b094dac5d93471bdec1a502270e3cc6c"
        ),
        Vector(
            name: "16",
            key: longKey,
            nonce: "cafebabefacedbaddecaf888",
            plaintext: longPlaintext,
            context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: longCiphertext,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]
    static let longKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    static let longPlaintext =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    static let longCiphertext =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

    @Test(arguments: vectors)
    func `sealing gives the published ciphertexts and tags`(vector: Vector) throws {
        let sealed = try cryptography.seal(
            bytes(vector.plaintext),
            key: bytes(vector.key),
            context: bytes(vector.context),
            nonce: bytes(vector.nonce)
        )
        #expect(sealed == bytes(vector.nonce + vector.ciphertext + vector.tag))
        let opened = try cryptography.open(sealed, key: bytes(vector.key), context: bytes(vector.context))
        #expect(opened == bytes(vector.plaintext))
    }

    @Test func `the same plaintext is sealed differently each time`() throws {
        let first = try cryptography.seal([1, 2, 3], key: key, context: [])
        let second = try cryptography.seal([1, 2, 3], key: key, context: [])
        #expect(first != second)
    }

    @Test func `a changed byte anywhere is noticed`() throws {
        let sealed = try cryptography.seal(Array("the plaintext".utf8), key: key, context: [9])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: CryptographyError.notAuthentic) {
                try cryptography.open(changed, key: key, context: [9])
            }
        }
    }

    @Test func `another context, another key or a cut text is not authentic`() throws {
        let sealed = try cryptography.seal([1], key: key, context: [9])
        let other = [UInt8](repeating: 8, count: 32)
        #expect(throws: CryptographyError.notAuthentic) { try cryptography.open(sealed, key: key, context: [8]) }
        #expect(throws: CryptographyError.notAuthentic) { try cryptography.open(sealed, key: other, context: [9]) }
        for length in 0..<sealed.count {
            #expect(throws: CryptographyError.notAuthentic) {
                try cryptography.open(Array(sealed.prefix(length)), key: key, context: [9])
            }
        }
    }

    @Test(arguments: [0, 16, 31, 33]) func `a key of another length is refused`(length: Int) {
        let short = [UInt8](repeating: 1, count: length)
        #expect(throws: CryptographyError.badKey) { try cryptography.seal([1], key: short, context: []) }
        #expect(throws: CryptographyError.badKey) {
            try cryptography.open([UInt8](repeating: 0, count: 40), key: short, context: [])
        }
    }
}
