// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A tenant with an owner, an admin and a student, whose programs have accounts.
struct ProgramWorld {
    let tenant: TestTenant
    let host: PlatformHost
    let owner: PlatformHost.Session
    let admin: PlatformHost.Session
    let student: PlatformHost.Session

    static let path = "/api/v1/service-accounts"

    init(_ tenant: TestTenant) async throws {
        self.tenant = tenant
        host = try await PlatformHost()
        owner = try await host.member("owner", .owner, of: tenant)
        admin = try await host.member("admin", .admin, of: tenant)
        student = try await host.register("student", at: tenant)
    }

    /// An account and what its program sends.
    struct Program {
        let id: String
        let secret: String

        init(_ reply: TestReply) throws {
            id = try #require(reply.json["clientId"]?.text, "\(reply.status) \(reply.text)")
            secret = try #require(reply.json["clientSecret"]?.text)
        }

        var path: String { "\(ProgramWorld.path)/\(id)" }
    }

    func make(
        _ rights: String = #""permissions":["user:read:any"]"#,
        name: String = "Sync",
        by session: PlatformHost.Session? = nil
    ) async throws -> Program {
        try Program(try await ask(rights, name: name, by: session))
    }

    func ask(
        _ rights: String,
        name: String = "Sync",
        by session: PlatformHost.Session? = nil
    ) async throws -> TestReply {
        try await send("POST", Self.path, (session ?? admin).access, json: #"{"name":"\#(name)",\#(rights)}"#)
    }

    /// Asks for a token with the secret in the body.
    func ask(
        for program: Program,
        secret: String? = nil,
        scope: String? = nil,
        at other: PlatformHost? = nil
    ) async throws -> TestReply {
        var form = "grant_type=client_credentials&client_id=\(program.id)&client_secret=\(secret ?? program.secret)"
        if let scope { form += "&scope=\(scope.replacing(" ", with: "+"))" }
        return try await (other ?? host).send("POST", "/api/v1/auth/token", to: tenant, form: form)
    }

    func token(of program: Program, scope: String? = nil) async throws -> String {
        let reply = try await ask(for: program, scope: scope)
        return try #require(reply.json["access_token"]?.text, "\(reply.status) \(reply.text)")
    }

    func send(_ method: String, _ path: String, _ token: String, json: String? = nil) async throws -> TestReply {
        try await host.send(method, path, to: tenant, token: token, json: json)
    }

    func status(_ token: String, _ path: String = "/api/v1/users", at other: PlatformHost? = nil) async throws -> Int {
        try await (other ?? host).send("GET", path, to: tenant, token: token).status
    }

    func advance(by seconds: Double) { host.platform.clock.advance(by: seconds) }
}
