// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct WebSocketServerTests {
    private typealias Frames = WebSocketCases

    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let request = """
        GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
        Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n
        """

    /// Says everything back, until it is told to stop.
    static func echo(_ settings: WebSocketSettings = WebSocketSettings()) -> HTTPHandler {
        { request in
            do throws(WebSocketUpgrade.Refusal) {
                let upgrade = try WebSocketUpgrade(request)
                let agreement = WebSocketAgreement(
                    to: upgrade,
                    subprotocol: upgrade.protocols.first,
                    settings: settings
                ) { socket in
                    while let message = await socket.receive() {
                        switch message {
                        case .text("stop"): return
                        case .text(let text): socket.send(text)
                        case .binary(let bytes): socket.send(binary: bytes)
                        }
                    }
                }
                return HTTPResponse(status: 101, body: .webSocket(agreement))
            } catch {
                return HTTPResponse(status: error == .malformed ? 400 : 426)
            }
        }
    }

    /// A client that has shaken hands.
    private static func open(
        _ server: HTTPServer,
        _ more: String = "",
        then frames: [UInt8] = [],
        isPaused: Bool = false
    ) async throws
        -> RawClient
    {
        let client = try await RawClient.connect(server.port, isPaused: isPaused)
        await client.send(Array((request + more + "\r\n").utf8) + frames)
        if !isPaused {
            #expect(await client.wait { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") } == .satisfied)
        }
        return client
    }

    /// What came after the head.
    private static func frames(_ received: [UInt8]) -> [UInt8] {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
        return Array(received[end.upperBound...])
    }

    private static func received(_ client: RawClient, count: Int) async -> [UInt8] {
        await client.wait { frames($0).count >= count }
        return frames(await client.bytes)
    }

    @Test func `the handshake answers as the example of RFC 6455 §1.3`() async throws {
        try await withServer(handler: Self.echo()) { server in
            let client = try await Self.open(server, "Sec-WebSocket-Protocol: chat, superchat\r\n")
            let head = await client.text
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.contains("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(head.contains("\r\nsec-websocket-protocol: chat\r\n"))
            #expect(head.contains("\r\nconnection: upgrade\r\nupgrade: websocket\r\n"))
            #expect(!head.contains("content-length") && !head.contains("sec-websocket-extensions"))
            await client.close()
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 426),
        (request.replacing("GET ", with: "POST ") + "\r\n", 426),
        (request.replacing("HTTP/1.1", with: "HTTP/1.0") + "\r\n", 426),
        (request.replacing("Upgrade: websocket", with: "Upgrade: h2c") + "\r\n", 426),
        (request.replacing("keep-alive, Upgrade", with: "keep-alive") + "\r\n", 426),
        (request.replacing("Version: 13", with: "Version: 8") + "\r\n", 426),
        (request + "Sec-WebSocket-Version: 8\r\n\r\n", 426),
        (request.replacing(key, with: "c2hvcnQ=") + "\r\n", 400),
        (request.replacing("\(key)", with: String(repeating: "-", count: 24)) + "\r\n", 400),
        (request + "Sec-WebSocket-Key: \(key)\r\n\r\n", 400),
        (request + "Content-Length: 1\r\n\r\nx", 400),
        (request + "Sec-WebSocket-Protocol: a b\r\n\r\n", 400),
    ])
    func `what is no handshake is refused`(_ request: String, _ status: Int) async throws {
        try await withServer(handler: Self.echo()) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(request)
            #expect(await client.wait { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") } == .satisfied)
            let head = await client.text
            #expect(head.hasPrefix("HTTP/1.1 \(status) "))
            #expect(head.contains("sec-websocket-version: 13") == (status == 426))
            #expect(head.contains("upgrade: websocket") == (status == 426))
            await client.close()
        }
    }

    @Test func `frames that come with the request, after another request and in single bytes are answered in order`()
        async throws
    {
        try await withServer(handler: { request in
            request.path == "/plain" ? HTTPResponse(status: .ok, body: .bytes([0x2A])) : await Self.echo()(request)
        }) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(
                Array(("GET /plain HTTP/1.1\r\nHost: h\r\n\r\n" + Self.request + "\r\n").utf8) + Frames.text("one")
            )
            for byte in Frames.text("two") + Frames.frame(0x01, [0x61]) + Frames.frame(0x89, [7])
                + Frames.frame(0x80, [0x62])
            {
                await client.send([byte])
            }
            let pong: [UInt8] = [0x8A, 1, 7]
            let messages: [UInt8] =
                [0x81, 3] + Array("one".utf8) + [0x81, 3] + Array("two".utf8) + [0x81, 2, 0x61, 0x62]
            // A ping is answered at once, a message when its handler ran: only the messages have an order.
            let places = [2 + 3, 2 * (2 + 3), 0].map { messages.prefix($0) + pong + messages.dropFirst($0) }
            let outcome = await client.wait { received in
                places.contains { received.suffix($0.count).elementsEqual($0) }
            }
            #expect(outcome == .satisfied)
            #expect(responses(in: await client.text) == 2)
            await client.close()
        }
    }

    @Test func `both sides close in order, and the server ends the connection`() async throws {
        try await withServer(handler: Self.echo()) { server in
            let first = try await Self.open(server)
            await first.send(Frames.close(4_000, Array("bye".utf8)) + Frames.text("late"))
            #expect(await first.wait() == .closed)
            #expect(Self.frames(await first.bytes) == [0x88, 2, 0x0F, 0xA0])
            let second = try await Self.open(server)
            await second.send(Frames.text("stop"))
            #expect(await Self.received(second, count: 4) == [0x88, 2, 0x03, 0xE8])
            await second.send(Frames.text("late") + Frames.close(1_000))
            #expect(await second.wait() == .closed)
            #expect(Self.frames(await second.bytes) == [0x88, 2, 0x03, 0xE8])
        }
    }

    @Test func `who does not close too is cut off`() async throws {
        var settings = WebSocketSettings()
        settings.closeTimeout = .milliseconds(100)
        try await withServer(handler: Self.echo(settings)) { server in
            let client = try await Self.open(server)
            await client.send(Frames.text("stop"))
            #expect(await client.wait() == .closed)
            #expect(Self.frames(await client.bytes) == [0x88, 2, 0x03, 0xE8])
        }
    }

    @Test func `a mistake is told and ends the connection, what came before it is answered`() async throws {
        try await withServer(handler: Self.echo()) { server in
            for (frame, code) in [
                (Frames.frame(0xC1), 1_002), (Frames.frame(0x81, [0xFF]), 1_007),
                ([0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0], 1_009),
            ] {
                let client = try await Self.open(server)
                await client.send(Frames.frame(0x89, [1]) + frame)
                #expect(await client.wait() == .closed)
                let frames = Self.frames(await client.bytes)
                #expect(frames.prefix(4) == [0x8A, 1, 1, 0x88])
                #expect(frames.dropFirst(5).prefix(2).reduce(0) { $0 << 8 | Int($1) } == code)
            }
        }
    }

    @Test func `a client that is silent is pinged, and cut off if it does not answer`() async throws {
        var settings = WebSocketSettings()
        // Three take longer than an idle connection lasts, which lasts long enough for a request to a busy machine.
        settings.pingInterval = .milliseconds(800)
        // Long enough for an answer on a machine that is busy.
        settings.pongTimeout = .seconds(3)
        try await withServer({ $0.idleTimeout = .seconds(2) }, handler: Self.echo(settings)) { server in
            let client = try await Self.open(server)
            for count in 1...3 {
                #expect(await Self.received(client, count: 2 * count).count >= 2 * count)
                await client.send(Frames.frame(0x8A))
            }
            #expect(await client.wait() == .closed)
            let frames = Self.frames(await client.bytes)
            #expect(frames == Array(repeating: [0x89, 0], count: frames.count / 2).flatMap(\.self))
        }
    }

    @Test func `a client that reads too slowly is closed, and little is kept for it`() async throws {
        let refused = Recorder<Bool>()
        try await withServer(handler: { request in
            do throws(WebSocketUpgrade.Refusal) {
                return HTTPResponse(
                    status: .ok,
                    body: .webSocket(
                        WebSocketAgreement(to: try WebSocketUpgrade(request)) { socket in
                            let piece = [UInt8](repeating: 0x61, count: 60_000)
                            for _ in 0..<2_000 {
                                guard socket.send(utf8: piece) else { return refused.add(true) }
                                await Task.yield()
                            }
                            refused.add(false)
                        }
                    )
                )
            } catch {
                return HTTPResponse(status: .badRequest)
            }
        }) { server in
            let client = try await Self.open(server, isPaused: true)
            #expect(await refused.all(after: 1) == [true])
            await client.resume()
            #expect(await client.wait(.seconds(20)) == .closed)
            let frames = await client.bytes.suffix(20)
            #expect(frames.elementsEqual([0x88, 18, 0x03, 0xF5] + Array("reads too slowly".utf8)))
        }
    }

    @Test func `all who wait for a slow client go on when it has taken everything, but for those who left`()
        async throws
    {
        let (steps, owners) = (Recorder<Int>(), Recorder<Owner>())
        for _ in 0..<3 { owners.add(Owner()) }
        let size = 40_000_000
        try await withServer(handler: { request in
            do throws(WebSocketUpgrade.Refusal) {
                var settings = WebSocketSettings()
                settings.outgoingLimitInBytes = size + 1_000
                let upgrade = try WebSocketUpgrade(request)
                let agreement = WebSocketAgreement(to: upgrade, settings: settings) { socket in
                    // More than the system's buffers take, so that they do wait.
                    socket.send(utf8: [UInt8](repeating: 0x61, count: size))
                    for (number, owner) in owners.all.enumerated() {
                        for turn in 1...2 { socket.whenDrained(for: owner) { steps.add(10 * turn + number) } }
                    }
                    socket.stopWaiting(for: owners.all[1])
                    // Comes behind the others on the loop.
                    socket.eventLoop.execute { steps.add(0) }
                    _ = await socket.receive()
                }
                return HTTPResponse(status: .ok, body: .webSocket(agreement))
            } catch {
                return HTTPResponse(status: .badRequest)
            }
        }) { server in
            let client = try await Self.open(server, isPaused: true)
            #expect(await steps.all(after: 1) == [0])
            await client.resume()
            #expect(await steps.all(after: 3) == [0, 20, 22])
            await client.close()
        }
    }

    /// Somebody who waits for a client.
    private final class Owner: Sendable {}

    @Test func `a handler that takes its time holds the client back`() async throws {
        let taken = Recorder<Int>()
        try await withServer(handler: { request in
            do throws(WebSocketUpgrade.Refusal) {
                return HTTPResponse(
                    status: .ok,
                    body: .webSocket(
                        WebSocketAgreement(to: try WebSocketUpgrade(request)) { socket in
                            while case .binary(let bytes)? = await socket.receive() {
                                taken.add(bytes.count)
                                // Ended by the cancellation.
                                try? await EventLoop.current?.sleep(for: .milliseconds(1))
                            }
                        }
                    )
                )
            } catch {
                return HTTPResponse(status: .badRequest)
            }
        }) { server in
            let client = try await Self.open(server)
            let frame = Frames.frame(0x82, Array(repeating: 1, count: 50_000))
            for _ in 0..<100 { await client.send(frame) }
            await client.send(Frames.close(1_000))
            // The close frame is answered behind the messages.
            #expect(await client.wait(.seconds(20)) == .closed)
            #expect(Self.frames(await client.bytes) == [0x88, 2, 0x03, 0xE8])
            #expect(taken.all == Array(repeating: 50_000, count: 100))
        }
    }

    @Test func `a server that stops says so`() async throws {
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        let server = HTTPServer(configuration: configuration, group: Loops.servers, handler: Self.echo())
        try server.start()
        let client = try await Self.open(server)
        async let cut = server.shutdown(deadline: .seconds(10))
        let frames = await Self.received(client, count: 4)
        #expect(frames.first == 0x88 && frames.dropFirst(2).prefix(2).elementsEqual([0x03, 0xE9]))
        await client.send(Frames.close(1_001))
        #expect(await client.wait() == .closed)
        #expect(await cut == 0)
    }

    @Test func `a handler learns that its client is gone`() async throws {
        let over = Recorder<Bool>()
        try await withServer(handler: { request in
            do throws(WebSocketUpgrade.Refusal) {
                return HTTPResponse(
                    status: .ok,
                    body: .webSocket(
                        WebSocketAgreement(to: try WebSocketUpgrade(request)) { socket in
                            over.add(await socket.receive() == nil && Task.isCancelled)
                        }
                    )
                )
            } catch {
                return HTTPResponse(status: .badRequest)
            }
        }) { server in
            for reset in [false, true] {
                let client = try await Self.open(server)
                await client.close(reset: reset)
            }
            #expect(await over.all(after: 2) == [true, true])
        }
    }
}
