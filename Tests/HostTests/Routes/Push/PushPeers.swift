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

    /// The push services of `Tests/Peers`, over TLS on this machine, and a host that speaks to them.
    struct PushPeers: Sendable {
        let host: PlatformHost
        let tenant: TestTenant
        private let client: CurlHTTPClient
        private let base: String

        private static let loops = Result { try EventLoopGroup(count: 1, name: "push") }

        /// Runs the services for the time of a closure.
        static func run(_ body: (PushPeers) async throws -> Void) async throws {
            let directory = FileManager.default.temporaryDirectory.appending(path: "push-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }  // nothing depends on it
            let process = try Program(
                PeerPrograms.installed("python"),
                [PeerPrograms.file("Tests/Peers/push_service.py"), directory.path],
                environment: [:],
                in: directory.path
            )
            defer { process.destroy() }
            try await process.wait(for: "ready ")
            let ports = try #require(process.text.firstMatch(of: /ready (\d+) (\d+)/))
            let (base, apns) = ("https://localhost:\(ports.1)", "https://localhost:\(ports.2)")
            let client = CurlHTTPClient(
                loop: try loops.get().next(),
                addresses: OutgoingAddresses(allowing: NetworkRange.list("127.0.0.1,::1") ?? []),
                certificateFile: directory.appending(path: "ca.pem").path
            )
            try await withTenant { tenant in
                let host = try await PlatformHost(
                    http: client,
                    pushing: { ports in
                        ports.services.fcm = base
                        ports.services.fcmTokens = "\(base)/token"
                        ports.services.apns = apns
                    }
                )
                try await body(PushPeers(host: host, tenant: tenant, client: client, base: base))
            }
        }

        /// Asks the services themselves.
        func ask(_ method: OutgoingRequest.Method, _ path: String, _ json: String = "") async throws -> JSONValue {
            let reply = try await client.send(OutgoingRequest(method, base + path, body: Array(json.utf8)))
            #expect((200..<300).contains(reply.status), "\(path): \(String(decoding: reply.body, as: UTF8.self))")
            return reply.body.isEmpty ? .null : try JSONValue.parse(reply.body)
        }

        /// What arrived somewhere, in order.
        func received(_ name: String) async throws -> [JSONValue] {
            guard case .array(let messages) = try await ask(.get, "/received/\(name)") else { return [] }
            return messages
        }

        /// Has a browser subscribe and registers it.
        ///
        /// - Returns: The browser's name at its service, and the subscription.
        func browser(of member: PlatformHost.Session) async throws -> (name: String, id: String) {
            let key = try await host.send("GET", "/api/v1/push/vapid-key", to: tenant, token: member.access)
            let sender = try #require(key.json["publicKey"]?.text)
            let json = try await ask(.post, "/browser", #"{"applicationServerKey":"\#(sender)"}"#)
            let endpoint = try #require(json["endpoint"]?.text)
            let reply = try await host.send(
                "POST",
                "/api/v1/push/subscriptions",
                to: tenant,
                token: member.access,
                json: json.written
            )
            #expect(reply.status == 201, "\(reply.text)")
            return (String(endpoint.split(separator: "/").last ?? ""), try #require(reply.json["id"]?.text))
        }

        func register(token: String, on platform: String, of member: PlatformHost.Session) async throws {
            let json = #"{"token":"\#(token)","platform":"\#(platform)"}"#
            let reply = try await host.send(
                "POST",
                "/api/v1/users/push-token",
                to: tenant,
                token: member.access,
                json: json
            )
            #expect(reply.status == 204, "\(reply.text)")
        }

        /// Tells a member something on all their devices; the outcomes and their codes.
        func test(as member: PlatformHost.Session) async throws -> [String] {
            let reply = try await host.send("POST", "/api/v1/push/test", to: tenant, token: member.access)
            guard case .array(let items) = reply.json["items"] else { throw TestFailure(reply.text) }
            return items.map { item in
                let words = [
                    item["outcome"]?.text, item["code"]?.text, item["retryAfterSeconds"]?.integer.map(String.init),
                ]
                return words.compactMap(\.self).joined(separator: " ")
            }
        }

        func count(of member: PlatformHost.Session) async throws -> Int {
            let reply = try await host.send("GET", "/api/v1/push/subscriptions", to: tenant, token: member.access)
            guard case .array(let items) = reply.json["items"] else { throw TestFailure(reply.text) }
            return items.count
        }

        /// Tells somebody something.
        ///
        /// - Returns: What is to be pushed of it.
        func notify(_ user: User.ID) async throws -> UUID {
            let notifications = host.platform.lms.notifications
            return try await tenant.transaction { session in
                let draft = NotificationDraft(
                    .announcement,
                    because: UUID().uuidString,
                    ["title": "T", "message": "M"]
                )
                _ = try await notifications.notify([user], draft, session: session)
                let rows = try await session.execute(
                    """
                    SELECT id FROM notification_deliveries
                    WHERE user_id = \(user) AND channel = 'push' ORDER BY id DESC LIMIT 1
                    """
                )
                return try #require(rows.only)["id"]
            }
        }

        /// What became of a delivery, and its attempts.
        func log(of delivery: UUID) async throws -> (status: String, outcomes: [String]) {
            try await tenant.transaction { session in
                let replies = try await session.batch([
                    "SELECT status FROM notification_deliveries WHERE id = \(delivery)",
                    """
                    SELECT concat_ws(' ', outcome, reason) AS outcome FROM notification_attempts
                    WHERE delivery_id = \(delivery) ORDER BY number
                    """,
                ])
                let status: String = try #require(replies[0].only)["status"]
                return (status, try replies[1].map { row throws(DatabaseError) in try row["outcome"] })
            }
        }

        func put(_ service: String, _ json: String, as member: PlatformHost.Session) async throws -> TestReply {
            try await host.send("PUT", "/api/v1/tenant/push/\(service)", to: tenant, token: member.access, json: json)
        }

        /// Sets up both accounts with the keys that the services know.
        func setAccounts(as owner: PlatformHost.Session) async throws {
            let keys = try await ask(.get, "/accounts")
            let account = try #require(keys["fcm"])
            #expect(try await put("fcm", #"{"serviceAccount":\#(account.written)}"#, as: owner).status == 200)
            let key = JSONValue.string(try #require(keys["apns"]?.text)).written
            let apns = #""keyId":"ABC123DEFG","teamId":"DEF123GHIJ","topic":"org.example.academy""#
            #expect(try await put("apns", #"{"key":\#(key),\#(apns)}"#, as: owner).status == 200)
        }
    }
#endif
