// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct RouterTests {
    @Test(arguments: ["/nothing", "/api/v1/samples/", "/api/v1//samples", "/api/v1/samples/a/b", "/"])
    func `an address without a route is not found`(target: String) async throws {
        let reply = try await TestHost(routes: Sample.routes).send("GET", target)
        #expect(reply.status == 404)
        #expect(reply.code == "NOT_FOUND")
    }

    @Test func `another method is refused with the methods there are`() async throws {
        let reply = try await TestHost(routes: Sample.routes).send("PUT", "/api/v1/samples")
        #expect(reply.status == 405)
        #expect(reply[.allow] == "GET, POST, HEAD, OPTIONS")
    }

    @Test func `OPTIONS tells the methods and HEAD answers as GET`() async throws {
        let host = try TestHost(routes: Sample.routes)
        let options = try await host.send("OPTIONS", "/api/v1/samples")
        #expect(options.status == 204)
        #expect(options[.allow] == "GET, POST, HEAD, OPTIONS")
        #expect(try await host.send("HEAD", "/api/v1/samples").status == 200)
    }

    @Test func `a method that nobody knows is not implemented`() async throws {
        #expect(try await TestHost(routes: Sample.routes).send("BREW", "/api/v1/samples").status == 501)
    }

    @Test func `a literal segment wins over a parameter`() async throws {
        let reply = try await TestHost(routes: Sample.routes).send("GET", "/api/v1/samples/mine")
        #expect(reply.code == "UNAUTHENTICATED")
    }

    @Test func `an encoded slash does not part segments`() async throws {
        let reply = try await TestHost(routes: Sample.routes).send("GET", "/api/v1/samples/a%2Fb")
        #expect(reply.issues == ["sampleId:MALFORMED"])
    }

    @Test func `two routes of one name are refused when the table is built`() {
        #expect(throws: RouteTableError.self) { try Router(Sample.routes + Sample.routes) }
    }

    @Test func `a path and its type must have the same parameters`() {
        let route = Route(.get, "/api/v1/samples/{other}", "Wrong", access: .publicRead) {
            (input: Input<Sample.Path, Nothing, Nothing>, context) in .ok(Sample.Body.example)
        }
        #expect(throws: RouteTableError.parametersDiffer("GET /api/v1/samples/{other}")) { try Router([route]) }
    }
}
