// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct DrainTests {
    private static func started(
        _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
        _ handler: @escaping HTTPHandler
    ) throws -> HTTPServer {
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        configure(&configuration)
        let server = HTTPServer(configuration: configuration, group: Loops.servers, handler: handler)
        try server.start()
        return server
    }

    @Test func `what has begun is answered, the port is closed, idle connections end`() async throws {
        let server = try Self.started { request in
            // Interrupted only by the end of the process.
            try? await EventLoop.current?.sleep(for: .milliseconds(200))
            return await Handlers.echo(request)
        }
        let idle = try await RawClient.connect(server.port)
        await idle.wait(.milliseconds(20))
        let busy = try await RawClient.connect(server.port)
        await busy.send("GET /busy HTTP/1.1\r\nHost: h\r\n\r\nGET /pipelined HTTP/1.1\r\nHost: h\r\n\r\n")
        let slow = try await RawClient.connect(server.port)
        await slow.send("POST /slow HTTP/1.1\r\nHo")
        await slow.wait(.milliseconds(20))
        let port = server.port
        async let cut = server.shutdown(deadline: .seconds(10))
        #expect(await idle.wait(.seconds(5)) == .closed)
        await slow.send("st: h\r\nContent-Length: 5\r\n\r\nhello")
        #expect(await busy.wait() == .closed)
        #expect(await slow.wait() == .closed)
        #expect(await cut == 0)
        #expect(await idle.count == 0)
        let answers = await busy.text
        #expect(responses(in: answers) == 2)
        #expect(answers.hasSuffix("GET /pipelined - h "))
        #expect(await slow.text.hasSuffix("POST /slow - h hello"))
        #expect(await slow.text.contains("connection: close"))
        let late = try await RawClient.connect(port)
        await late.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(await late.wait() == .closed)
        #expect(await late.count == 0)
    }

    @Test func `a request beyond the deadline is cut off and counted`() async throws {
        let server = try Self.started { _ in
            // Ended by the cancellation.
            try? await EventLoop.current?.sleep(for: .seconds(60))
            return HTTPResponse(status: .ok)
        }
        let client = try await RawClient.connect(server.port)
        await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await client.wait(.milliseconds(30))
        #expect(await server.shutdown(deadline: .milliseconds(50)) == 1)
        #expect(await client.wait() == .closed)
        #expect(await client.count == 0)
    }

    @Test func `under load every request that was read is answered`() async throws {
        let seen = Recorder<String>()
        let server = try Self.started { request in
            seen.add(request.path)
            await Task.yield()
            return HTTPResponse(status: .ok, body: .bytes(Array("[\(request.path)]".utf8)))
        }
        let port = server.port
        let answered = try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<24 {
                group.addTask {
                    let client = try await RawClient.connect(port)
                    var count = 0
                    while true {
                        let mark = "[/\(number)/\(count)]"
                        await client.send("GET /\(number)/\(count) HTTP/1.1\r\nHost: h\r\n\r\n")
                        guard await client.wait(until: { $0.ends(with: mark) }) == .satisfied else { break }
                        count += 1
                    }
                    return (0..<count).map { "/\(number)/\($0)" }
                }
            }
            group.addTask {
                _ = await seen.all(after: 2_000)
                #expect(await server.shutdown(deadline: .seconds(10)) == 0)
                return []
            }
            var all: [String] = []
            for try await paths in group { all += paths }
            return all
        }
        #expect(answered.count >= 2_000)
        #expect(Set(answered) == Set(seen.all))
    }

    @Test func `pipelined requests that were read together are all answered`() async throws {
        let servers = Recorder<HTTPServer>()
        let server = try Self.started { request in
            // The first one stops the server from within; those behind it were read with it.
            if request.path == "/0" {
                let stopping = servers.all[0]
                EventLoop.current?.spawn { await stopping.shutdown(deadline: .seconds(10)) }
                // Long enough for all loops to have closed the port; interrupted only by the end of the process.
                try? await EventLoop.current?.sleep(for: .milliseconds(200))
            }
            return HTTPResponse(status: .ok, body: .bytes(Array("[\(request.path)]".utf8)))
        }
        servers.add(server)
        let client = try await RawClient.connect(server.port)
        await client.send((0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        #expect(await client.wait() == .closed)
        let text = await client.text
        #expect(responses(in: text) == 50)
        #expect(text.hasSuffix("[/49]"))
        #expect(text.components(separatedBy: "connection: close").count == 2)
    }

    @Test func `a second shutdown and one before the start end at once`() async throws {
        let server = HTTPServer(configuration: HTTPServerConfiguration(), group: Loops.servers, handler: Handlers.echo)
        #expect(await server.shutdown(deadline: .seconds(1)) == 0)
        #expect(await server.shutdown(deadline: .seconds(1)) == 0)
        #expect(server.port == 0)
    }
}
