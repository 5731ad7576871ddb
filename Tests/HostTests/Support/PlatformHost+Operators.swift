// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension PlatformHost {
    /// An operator who is signed in.
    struct OperatorLogin: Sendable {
        let login: Operators.Login
        let token: String
    }

    /// Makes an operator of a role and signs them in with a code, as an authenticator app would show it.
    func `operator`(_ role: PlatformRole = .operator) async throws -> OperatorLogin {
        let email = try #require(Email("\(role.rawValue)-\(UUID().uuidString.lowercased())@example.org"))
        let login = try await operators.create(email, name: "Test \(role.rawValue)", role: role)
        let reply = try await signIn(login)
        return OperatorLogin(login: login, token: try #require(reply.json["accessToken"]?.text, "\(reply.text)"))
    }

    /// Signs an operator in on the base domain.
    func signIn(_ login: Operators.Login, code: String? = nil, peer: String = "192.0.2.1") async throws -> TestReply {
        let code = try code ?? self.code(of: login)
        let json =
            #"{"email":"\#(login.operator.email.address)","password":"\#(login.password.reveal())","code":"\#(code)"}"#
        return try await sendToPlatform("POST", "/api/v1/platform/auth/login", json: json, peer: peer)
    }

    /// What an authenticator app shows at this moment.
    func code(of login: Operators.Login) throws -> String {
        let uri = login.enrollment.reveal()
        let start = try #require(uri.range(of: "secret=")).upperBound
        return try platform.code(of: String(uri[start...].prefix { $0 != "&" }))
    }

    /// Sends a request to the base domain.
    func sendToPlatform(
        _ method: String,
        _ target: String,
        token: String? = nil,
        json: String? = nil,
        host: String = "localhost:8080",
        peer: String = "192.0.2.1"
    ) async throws -> TestReply {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let json { lines += ["Content-Type: application/json", "Content-Length: \(json.utf8.count)"] }
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (json ?? "")).utf8)
        return TestReply(await pipeline.respond(to: try HTTPRequest(parsing: bytes, peerAddress: peer)))
    }

    /// Has an operator act as a user, as if the tenant allowed everything.
    func impersonate(
        _ user: User.ID,
        access: Impersonation.Access = .read,
        minutes: Int = 15,
        at tenant: TestTenant
    ) async throws -> (impersonation: Impersonation, token: Secret<String>, seconds: Int) {
        let someone = Operator(
            id: IdentifierSource().next(),
            email: try TestPlatform.email("support"),
            name: "Support",
            role: .support
        )
        return try await platform.lms.impersonations.begin(
            Impersonations.Request(user: user, reason: "Ticket 4711: a test", minutes: minutes, access: access),
            as: IdentifierSource().next(),
            by: someone,
            at: tenant.tenant.allowingImpersonation,
            from: nil,
            tenants: tenant.tenants
        )
    }
}

extension TenantSettings {
    /// Lets operators act as anybody, for writing too.
    static func allowImpersonation(_ settings: inout TenantSettings) {
        settings.impersonation = true
        settings.impersonationWrites = true
        settings.impersonationOfOwners = true
    }
}

extension Tenant {
    fileprivate var allowingImpersonation: Tenant {
        var settings = settings
        TenantSettings.allowImpersonation(&settings)
        return Tenant(
            slug: slug,
            name: name,
            status: status,
            settings: settings,
            placement: placement,
            domains: domains,
            createdAt: createdAt
        )
    }
}
