// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct JobRoutesTests {
    @Test func `an administrator sees, cancels, retries and deletes a job`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let subject = UUID()
            try await tenant.transaction { session in
                try await session.execute(.enqueueJob(.probe, subject, at: Date(timeIntervalSinceNow: 86_400)))
            }
            func send(_ method: String, _ path: String) async throws -> TestReply {
                try await host.send(method, "/api/v1/jobs\(path)", to: tenant, token: admin.access)
            }
            let list = try await send("GET", "?kind=probe&state=scheduled&queue=default")
            #expect(list.status == 200)
            guard case .array(let items) = list.json["items"], let id = items.first?["id"]?.text else {
                Issue.record("no jobs")
                return
            }
            #expect(items.count == 1 && items[0]["kind"]?.text == "probe")
            #expect(try await send("GET", "/\(id)").json["state"]?.text == "scheduled")
            #expect(try await send("POST", "/\(id)/cancel").json["state"]?.text == "cancelled")
            // Done before: the same again is the same.
            #expect(try await send("POST", "/\(id)/cancel").status == 200)
            #expect(try await send("POST", "/\(id)/retry").json["state"]?.text == "ready")
            #expect(try await send("DELETE", "/\(id)").status == 204)
            let gone = try await send("GET", "/\(id)")
            #expect(gone.status == 404 && gone.json["code"]?.text == "JOB_NOT_FOUND")
            #expect(try await send("GET", "?kind=shell").status == 400)
        }
    }
}
