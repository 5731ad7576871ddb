// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport

/// `lms serve` over the tests' installation: a process of its own, real sockets, the same keys as every other one.
///
/// It works on no jobs and events, which would be those of all other tests too.
struct ServingProcess {
    let process: Program
    let port: UInt16

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - tenant: A tenant of the installation.
    ///   - settings: More of its environment.
    /// - Throws: If it does not come up.
    init(over tenant: TestTenant, settings: [String: String] = [:]) async throws {
        port = try PeerPrograms.freePort()
        let environment = [
            "DATABASE_URL": try tenant.installation.servingURL(),
            "LMS_INSTALLATION": tenant.installation.prefix.description,
            "LMS_MASTER_KEY": Base64URL.encode(Array(repeating: 42, count: 32)),
            "LMS_HTTP_PORT": "\(port)", "LMS_METRICS_PORT": "0", "LMS_HTTP_LOOPS": "1",
            "LMS_DATABASE_CONNECTIONS": "5", "LMS_RATE_LIMITS": "off", "LMS_JOB_QUEUES": "none",
            "LMS_DATA_DIR": FileManager.default.temporaryDirectory.appending(path: "lms-serve-\(port)").path,
        ].merging(settings) { $1 }
        process = try Program.lms(["serve"], environment)
        try await process.wait(for: "Listening on port")
    }

    /// Who registered.
    struct Session {
        let tenant: TestTenant
        let user: String
        let access: String
        let refresh: String
    }

    /// What came back.
    struct Answer {
        let status: Int
        let json: JSONValue
    }

    func register(_ name: String, at tenant: TestTenant) throws -> Session {
        let json = #"{"email":"\#(name)@example.org","password":"\#(PlatformHost.password)"}"#
        let reply = try send("POST", "/api/v1/auth/register", to: tenant, json: json)
        guard let user = reply.json["user"]?["id"]?.text, let access = reply.json["accessToken"]?.text,
            let refresh = reply.json["refreshToken"]?.text
        else { throw TestFailure("not registered: \(reply.status)") }
        return Session(tenant: tenant, user: user, access: access, refresh: refresh)
    }

    func send(
        _ method: String,
        _ path: String,
        to tenant: TestTenant,
        token: String? = nil,
        json: String? = nil
    ) throws -> Answer {
        var lines = [
            "\(method) \(path) HTTP/1.1", "Host: \(tenant.tenant.slug).localhost:\(port)", "Connection: close",
        ]
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let json { lines += ["Content-Type: application/json", "Content-Length: \(json.utf8.count)"] }
        let reply = try RawHTTP.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (json ?? ""), to: port)
        let parts = reply.split(separator: "\r\n\r\n", maxSplits: 1)
        let status = reply.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        guard let status else { throw TestFailure("no answer: \(reply)") }
        guard parts.count == 2 else { return Answer(status: status, json: .null) }
        do {
            return Answer(status: status, json: try JSONValue.parse(Array(parts[1].utf8)))
        } catch {
            return Answer(status: status, json: .null)
        }
    }
}
