// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct ServerTests {
    @Test func `a request is answered and the connection kept`() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(server.port)
            await client.send("GET /a?b=c HTTP/1.1\r\nHost: acme.localhost:8080\r\n\r\n")
            #expect(await client.wait { $0.ends(with: "acme.localhost:8080 ") } == .satisfied)
            await client.send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await client.wait { $0.ends(with: "GET /second - h ") } == .satisfied)
            let text = await client.text
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\ndate: "))
            #expect(text.contains("\r\ncontent-length: 31\r\n\r\nGET /a b=c acme.localhost:8080 HTTP/1.1"))
            await client.close()
        }
    }

    @Test func `pipelined requests are answered in order`() async throws {
        let handler: HTTPHandler = { request in
            // Every second one leaves the stack frame of the parser.
            if request.path.hasSuffix("1") { await Task.yield() }
            return HTTPResponse(status: .ok, body: .bytes(Array("[\(request.path)]".utf8)))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            let all = (0..<200).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined()
            await client.send(all)
            #expect(await client.wait { $0.ends(with: "[/199]") } == .satisfied)
            let text = await client.text
            let order = text.components(separatedBy: "[/").dropFirst().compactMap { Int($0.prefix { $0 != "]" }) }
            #expect(order == Array(0..<200))
            await client.close()
        }
    }

    @Test func `a port in use is named in the error`() async throws {
        try await withServer { server in
            var configuration = HTTPServerConfiguration()
            configuration.port = server.port
            let second = HTTPServer(configuration: configuration, group: Loops.servers, handler: Handlers.echo)
            let error = #expect(throws: HTTPServerError.self) { try second.start() }
            #expect(error == .portInUse(host: "127.0.0.1", port: server.port))
            #expect(error?.description.contains("port \(server.port) on 127.0.0.1 is in use") == true)
        }
    }

    @Test func `a body is read in the ways of framing`() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(server.port)
            await client.send("POST /l HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
            #expect(await client.wait { $0.ends(with: "POST /l - h hello") } == .satisfied)
            await client.send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
            await client.send("5\r\nhello\r\n6;ext=1\r\n world\r\n")
            await client.send("0\r\nTrailer: dropped\r\n\r\nGET /n HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await client.wait { $0.ends(with: "GET /n - h ") } == .satisfied)
            #expect(await client.text.contains("POST /c - h hello world"))
            await client.close()
        }
    }
}

extension [UInt8] {
    func ends(with text: String) -> Bool { reversed().starts(with: text.utf8.reversed()) }
}
