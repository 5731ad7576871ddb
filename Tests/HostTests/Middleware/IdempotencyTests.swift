// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct IdempotencyTests {
    /// A route that counts how often it happened, in the tenant's own audit log.
    private static let routes = [
        Route(
            .post,
            "/api/v1/samples",
            "Make a sample",
            access: .signedIn,
            status: .created,
            idempotency: .accepted
        ) { (input: Input<Nothing, Nothing, Sample.New>, context) in
            try await context.idempotently { session in
                if input.body.title == "refused" { throw Problem(.conflict) }
                try await Audit().record(AuditEvent("sample.made", on: context.tenant.id), session: session)
                return .created(Sample.Body(title: input.body.title), at: "/api/v1/samples/1")
            }
        }
    ]

    private func host(_ tenant: TestTenant) throws -> TestHost {
        try TestHost(
            routes: IdempotencyTests.routes,
            tokens: [
                "ana": Principal(.user(IdentifierSource().next()), grants: Grants()),
                "ben": Principal(.user(IdentifierSource().next()), grants: Grants()),
            ],
            tenant: tenant.tenant,
            tenants: tenant.tenants
        )
    }

    private func count(_ tenant: TestTenant) async throws -> Int {
        let rows = try await tenant.tenants.reader(for: tenant.id, as: .test)
            .read("SELECT count(*) AS n FROM audit_events WHERE action = 'sample.made'")
        return try rows.only?["n"] ?? -1
    }

    private func post(_ host: TestHost, _ key: String, _ token: String = "ana", title: String = "Algebra") async throws
        -> TestReply
    {
        try await host.send(
            "POST",
            "/api/v1/samples",
            fields: ["Idempotency-Key: \(key)"],
            token: token,
            json: #"{"title":"\#(title)"}"#
        )
    }

    @Test func `a repetition gets the first reply and does nothing`() async throws {
        try await withTenant { tenant in
            let host = try host(tenant)
            let first = try await post(host, "k1")
            let second = try await post(host, "k1")
            #expect(first.status == 201 && second.status == 201)
            #expect(first["idempotent-replayed"] == nil)
            #expect(second["idempotent-replayed"] == "true")
            #expect(second.text == first.text)
            #expect(second[.location] == first[.location])
            #expect(try await count(tenant) == 1)
        }
    }

    @Test func `a key of another request or another actor is not a repetition`() async throws {
        try await withTenant { tenant in
            let host = try host(tenant)
            #expect(try await post(host, "k1").status == 201)
            let other = try await post(host, "k1", title: "Geometry")
            #expect(other.status == 422)
            #expect(other.code == "IDEMPOTENCY_KEY_REUSED")
            let ben = try await post(host, "k1", "ben")
            #expect(ben["idempotent-replayed"] == nil)
            #expect(try await count(tenant) == 2)
        }
    }

    @Test func `a refusal may be tried again and a bad key is refused`() async throws {
        try await withTenant { tenant in
            let host = try host(tenant)
            #expect(try await post(host, "k1", title: "refused").status == 409)
            #expect(try await post(host, "k1").status == 201)
            #expect(try await post(host, "a b").code == "MALFORMED_IDEMPOTENCY_KEY")
        }
    }

    @Test func `repetitions at the same time happen once`() async throws {
        try await withTenant { tenant in
            let host = try host(tenant)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await post(host, "k1").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 201, count: 8))
            #expect(try await count(tenant) == 1)
        }
    }
}
