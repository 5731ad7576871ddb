// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct AuditTallyTests {
    @Test func `attack: ten thousand failed sign-ins are a few hundred rows and every one is counted`() async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            let accounts = (0..<200).map { _ in User.ID(UUID()) }
            for attempt in 0..<10_000 {
                let origin = RequestOrigin(address: "192.0.2.\(attempt % 50)", userAgent: nil)
                try await world.audit.note(
                    AuditEvent("user.signed_in", on: accounts[attempt % 200], outcome: .failed),
                    by: Principal(.anonymous, grants: Grants(), origin: origin),
                    at: tenant.id,
                    tenants: tenant.tenants
                )
            }
            try await world.audit.flush(.all, tenants: tenant.tenants)
            let row = try #require(
                try await tenant.reader().read("SELECT count(*), sum(occurrences)::bigint FROM audit_events").only
            )
            let (rows, sum): (Int, Int) = (try row[0], try row[1])
            #expect(rows <= 2 * AuditTally.rowsPerTenant + 1)
            #expect(sum == 10_000)
            #expect(try await world.verify().isSound)
        }
    }

    @Test func `a failure is a row at once, its repetitions are one more when the minute is over`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            for _ in 0..<3 { await world.fail("ada@example.org") }
            #expect(try await world.failures() == [1])
            world.platform.clock.advance(by: 61)
            try await world.platform.lms.audit.flush(tenants: tenant.tenants)
            #expect(try await world.failures() == [1, 2])
        }
    }

    @Test func `attack: what is written does not tell whether there is an account`() async throws {
        try await withTenant { tenant in
            let world = try await SignInWorld(tenant)
            for name in ["ada", "nobody", "no one", "none"] { await world.fail("\(name)@example.org") }
            // One row for each name, whether it is somebody's or not; only what is somebody's has their identifier.
            #expect(try await world.failures() == [1, 1, 1, 1])
        }
    }
}

extension SignInWorld {
    fileprivate func fail(_ email: String) async {
        await #expect(throws: SignInError.invalidCredentials) { _ = try await signIn(email, "wrong horse") }
    }

    /// How often each recorded failure happened.
    fileprivate func failures() async throws -> [Int] {
        try await tenant.reader().read(
            "SELECT occurrences FROM audit_events WHERE action = 'user.signed_in' AND outcome = 'failed' ORDER BY id"
        ).map { try $0["occurrences"] }
    }
}
