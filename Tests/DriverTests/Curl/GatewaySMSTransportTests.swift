// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSCurlDriver
    import LMSEventLoop
    import LMSHTTP
    import LMSKit
    import LMSTenancy
    import Synchronization
    import Testing

    /// Against a gateway on this machine that keeps what it gets.
    @Suite struct GatewaySMSTransportTests {
        private static let loops = Result { try EventLoopGroup(count: 1, name: "gateway") }

        private final class Gateway: Sendable {
            struct Kept: Sendable {
                let method: String
                let authorization: String?
                let key: String?
                let type: String?
                let body: String
            }

            let kept = Mutex<[Kept]>([])
            let status = Mutex(201)
        }

        private func withGateway(
            format: SMSGateway.Format = .form,
            method: OutgoingRequest.Method = .post,
            _ body: (Gateway, GatewaySMSTransport) async throws -> Void
        ) async throws {
            let gateway = Gateway()
            var configuration = HTTPServerConfiguration()
            configuration.port = 0
            let group = try Self.loops.get()
            let server = HTTPServer(configuration: configuration, group: group) { request in
                var text = ""
                do throws(HTTPBodyError) {
                    text = String(decoding: try await request.body.collect(limit: 100_000), as: UTF8.self)
                } catch {
                    return HTTPResponse(status: error.status)
                }
                let kept = Gateway.Kept(
                    method: "\(request.method)",
                    authorization: request["authorization"],
                    key: request["idempotency-key"],
                    type: request["content-type"],
                    body: text
                )
                gateway.kept.withLock { $0.append(kept) }
                return HTTPResponse(status: HTTPStatus(rawValue: UInt16(gateway.status.withLock { $0 })))
            }
            try server.start()
            let address = "http://127.0.0.1:\(server.port)/messages"
            let described = SMSGateway(
                url: address,
                method: method,
                format: format,
                fields: [("To", "{number}"), ("From", "Academy & Co"), ("Body", "{text}"), ("Ref", "r-{reference}")],
                authorization: Secret("Basic YTpi")
            )
            let ranges = try #require(NetworkRange.list("127.0.0.0/8"))
            let client = CurlHTTPClient(loop: group.next(), addresses: OutgoingAddresses(allowing: ranges))
            do {
                try await body(gateway, GatewaySMSTransport(http: client, gateway: try #require(described)))
            } catch {
                await server.shutdown(deadline: .zero)
                throw error
            }
            await server.shutdown(deadline: .zero)
        }

        @Test func `a message arrives as a form, with a reference that is the same when it is sent again`() async throws
        {
            try await withGateway { gateway, transport in
                for _ in 0..<2 {
                    try await transport.send("Código: 12 & 34", to: "+34600123456", reference: "abc")
                }
                let kept = gateway.kept.withLock { $0 }
                #expect(kept.count == 2)
                for message in kept {
                    #expect(message.method == "POST" && message.key == "abc" && message.authorization == "Basic YTpi")
                    #expect(message.type == "application/x-www-form-urlencoded")
                    #expect(
                        message.body
                            == "To=%2B34600123456&From=Academy%20%26%20Co&Body=C%C3%B3digo%3A%2012%20%26%2034&Ref=r-abc"
                    )
                }
            }
        }

        @Test func `attack: a text that names fields or breaks out of its own stays a text`() async throws {
            try await withGateway(format: .json, method: .put) { gateway, transport in
                try await transport.send(#"{number} "},"To":"+1900"# + "\n", to: "+34600123456", reference: "abc")
                let message = try #require(gateway.kept.withLock { $0.first })
                #expect(message.method == "PUT" && message.type == "application/json")
                let json = try JSONValue.parse(Array(message.body.utf8))
                #expect(json["To"] == "+34600123456")
                #expect(json["Body"]?.text == #"{number} "},"To":"+1900"# + "\n")
            }
        }

        @Test(arguments: [(400, false), (404, false), (422, false), (401, true), (409, true), (429, true), (500, true)])
        func `what is refused for good is told from what may be taken later`(status: Int, isLater: Bool) async throws {
            try await withGateway { gateway, transport in
                gateway.status.withLock { $0 = status }
                await #expect(throws: isLater ? SMSTransportError.tryLater : .refused) {
                    try await transport.send("text", to: "+34600123456", reference: "abc")
                }
            }
        }

        @Test func `attack: what is no number is not sent, and a gateway on a private network is not reached`()
            async throws
        {
            try await withGateway { gateway, transport in
                for number in ["34600123456", "+34 600", "+", "+1234567890123456", "+34&To=+1900"] {
                    await #expect(throws: SMSTransportError.refused) {
                        try await transport.send("text", to: number, reference: "abc")
                    }
                }
                #expect(gateway.kept.withLock { $0.isEmpty })
            }
            let fields = [("To", "{number}"), ("Body", "{text}")]
            let near = SMSGateway(url: "http://127.0.0.1:1/", fields: fields, authorization: nil)
            let client = CurlHTTPClient(loop: try Self.loops.get().next(), addresses: OutgoingAddresses())
            let transport = GatewaySMSTransport(http: client, gateway: try #require(near))
            await #expect(throws: SMSTransportError.tryLater) {
                try await transport.send("text", to: "+34600123456", reference: "abc")
            }
            #expect(SMSGateway(url: "https://a.example", fields: [("To", "{number}")], authorization: nil) == nil)
        }
    }
#endif
