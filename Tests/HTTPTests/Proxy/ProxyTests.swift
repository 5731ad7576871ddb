// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSHTTP
import LMSTestSupport
import Testing

/// Behind nginx, what it takes for one request has to be one request for us: otherwise a client could hide a request
/// inside another one and have it answered to somebody else.
@Suite struct ProxyTests {
    @Test(arguments: ["on", "off"])
    func `nginx and the server count the same requests`(_ buffering: String) async throws {
        let seen = Recorder<String>()
        let handler: HTTPHandler = { request in
            // Whether the body is whole is part of the answer, because a refusal closes the connection.
            let body = try? await request.body.collect(limit: 1_000_000)
            seen.add("\(request.head.text(request.head.methodRange)) \(request.path)?\(request.query ?? "")")
            return HTTPResponse(status: body == nil ? .badRequest : .ok, body: .bytes(Array("[\(request.path)]".utf8)))
        }
        let refused = Recorder<HTTPRefusal>()
        try await withServer({ $0.onRefusal = { refusal, _ in refused.add(refusal) } }, handler: handler) { server in
            let nginx = try await Nginx(upstream: server.port, buffering: buffering)
            defer { nginx.stop() }
            let inputs = HostileInputs.all
            #expect(inputs.count >= 100)
            let port = nginx.port
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        for number in stride(from: worker, to: inputs.count, by: 16) {
                            await Self.send(inputs[number], number: number, to: port)
                        }
                    }
                }
            }
            // A request after all of them, on a connection to us that nginx has kept.
            let last = try await RawClient.connect(nginx.port)
            await last.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            await last.wait()
            #expect(await last.text.hasSuffix("[/last]"))
            // nginx logs a request when its answer is sent, which may be after the client has it.
            var forwarded = try nginx.forwarded()
            for _ in 0..<300 where forwarded.count != seen.all.count + refused.all.count {
                try await Loops.clients.sleep(for: .milliseconds(10))
                forwarded = try nginx.forwarded()
            }
            #expect(forwarded.count > 20)
            #expect(forwarded.count == seen.all.count + refused.all.count)
            // Each request that a handler saw is one that nginx knows of.
            var unknown = forwarded
            for request in seen.all {
                guard let index = unknown.firstIndex(of: request) else {
                    Issue.record("nginx has not sent \(request)")
                    continue
                }
                unknown.remove(at: index)
            }
            #expect(!seen.all.contains { $0.contains("hidden") })
        }
    }

    private static func send(_ input: [UInt8], number: Int, to port: UInt16) async {
        do {
            let client = try await RawClient.connect(port)
            await client.send(input + Array("GET /marker-\(number) HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
            await client.wait(.milliseconds(400))
            #expect(await client.text.components(separatedBy: "[/marker-").count <= 2)
            await client.close()
        } catch {
            Issue.record("cannot connect to nginx: \(error)")
        }
    }
}

/// Messages that proxies and servers have disagreed about, each with paths of its own.
enum HostileInputs {
    static let all: [[UInt8]] = {
        let tables = TortureCase.fields + TortureCase.framing + TortureCase.chunks + TortureCase.accepted
        // What never ends before the connection does makes nginx wait for more, which shows nothing.
        var inputs = (tables + TortureCase.requestLines).map(\.input).filter { $0.count < 20_000 }
        for (number, framing) in framings.enumerated() {
            inputs.append(Array("POST /smuggle-\(number) HTTP/1.1\r\nHost: h\r\n\(framing)".utf8))
        }
        return inputs
    }()

    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"

    private static let framings: [String] = [
        "Content-Length: 33\r\n\r\n\(hidden)",
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n21\r\n\(hidden)\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n21\r\n\(hidden)\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n\(hidden)",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\u{B}chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding\n: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent_Length: 39\r\n\r\nhello",
        "Content-Length: 0\r\nX-Content-Length: 33\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\(hidden)",
        "Transfer-Encoding: chunked\r\n\r\n0;\(String(repeating: "a", count: 900))\r\n\r\n",
        "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n\(hidden)\r\n0\r\n\r\n",
        "Connection: Content-Length\r\nContent-Length: 33\r\n\r\n\(hidden)",
        "Expect: 100-continue\r\nContent-Length: 33\r\n\r\n\(hidden)",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    ]
}

/// An nginx of our own in front of a server.
final class Nginx: Sendable {
    let port: UInt16
    private let directory: URL
    private let program: Program

    init(upstream: UInt16, buffering: String) async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("lms-nginx-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var free = try Listener(host: "127.0.0.1", port: 0, sharing: .exclusive)
        port = free.port
        free.close()
        let path = directory.path
        let configuration = """
            daemon off; master_process off; worker_processes 1; pid \(path)/pid; error_log \(path)/error.log;
            events { worker_connections 512; }
            http {
                log_format forwarded '$upstream_status $request_method $request_uri';
                access_log \(path)/access.log forwarded;
                client_body_temp_path \(path)/body; proxy_temp_path \(path)/proxy; fastcgi_temp_path \(path)/fastcgi;
                uwsgi_temp_path \(path)/uwsgi; scgi_temp_path \(path)/scgi;
                client_header_timeout 2s; client_body_timeout 2s; lingering_close off;
                upstream lms { server 127.0.0.1:\(upstream); keepalive 8; }
                server {
                    listen 127.0.0.1:\(port);
                    location / {
                        proxy_pass http://lms; proxy_http_version 1.1; proxy_set_header Connection "";
                        proxy_next_upstream off; proxy_ignore_client_abort on; proxy_request_buffering \(buffering); proxy_set_header Host $host;
                    }
                }
            }
            """
        try configuration.write(to: directory.appendingPathComponent("nginx.conf"), atomically: true, encoding: .utf8)
        program = try Program(
            "nginx",
            ["-c", "\(path)/nginx.conf", "-p", path, "-e", "\(path)/error.log"],
            environment: [:]
        )
        for _ in 0..<500 {
            let client = try await RawClient.connect(port)
            let ending = await client.wait(.milliseconds(10))
            await client.close()
            if ending == .timedOut { return }
            try await Loops.clients.sleep(for: .milliseconds(10))
        }
        throw HTTPServerError.portInUse(host: "127.0.0.1", port: port)
    }

    /// The requests that nginx has sent on: method, path and query.
    func forwarded() throws -> [String] {
        let log = try String(contentsOf: directory.appendingPathComponent("access.log"), encoding: .utf8)
        return log.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("- ") else { return nil }
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            // nginx logs "?b" for "http://h?b" and sends "/?b".
            let target = parts[2].hasPrefix("?") ? "/\(parts[2])" : "\(parts[2])"
            return "\(parts[1]) \(target)\(target.contains("?") ? "" : "?")"
        }
    }

    func stop() {
        program.destroy()
        // Left behind in the temporary directory if it fails.
        try? FileManager.default.removeItem(at: directory)
    }
}
