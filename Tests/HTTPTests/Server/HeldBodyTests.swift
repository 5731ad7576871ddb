// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Synchronization
import Testing

@Suite struct HeldBodyTests {
    /// Keeps what is open, and what ended.
    private final class Held: Sendable {
        let open = Mutex<[HTTPHeldBody]>([])
        let over = Recorder<Bool>()

        func handler(_ settings: HTTPHeldBody.Settings = HTTPHeldBody.Settings()) -> HTTPHandler {
            { [self] _ in
                HTTPResponse(
                    status: .ok,
                    body: .held(settings) { body in
                        body.whenOver { self.over.add(true) }
                        self.open.withLock { $0.append(body) }
                    }
                )
            }
        }

        /// The last of so many bodies, once it is open: its head may arrive before.
        func body(_ count: Int = 1, _ client: RawClient) async throws -> HTTPHeldBody {
            await client.wait { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") }
            for _ in 0..<1_000 where open.withLock({ $0.count < count }) { await client.wait(.milliseconds(5)) }
            return try #require(open.withLock { $0.count == count ? $0.last : nil })
        }
    }

    private static let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func `what is sent now and then arrives, and the connection goes on after the end`() async throws {
        let held = Held()
        try await withServer(handler: held.handler()) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get)
            let body = try await held.body(1, client)
            #expect(body.send(Array("data: 1\n\n".utf8)))
            #expect(await client.wait { $0.ends(with: "\r\n\r\n9\r\ndata: 1\n\n\r\n") } == .satisfied)
            body.send(Array("a".utf8))
            body.end(Array("b".utf8))
            // In one chunk or in two, as the loop comes to it.
            let endings = ["2\r\nab\r\n0\r\n\r\n", "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"]
            #expect(await client.wait { bytes in endings.contains { bytes.ends(with: $0) } } == .satisfied)
            // The loop says so after it has sent the end.
            #expect(await held.over.all(after: 1) == [true])
            #expect(!body.send([1]))
            await client.send(Self.get)
            #expect(await client.wait { responses(in: String(decoding: $0, as: UTF8.self)) == 2 } == .satisfied)
            await client.close()

            let old = try await RawClient.connect(server.port)
            await old.send("GET / HTTP/1.0\r\n\r\n")
            let plain = try await held.body(3, old)
            plain.end(Array("data: 2\n\n".utf8))
            #expect(await old.wait() == .closed)
            #expect(await old.text.hasSuffix("\r\n\r\ndata: 2\n\n"))
        }
    }

    @Test func `a quiet stream has heartbeats`() async throws {
        let held = Held()
        var settings = HTTPHeldBody.Settings()
        // Three take longer than an idle connection lasts, which lasts long enough for a request to a busy machine.
        settings.heartbeatInterval = .milliseconds(800)
        try await withServer({ $0.idleTimeout = .seconds(2) }, handler: held.handler(settings)) {
            [settings] server in
            _ = settings
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get)
            #expect(
                await client.wait { $0.ends(with: "3\r\n:\n\n\r\n3\r\n:\n\n\r\n3\r\n:\n\n\r\n") }
                    == .satisfied
            )
            await client.close()
        }
    }

    @Test func `a client that leaves or reads nothing ends its stream`() async throws {
        let held = Held()
        try await withServer(handler: held.handler()) { server in
            let gone = try await RawClient.connect(server.port)
            await gone.send(Self.get)
            _ = try await held.body(1, gone)
            await gone.finishSending()
            #expect(await gone.wait() == .closed)
            // The loop says so after the socket is closed.
            #expect(await held.over.all(after: 1) == [true])

            let lazy = try await RawClient.connect(server.port, isPaused: true)
            await lazy.send(Self.get)
            for _ in 0..<1_000 where held.open.withLock({ $0.count < 2 }) { await lazy.wait(.milliseconds(5)) }
            let body = try #require(held.open.withLock { $0.count == 2 ? $0.last : nil })
            let piece = [UInt8](repeating: 0x61, count: 30_000)
            var pieces = 0
            while pieces < 2_000, body.send(piece) {
                pieces += 1
                await withTaskExecutorPreference(body.eventLoop) { await Task.yield() }
            }
            #expect(pieces < 2_000)
            await lazy.resume()
            #expect(await lazy.wait() == .closed)
        }
    }

    @Test func `a server that stops ends its streams, which then are not cut off`() async throws {
        let held = Held()
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        let server = HTTPServer(configuration: configuration, group: Loops.servers, handler: held.handler())
        try server.start()
        let client = try await RawClient.connect(server.port)
        await client.send(Self.get)
        _ = try await held.body(1, client)
        async let cut = server.shutdown(deadline: .seconds(10))
        #expect(await client.wait() == .closed)
        #expect(await client.text.hasSuffix("\r\n\r\n0\r\n\r\n"))
        #expect(await cut == 0)
        #expect(held.over.all == [true])
    }

    @Test func `HEAD opens nothing`() async throws {
        let held = Held()
        try await withServer(handler: held.handler()) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await client.wait { $0.ends(with: "\r\n\r\n") } == .satisfied)
            #expect(held.open.withLock { $0.isEmpty })
            await client.close()
        }
    }
}
