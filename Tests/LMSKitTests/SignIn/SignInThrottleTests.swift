// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct SignInThrottleTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `attack: 10,000 guesses on 200 accounts from 50 addresses reach hashing less than once a second each`()
        async throws
    {
        try await withTenant { tenant in
            let throttle = SignInThrottle()
            var reached: [String: Int] = [:]
            // A hundred a second, as fast as a server answers them on two cores, for 100 seconds.
            for number in 0..<10_000 {
                let account = "user\(number % 200)@example.org"
                let address = "203.0.113.\((number / 200 + number) % 50)"
                let now = start.addingTimeInterval(Double(number) / 100)
                do {
                    try await throttle.attempt(account, at: tenant.id, from: address, now: now)
                    reached[account, default: 0] += 1
                } catch {
                    continue
                }
            }
            #expect(reached.count == 200)
            #expect(reached.values.allSatisfy { Double($0) / 100 < 1 })
        }
    }

    @Test func `attack: a thousand addresses guess one account no faster than one does`() async throws {
        try await withTenant { tenant in
            let throttle = SignInThrottle()
            var reached = 0
            for number in 0..<6_000 {
                let now = start.addingTimeInterval(Double(number) / 100)
                do {
                    try await throttle.attempt("ada", at: tenant.id, from: "10.0.\(number % 250).1", now: now)
                    reached += 1
                } catch {
                    continue
                }
            }
            #expect(Double(reached) / 60 < 1)
        }
    }

    @Test func `the owner from a remembered device gets in while the account is guessed`() async throws {
        try await withTenant { tenant in
            let throttle = SignInThrottle()
            for number in 0..<100 {
                let address = "10.0.0.\(number)"
                // Most are refused, which is what this is about.
                try? await throttle.attempt("ada", at: tenant.id, from: address, now: start)
            }
            await #expect(throws: SignInError.self) {
                try await throttle.attempt("ada", at: tenant.id, from: "192.0.2.1", now: start)
            }
            try await throttle.attempt("ada", at: tenant.id, from: "192.0.2.1", device: "d", now: start)
        }
    }

    @Test func `attack: names that are tried once do not push out an account that is guessed`() async throws {
        try await withTenant { tenant in
            let counts = LocalAttempts(capacity: 1_000)
            let guessed = AttemptSubject.account("ada", at: tenant.id)
            while counts.attempt([guessed], now: start) == 0 {}
            for number in 0..<10_000 {
                _ = counts.attempt([.account("\(number)", at: tenant.id)], now: start)
                #expect(counts.size <= 1_000)
            }
            #expect((counts.attempt([guessed], now: start) ?? 0) > 0)
        }
    }
}
