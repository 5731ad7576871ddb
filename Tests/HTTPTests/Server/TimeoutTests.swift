// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct TimeoutTests {
    private static let short = Duration.milliseconds(120)

    @Test func `a head that does not end is answered with 408`() async throws {
        try await withServer {
            $0.headTimeout = Self.short
        } _: { server in
            let client = try await RawClient.connect(server.port)
            await client.send("GET / HTTP/1.1\r\nHost: h\r\nA: ")
            #expect(await client.wait() == .closed)
            #expect(await client.text.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `dripping bytes does not extend the time for a head`() async throws {
        try await withServer {
            $0.headTimeout = Self.short
        } _: { server in
            let client = try await RawClient.connect(server.port)
            await client.send("GET / HTTP/1.1\r\nHost: h\r\n")
            for _ in 0..<200 {
                await client.send("A: b\r\n")
                if await client.wait(.milliseconds(10)) == .closed { break }
            }
            #expect(await client.text.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `a body that pauses is answered with 408`() async throws {
        try await withServer {
            $0.bodyIdleTimeout = Self.short
        } _: { server in
            let client = try await RawClient.connect(server.port)
            await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhel")
            #expect(await client.wait() == .closed)
            #expect(await client.text.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `a body that drips is answered with 408 in the end`() async throws {
        try await withServer {
            $0.bodyIdleTimeout = .seconds(5)
            $0.bodyTimeout = Self.short
        } _: { server in
            let client = try await RawClient.connect(server.port)
            await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<200 {
                await client.send("x")
                if await client.wait(.milliseconds(10)) == .closed { break }
            }
            #expect(await client.text.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `an idle connection is closed without an answer`() async throws {
        try await withServer {
            $0.idleTimeout = .seconds(2)
        } _: { server in
            let silent = try await RawClient.connect(server.port)
            #expect(await silent.wait() == .closed)
            #expect(await silent.count == 0)
            let kept = try await RawClient.connect(server.port)
            await kept.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await kept.wait() == .closed)
            #expect(responses(in: await kept.text) == 1)
        }
    }

    @Test func `a client that takes nothing is cut off`() async throws {
        let ended = Recorder<Bool>()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: .ok,
                body: .stream(length: nil) { writer in
                    let piece = [UInt8](repeating: 0x61, count: 262_144)
                    do {
                        while true { try await writer.write(piece) }
                    } catch {
                        ended.add(true)
                        throw error
                    }
                }
            )
        }
        try await withServer({ $0.writeTimeout = Self.short }, handler: handler) { server in
            let client = try await RawClient.connect(server.port, isPaused: true)
            await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await ended.all(after: 1) == [true])
            #expect(server.statistics.openConnections == 0)
            await client.close()
        }
    }

    @Test func `a handler may take longer than any of these times`() async throws {
        let handler: HTTPHandler = { _ in
            // Interrupted only by the end of the process.
            try? await EventLoop.current?.sleep(for: .milliseconds(1_600))
            return HTTPResponse(status: .noContent)
        }
        try await withServer(
            {
                $0.headTimeout = .seconds(1)
                $0.writeTimeout = .seconds(1)
            },
            handler: handler
        ) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await client.wait { $0.count > 20 } == .satisfied)
            let text = await client.text
            #expect(text.hasPrefix("HTTP/1.1 204 No Content\r\n"), "\(text)")
        }
    }
}
