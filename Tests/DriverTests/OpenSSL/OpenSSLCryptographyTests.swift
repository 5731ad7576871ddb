// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import Testing

@testable import LMSOpenSSLDriver

@Suite struct OpenSSLCryptographyTests {
    let cryptography: OpenSSLCryptography

    init() throws {
        cryptography = try OpenSSLCryptography()
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the digests of FIPS 180-4`(message: String, digest: String) {
        #expect(cryptography.sha256(Array(message.utf8)) == bytes(digest))
        let running = cryptography.makeSHA256()
        for byte in message.utf8 { running.update([byte]) }
        running.update([])
        #expect(running.finish() == bytes(digest))
    }

    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC gives the codes of RFC 4231`(key: String, message: String, code: String) {
        #expect(cryptography.hmacSHA256(bytes(message), key: bytes(key)) == bytes(code))
    }

    @Test func `HMAC takes an empty key`() {
        let code = bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(cryptography.hmacSHA256([], key: []) == code)
    }

    @Test func `random bytes differ each time and have the wanted length`() {
        let values = (0..<100).map { _ in cryptography.randomBytes(32) }
        #expect(Set(values).count == 100)
        #expect(values.allSatisfy { $0.count == 32 })
        #expect(cryptography.randomBytes(0).isEmpty)
    }

    @Test func `comparison tells equal from different and from longer`() {
        #expect(cryptography.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(cryptography.areEqual([], []))
        #expect(!cryptography.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!cryptography.areEqual([1, 2, 3], [1, 2, 3, 0]))
    }

    @Test func `many tasks use one value at once`() async {
        let expected = cryptography.hmacSHA256([1], key: [2])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { [cryptography] in
                    (0..<200).allSatisfy { _ in
                        cryptography.hmacSHA256([1], key: [2]) == expected && cryptography.sha256([1]).count == 32
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}

/// Reads hexadecimal digits.
func bytes(_ hex: String) -> [UInt8] {
    var value: [UInt8] = []
    var rest = Substring(hex)
    while let byte = UInt8(rest.prefix(2), radix: 16) {
        value.append(byte)
        rest = rest.dropFirst(2)
    }
    return value
}
