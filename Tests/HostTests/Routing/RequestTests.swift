// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct RequestTests {
    let host: TestHost

    init() throws {
        host = try TestHost(
            routes: Sample.routes,
            tokens: [
                "teacher": Principal(
                    .user(IdentifierSource().next()),
                    grants: Grants([Sample.permission: .own])
                ),
                "student": Principal(.user(IdentifierSource().next()), grants: Grants()),
            ]
        )
    }

    @Test func `a valid body reaches the handler and makes a 201 with a location`() async throws {
        let reply = try await host.send(
            "POST",
            "/api/v1/samples",
            token: "teacher",
            json:
                #"{"title":"Algebra","price":{"amount":"12.50","currency":"USD"},"role":"admin","parts":[{"name":"a"}]}"#
        )
        #expect(reply.status == 201)
        #expect(reply.text == #"{"title":"Algebra"}"#)
        #expect(reply[.location] == "/api/v1/samples/1")
    }

    @Test func `every mistake in a body is told at once`() async throws {
        let reply = try await host.send(
            "POST",
            "/api/v1/samples",
            token: "teacher",
            json:
                #"{"title":"ab","price":{"amount":"1.234","currency":"USD"},"kind":"third","parts":[{"name":7,"x":1}],"admin":true}"#
        )
        #expect(reply.status == 400)
        #expect(reply.code == "VALIDATION_FAILED")
        #expect(
            Set(reply.issues) == [
                "title:TOO_SHORT", "price.amount:MALFORMED", "kind:NOT_A_CHOICE", "parts[0].name:WRONG_TYPE",
                "parts[0].x:UNKNOWN_FIELD", "admin:UNKNOWN_FIELD",
            ]
        )
    }

    @Test(
        arguments: [
            (#"{"title":"Algebra""#, 400, "MALFORMED_BODY"),
            (#"{"title":"Algebra","title":"Algebra"}"#, 400, "MALFORMED_BODY"),
            (#"["title"]"#, 400, "VALIDATION_FAILED"),
            (#"{"title":null}"#, 400, "VALIDATION_FAILED"),
            (#"{"title":"a\u0000bc"}"#, 400, "VALIDATION_FAILED"),
            (#"{"title":"\#(String(repeating: "x", count: 1000))"}"#, 413, "CONTENT_TOO_LARGE"),
        ]
    )
    func `a bad body is refused`(body: String, status: Int, code: String) async throws {
        let reply = try await host.send("POST", "/api/v1/samples", token: "teacher", json: body)
        #expect(reply.status == status)
        #expect(reply.code == code)
        #expect(reply[.contentType] == "application/problem+json")
    }

    @Test func `a body of another media type is refused`() async throws {
        let reply = try await host.send(
            "POST",
            "/api/v1/samples",
            fields: ["Content-Type: text/plain"],
            token: "teacher",
            json: "{}"
        )
        #expect(reply.status == 415)
        #expect(reply.code == "UNSUPPORTED_MEDIA_TYPE")
    }

    @Test func `a missing body lacks the required fields`() async throws {
        let reply = try await host.send("POST", "/api/v1/samples", token: "teacher")
        #expect(reply.issues == ["title:REQUIRED"])
    }

    @Test(
        arguments: [
            ("/api/v1/samples?limit=0", ["limit:TOO_SMALL"]), ("/api/v1/samples?limit=ten", ["limit:MALFORMED"]),
            ("/api/v1/samples?limit=1&limit=2", ["limit:WRONG_TYPE"]),
            ("/api/v1/samples?sort=x", ["sort:UNKNOWN_FIELD"]),
            ("/api/v1/samples?kinds=first,third", ["kinds[1]:NOT_A_CHOICE"]),
            ("/api/v1/samples/not-a-uuid", ["sampleId:MALFORMED"]),
        ]
    )
    func `a bad query or path is refused`(target: String, issues: [String]) async throws {
        let reply = try await host.send("GET", target)
        #expect(reply.status == 400)
        #expect(reply.issues == issues)
    }

    @Test func `a list in a query is repeated or parted by commas`() async throws {
        let parted = try await host.send("GET", "/api/v1/samples?kinds=first,second&limit=5")
        let repeated = try await host.send("GET", "/api/v1/samples?kinds=first&kinds=second&limit=5")
        #expect(parted.text.contains("second"))
        #expect(parted.text == repeated.text)
    }

    @Test(arguments: ["/api/v1/samples?limit=%zz", "/api/v1/samples?limit=%ff", "/api/v1/samples/%00"])
    func `a broken percent sequence is refused`(target: String) async throws {
        #expect(try await host.send("GET", target).code == "MALFORMED_PATH")
    }

    @Test func `an oauth route takes a form and refuses in the words of its standard`() async throws {
        let form = ["Content-Type: application/x-www-form-urlencoded"]
        #expect(try await host.send("POST", "/api/v1/token", fields: form, json: "grant_type=a+b").status == 200)
        let refused = try await host.send("POST", "/api/v1/token", fields: form, json: "grant=x")
        #expect(refused.status == 400)
        #expect(refused.json["error"]?.text == "invalid_request")
    }
}
