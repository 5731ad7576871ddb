// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSOpenSSLDriver
import LMSTenancy
import Testing

@Suite struct SigningTests {
    let cryptography: OpenSSLCryptography

    init() throws {
        cryptography = try OpenSSLCryptography()
    }

    struct Vector: Sendable {
        let seed: String
        let publicKey: String
        let message: String
        let signature: String
    }

    /// RFC 8032 §7.1, tests 1 to 3.
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature:
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature:
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test(arguments: vectors)
    func `signing gives the signatures of RFC 8032`(vector: Vector) throws {
        let message = bytes(vector.message)
        let signature = try cryptography.sign(message, privateKey: bytes(vector.seed))
        #expect(signature == bytes(vector.signature))
        #expect(cryptography.isValid(signature, for: message, publicKey: bytes(vector.publicKey)))
    }

    @Test func `a made key signs what its public key verifies`() throws {
        let pair = cryptography.makeSigningKey()
        let signature = try cryptography.sign([1, 2, 3], privateKey: pair.privateKey.reveal())
        #expect(cryptography.isValid(signature, for: [1, 2, 3], publicKey: pair.publicKey))
        #expect(!cryptography.isValid(signature, for: [1, 2], publicKey: pair.publicKey))
        #expect(!cryptography.isValid(signature, for: [1, 2, 3], publicKey: cryptography.makeSigningKey().publicKey))
        #expect(cryptography.makeSigningKey().publicKey != pair.publicKey)
    }

    @Test func `a changed or cut signature is not valid`() throws {
        let pair = cryptography.makeSigningKey()
        let signature = try cryptography.sign([1], privateKey: pair.privateKey.reveal())
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!cryptography.isValid(changed, for: [1], publicKey: pair.publicKey))
        }
        #expect(!cryptography.isValid(Array(signature.dropLast()), for: [1], publicKey: pair.publicKey))
        #expect(!cryptography.isValid(signature + [0], for: [1], publicKey: pair.publicKey))
        #expect(!cryptography.isValid([], for: [1], publicKey: pair.publicKey))
    }

    @Test func `a signature whose scalar had the group order added is not valid`() throws {
        let vector = Self.vectors[1]
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var signature = bytes(vector.signature)
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 255)
            carry = sum >> 8
        }
        #expect(!cryptography.isValid(signature, for: bytes(vector.message), publicKey: bytes(vector.publicKey)))
    }

    @Test func `malformed keys are refused`() {
        #expect(throws: CryptographyError.badKey) { try cryptography.sign([1], privateKey: [1, 2]) }
        #expect(!cryptography.isValid([UInt8](repeating: 0, count: 64), for: [1], publicKey: [1, 2]))
        let noPoint = [UInt8](repeating: 255, count: 32)
        #expect(!cryptography.isValid([UInt8](repeating: 0, count: 64), for: [1], publicKey: noPoint))
    }
}
