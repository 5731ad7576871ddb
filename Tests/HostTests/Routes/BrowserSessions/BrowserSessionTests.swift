// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct BrowserSessionTests {
    @Test func `a browser signs in, reads, changes, renews and signs out with cookies alone`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            var browser = TestBrowser(host, at: tenant)
            let reply = try await browser.login("ada")
            #expect(reply.status == 200)
            #expect(reply.json["user"]?["email"] == "ada@example.org")
            #expect(reply.json["accessToken"] == nil && reply.json["refreshToken"] == nil)
            #expect(try await browser.me() == "ada@example.org")
            #expect(try await browser.rename("Ada").status == 200)
            let (jar, token) = (browser.jar, browser.csrfToken)
            host.platform.clock.advance(by: 1)
            #expect(try await browser.refresh().status == 200)
            #expect(browser.jar["lms-refresh"] != jar["lms-refresh"])
            #expect(browser.jar["lms-access"] != jar["lms-access"])
            // The session is the same, so another tab's token stays good.
            #expect(try await browser.rename("Ada L.", csrf: token).status == 200)
            var thief = browser
            #expect(try await browser.send("POST", "/api/v1/auth/logout-cookie").status == 204)
            #expect(browser.jar.isEmpty)
            host.platform.clock.advance(by: 1)
            #expect(try await thief.me() == nil)
            #expect(try await thief.refresh().code == "INVALID_REFRESH_TOKEN")
        }
    }

    @Test func `signing out twice, or with cookies that are over, has the browser forget them`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            let kept = browser.jar
            #expect(try await browser.send("POST", "/api/v1/auth/logout-cookie").status == 204)
            browser.jar = kept
            host.platform.clock.advance(by: 1)
            #expect(try await browser.send("POST", "/api/v1/auth/logout-cookie", csrf: "").status == 204)
            #expect(browser.jar.isEmpty)
        }
    }

    @Test func `whichever way a browser signs out, it forgets its cookies`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            for (path, json) in [("logout-cookie", "{}"), ("logout", "{}")] {
                var browser = try await TestBrowser(host, signedIn: path, at: tenant)
                var copy = browser
                let reply = try await browser.send("POST", "/api/v1/auth/\(path)", json: json)
                #expect(reply.status == 204 && browser.jar.isEmpty, "\(path)")
                host.platform.clock.advance(by: 1)
                #expect(try await copy.me() == nil)
            }
        }
    }

    @Test func `a page that was loaded anew gets a token, also when only the refresh cookie is left`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            browser.csrfToken = ""
            #expect(try await browser.send("GET", "/api/v1/auth/csrf").status == 200)
            #expect(try await browser.rename("Ada").status == 200)
            host.platform.clock.advance(by: 1_000)
            browser.jar["lms-access"] = nil
            browser.csrfToken = ""
            #expect(try await browser.me() == nil)
            #expect(try await browser.refresh().code == "CSRF_TOKEN_INVALID")
            #expect(try await browser.send("GET", "/api/v1/auth/csrf").status == 200)
            #expect(try await browser.refresh().status == 200)
            #expect(try await browser.me() == "ada@example.org")
            var nobody = TestBrowser(host, at: tenant)
            #expect(try await nobody.send("GET", "/api/v1/auth/csrf").code == "UNAUTHENTICATED")
        }
    }

    @Test func `a refresh whose reply was lost is repeated with its key`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            var again = browser
            let key = ["Idempotency-Key: one"]
            let path = "/api/v1/auth/refresh-cookie"
            #expect(try await browser.send("POST", path, more: key).status == 200)
            #expect(try await again.send("POST", path, more: key).status == 200)
            #expect(browser.jar["lms-refresh"] == again.jar["lms-refresh"])
        }
    }

    @Test func `a second factor is asked for and shown with cookies, and none is set before`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            var browser = TestBrowser(world.host, at: tenant)
            let challenge = try await browser.login("ada")
            #expect(challenge.json["mfaRequired"] == .bool(true))
            #expect(browser.jar.isEmpty)
            world.host.platform.clock.advance(by: 30)
            let token = challenge.json["challengeToken"]?.text ?? ""
            let path = "/api/v1/auth/login/mfa-cookie"
            let wrong = #"{"challengeToken":"\#(token)","code":"000000"}"#
            #expect(try await browser.send("POST", path, json: wrong).code == "INVALID_CODE")
            let right = #"{"challengeToken":"\#(token)","code":"\#(try await world.code())"}"#
            #expect(try await browser.send("POST", path, json: right).status == 200)
            #expect(try await browser.me() == "ada@example.org")
            #expect(try await browser.send("POST", path, json: right).code == "INVALID_CHALLENGE")
        }
    }

    @Test func `who must set up a second factor is told so, and can do nothing else with the cookie`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost(settings: { $0.secondFactorRoles = ["student"] })
            _ = try await host.register("ada", at: tenant)
            var browser = TestBrowser(host, at: tenant)
            #expect(try await browser.login("ada").json["mfaSetupRequired"] == .bool(true))
            #expect(try await browser.send("GET", "/api/v1/users/me/sessions").code == "SECOND_FACTOR_REQUIRED")
            #expect(try await browser.send("GET", "/api/v1/auth/mfa").status == 200)
        }
    }

    @Test func `a device is remembered in a cookie of its own, which outlives the session`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            var browser = TestBrowser(host, at: tenant)
            let reply = try await browser.login("ada", #","rememberDevice":true"#)
            #expect(reply.json["deviceToken"] == nil)
            #expect(browser.jar["lms-device"] != nil)
            _ = try await browser.send("POST", "/api/v1/auth/logout-cookie")
            #expect(Array(browser.jar.keys) == ["lms-device"])
            // Guesses from elsewhere make others wait, and not this device.
            for _ in 0..<20 {
                let guess = #"{"email":"ada@example.org","password":"wrong horse"}"#
                _ = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: guess)
            }
            var stranger = TestBrowser(host, at: tenant)
            #expect(try await stranger.login("ada").code == "SIGN_IN_THROTTLED")
            #expect(try await browser.login("ada").status == 200)
        }
    }

    @Test func `somebody whom a provider vouches for keeps the session in cookies`() async throws {
        let stub = try StubProvider()
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: stub)
            let query = try await world.visit(try await world.provider(), of: stub, as: FederationWorld.ada)
            var browser = TestBrowser(world.host, at: tenant)
            let json = FederationWorld.exchange(query["code"])
            let path = "/api/v1/auth/login/federated-cookie"
            #expect(try await browser.send("POST", path, json: json).status == 200)
            #expect(try await browser.me() == "ada@uni.example")
            #expect(try await browser.send("POST", path, json: json).code == "INVALID_GRANT")
        }
    }

    @Test func `who is suspended loses a cookie within a second, and what is public stays open to them`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("root", .admin, of: tenant)
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            let id = try #require(try await browser.send("GET", "/api/v1/auth/me").json["sub"]?.text)
            let path = "/api/v1/users/\(id)/status"
            let json = #"{"status":"suspended"}"#
            let reply = try await host.send("PATCH", path, to: tenant, token: admin.access, json: json)
            #expect(reply.status == 200)
            host.platform.clock.advance(by: 1)
            #expect(try await browser.send("GET", "/api/v1/auth/me").code == "UNAUTHENTICATED")
            #expect(try await browser.send("GET", "/api/v1/courses").status == 200)
            #expect(try await browser.refresh().code == "INVALID_REFRESH_TOKEN")
        }
    }

    @Test func `a password that is changed by cookie gives new cookies and shows no token`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            var browser = try await TestBrowser(host, signedIn: "ada", at: tenant)
            var elsewhere = TestBrowser(host, at: tenant)
            #expect(try await elsewhere.login("ada").status == 200)
            let json = #"{"oldPassword":"\#(PlatformHost.password)","newPassword":"a horse of another color"}"#
            let reply = try await browser.send("POST", "/api/v1/users/me/password", json: json)
            #expect(reply.status == 200 && reply.json["accessToken"] == nil && reply.json["refreshToken"] == nil)
            host.platform.clock.advance(by: 1)
            #expect(try await browser.rename("Ada").status == 200)
            #expect(try await browser.refresh().status == 200)
            #expect(try await elsewhere.me() == nil)
        }
    }

    @Test func `every reading answers a cookie as it answers a token`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            var browser = TestBrowser(host, at: tenant)
            #expect(try await browser.login("teacher").status == 200)
            for route in host.routes where route.method == .get && route.access.takesCookies && !route.isSocket {
                let request = try IsolationRequest(route, examples: IsolationExamples(for: teacher)) { $1.neverIssued }
                let byToken = try await host.send(request, to: tenant, token: teacher.access)
                let byCookie = try await browser.send(request.method, request.target)
                #expect(byCookie.status == byToken.status, "\(route.name)")
            }
        }
    }
}
