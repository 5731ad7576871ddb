// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSCurlDriver
    import LMSEventLoop
    import LMSKit
    import LMSTenancy
    import LMSTestSupport
    import Testing

    /// A service of `Tests/Peers` that keeps files, is not ours, and can be told to fail.
    final class PeerService: Sendable {
        private static let loops = Result { try EventLoopGroup(count: 1, name: "peers") }
        private static let threads = Result { try SidePool(threads: 2, queueLimit: 100, name: "peers") }

        let port: UInt16
        private let program: Program

        init(_ program: String, _ arguments: [String]) throws {
            (self.program, port) = try PeerPrograms.service(program, arguments)
        }

        static func loop() throws -> EventLoop { try loops.get().next() }

        static func pool() throws -> SidePool { try threads.get() }

        static func client() throws -> CurlHTTPClient {
            let ranges = NetworkRange.list("127.0.0.1") ?? []
            return CurlHTTPClient(loop: try loop(), addresses: OutgoingAddresses(allowing: ranges))
        }

        /// A request of the service.
        struct Request: Decodable {
            let method: String
            let path: String
            let status: Int
        }

        /// What befalls the next request of a method.
        struct Fault: Encodable {
            let method: String
            /// Only one with this in its query, for services that have one method for much.
            var comp: String?
            let kind: String
            var status = 503
            var fields: [String: String] = [:]
        }

        /// Has the next requests fail, and forgets what arrived before.
        func fail(_ faults: [Fault]) async throws {
            let json = try Array(JSONEncoder().encode(faults))
            let reply = try await Self.client().send(
                OutgoingRequest(.post, "http://127.0.0.1:\(port)/_faults", body: json)
            )
            #expect(reply.status == 204)
        }

        /// What arrived since `fail`, in order.
        func requests() async throws -> [Request] { try await told("_requests") }

        /// What the service says of itself at an address of the tests' own.
        func told<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) async throws -> Value {
            let reply = try await Self.client().send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/\(path)"))
            return try JSONDecoder().decode(Value.self, from: Data(reply.body))
        }

        /// Asks an address, as a browser would that was given it.
        static func ask(
            _ method: OutgoingRequest.Method,
            _ url: String,
            fields: [(name: String, value: String)] = [],
            body: [UInt8] = []
        ) async throws -> OutgoingResponse {
            var fields = fields
            // As a browser says of a file; libcurl would say that it is a form.
            if !body.isEmpty { fields.append(("content-type", "application/octet-stream")) }
            return try await client().send(OutgoingRequest(method, url, fields: fields, body: body))
        }
    }
#endif
