// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import Foundation
    internal import LMSHTTP
    internal import LMSKit
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    @testable import LMSHost

    /// Against services whose cryptography others wrote: http-ece, py-vapid, PyJWT and h2.
    @Suite struct PushPeerTests {
        @Test func `a message to a browser is decrypted by http-ece, and py-vapid believes who sends`() async throws {
            try await PushPeers.run { peers in
                let ada = try await peers.host.register("ada", at: peers.tenant)
                let browser = try await peers.browser(of: ada)
                #expect(try await peers.test(as: ada) == ["delivered"])
                #expect(try await peers.test(as: ada) == ["delivered"])
                let messages = try await peers.received(browser.name)
                let message = try #require(messages.first)
                let text = try JSONValue.parse(Array(try #require(message["text"]?.text).utf8))
                #expect(text["title"]?.text == peers.tenant.tenant.name)
                #expect(text["body"] == "Messages reach this device." && text["dir"] == "ltr")
                #expect(message["fields"]?["Topic"]?.text == text["tag"]?.text)
                #expect(message["fields"]?["TTL"]?.text == "300")
                #expect(message["fields"]?["Urgency"] == "high")
                #expect(message["fields"]?["Content-Encoding"] == "aes128gcm")
                // 1024 bytes whatever it says, and the frame of RFC 8188.
                #expect(messages.map { $0["length"]?.integer } == [1_127, 1_127])
                let key = try await peers.host.send(
                    "GET",
                    "/api/v1/push/vapid-key",
                    to: peers.tenant,
                    token: ada.access
                )
                #expect(message["key"] == key.json["publicKey"])
                #expect(messages.count == 2 && messages[0]["token"] == messages[1]["token"])
                #expect(message["claims"]?["sub"] == "mailto:push@example.org")
            }
        }

        @Test func `a browser that is gone is deleted, and others are kept with what was answered`() async throws {
            try await PushPeers.run { peers in
                let ada = try await peers.host.register("ada", at: peers.tenant)
                let browser = try await peers.browser(of: ada)
                let answers = [
                    (#"{"status":413}"#, "too_large"),
                    (#"{"status":429,"fields":{"Retry-After":"7"}}"#, "retry_after 7"),
                    (#"{"status":429}"#, "retry_after 60"),
                    (#"{"status":503,"fields":{"Retry-After":"9"}}"#, "retry_after 9"),
                    (#"{"status":500}"#, "failed http_500"), (#"{"status":403}"#, "rejected http_403"),
                    (#"{"status":302,"fields":{"Location":"https://169.254.169.254/"}}"#, "rejected http_302"),
                ]
                for (answer, outcome) in answers {
                    _ = try await peers.ask(.post, "/behave/\(browser.name)", answer)
                    #expect(try await peers.test(as: ada) == [outcome])
                    #expect(try await peers.count(of: ada) == 1)
                }
                _ = try await peers.ask(.post, "/behave/\(browser.name)", #"{"status":410}"#)
                #expect(try await peers.test(as: ada) == ["gone"])
                #expect(try await peers.count(of: ada) == 0)
                let other = try await peers.browser(of: ada)
                _ = try await peers.ask(.post, "/behave/\(other.name)", #"{"status":404}"#)
                #expect(try await peers.test(as: ada) == ["gone"])
                #expect(try await peers.test(as: ada) == [])
            }
        }

        @Test func `an Android app is told by a service account whose assertion PyJWT verifies`() async throws {
            try await PushPeers.run { peers in
                let owner = try await peers.host.member("owner", .owner, of: peers.tenant)
                let device = "fcm-\(UUID().uuidString)"
                try await peers.register(token: device, on: "android", of: owner)
                #expect(try await peers.test(as: owner) == ["rejected no_account"])
                try await peers.setAccounts(as: owner)
                #expect(try await peers.test(as: owner) == ["delivered"])
                #expect(try await peers.test(as: owner) == ["delivered"])
                let message = try #require(try await peers.received(device).last?["message"])
                #expect(message["notification"]?["body"] == "Messages reach this device.")
                #expect(message["android"]?["ttl"] == "300s")
                #expect(message["android"]?["collapse_key"] == message["android"]?["notification"]?["tag"])
                // One token for both messages; a second one when the service took the first back.
                #expect(try await peers.received("tokens").count == 1)
                _ = try await peers.ask(.post, "/behave/\(device)", #""revoke""#)
                #expect(try await peers.test(as: owner) == ["delivered"])
                #expect(try await peers.received("tokens").count == 2)
                for (answer, outcome) in [
                    (#"{"status":429,"code":"QUOTA_EXCEEDED","fields":{"Retry-After":"5"}}"#, "retry_after 5"),
                    (#"{"status":403,"code":"SENDER_ID_MISMATCH"}"#, "rejected SENDER_ID_MISMATCH"),
                    (#"{"status":404,"code":"UNREGISTERED"}"#, "gone"),
                ] {
                    _ = try await peers.ask(.post, "/behave/\(device)", answer)
                    #expect(try await peers.test(as: owner) == [outcome])
                }
                #expect(try await peers.count(of: owner) == 0)
            }
        }

        @Test func `an iOS app is told over HTTP/2, on one connection and with one token that PyJWT verifies`()
            async throws
        {
            try await PushPeers.run { peers in
                let owner = try await peers.host.member("owner", .owner, of: peers.tenant)
                try await peers.setAccounts(as: owner)
                let device = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
                try await peers.register(token: device.uppercased(), on: "ios", of: owner)
                for _ in 0..<3 { #expect(try await peers.test(as: owner) == ["delivered"]) }
                let messages = try await peers.received(device)
                #expect(Set(messages.map { $0["connection"] }).count == 1 && messages.count == 3)
                #expect(Set(messages.map { $0["token"] }).count == 1)
                let message = try #require(messages.first)
                #expect(message["message"]?["aps"]?["alert"]?["body"] == "Messages reach this device.")
                #expect(message["fields"]?["apns-id"] == message["message"]?["id"])
                #expect(message["fields"]?["apns-priority"] == "10" && message["fields"]?["apns-push-type"] == "alert")
                _ = try await peers.ask(.post, "/behave/\(device)", #"{"status":429,"code":"TooManyRequests"}"#)
                #expect(try await peers.test(as: owner) == ["retry_after 60"])
                _ = try await peers.ask(.post, "/behave/\(device)", #"{"status":410,"code":"Unregistered"}"#)
                #expect(try await peers.test(as: owner) == ["gone"])
                #expect(try await peers.count(of: owner) == 0)
            }
        }

        @Test func `a notification is pushed to every device once, and again only where it was not taken`() async throws
        {
            try await PushPeers.run { peers in
                let ada = try await peers.host.register("ada", at: peers.tenant)
                let (first, second) = (try await peers.browser(of: ada), try await peers.browser(of: ada))
                let user = try #require(User.ID(ada.user))
                let delivery = try await peers.notify(user)
                let pusher = PushDelivery(peers.host.platform.lms, tenants: peers.tenant.tenants)
                let wait = #"{"status":429,"fields":{"Retry-After":"7"}}"#
                _ = try await peers.ask(.post, "/behave/\(second.name)", wait)
                let tenant = peers.tenant.tenant
                let outcome = try await pusher.deliver(delivery, of: tenant)
                #expect(outcome == .tryLater(reason: "retry_after", seconds: 7))
                _ = try await peers.ask(.post, "/behave/\(second.name)", "null")
                #expect(try await pusher.deliver(delivery, of: tenant) == .finished)
                #expect(try await pusher.deliver(delivery, of: tenant) == .finished)
                #expect(try await peers.received(first.name).map { $0["status"]?.integer } == [201])
                let taken = try await peers.received(second.name)
                #expect(taken.map { $0["status"]?.integer } == [429, 201])
                #expect(taken.last?["fields"]?["Topic"]?.text == Base64URL.encode(delivery.bytes))
                let log = try await peers.log(of: delivery)
                #expect(log.status == "sent" && log.outcomes.sorted() == ["retry retry_after", "sent", "sent"])
            }
        }

        @Test func `a notification for somebody without a device is left out, and one that nobody takes has failed`()
            async throws
        {
            try await PushPeers.run { peers in
                let ada = try await peers.host.register("ada", at: peers.tenant)
                let user = try #require(User.ID(ada.user))
                let pusher = PushDelivery(peers.host.platform.lms, tenants: peers.tenant.tenants)
                let none = try await peers.notify(user)
                #expect(try await pusher.deliver(none, of: peers.tenant.tenant) == .finished)
                #expect(try await peers.log(of: none).status == "suppressed")
                let browser = try await peers.browser(of: ada)
                _ = try await peers.ask(.post, "/behave/\(browser.name)", #"{"status":410}"#)
                let gone = try await peers.notify(user)
                #expect(try await pusher.deliver(gone, of: peers.tenant.tenant) == .finished)
                let log = try await peers.log(of: gone)
                #expect(log.status == "failed" && log.outcomes == ["failed gone"])
                #expect(try await peers.count(of: ada) == 0)
            }
        }

        @Test func `accounts are tried without telling anybody, and a wrong key is told`() async throws {
            try await PushPeers.run { peers in
                let owner = try await peers.host.member("owner", .owner, of: peers.tenant)
                func check(_ service: String) async throws -> TestReply {
                    let path = "/api/v1/tenant/push/\(service)/test"
                    return try await peers.host.send("POST", path, to: peers.tenant, token: owner.access)
                }
                #expect(try await check("fcm").code == "PUSH_ACCOUNT_NOT_FOUND")
                try await peers.setAccounts(as: owner)
                for service in ["fcm", "apns"] {
                    #expect(try await check(service).json["outcome"] == "delivered")
                }
                let other = try await PushKeys.elsewhere()
                let names = #""keyId":"ABC123DEFG","teamId":"DEF123GHIJ","topic":"org.example.academy""#
                let wrong = JSONValue.string(other).written
                #expect(try await peers.put("apns", #"{"key":\#(wrong),\#(names)}"#, as: owner).status == 200)
                #expect(try await check("apns").json["code"] == "InvalidProviderToken")
                // Another app of the same key needs no key; another key does.
                let app = names.replacing("academy", with: "campus")
                #expect(try await peers.put("apns", "{\(app)}", as: owner).status == 200)
                let key = names.replacing("ABC123DEFG", with: "ABC123DEFH")
                #expect(try await peers.put("apns", "{\(key)}", as: owner).code == "PUSH_KEY_NEEDED")
            }
        }
    }

    /// Keys that no service knows.
    enum PushKeys {
        static func elsewhere() async throws -> String {
            let made = try Program.run(
                "/usr/bin/openssl",
                ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-quiet"]
            )
            guard made.status == 0 else { throw TestFailure("openssl makes no key: \(made.text)") }
            return made.text
        }
    }
#endif
