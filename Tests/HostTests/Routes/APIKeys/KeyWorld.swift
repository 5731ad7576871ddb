// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A tenant with an admin and a student, who make keys and show them.
struct KeyWorld {
    let tenant: TestTenant
    let host: PlatformHost
    let admin: PlatformHost.Session
    let student: PlatformHost.Session

    static let path = "/api/v1/api-keys"

    init(_ tenant: TestTenant) async throws {
        self.tenant = tenant
        host = try await PlatformHost()
        admin = try await host.member("admin", .admin, of: tenant)
        student = try await host.register("student", at: tenant)
    }

    /// The same with what is there already.
    init(
        _ tenant: TestTenant,
        host: PlatformHost,
        admin: PlatformHost.Session,
        student: PlatformHost.Session
    ) {
        self.tenant = tenant
        self.host = host
        self.admin = admin
        self.student = student
    }

    /// A key and what a program sends.
    struct Key {
        let id: String
        let secret: String

        init(_ reply: TestReply) throws {
            id = try #require(reply.json["id"]?.text, "\(reply.status) \(reply.text)")
            secret = try #require(reply.json["key"]?.text)
        }

        var path: String { "\(KeyWorld.path)/\(id)" }
    }

    func make(_ scopes: String..., by session: PlatformHost.Session, days: Int? = nil) async throws -> Key {
        try Key(try await ask(scopes, by: session, days: days))
    }

    func ask(_ scopes: [String], by session: PlatformHost.Session, days: Int? = nil) async throws -> TestReply {
        let names = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let end = days.map { ",\"expiresInDays\":\($0)" } ?? ""
        let json = #"{"name":"Report","scopes":[\#(names)]\#(end)}"#
        return try await send("POST", KeyWorld.path, session.access, json: json)
    }

    func send(_ method: String, _ path: String, _ token: String, json: String? = nil) async throws -> TestReply {
        try await host.send(method, path, to: tenant, token: token, json: json)
    }

    /// What a key answers at an address.
    func status(_ secret: String, _ path: String = "/api/v1/auth/me", at other: PlatformHost? = nil) async throws -> Int
    {
        try await (other ?? host).send("GET", path, to: tenant, token: secret).status
    }
}
