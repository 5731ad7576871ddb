// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

extension Access {
    /// Whether a browser's cookie may say who asks.
    var takesCookies: Bool {
        switch self {
        case .publicRead, .signedIn, .permission: true
        default: false
        }
    }
}

/// A browser at a tenant: keeps the cookies that it gets and sends them with everything, whoever had it do so.
struct TestBrowser {
    let host: PlatformHost
    let tenant: TestTenant
    /// Whether it reaches the tenant over TLS, through a proxy that says so.
    var isEncrypted = false
    /// Cookies by name.
    var jar: [String: String] = [:]
    /// What its pages show with every change.
    var csrfToken = ""

    /// What a browser says of a request that a page of the same address makes.
    static let ownPage = ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"]

    init(_ host: PlatformHost, at tenant: TestTenant, isEncrypted: Bool = false) {
        self.host = host
        self.tenant = tenant
        self.isEncrypted = isEncrypted
    }

    /// A browser in which somebody new is signed in.
    init(_ host: PlatformHost, signedIn name: String, at tenant: TestTenant) async throws {
        self.init(host, at: tenant)
        _ = try await host.register(name, at: tenant)
        let reply = try await login(name)
        guard reply.status == 200 else { throw TestFailure(reply.text) }
    }

    /// Sends a request as a page has it sent.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: Where to.
    ///   - json: The body, if it is JSON.
    ///   - form: The body, if it is a form.
    ///   - page: What the browser says of the page.
    ///   - csrf: The token that the page shows; the session's own unless said, none if empty.
    ///   - other: The tenant that it is sent to; its own unless said.
    ///   - more: Further fields.
    /// - Returns: The reply, whose cookies are kept.
    /// - Throws: If the request cannot be made.
    mutating func send(
        _ method: String = "GET",
        _ path: String,
        json: String? = nil,
        form: String? = nil,
        page: [String] = Self.ownPage,
        csrf: String? = nil,
        to other: TestTenant? = nil,
        more: [String] = []
    ) async throws -> TestReply {
        var fields = page + more
        if !jar.isEmpty {
            let cookies = jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            fields.append("Cookie: theme=dark; " + cookies.joined(separator: "; "))
        }
        let shown = csrf ?? csrfToken
        if !shown.isEmpty { fields.append("X-CSRF-Token: \(shown)") }
        if isEncrypted { fields.append("X-Forwarded-Proto: https") }
        let reply = try await host.send(method, path, to: other ?? tenant, fields: fields, json: json, form: form)
        keep(reply)
        return reply
    }

    mutating func login(_ name: String, _ more: String = "") async throws -> TestReply {
        try await send("POST", "/api/v1/auth/login-cookie", json: Self.credentials(of: name, more))
    }

    mutating func refresh() async throws -> TestReply { try await send("POST", "/api/v1/auth/refresh-cookie") }

    /// Whose session it is; `nil` if it is nobody's.
    mutating func me() async throws -> String? {
        try await send("GET", "/api/v1/auth/me").json["email"]?.text
    }

    mutating func rename(_ name: String, page: [String] = Self.ownPage, csrf: String? = nil) async throws -> TestReply {
        try await send("PATCH", "/api/v1/users/me", json: #"{"displayName":"\#(name)"}"#, page: page, csrf: csrf)
    }

    static func credentials(of name: String, _ more: String = "") -> String {
        #"{"email":"\#(name)@example.org","password":"\#(PlatformHost.password)"\#(more)}"#
    }

    /// The cookies that a reply sets, as they were sent.
    static func cookies(of reply: TestReply) -> [String] {
        reply.response.fields.all.filter { $0.name == "set-cookie" }.map(\.value)
    }

    private mutating func keep(_ reply: TestReply) {
        for cookie in Self.cookies(of: reply) {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            jar[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
        }
        if let token = reply.json["csrfToken"]?.text { csrfToken = token }
    }
}
