// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import Foundation
    internal import LMSCurlDriver
    internal import LMSEventLoop
    internal import LMSHTTP
    internal import LMSKit
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    @testable import LMSHost

    /// Against a receiver whose verifier others wrote: standardwebhooks of PyPI.
    @Suite struct WebhookPeerTests {
        private static let loops = Result { try EventLoopGroup(count: 1, name: "webhooks") }

        private struct Peer {
            let host: PlatformHost
            let tenant: TestTenant
            let client: CurlHTTPClient
            let base: String

            @discardableResult
            func ask(_ method: OutgoingRequest.Method, _ path: String, _ json: String = "") async throws -> JSONValue {
                let reply = try await client.send(OutgoingRequest(method, base + path, body: Array(json.utf8)))
                return reply.body.isEmpty ? .null : try JSONValue.parse(reply.body)
            }

            func received() async throws -> [JSONValue] {
                guard case .array(let messages) = try await ask(.get, "/received") else { return [] }
                return messages
            }
        }

        private func withPeer(_ body: (Peer) async throws -> Void) async throws {
            let directory = FileManager.default.temporaryDirectory.appending(path: "webhooks-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }  // nothing depends on it
            let process = try Program(
                PeerPrograms.installed("python"),
                [PeerPrograms.file("Tests/Peers/webhook_receiver.py"), directory.path],
                environment: [:],
                in: directory.path
            )
            defer { process.destroy() }
            try await process.wait(for: "ready ")
            let port = try #require(process.text.firstMatch(of: /ready (\d+)/)).1
            let client = CurlHTTPClient(
                loop: try Self.loops.get().next(),
                addresses: OutgoingAddresses(allowing: NetworkRange.list("127.0.0.1,::1") ?? []),
                certificateFile: directory.appending(path: "ca.pem").path
            )
            try await withTenant { tenant in
                let host = try await PlatformHost(http: client)
                try await body(
                    Peer(host: host, tenant: tenant, client: client, base: "https://localhost:\(port)")
                )
            }
        }

        @Test func `standardwebhooks verifies both secrets during a rotation, and the new one alone after it`()
            async throws
        {
            try await withPeer { peer in
                let owner = try await peer.host.member("owner", .owner, of: peer.tenant)
                func send(_ method: String, _ path: String, _ json: String? = nil) async throws -> TestReply {
                    try await peer.host.send(
                        method,
                        "/api/v1/webhooks/endpoints\(path)",
                        to: peer.tenant,
                        token: owner.access,
                        json: json
                    )
                }
                let made = try await send("POST", "", #"{"url":"\#(peer.base)/hook"}"#)
                #expect(made.status == 201, "\(made.text)")
                let id = try #require(made.json["id"]?.text)
                let first = try #require(made.json["secret"]?.text)
                let rotated = try await send("POST", "/\(id)/secret/rotate")
                let second = try #require(rotated.json["secret"]?.text)
                let stranger = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
                try await peer.ask(.post, "/secrets", #"["\#(first)","\#(second)","\#(stranger)"]"#)
                let tested = try await send("POST", "/\(id)/test")
                #expect(tested.json["status"] == "delivered", "\(tested.text)")
                #expect(try await send("DELETE", "/\(id)/secret/previous").status == 204)
                #expect(try await send("POST", "/\(id)/test").json["status"] == "delivered")
                let received = try await peer.received()
                #expect(received.map { $0["type"] } == ["webhook.test", "webhook.test"])
                #expect(received[0]["verified"] == .array([.bool(true), .bool(true), .bool(false)]))
                #expect(received[1]["verified"] == .array([.bool(false), .bool(true), .bool(false)]))
                #expect(received[0]["id"] == tested.json["messageId"])
                let shown = try await send("GET", "/\(id)")
                let listed = try await send("GET", "")
                for reply in [shown, listed, tested] { #expect(!reply.text.contains("whsec_")) }
            }
        }

        @Test func `a test tells what the endpoint answered, and is not tried again`() async throws {
            try await withPeer { peer in
                let owner = try await peer.host.member("owner", .owner, of: peer.tenant)
                let made = try await peer.host.send(
                    "POST",
                    "/api/v1/webhooks/endpoints",
                    to: peer.tenant,
                    token: owner.access,
                    json: #"{"url":"\#(peer.base)/hook"}"#
                )
                let id = try #require(made.json["id"]?.text)
                try await peer.ask(.post, "/behave", #"{"status":503,"fields":{"Retry-After":"7"}}"#)
                let tested = try await peer.host.send(
                    "POST",
                    "/api/v1/webhooks/endpoints/\(id)/test",
                    to: peer.tenant,
                    token: owner.access
                )
                #expect(tested.json["status"] == "failed" && tested.json["lastAttempt"]?["status"]?.integer == 503)
            }
        }
    }
#endif
