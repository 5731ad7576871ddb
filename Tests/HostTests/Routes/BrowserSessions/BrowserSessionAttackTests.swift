// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What is tried against sessions in cookies, by name.
@Suite struct BrowserSessionAttackTests {
    /// What browsers say of a request that a page of somebody else has them make.
    private static func foreignPages(near tenant: TestTenant) -> [[String]] {
        [
            ["Origin: https://evil.example"],
            ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"],
            ["Origin: null", "Sec-Fetch-Site: cross-site"], ["Origin: null"],
            // Another tenant of the same domain, which a browser takes for the same site.
            ["Origin: http://globex.localhost:8080", "Sec-Fetch-Site: same-site"],
            ["Origin: http://globex.localhost:8080"], ["Sec-Fetch-Site: same-site"],
            // The same host at another port, or without TLS where we have it.
            ["Origin: http://\(tenant.tenant.slug).localhost:9090"],
            ["Origin: https://\(tenant.tenant.slug).localhost:8080"],
            // Typed in, or from a browser that tells nothing.
            ["Sec-Fetch-Site: none"], [],
        ]
    }

    private func withBrowser(_ body: (inout TestBrowser) async throws -> Void) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            try await body(&browser)
        }
    }

    @Test func `cross-site request forgery: what another page has the browser send changes nothing`() async throws {
        try await withBrowser { browser in
            let pages = Self.foreignPages(near: browser.tenant)
            for page in pages {
                #expect(try await browser.rename("Eve", page: page, csrf: "").status == 403, "\(page)")
                // Not even with a token that leaked.
                #expect(try await browser.rename("Eve", page: page).code == "CROSS_SITE_REQUEST", "\(page)")
            }
            let me = try await browser.send("GET", "/api/v1/auth/me")
            #expect(!me.text.contains("Eve"))
            let own = ["Origin: http://\(browser.tenant.tenant.slug).localhost:8080"]
            #expect(try await browser.rename("Ada", page: own).status == 200)
        }
    }

    @Test func `cross-site form post: a form is posted to what reads one, and the browser is not known`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            var browser = TestBrowser(host, at: tenant)
            #expect(try await browser.login("owner").status == 200)
            let page = ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"]
            let form = "token=\(owner.access)"
            let path = "/api/v1/auth/introspect"
            #expect(try await browser.send("POST", path, form: form, page: page, csrf: "").status == 403)
            #expect(try await browser.send("POST", path, form: form).status == 200)
        }
    }

    @Test func `no route that changes anything takes a cookie without the token of its session`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            var browser = TestBrowser(host, at: tenant)
            #expect(try await browser.login("owner").status == 200)
            let closed = host.routes.filter { $0.method != .get && $0.access.takesCookies }
            #expect(closed.count > 40)
            for route in closed {
                let request = try IsolationRequest(route, examples: IsolationExamples(for: owner)) { $1.neverIssued }
                for token in ["", "x", String(repeating: "A", count: 43)] {
                    let reply = try await browser.send(
                        request.method,
                        request.target,
                        json: request.isUpload ? nil : request.body,
                        csrf: token
                    )
                    #expect(reply.code == "CSRF_TOKEN_INVALID", "\(route.name) \(reply.status)")
                }
            }
        }
    }

    @Test func `a token of another session, of the same user, another user or another tenant, is none`() async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: home)
            let bob = try await TestBrowser(host, signedIn: "bob", at: home)
            let foreign = try await TestBrowser(host, signedIn: "ada", at: abroad)
            var second = TestBrowser(host, at: home)
            #expect(try await second.login("ada").status == 200)
            for other in [second, bob, foreign] {
                #expect(try await browser.rename("Eve", csrf: other.csrfToken).code == "CSRF_TOKEN_INVALID")
                let refresh = try await browser.send("POST", "/api/v1/auth/refresh-cookie", csrf: other.csrfToken)
                #expect(refresh.code == "CSRF_TOKEN_INVALID")
                let logout = try await browser.send("POST", "/api/v1/auth/logout-cookie", csrf: other.csrfToken)
                #expect(logout.code == "CSRF_TOKEN_INVALID")
            }
            #expect(try await browser.rename("Ada").status == 200)
            // The refusals did not use the refresh token up.
            #expect(try await browser.refresh().status == 200)
        }
    }

    @Test func `a token outlives the change of the key that made it, and not the next one`() throws {
        let cryptography = FakeCryptography()
        let (old, new) = (
            Secret<[UInt8]>(Array(repeating: 1, count: 32)), Secret<[UInt8]>(Array(repeating: 2, count: 32))
        )
        let (tenant, session) = (TenantID(UUID()), SignInSession.ID(UUID()))
        func tokens(_ secret: Secret<[UInt8]>, after earlier: [Secret<[UInt8]>] = []) -> CSRFTokens {
            CSRFTokens(cryptography: cryptography, secret: secret, earlierSecrets: earlier, tenant: tenant)
        }
        let token = tokens(old).make(for: session)
        #expect(tokens(new, after: [old]).isGood(token, for: session))
        #expect(!tokens(new).isGood(token, for: session))
        #expect(tokens(new, after: [old]).make(for: session) != token)
    }

    @Test func `the cookie of another tenant is no cookie, and still one at home`() async throws {
        try await withTwoTenants { home, abroad in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: home)
            let kept = browser.jar
            for route in host.routes where route.access.takesCookies && !route.access.isOpen {
                let request = try IsolationRequest(route, examples: IsolationExamples(for: nil)) { $1.neverIssued }
                let json = request.isUpload ? nil : request.body
                let reply = try await browser.send(request.method, request.target, json: json, to: abroad)
                #expect(reply.code == "UNAUTHENTICATED", "\(route.name)")
            }
            #expect(try await browser.send("GET", "/api/v1/courses", to: abroad).status == 200)
            #expect(try await browser.send("GET", "/api/v1/auth/csrf", to: abroad).code == "UNAUTHENTICATED")
            let refresh = try await browser.send("POST", "/api/v1/auth/refresh-cookie", to: abroad)
            #expect(refresh.code == "INVALID_REFRESH_TOKEN")
            #expect(try await browser.send("POST", "/api/v1/auth/logout-cookie", to: abroad).status == 204)
            browser.jar = kept
            host.platform.clock.advance(by: 1)
            #expect(try await browser.me() == "ada@example.org")
            #expect(try await browser.refresh().status == 200)
        }
    }

    @Test func `a refresh cookie that is used twice ends the session, its newest cookies too`() async throws {
        try await withBrowser { browser in
            var thief = browser
            let stolen = try await thief.refresh()
            #expect(stolen.status == 200)
            #expect(try await browser.refresh().code == "REFRESH_TOKEN_REUSED")
            browser.host.platform.clock.advance(by: 1)
            #expect(try await thief.me() == nil)
            #expect(try await thief.refresh().code == "INVALID_REFRESH_TOKEN")
        }
    }

    @Test func `no cookie can be read by a script, and over TLS none is sent or set without it`() async throws {
        try await withTenant { tenant in
            var serving = TestHost.quiet
            serving.trustedProxies = try #require(TrustedProxies("192.0.2.1"))
            let host = try await PlatformHost(serving: serving)
            _ = try await host.register("ada", at: tenant)
            var plain = TestBrowser(host, at: tenant)
            let local = TestBrowser.cookies(of: try await plain.login("ada", #","rememberDevice":true"#))
            var browser = TestBrowser(host, at: tenant, isEncrypted: true)
            let cookies = TestBrowser.cookies(of: try await browser.login("ada", #","rememberDevice":true"#))
            #expect(cookies.count == 3 && local.count == 3)
            for cookie in cookies + local {
                #expect(cookie.contains("; HttpOnly"))
                #expect(cookie.contains("; Path=/;"))
                #expect(!cookie.lowercased().contains("domain="))
                #expect(cookie.contains("; SameSite=Strict") || cookie.contains("lms-access"))
                #expect(!cookie.contains("SameSite=None"))
            }
            for cookie in cookies {
                #expect(cookie.hasPrefix("__Host-lms-"))
                #expect(cookie.hasSuffix("; Secure"))
            }
            #expect(try await browser.me() == "ada@example.org")
            // A cookie that was set without TLS is not looked at over it: whoever is between could have set it.
            var mixed = TestBrowser(host, at: tenant, isEncrypted: true)
            mixed.jar = plain.jar
            #expect(try await mixed.me() == nil)
            #expect(try await mixed.refresh().code == "UNAUTHENTICATED")
        }
    }

    @Test func `a session in cookies does not begin or go on where the network can read it`() async throws {
        try await withTenant { tenant in
            var serving = TestHost.quiet
            serving.trustedProxies = try #require(TrustedProxies("192.0.2.1"))
            let host = try await PlatformHost(serving: serving)
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            let elsewhere = ["X-Forwarded-Host: 203.0.113.5", "X-Tenant-ID: \(tenant.tenant.slug)"]
            let json = TestBrowser.credentials(of: "ada")
            let login = try await browser.send("POST", "/api/v1/auth/login-cookie", json: json, more: elsewhere)
            #expect(login.code == "HTTPS_REQUIRED")
            #expect(TestBrowser.cookies(of: login).isEmpty)
            #expect(try await browser.send("GET", "/api/v1/auth/me", more: elsewhere).code == "UNAUTHENTICATED")
        }
    }

    @Test func `login CSRF: another page signs the browser in to the attacker's account`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("mallory", at: tenant)
            let credentials = TestBrowser.credentials(of: "mallory")
            let answer = #"{"challengeToken":"\#(PlantedFactors.challenge)","code":"\#(PlantedFactors.recoveryCode)"}"#
            let exchange = FederationWorld.exchange(PlantedFactors.challenge)
            for page in Self.foreignPages(near: tenant) {
                for (path, json) in [
                    ("login-cookie", credentials), ("login/mfa-cookie", answer),
                    ("login/federated-cookie", exchange),
                ] {
                    var browser = TestBrowser(host, at: tenant)
                    let reply = try await browser.send("POST", "/api/v1/auth/\(path)", json: json, page: page)
                    #expect(reply.code == "CROSS_SITE_REQUEST", "\(path) \(page)")
                    #expect(browser.jar.isEmpty)
                }
            }
            // A form needs nobody's leave to be sent across sites; none is read.
            var browser = TestBrowser(host, at: tenant)
            let form = "email=mallory%40example.org&password=correct+horse"
            #expect(try await browser.send("POST", "/api/v1/auth/login-cookie", form: form).status == 415)
        }
    }

    @Test func `session fixation: cookies that were planted before do not become the victim's`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            var mallory = try await TestBrowser(host, signedIn: "mallory", at: tenant)
            _ = try await host.register("ada", at: tenant)
            var victim = TestBrowser(host, at: tenant)
            victim.jar = mallory.jar
            #expect(try await victim.login("ada").status == 200)
            for (name, value) in mallory.jar { #expect(victim.jar[name] != value) }
            #expect(try await victim.me() == "ada@example.org")
            host.platform.clock.advance(by: 1)
            // What the browser kept before ended.
            #expect(try await mallory.me() == nil)
            #expect(try await mallory.refresh().code == "INVALID_REFRESH_TOKEN")
            let sessions = try await victim.send("GET", "/api/v1/users/me/sessions")
            guard case .array(let items) = sessions.json["items"] else { throw TestFailure(sessions.text) }
            #expect(items.contains { $0["isCurrent"] == .bool(true) })
        }
    }

    @Test func `cookie tossing: of two cookies of one name neither counts`() async throws {
        try await withBrowser { browser in
            let mallory = try await TestBrowser(browser.host, signedIn: "mallory", at: browser.tenant)
            let planted = ["Cookie: lms-access=\(mallory.jar["lms-access"] ?? "")"]
            #expect(try await browser.send("GET", "/api/v1/auth/me", more: planted).code == "UNAUTHENTICATED")
        }
    }

    @Test func `logout CSRF: neither a link nor another page signs somebody out`() async throws {
        try await withBrowser { browser in
            for path in ["logout-cookie", "logout", "logout/federated"] {
                let link = try await browser.send("GET", "/api/v1/auth/\(path)", page: ["Sec-Fetch-Mode: navigate"])
                #expect(link.status == 405, "\(path)")
                for page in Self.foreignPages(near: browser.tenant) {
                    let json = path == "logout-cookie" ? nil : "{}"
                    let reply = try await browser.send("POST", "/api/v1/auth/\(path)", json: json, page: page, csrf: "")
                    #expect(reply.status == 403, "\(path) \(page)")
                }
            }
            #expect(try await browser.me() == "ada@example.org")
            #expect(try await browser.refresh().status == 200)
        }
    }

    @Test func `no other origin reads or sends with cookies, not one that the tenant names either`() async throws {
        try await withTenant { tenant in
            let origin = "https://learn.example.org"
            let host = try await PlatformHost(settings: { $0.corsOrigins = [origin] })
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            for path in ["/api/v1/auth/csrf", "/api/v1/auth/me", "/api/v1/courses"] {
                for site in ["cross-site", "same-site"] {
                    let page = ["Origin: \(origin)", "Sec-Fetch-Site: \(site)", "Sec-Fetch-Mode: cors"]
                    let reply = try await browser.send("GET", path, page: page)
                    #expect(reply["access-control-allow-credentials"] == nil)
                    #expect(reply.json["csrfToken"] == nil && reply.json["email"] == nil)
                }
            }
            let ask = ["Origin: \(origin)", "Access-Control-Request-Method: PATCH"]
            let preflight = try await browser.send("OPTIONS", "/api/v1/users/me", page: ask)
            #expect(preflight["access-control-allow-origin"] == origin)
            #expect(preflight["access-control-allow-credentials"] == nil)
            #expect(preflight["access-control-allow-headers"]?.lowercased().contains("csrf") == false)
        }
    }

    @Test func `cross-site leak: a picture or script of another page is loaded as nobody, a link is not`() async throws
    {
        try await withBrowser { browser in
            for site in ["cross-site", "same-site"] {
                let picture = ["Sec-Fetch-Site: \(site)", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"]
                let loaded = try await browser.send("GET", "/api/v1/auth/me", page: picture)
                #expect(loaded.status == 401)
                let link = ["Sec-Fetch-Site: \(site)", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
                #expect(try await browser.send("GET", "/api/v1/auth/me", page: link).status == 200)
            }
        }
    }

    @Test func `two credentials: a token in a header is believed, and no cookie beside it`() async throws {
        try await withBrowser { browser in
            let bob = try await browser.host.register("bob", at: browser.tenant)
            let by = ["Authorization: Bearer \(bob.access)"]
            let me = try await browser.send("GET", "/api/v1/auth/me", more: by)
            #expect(me.json["email"] == "bob@example.org")
            // As with any token, nothing else is asked for; a browser adds no such field by itself.
            let json = #"{"displayName":"Bob"}"#
            let reply = try await browser.send("PATCH", "/api/v1/users/me", json: json, page: [], csrf: "", more: by)
            #expect(reply.status == 200)
            for field in ["Authorization: Bearer x", "Authorization: Basic YTpi", "X-API-Key: lms_x"] {
                #expect(try await browser.send("GET", "/api/v1/auth/me", more: [field]).status == 401, "\(field)")
            }
        }
    }

    @Test func `a cookie holds a session and nothing else: no API key, no refresh token`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let key = try #require(try await AccessActor.key.enter(tenant, of: host))
            var browser = TestBrowser(host, at: tenant)
            for value in [key.access, key.refresh, "", "x"] {
                browser.jar = ["lms-access": value]
                #expect(try await browser.send("GET", "/api/v1/users/export").status == 401)
            }
        }
    }
}
