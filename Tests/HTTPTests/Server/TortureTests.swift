// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct TortureTests {
    private static let marker = "GET /marker HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test(arguments: TortureCase.refused)
    func `a malformed message is refused and the connection closed`(_ torture: TortureCase) async throws {
        try await withServer { server in
            let client = try await RawClient.connect(server.port)
            await client.send(torture.input + Array(Self.marker.utf8))
            #expect(await client.wait() == .closed)
            let text = await client.text
            #expect(text.hasPrefix("HTTP/1.1 \(torture.status) "), "\(text)")
            #expect(responses(in: text) == 1)
            #expect(text.contains("\r\nconnection: close\r\n"))
            #expect(!text.contains("/marker"))
        }
    }

    @Test(arguments: TortureCase.refused)
    func `it is refused just so when it comes byte by byte`(_ torture: TortureCase) async throws {
        let whole = Parse(torture.input)
        #expect(Parse(torture.input, piece: 1) == whole)
        #expect(Parse(torture.input, piece: 7) == whole)
    }

    @Test(arguments: TortureCase.accepted)
    func `an unusual but valid message is answered and the connection kept`(_ torture: TortureCase) async throws {
        try await withServer { server in
            let client = try await RawClient.connect(server.port)
            await client.send(torture.input + Array(Self.marker.utf8))
            #expect(await client.wait { $0.ends(with: "GET /marker - h ") } == .satisfied)
            let text = await client.text
            #expect(text.hasPrefix("HTTP/1.1 \(torture.status) "), "\(text)")
            #expect(responses(in: text) == 2)
            await client.close()
        }
    }

    @Test func `absolute-form decides the authority and the path`() async throws {
        let request = try HTTPRequest(
            parsing: Array("GET http://acme.example.org:81?b HTTP/1.1\r\nHost: other\r\n\r\n".utf8)
        )
        #expect(request.authority == "acme.example.org:81")
        #expect(request.path == "/")
        #expect(request.query == "b")
    }

    @Test func `a refusal is told to the host`() async throws {
        let told = Recorder<HTTPRefusal>()
        try await withServer {
            $0.onRefusal = { refusal, _ in told.add(refusal) }
        } _: { server in
            let client = try await RawClient.connect(server.port)
            await client.send("GET / HTTP/2.0\r\n\r\n")
            #expect(await client.wait() == .closed)
            #expect(told.all == [.unsupportedVersion])
            #expect(server.statistics.refusedRequests == 1)
        }
    }
}
