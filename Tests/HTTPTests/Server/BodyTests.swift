// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

@Suite struct BodyTests {
    private static let post = "POST / HTTP/1.1\r\nHost: h\r\n"

    @Test func `100 is sent when the handler asks for the body`() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(await client.wait { $0.ends(with: "HTTP/1.1 100 Continue\r\n\r\n") } == .satisfied)
            await client.send("hello")
            #expect(await client.wait { $0.ends(with: "h hello") } == .satisfied)
            #expect(await client.text.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"))
            await client.close()
        }
    }

    @Test func `a body that came with its head is told from one that is still to come`() async throws {
        let handler: HTTPHandler = { request in
            let hasArrived = request.body.hasArrived
            do throws(HTTPBodyError) {
                let body = try await request.body.collect(limit: 100)
                return HTTPResponse(status: .ok, body: .bytes(Array("\(body.count) \(hasArrived);".utf8)))
            } catch {
                return HTTPResponse(status: error.status)
            }
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Content-Length: 5\r\n\r\nhello")
            #expect(await client.wait { $0.ends(with: "5 true;") } == .satisfied)
            await client.send("\(Self.post)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(await client.wait { $0.ends(with: "HTTP/1.1 100 Continue\r\n\r\n") } == .satisfied)
            await client.send("hello")
            #expect(await client.wait { $0.ends(with: "5 false;") } == .satisfied)
            await client.send("\(Self.post)\r\n")
            #expect(await client.wait { $0.ends(with: "0 true;") } == .satisfied)
            await client.close()
        }
    }

    @Test func `100 is not sent when the length is beyond the limit`() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n")
            #expect(await client.wait() == .closed)
            #expect(await client.text.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a body that nobody reads is dropped and the connection kept`() async throws {
        let handler: HTTPHandler = { request in
            HTTPResponse(status: .ok, body: .bytes(Array("\(request.method)".utf8)))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Content-Length: 20000\r\n\r\n")
            await client.send([UInt8](repeating: 0x61, count: 20_000))
            await client.send(
                "\(Self.post)Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"
            )
            #expect(await client.wait { $0.ends(with: "GET") } == .satisfied)
            #expect(responses(in: await client.text) == 3)
            await client.close()
        }
    }

    @Test func `a long body that nobody reads ends the connection after the answer`() async throws {
        let handler: HTTPHandler = { _ in HTTPResponse(status: .ok) }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Content-Length: 800000\r\n\r\n")
            await client.send([UInt8](repeating: 0x61, count: 300_000))
            await client.wait { $0.ends(with: "\r\n\r\n") }
            let text = await client.text
            #expect(text.hasPrefix("HTTP/1.1 200 OK"))
            #expect(text.contains("\r\nconnection: close\r\n"))
            await client.close()
        }
    }

    @Test func `a body of many megabytes is read piece by piece`() async throws {
        let handler: HTTPHandler = { request in
            var count = 0
            var sum = 0
            do throws(HTTPBodyError) {
                while let piece = try await request.body.next() {
                    count += piece.count
                    for byte in piece { sum = (sum &* 31 &+ Int(byte)) & 0xFFFF_FFFF }
                    if count % 3 == 0 { await Task.yield() }
                }
            } catch {
                return HTTPResponse(status: error.status)
            }
            return HTTPResponse(status: .ok, body: .bytes(Array("\(count) \(sum)".utf8)))
        }
        let content = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let sum = content.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Content-Length: 600000\r\n\r\n")
            await client.send(content)
            #expect(await client.wait { $0.ends(with: "600000 \(sum)") } == .satisfied)
            var chunked: [UInt8] = []
            var start = 0
            while start < content.count {
                let end = min(start + 30_001, content.count)
                chunked +=
                    Array("\(String(end - start, radix: 16))\r\n".utf8) + content[start..<end] + Array("\r\n".utf8)
                start = end
            }
            await client.send("\(Self.post)Transfer-Encoding: chunked\r\n\r\n")
            await client.send(chunked + Array("0\r\n\r\n".utf8))
            #expect(await client.wait { $0.count > 150 && $0.ends(with: "600000 \(sum)") } == .satisfied)
            await client.close()
        }
    }

    @Test func `a body is read from another executor too`() async throws {
        let handler: HTTPHandler = { request in
            let body = await Task.detached { try? await request.body.collect(limit: 100) }.value
            return HTTPResponse(status: .ok, body: .bytes(body ?? []))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Content-Length: 5\r\n\r\nhe")
            await client.send("llo")
            #expect(await client.wait { $0.ends(with: "hello") } == .satisfied)
            await client.close()
        }
    }

    @Test func `a body that outlives its request shows nothing of the next one`() async throws {
        let kept = Recorder<HTTPRequestBody>()
        let handler: HTTPHandler = { request in
            if request.method == .post {
                kept.add(request.body)
                return HTTPResponse(status: .ok)
            }
            var late = "nothing"
            if let body = kept.all.first, let bytes = try? await body.collect(limit: 100) {
                late = String(decoding: bytes, as: UTF8.self)
            }
            return HTTPResponse(status: .ok, body: .bytes(Array(late.utf8)))
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send(
                "\(Self.post)Content-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\nHost: h\r\n\r\nGET /secret HTTP/1.1\r\nHost: h\r\n\r\n"
            )
            #expect(await client.wait { $0.ends(with: "nothing") && $0.count > 200 } == .satisfied)
            await client.close()
        }
    }

    @Test func `a client that leaves within a body is noticed`() async throws {
        let errors = Recorder<HTTPBodyError>()
        let handler: HTTPHandler = { request in
            do throws(HTTPBodyError) {
                _ = try await request.body.collect(limit: 100)
            } catch {
                errors.add(error)
            }
            return HTTPResponse(status: .badRequest)
        }
        try await withServer(handler: handler) { server in
            let client = try await RawClient.connect(server.port)
            await client.send("\(Self.post)Content-Length: 5\r\n\r\nhe")
            await client.close()
            #expect(await errors.all(after: 1) == [.disconnected])
        }
    }
}
