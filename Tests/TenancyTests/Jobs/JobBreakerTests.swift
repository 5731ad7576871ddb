// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct JobBreakerTests {
    @Test func `a breaker opens after five failures, lets one try, and closes with the first success`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let breakers = tenant.breakers(clock)
            for _ in 0..<JobBreakers.threshold {
                try await breakers.admitted("host", tenant)
                try await breakers.failed("host", for: tenant.id)
            }
            let open = clock.wall.now().addingTimeInterval(30)
            #expect(try await breakers.admit(to: "host", for: tenant.id) == .wait(until: open))
            clock.advance(by: 31)
            let verdicts = try await withThrowingTaskGroup(of: JobBreakers.Verdict.self) { group in
                for _ in 0..<6 { group.addTask { try await breakers.admit(to: "host", for: tenant.id) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.filter { $0 == .call(isSound: false) }.count == 1)
            try await breakers.succeeded("host", for: tenant.id)
            #expect(try await breakers.admit(to: "host", for: tenant.id) == .call(isSound: true))
        }
    }

    @Test func `a breaker whose trial fails is open for twice as long, up to a quarter of an hour`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let breakers = tenant.breakers(clock)
            for _ in 1..<JobBreakers.threshold { try await breakers.failed("host", for: tenant.id) }
            for seconds in [30.0, 60, 120, 240, 480, 900, 900] {
                try await breakers.admitted("host", tenant)
                try await breakers.failed("host", for: tenant.id)
                let open = clock.wall.now().addingTimeInterval(seconds)
                #expect(try await breakers.admit(to: "host", for: tenant.id) == .wait(until: open))
                clock.advance(by: seconds + 1)
            }
        }
    }

    @Test func `a success between failures keeps a breaker closed`() async throws {
        try await withTenant { tenant in
            let breakers = tenant.breakers(TestClock())
            for _ in 0..<3 {
                for _ in 1..<JobBreakers.threshold { try await breakers.failed("host", for: tenant.id) }
                try await breakers.admitted("host", tenant)
                try await breakers.succeeded("host", for: tenant.id)
            }
        }
    }

    @Test func `a breaker is one tenant's and one service's`() async throws {
        try await withTwoTenants { tenant, other in
            let breakers = tenant.breakers(TestClock())
            for _ in 0..<JobBreakers.threshold { try await breakers.failed("host", for: tenant.id) }
            try await breakers.admitted("another host", tenant)
            try await breakers.admitted("host", other)
        }
    }
}

extension TestTenant {
    fileprivate func breakers(_ clock: TestClock) -> JobBreakers {
        JobBreakers(cell: installation.control, installation: installation.prefix, clock: clock.wall)
    }
}

extension JobBreakers {
    fileprivate func admitted(_ service: String, _ tenant: TestTenant) async throws {
        switch try await admit(to: service, for: tenant.id) {
        case .call: break
        default: Issue.record("not admitted")
        }
    }
}
