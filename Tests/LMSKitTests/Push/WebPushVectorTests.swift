// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

/// The examples that the specifications print.
@Suite struct WebPushVectorTests {
    private let platform: TestPlatform

    init() throws {
        platform = try TestPlatform()
    }

    private func bytes(_ text: String) throws -> [UInt8] { try #require(Base64URL.decode(text)) }

    @Test func `RFC 8291 appendix A: every intermediate value and the message itself`() throws {
        let receiver = try bytes(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        )
        let sender = P256KeyPair(
            privateKey: Secret(try bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")),
            publicKey: try bytes(
                "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
            )
        )
        let secret = Secret(try bytes("BTBZMqHH6r4Tts7J_aSIgg"))
        let salt = try bytes("DGv6ra1nlYgDCS1FRnbzlw")
        let keys = try WebPushKeys(to: receiver, secret: secret, from: sender, platform.messages, salt: salt)
        #expect(Base64URL.encode(keys.shared.reveal()) == "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs")
        #expect(Base64URL.encode(keys.material.reveal()) == "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg")
        #expect(Base64URL.encode(keys.contentKey.reveal()) == "oIhVW04MRdy2XN9CiKLxTg")
        #expect(Base64URL.encode(keys.nonce) == "4h_95klXJ5E_qnoN")
        let text = Array("When I grow up, I want to be a watermelon".utf8)
        let message = try WebPushMessage(
            text,
            paddedTo: text.count,
            to: receiver,
            secret: secret,
            from: sender,
            platform.messages,
            salt: salt
        )
        #expect(message.body.count == 144)
        #expect(
            Base64URL.encode(message.body)
                == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        )
    }

    @Test func `RFC 8292 §2.4: the same claims are signed in the same words, and the key's owner is believed`() throws {
        let example =
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
        let key = try bytes("BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs")
        #expect(try isGenuine(example, of: key))
        let now = Date(timeIntervalSince1970: 1_453_523_768 - VAPID.lifetime)
        let vapid = VAPID(platform.messages, clock: WallClock { now }, contact: "mailto:push@example.com")
        let pair = platform.messages.makeP256Key()
        let value = try vapid.authorization(for: "https://push.example.net", pair, identity: "a").reveal()
        let token = try #require(value.firstMatch(of: /^vapid t=([^,]+), k=(.+)$/))
        #expect(token.2 == Base64URL.encode(pair.publicKey))
        #expect(signedPart(of: String(token.1)) == signedPart(of: example))
        #expect(try isGenuine(String(token.1), of: pair.publicKey))
        #expect(try !isGenuine(String(token.1), of: key))
    }

    @Test func `a token is used again for its push service until an hour before its end, and for no other`() throws {
        let clock = TestClock()
        let vapid = VAPID(platform.messages, clock: clock.wall, contact: "mailto:push@example.org")
        let pair = platform.messages.makeP256Key()
        func value(_ origin: String = "https://a.example", _ identity: String = "1") throws -> String {
            try vapid.authorization(for: origin, pair, identity: identity).reveal()
        }
        let first = try value()
        #expect(try value() == first)
        #expect(try value("https://b.example") != first)
        #expect(try value("https://a.example", "2") != first)
        clock.advance(by: VAPID.lifetime - VAPID.margin - 1)
        #expect(try value() == first)
        clock.advance(by: 2)
        #expect(try value() != first)
        #expect(VAPID.lifetime <= 86_400)
    }

    @Test func `texts of different lengths make messages of the same length, up to the most that services take`() throws
    {
        let pair = platform.messages.makeP256Key()
        func length(_ count: Int) throws -> Int {
            try WebPushMessage(
                Array(repeating: 65, count: count),
                to: pair.publicKey,
                secret: Secret(Array(repeating: 1, count: 16)),
                platform.messages,
                salt: Array(repeating: 2, count: 16)
            ).body.count
        }
        #expect(try length(0) == length(1_024))
        #expect(try length(1_025) == length(2_048))
        #expect(try length(3_993) == 4_096)
        #expect(throws: WebPushError.tooLong) { try length(3_994) }
    }

    @Test func `attack: a browser's key that is no point of the curve is refused`() throws {
        var point = platform.messages.makeP256Key().publicKey
        point[64] ^= 1
        for key in [point, [4] + Array(repeating: 0, count: 64), [2] + Array(repeating: 7, count: 32), []] {
            #expect(throws: WebPushError.badKey) {
                try WebPushMessage(
                    [1],
                    to: key,
                    secret: Secret(Array(repeating: 1, count: 16)),
                    platform.messages,
                    salt: Array(repeating: 2, count: 16)
                )
            }
        }
    }

    private func signedPart(of token: String) -> Substring { token[..<(token.lastIndex(of: ".") ?? token.endIndex)] }

    private func isGenuine(_ token: String, of key: [UInt8]) throws -> Bool {
        let signed = signedPart(of: token)
        let signature = try bytes(String(token.dropFirst(signed.count + 1)))
        let verification = try #require(platform.messages as? any SignatureVerification)
        return verification.isValid(
            signature,
            for: Array(signed.utf8),
            algorithm: .es256,
            key: .p256(x: Array(key[1..<33]), y: Array(key[33...]))
        )
    }
}
