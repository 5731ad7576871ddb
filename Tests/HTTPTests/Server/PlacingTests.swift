// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct PlacingTests {
    /// A server whose requests to `/stay` are under way until their client leaves, and which loops they come to.
    private struct Loop {
        let begun = Recorder<String>()

        func handle(_ request: HTTPRequest) async -> HTTPResponse {
            begun.add(EventLoop.current?.name ?? "none")
            if request.path == "/stay" { try? await EventLoop.current?.sleep(for: .seconds(60)) }
            return HTTPResponse(status: .noContent)
        }

        /// Connects and sends the next request after so many; says which loop it came to.
        func connect(_ server: HTTPServer, _ path: String, after count: Int) async throws -> (RawClient, String) {
            let client = try await RawClient.connect(server.port)
            await client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            return (client, try #require(await begun.all(after: count + 1).dropFirst(count).first))
        }
    }

    private func hasClosed(_ server: HTTPServer, downTo count: Int, beside client: RawClient) async throws {
        for _ in 0..<1_000 where server.statistics.openConnections > count { await client.wait(.milliseconds(5)) }
        try #require(server.statistics.openConnections == count)
    }

    @Test func `connections go to the loop that has the fewest`() async throws {
        let loop = Loop()
        try await withServer(handler: loop.handle) { server in
            var open: [(client: RawClient, loop: String)] = []
            for pair in 0..<5 {
                open.append(try await loop.connect(server, "/stay", after: 2 * pair))
                open.append(try await loop.connect(server, "/stay", after: 2 * pair + 1))
                #expect(open[2 * pair].loop != open[2 * pair + 1].loop)
            }
            let left = open[0].loop
            for connection in open where connection.loop == left { await connection.client.close(reset: true) }
            try await hasClosed(server, downTo: 5, beside: open[1].client)
            for number in 10..<15 {
                open.append(try await loop.connect(server, "/stay", after: number))
                #expect(open[number].loop == left)
            }
            for connection in open { await connection.client.close(reset: true) }
        }
    }

    @Test func `connections that have not been used for a while do not count`() async throws {
        let loop = Loop()
        try await withServer(handler: loop.handle) { server in
            var open: [(client: RawClient, loop: String)] = []
            for number in 0..<4 { open.append(try await loop.connect(server, "/", after: number)) }
            let left = open[0].loop
            for connection in open where connection.loop == left { await connection.client.close() }
            try await hasClosed(server, downTo: 2, beside: open[1].client)
            // The time after which the others are unused.
            await open[1].client.wait(.seconds(4))
            for number in 4..<8 { open.append(try await loop.connect(server, "/stay", after: number)) }
            #expect(open[4...].count { $0.loop == left } == 2)
            for connection in open { await connection.client.close(reset: true) }
        }
    }
}
