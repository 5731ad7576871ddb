// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSOpenSSLDriver
import LMSTenancy
import Testing

@Suite struct SignatureVectorTests {
    let cryptography: OpenSSLCryptography

    init() throws {
        cryptography = try OpenSSLCryptography()
    }

    /// What is `valid` must verify, what is `invalid` must not.
    ///
    /// `acceptable` means that verifiers differ: such a signature of RSA lacks a NULL that RFC 8017 wants.
    @Test(
        arguments: [
            ("EdDSA", 210), ("ES256", 262), ("ES384", 280), ("RS256", 259), ("RS384", 258), ("RS512", 259),
            ("PS256", 108), ("PS384", 141), ("PS512", 179),
        ]
    )
    func `Wycheproof's signatures are told apart`(name: String, count: Int) throws {
        let algorithm = try #require(SignatureAlgorithm(rawValue: name))
        var tried = 0
        var unreadable = 0
        for group in try SignatureVectors.groups(name) {
            // A key that the reader refuses verifies nothing; only invalid cases may have one.
            let key = group.key.flatMap(JSONWebKey.init)
            for test in group.cases {
                tried += 1
                if key == nil { unreadable += 1 }
                let verified =
                    key.map {
                        cryptography.isValid(
                            bytes(test.columns[2]),
                            for: bytes(test.columns[1]),
                            algorithm: algorithm,
                            key: $0.key
                        )
                    } ?? false
                switch test.result {
                case "valid": #expect(verified, "\(name) \(test.number): \(test.columns[0])")
                case "invalid": #expect(!verified, "\(name) \(test.number): \(test.columns[0])")
                default: break
                }
            }
        }
        #expect(tried == count)
        #expect(unreadable < count / 10)
    }

    @Test func `Wycheproof's AES-256-GCM cases open only if they are valid`() throws {
        let cases = try SignatureVectors.groups("AES-256-GCM").flatMap(\.cases)
        #expect(cases.count == 66)
        for test in cases {
            let sealed = bytes(test.columns[2]) + bytes(test.columns[5]) + bytes(test.columns[6])
            let opened = try? cryptography.open(
                sealed,
                key: bytes(test.columns[1]),
                context: bytes(test.columns[3])
            )
            let expected = test.result == "valid" ? bytes(test.columns[4]) : nil
            #expect(opened == expected, "AES-GCM \(test.number): \(test.columns[0])")
        }
    }

    @Test func `RFC 7520's tokens verify, but for algorithms that are refused`() throws {
        guard case .array(let vectors) = try SignatureVectors.document("rfc7520")["vectors"] else { return }
        #expect(vectors.count == 4)
        for vector in vectors {
            let text = try #require(vector["jws"]?.text)
            let algorithm = vector["algorithm"]?.text ?? ""
            let list = JSONMember(name: "keys", value: .array([vector["jwk"] ?? .null]))
            let keys = try #require(JSONWebKeySet(.object([list])))
            switch algorithm {
            // P-521 is no curve of ours, and a symmetric key lets the verifier forge.
            case "ES512", "HS256":
                #expect(keys.keys.isEmpty)
                #expect(throws: ForeignTokenError.algorithmRefused) { try ForeignToken(text) }
            default:
                let token = try ForeignToken(text)
                try token.verify(with: keys, allowing: Set(SignatureAlgorithm.allCases), cryptography)
                #expect(String(decoding: token.payload, as: UTF8.self).hasPrefix("It’s a dangerous business, Frodo"))
                var changed = text
                changed.replace("SXTigJ", with: "TXTigJ")
                #expect(throws: ForeignTokenError.badSignature) {
                    try ForeignToken(changed)
                        .verify(with: keys, allowing: Set(SignatureAlgorithm.allCases), cryptography)
                }
            }
        }
    }

    /// RFC 7515 appendix A.3 and RFC 8037 appendix A.4.
    @Test(
        arguments: [
            (
                #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
                    + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
                    + "mNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
                    + "pmWQxfKTUJqPP3-Kg6NU1Q"
            ),
            (
                #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc"
                    + "vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
            ),
        ]
    )
    func `the examples of RFC 7515 and RFC 8037 verify`(key: String, token: String) throws {
        let set = try #require(JSONWebKeySet(try JSONValue.parse(Array(#"{"keys":[\#(key)]}"#.utf8))))
        try ForeignToken(token).verify(with: set, allowing: [.es256, .edDSA], cryptography)
        #expect(throws: ForeignTokenError.algorithmRefused) {
            try ForeignToken(token).verify(with: set, allowing: [.rs256], cryptography)
        }
    }

    @Test func `digests are those of FIPS 180-4`() {
        let message = Array("abc".utf8)
        #expect(cryptography.digest(message, with: .sha256) == cryptography.sha256(message))
        #expect(
            cryptography.digest(message, with: .sha384)
                == bytes(
                    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                        + "8086072ba1e7cc2358baeca134c825a7"
                )
        )
        #expect(
            cryptography.digest(message, with: .sha512)
                == bytes(
                    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
                )
        )
    }

    @Test func `a point that is not on its curve is no key`() {
        let key = VerificationKey.p256(x: Array(repeating: 1, count: 32), y: Array(repeating: 1, count: 32))
        #expect(!cryptography.isValid(Array(repeating: 1, count: 64), for: [1], algorithm: .es256, key: key))
    }
}
