// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSOpenSSLDriver
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct ReferencePageTests {
    private func reference() throws -> TestHost {
        let routes = try RouteTable.described
        let reference = ReferenceRoutes(describing: routes, version: "1", cryptography: try OpenSSLCryptography())
        return try TestHost(routes: reference.routes)
    }

    /// What stands between each pair of marks.
    private func parts(of text: String, from start: String, to end: String) -> [String] {
        text.components(separatedBy: start).dropFirst().map { $0.components(separatedBy: end)[0] }
    }

    @Test func `the policy allows exactly the page's own script and style, by their hashes`() async throws {
        let page = try await reference().send("GET", "/docs", host: "192.0.2.1")
        #expect(page.status == 200)
        let policy = try #require(page["content-security-policy"])
        let directives = policy.components(separatedBy: "; ")
        for (directive, element) in [("script-src", "script"), ("style-src", "style")] {
            let contents = parts(of: page.text, from: "<\(element)>", to: "</\(element)>")
            #expect(contents.count == 1)
            let digest = try OpenSSLCryptography().sha256(Array(try #require(contents.first).utf8))
            #expect(directives.contains("\(directive) 'sha256-\(Data(digest).base64EncodedString())'"))
        }
        #expect(directives.contains("default-src 'none'"))
        #expect(directives.contains("connect-src 'self'"))
        #expect(directives.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
    }

    @Test func `the page loads nothing and has no scripts in attributes`() async throws {
        let page = try await reference().send("GET", "/docs", host: "192.0.2.1").text
        let html = page.components(separatedBy: "<script>")[0]
        for mark in [
            "src=", "<link", "<img", "<iframe", "@import", "url(", "javascript:", " style=", " onclick=", "<script ",
        ] {
            #expect(!html.contains(mark), "\(mark)")
        }
        // What would end the element early, or let it go on past its end.
        for mark in ["</", "<!--"] { #expect(!ReferencePage.script.contains(mark), "\(mark)") }
        for mark in ["innerHTML", "eval(", "document.write", "localStorage", "sessionStorage", "http://", "https://"] {
            #expect(!ReferencePage.script.contains(mark), "\(mark)")
        }
    }

    @Test func `every route has a form with a field for each of its parameters`() async throws {
        let page = try await reference().send("GET", "/docs", host: "192.0.2.1").text
        let forms = parts(of: page, from: "<form ", to: "</form>")
        let routes = try RouteTable.described
        #expect(forms.count == routes.count)
        for route in routes {
            let start = "data-method=\"\(route.method)\" data-path=\"\(route.path)\""
            let form = try #require(forms.first { $0.hasPrefix(start + ">") }, "\(route.name)")
            for name in route.path.parameters {
                #expect(form.contains("data-in=\"path\" name=\"\(name)\""), "\(route.name)")
            }
            for field in route.shape.query where field.presence != .ignored {
                #expect(form.contains("data-in=\"query\" name=\"\(field.name)\""), "\(route.name)")
            }
            let takesBody = form.contains("data-in=\"body\"") || form.contains("data-in=\"file\"")
            #expect(takesBody == !route.shape.bodyFormats.isEmpty, "\(route.name)")
            #expect(form.contains("Idempotency-Key") == (route.idempotency == .accepted), "\(route.name)")
        }
    }

    @Test func `the description is served beside the page`() async throws {
        #expect(try await reference().send("GET", "/openapi.json").json["openapi"]?.text == "3.1.0")
    }
}
