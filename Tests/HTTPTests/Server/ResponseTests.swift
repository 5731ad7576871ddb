// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct ResponseTests {
    private static func get(_ path: String = "/") -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

    @Test func `HEAD is measured and not sent`() async throws {
        let handler: HTTPHandler = { request in
            switch request.path {
            case "/none": HTTPResponse(status: .ok)
            case "/stream":
                HTTPResponse(status: .ok, body: .stream(length: 7) { writer in try await writer.write("content") })
            default: HTTPResponse(status: .ok, body: .bytes(Array("content".utf8)))
            }
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            for path in ["/bytes", "/stream", "/none"] { await client.send("HEAD \(path) HTTP/1.1\r\nHost: h\r\n\r\n") }
            await client.send(Self.get())
            #expect(await client.wait { $0.ends(with: "content") } == .satisfied)
            let parts = await client.text.components(separatedBy: "HTTP/1.1 ")
            #expect(parts.count == 5)
            #expect(parts[1].hasSuffix("content-length: 7\r\n\r\n"))
            #expect(parts[2].hasSuffix("content-length: 7\r\n\r\n"))
            #expect(parts[3].hasSuffix("content-length: 0\r\n\r\n"))
            await client.close()
        }
    }

    @Test(arguments: [HTTPStatus.noContent, .notModified])
    func `a status without content has neither content nor length`(_ status: HTTPStatus) async throws {
        let handler: HTTPHandler = { request in
            HTTPResponse(status: request.path == "/" ? status : .ok, body: .bytes(Array("content".utf8)))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get() + Self.get("/next"))
            #expect(await client.wait { $0.ends(with: "content") } == .satisfied)
            let parts = await client.text.components(separatedBy: "HTTP/1.1 ")
            #expect(parts.count == 3)
            #expect(!parts[1].contains("content"))
            await client.close()
        }
    }

    @Test func `a stream is sent in chunks, or until the end for HTTP/1.0`() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: .ok,
                body: .stream(length: nil) { writer in
                    try await writer.write("hello")
                    await Task.yield()
                    try await writer.write("")
                    try await writer.write(" wonderful world")
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get() + Self.get())
            #expect(
                await client.wait {
                    responses(in: String(decoding: $0, as: UTF8.self)) == 2 && $0.ends(with: "0\r\n\r\n")
                } == .satisfied
            )
            #expect(await client.text.hasSuffix("\r\n\r\n5\r\nhello\r\n10\r\n wonderful world\r\n0\r\n\r\n"))
            #expect(await client.text.contains("transfer-encoding: chunked\r\n"))
            await client.close()

            let old = try await RawClient.connect(server.port)
            await old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(await old.wait() == .closed)
            #expect(await old.text.hasSuffix("connection: close\r\n\r\nhello wonderful world"))
        }
    }

    @Test func `what is streamed to a client that is gone reaches nobody else`() async throws {
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let (gone, isGone) = AsyncStream.makeStream(of: Void.self)
        let (ended, hasEnded) = AsyncStream.makeStream(of: Void.self)
        let handler: HTTPHandler = { request in
            guard request.path == "/secret" else { return await Handlers.echo(request) }
            hasBegun.yield()
            for await _ in gone { break }
            return HTTPResponse(
                status: .ok,
                body: .stream(length: nil) { writer in
                    defer { hasEnded.yield() }
                    for _ in 0..<3 { try await writer.write([UInt8](repeating: UInt8(ascii: "s"), count: 50_000)) }
                }
            )
        }
        try await withServer(handler: handler) { server in
            // One on each loop, so that one shares the loop of the client that goes.
            let others = [try await RawClient.connect(server.port), try await RawClient.connect(server.port)]
            for other in others {
                await other.send(Self.get("/first"))
                #expect(await other.wait { $0.ends(with: "GET /first - h ") } == .satisfied)
            }
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get("/secret"))
            for await _ in begun { break }
            await client.close(reset: true)
            isGone.finish()
            for await _ in ended { break }
            for other in others {
                await other.send(Self.get("/second"))
                #expect(await other.wait { $0.ends(with: "GET /second - h ") } == .satisfied)
                #expect(responses(in: await other.text) == 2)
                #expect(await !other.text.contains("sss"))
                await other.close()
            }
        }
    }

    /// Doubles each piece, and tells the end.
    private struct Doubling: HTTPContentCoder {
        func add(_ piece: [UInt8]) -> [UInt8] { piece == Array("-".utf8) ? [] : piece + piece }
        func finish() -> [UInt8] { Array("end".utf8) }
    }

    @Test func `what a stream writes is coded, with what the coder keeps to the end`() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: .ok,
                body: .stream(length: nil) { writer in
                    writer.code(with: Doubling())
                    for piece in ["a", "-", "b"] { try await writer.write(piece) }
                }
            )
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get())
            #expect(await client.wait { $0.ends(with: "0\r\n\r\n") } == .satisfied)
            #expect(await client.text.hasSuffix("\r\n\r\n2\r\naa\r\n2\r\nbb\r\n3\r\nend\r\n0\r\n\r\n"))
            await client.close()
        }
    }

    @Test func `a stream of another length than announced breaks the connection`() async throws {
        let errors = Recorder<HTTPBodyError?>()
        let handler: HTTPHandler = { request in
            let text = request.path == "/long" ? "too much" : "few"
            return HTTPResponse(
                status: .ok,
                body: .stream(length: 5) { writer in
                    do throws(HTTPBodyError) {
                        try await writer.write(text)
                        errors.add(nil)
                    } catch {
                        errors.add(error)
                        throw error
                    }
                }
            )
        }
        try await withServer(handler: handler) { server in
            for path in ["/long", "/short"] {
                let client = try await RawClient.connect(server.port)
                await client.send(Self.get(path) + Self.get("/next"))
                #expect(await client.wait() == .closed)
                #expect(responses(in: await client.text) == 1)
            }
            #expect(errors.all == [.lengthMismatch, nil])
        }
    }

    @Test func `big answers wait for a slow client and are whole`() async throws {
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let handler: HTTPHandler = { request in
            if request.path == "/bytes" { return HTTPResponse(status: .ok, body: .bytes(content)) }
            return HTTPResponse(
                status: .ok,
                body: .stream(length: content.count) { writer in
                    for start in stride(from: 0, to: content.count, by: 100_000) {
                        try await writer.write(Array(content[start..<start + 100_000]))
                    }
                }
            )
        }
        try await withServer(handler: handler) { server in
            for path in ["/bytes", "/stream"] {
                let client = try await RawClient.connect(server.port, isPaused: true)
                await client.send(Self.get(path) + Self.get(path))
                await client.wait(.milliseconds(50))
                await client.resume()
                let ending = await client.wait(.seconds(20)) {
                    $0.count > 2 * content.count && $0.suffix(content.count).elementsEqual(content)
                }
                #expect(ending == .satisfied)
                await client.close()
            }
        }
    }

    @Test func `a field that a client could have injected is not sent`() async throws {
        let handler: HTTPHandler = { request in
            var response = HTTPResponse(status: 302)
            response.fields.append(.location, "/next?\(request.query == "x" ? "a\r\nSet-Cookie: b" : "a")")
            return response
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get("/?x") + Self.get("/?y"))
            #expect(await client.wait { responses(in: String(decoding: $0, as: UTF8.self)) == 2 } == .satisfied)
            let text = await client.text
            #expect(text.hasPrefix("HTTP/1.1 500 "))
            #expect(!text.contains("Set-Cookie"))
            #expect(text.contains("HTTP/1.1 302 Found\r\n"))
            await client.close()
        }
    }

    @Test func `persistence is what version and fields say`() async throws {
        try await withServer { server in
            for (request, stays) in [
                ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false),
                ("GET / HTTP/1.1\r\nHost: h\r\nConnection: a, Close\r\n\r\n", false),
                ("GET / HTTP/1.0\r\n\r\n", false),
                ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
            ] {
                let client = try await RawClient.connect(server.port)
                await client.send(request)
                let ending = await client.wait(stays ? .seconds(2) : .seconds(10))
                #expect(ending == (stays ? .timedOut : .closed))
                #expect(await client.text.contains("connection: \(stays ? "keep-alive" : "close")\r\n"))
                await client.close()
            }
        }
    }

    @Test func `a client that only closed its side still gets its answer`() async throws {
        let handler: HTTPHandler = { _ in
            // Interrupted only by the end of the process.
            try? await EventLoop.current?.sleep(for: .milliseconds(50))
            return HTTPResponse(status: .ok, body: .bytes(Array("late".utf8)))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get() + Self.get())
            await client.finishSending()
            #expect(await client.wait() == .closed)
            #expect(responses(in: await client.text) == 2)
        }
    }

    @Test func `a client that resets cancels its handler`() async throws {
        let ends = Recorder<Bool>()
        let handler: HTTPHandler = { _ in
            do {
                try await EventLoop.current?.sleep(for: .seconds(30))
                ends.add(false)
            } catch {
                ends.add(true)
            }
            return HTTPResponse(status: .ok)
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(Self.get())
            await client.wait(.milliseconds(50))
            await client.close(reset: true)
            #expect(await ends.all(after: 1) == [true])
        }
    }
}
