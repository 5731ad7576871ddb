// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    import Foundation
    import LMSCurlDriver
    import LMSEventLoop
    import LMSHTTP
    import LMSOpenSSLDriver
    import LMSTenancy
    import LMSTestSupport
    import Testing

    @Suite struct CurlHTTPClientTests {
        private static let loops = Result { try EventLoopGroup(count: 1, name: "peer") }
        private static let outgoing = Result { try EventLoopGroup(count: 1, name: "outgoing") }

        private func client(allowing networks: String = "127.0.0.0/8") throws -> CurlHTTPClient {
            let ranges = try #require(NetworkRange.list(networks))
            return CurlHTTPClient(loop: try Self.outgoing.get().next(), addresses: OutgoingAddresses(allowing: ranges))
        }

        private func withServer<R>(
            tls: TLSContext? = nil,
            handler: @escaping HTTPHandler,
            _ body: (_ port: UInt16) async throws -> R
        ) async throws -> R {
            var configuration = HTTPServerConfiguration()
            configuration.port = 0
            configuration.tls = tls
            let server = HTTPServer(configuration: configuration, group: try Self.loops.get(), handler: handler)
            try server.start()
            let result: R
            do {
                result = try await body(server.port)
            } catch {
                await server.shutdown(deadline: .zero)
                throw error
            }
            await server.shutdown(deadline: .zero)
            return result
        }

        private static let echo: HTTPHandler = { request in
            var response = HTTPResponse(status: .created)
            response.fields.append(.contentType, "text/plain")
            do throws(HTTPBodyError) {
                let body = try await request.body.collect(limit: 1_000_000)
                response.body = .bytes(
                    Array("\(request.method) \(request.path) \(request["user-agent"] ?? "-") ".utf8) + body
                )
            } catch {
                response.status = error.status
            }
            return response
        }

        @Test func `a request arrives as it was sent, and its reply comes back`() async throws {
            try await withServer(handler: Self.echo) { port in
                let request = OutgoingRequest(
                    .post,
                    "http://127.0.0.1:\(port)/a?b=c",
                    fields: [("Content-Type", "text/plain")],
                    body: Array("hello".utf8)
                )
                let response = try await client().send(request)
                #expect(response.status == 201)
                #expect(response.field("content-type") == "text/plain")
                #expect(String(decoding: response.body, as: UTF8.self) == "POST /a lms hello")
                let read = try await client().send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/"))
                #expect(String(decoding: read.body, as: UTF8.self) == "GET / lms ")
            }
        }

        @Test func `a reply that is too long is not read`() async throws {
            try await withServer(handler: { _ in
                var response = HTTPResponse(status: .ok)
                response.body = .bytes(Array(repeating: 65, count: 5_000))
                return response
            }) { port in
                await #expect(throws: OutgoingError.tooLarge) {
                    try await client().send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/", limitInBytes: 4_999))
                }
                let whole = OutgoingRequest(.get, "http://127.0.0.1:\(port)/", limitInBytes: 5_000)
                let response = try await client().send(whole)
                #expect(response.body.count == 5_000)
            }
        }

        @Test func `a redirection is told and not followed`() async throws {
            try await withServer(handler: { _ in
                var response = HTTPResponse(status: 302)
                response.fields.append(.location, "https://169.254.169.254/latest/meta-data")
                return response
            }) { port in
                let response = try await client().send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/"))
                #expect(response.status == 302)
                // And if it is followed, its target is asked about too.
                await #expect(throws: OutgoingError.refusedAddress) {
                    try await client().send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/", redirects: 2))
                }
            }
        }

        @Test(
            arguments: [
                "http://127.0.0.1", "https://127.0.0.1", "http://localhost", "https://localhost", "http://[::1]",
                "http://0x7f000001", "http://2130706433", "http://0177.0.0.1", "http://127.1", "http://0",
                "http://[::ffff:127.0.0.1]", "https://169.254.169.254",
            ]
        )
        func `SSRF is refused before anything is connected, however an address is spelled`(host: String) async throws {
            try await withServer(handler: { _ in
                Issue.record("the request arrived")
                return HTTPResponse(status: .ok)
            }) { port in
                let client = try client(allowing: "10.99.0.0/16")
                await #expect(throws: OutgoingError.refusedAddress) {
                    try await client.send(OutgoingRequest(.get, "\(host):\(port)/"))
                }
            }
        }

        @Test(
            arguments: [
                "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "127.0.0.1/", "", "https://",
                "http://user:password@127.0.0.1/",
            ]
        )
        func `an address of another kind is refused`(url: String) async throws {
            let client = try client()
            await #expect(throws: OutgoingError.malformed) { try await client.send(OutgoingRequest(.get, url)) }
        }

        @Test(arguments: [("X", "a\r\nY: b"), ("X\r\nY", "b"), ("X:", "b"), ("", "b")])
        func `a field cannot bring another along`(name: String, value: String) async throws {
            let client = try client()
            await #expect(throws: OutgoingError.malformed) {
                try await client.send(OutgoingRequest(.get, "http://127.0.0.1:9/", fields: [(name, value)]))
            }
        }

        @Test func `a server that does not answer is given up`() async throws {
            let listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
            let client = try client()
            let url = "http://127.0.0.1:\(listener.port)/"
            await #expect(throws: OutgoingError.timedOut) {
                try await client.send(OutgoingRequest(.get, url, timeout: .milliseconds(200)))
            }
        }

        @Test func `nobody there is told as that`() async throws {
            var listener = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
            let port = listener.port
            listener.close()
            let client = try client()
            await #expect(throws: OutgoingError.unreachable) {
                try await client.send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/"))
            }
        }

        @Test func `a certificate that nobody vouches for is refused`() async throws {
            let files = try SelfSignedCertificate(for: "DNS:localhost")
            defer { files.remove() }
            let certificate = files.file
            let tls = try TLSContext(certificatePath: certificate, privateKeyPath: files.key)
            try await withServer(tls: tls, handler: Self.echo) { port in
                let ranges = try #require(NetworkRange.list("127.0.0.0/8,::1"))
                let (loop, addresses) = (try Self.outgoing.get().next(), OutgoingAddresses(allowing: ranges))
                let strict = CurlHTTPClient(loop: loop, addresses: addresses)
                await #expect(throws: OutgoingError.untrusted) {
                    try await strict.send(OutgoingRequest(.get, "https://localhost:\(port)/"))
                }
                let trusting = CurlHTTPClient(loop: loop, addresses: addresses, certificateFile: certificate)
                let trusted = try await trusting.send(OutgoingRequest(.get, "https://localhost:\(port)/"))
                #expect(trusted.status == 201)
                // The name counts too.
                await #expect(throws: OutgoingError.untrusted) {
                    try await trusting.send(OutgoingRequest(.get, "https://127.0.0.1:\(port)/"))
                }
            }
        }
    }
#endif
