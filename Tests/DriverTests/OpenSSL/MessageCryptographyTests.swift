// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSOpenSSLDriver
import LMSTenancy
import Testing

/// What messages for others are encrypted and signed with, by published vectors.
@Suite struct MessageCryptographyTests {
    let cryptography: OpenSSLCryptography

    init() throws {
        cryptography = try OpenSSLCryptography()
    }

    private func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    @Test func `RFC 5869: HKDF with SHA-256`() {
        let first = cryptography.deriveKey(
            Secret(Array(repeating: 0x0b, count: 22)),
            salt: bytes("000102030405060708090a0b0c"),
            info: bytes("f0f1f2f3f4f5f6f7f8f9"),
            count: 42
        )
        #expect(
            first.reveal()
                == bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        )
        let third = cryptography.deriveKey(Secret(Array(repeating: 0x0b, count: 22)), salt: [], info: [], count: 42)
        #expect(
            third.reveal()
                == bytes("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
        )
    }

    @Test func `RFC 5903 §8.1: agreement on P-256`() throws {
        let own = P256KeyPair(
            privateKey: Secret(bytes("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433")),
            publicKey: bytes(
                "04DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C37725811805271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3"
            )
        )
        let other = bytes(
            "04D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF6356FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB"
        )
        let secret = try cryptography.agree(own, with: other)
        #expect(secret.reveal() == bytes("D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE"))
    }

    @Test func `two new pairs agree, and each signs what its own public key verifies`() throws {
        let (left, right) = (cryptography.makeP256Key(), cryptography.makeP256Key())
        let shared = try cryptography.agree(left, with: right.publicKey).reveal()
        #expect(try cryptography.agree(right, with: left.publicKey).reveal() == shared)
        let message = Array("message".utf8)
        let signature = try cryptography.sign(message, with: .es256(left))
        #expect(signature.count == 64)
        func isGenuine(_ pair: P256KeyPair) -> Bool {
            let key = VerificationKey.p256(x: Array(pair.publicKey[1..<33]), y: Array(pair.publicKey[33...]))
            return cryptography.isValid(signature, for: message, algorithm: .es256, key: key)
        }
        #expect(isGenuine(left) && !isGenuine(right))
    }

    @Test func `SP 800-38D: AES-128-GCM, test cases 2 and 3`() throws {
        let second = try cryptography.sealAES128GCM(
            Array(repeating: 0, count: 16),
            key: Secret(Array(repeating: 0, count: 16)),
            nonce: Array(repeating: 0, count: 12)
        )
        #expect(second == bytes("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"))
        let third = try cryptography.sealAES128GCM(
            bytes(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
            ),
            key: Secret(bytes("feffe9928665731c6d6a8f9467308308")),
            nonce: bytes("cafebabefacedbaddecaf888")
        )
        #expect(
            third
                == bytes(
                    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4"
                )
        )
    }

    @Test func `attack: a point beside the curve and keys that are none are refused`() throws {
        let own = cryptography.makeP256Key()
        var point = cryptography.makeP256Key().publicKey
        point[40] ^= 1
        #expect(throws: CryptographyError.badKey) { try cryptography.agree(own, with: point) }
        let none = Secret([UInt8](repeating: 0x30, count: 40))
        #expect(throws: CryptographyError.badKey) { try cryptography.sign([1], with: .es256Info(none)) }
        #expect(throws: CryptographyError.badKey) { try cryptography.sign([1], with: .rs256Info(none)) }
        let zero = P256KeyPair(privateKey: Secret(Array(repeating: 0, count: 32)), publicKey: own.publicKey)
        #expect(throws: CryptographyError.badKey) { try cryptography.sign([1], with: .es256(zero)) }
    }
}
