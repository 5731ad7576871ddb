// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct PlacingTests {
    private static let loopOfRequest: HTTPHandler = { request in
        HTTPResponse(status: .ok, body: .bytes(Array("<\(EventLoop.current?.name ?? "none")>".utf8)))
    }

    /// Connects, and finds out which loop answers.
    private static func connect(_ server: HTTPServer) async throws -> (client: RawClient, loop: String) {
        let client = try await RawClient.connect(server.port)
        await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(await client.wait { $0.ends(with: ">") } == .satisfied)
        return (client, String(await client.text.split(separator: "<").last ?? ""))
    }

    @Test(.timeLimit(.minutes(1))) func `connections go to the loop that has the fewest`() async throws {
        try await withServer(handler: Self.loopOfRequest) { server in
            var open: [(client: RawClient, loop: String)] = []
            for _ in 0..<10 {
                let pair = (try await Self.connect(server), try await Self.connect(server))
                #expect(pair.0.loop != pair.1.loop)
                open += [pair.0, pair.1]
            }
            let left = open[0].loop
            for connection in open where connection.loop == left { await connection.client.close() }
            while server.statistics.openConnections > 10 { await open[1].client.wait(.milliseconds(5)) }
            for _ in 0..<10 {
                let next = try await Self.connect(server)
                #expect(next.loop == left)
                open.append(next)
            }
            for connection in open { await connection.client.close() }
        }
    }
}
