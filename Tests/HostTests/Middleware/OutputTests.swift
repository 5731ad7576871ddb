// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct OutputTests {
    @Test func `a cacheable reply has a strong tag and is not sent twice`() async throws {
        let host = try TestHost(routes: Sample.routes)
        let first = try await host.send("GET", "/api/v1/samples")
        let etag = try #require(first[.etag])
        #expect(etag.hasPrefix("\"") && etag.hasSuffix("\""))
        let second = try await host.send("GET", "/api/v1/samples", fields: ["If-None-Match: W/\(etag), \"x\""])
        #expect(second.status == 304)
        #expect(second.bytes.isEmpty)
        #expect(second[.etag] == etag)
        #expect(try await host.send("GET", "/api/v1/samples?limit=5")[.etag] != etag)
    }

    @Test func `a 304 comes only after the token was checked`() async throws {
        let host = try TestHost(routes: Sample.routes)
        let etag = try #require(try await host.send("GET", "/api/v1/samples")[.etag])
        let reply = try await host.send(
            "GET",
            "/api/v1/samples",
            fields: ["If-None-Match: \(etag)"],
            token: "forged"
        )
        #expect(reply.status == 401)
    }

    @Test func `a long reply is compressed for who takes gzip and has another tag`() async throws {
        var settings = TestHost.quiet
        settings.compressionThreshold = 5
        let host = try TestHost(routes: Sample.routes, settings: settings, gzip: { _ in [1, 2, 3] })
        let plain = try await host.send("GET", "/api/v1/samples")
        #expect(plain[.contentEncoding] == nil)
        #expect(plain[.vary] == "Accept-Encoding")
        let coded = try await host.send("GET", "/api/v1/samples", fields: ["Accept-Encoding: br, gzip;q=0.5"])
        #expect(coded[.contentEncoding] == "gzip")
        #expect(coded.bytes == [1, 2, 3])
        #expect(coded[.etag] != plain[.etag])
        let refused = try await host.send("GET", "/api/v1/samples", fields: ["Accept-Encoding: gzip;q=0"])
        #expect(refused[.contentEncoding] == nil)
    }

    @Test func `every reply has its number and the security fields`() async throws {
        let host = try TestHost(routes: Sample.routes)
        for target in ["/api/v1/samples", "/nothing"] {
            let reply = try await host.send("GET", target)
            #expect(reply[.requestID]?.utf8.count == 32)
            #expect(reply["x-content-type-options"] == "nosniff")
            #expect(reply["x-frame-options"] == "DENY")
            #expect(reply["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
        }
    }

    @Test func `a sane number and a trace of the client are kept`() async throws {
        let host = try TestHost(routes: Sample.routes)
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let reply = try await host.send(
            "GET",
            "/nothing",
            fields: ["X-Request-ID: job-7", "traceparent: 00-\(trace)-00f067aa0ba902b7-01"]
        )
        #expect(reply[.requestID] == "job-7")
        #expect(reply.json["traceId"]?.text == trace)
        let odd = try await host.send("GET", "/nothing", fields: ["X-Request-ID: a\"b"])
        #expect(odd[.requestID] != "a\"b")
    }

    @Test func `a page of an allowed origin may read replies and ask before it writes`() async throws {
        let host = try TestHost(routes: Sample.routes)
        let origin = "Origin: https://learn.example.org"
        let reply = try await host.send("GET", "/api/v1/samples", fields: [origin])
        #expect(reply["access-control-allow-origin"] == "https://learn.example.org")
        let preflight = try await host.send(
            "OPTIONS",
            "/api/v1/samples",
            fields: [origin, "Access-Control-Request-Method: POST"]
        )
        #expect(preflight.status == 204)
        #expect(preflight["access-control-allow-methods"] == "GET, POST, HEAD, OPTIONS")
        let foreign = try await host.send("GET", "/api/v1/samples", fields: ["Origin: https://evil.example"])
        #expect(foreign["access-control-allow-origin"] == nil)
        #expect(foreign[.vary] == "Origin")
    }

    @Test func `the log has a line for each request and nothing personal`() async throws {
        let host = try TestHost(routes: Sample.routes)
        _ = try await host.send(
            "GET",
            "/api/v1/samples/01890a5d-ac96-774b-bcce-b302099a8057?email=ana%40example.org",
            token: "secret-token"
        )
        let line = String(decoding: host.pipeline.recorder.takeLog(), as: UTF8.self)
        let json = try JSONValue.parse(Array(line.utf8))
        #expect(json["route"]?.text == "/api/v1/samples/{sampleId}")
        #expect(json["status"]?.integer == 401)
        #expect(json["time"]?.text == "2027-01-15T08:00:00.000Z")
        for secret in ["ana", "secret-token", "01890a5d", "127.0.0.1"] { #expect(!line.contains(secret)) }
        #expect(host.pipeline.recorder.takeLog().isEmpty)
    }
}
