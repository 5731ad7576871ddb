// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct AccountsTests {
    @Test func `of many who redeem one token at once a single one gets the account`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            _ = try await platform.register("ada", at: tenant.tenant, tenants: tenant.tenants)
            let email = try TestPlatform.email("ada")
            try await platform.lms.accounts.requestPasswordReset(email, at: tenant.tenant, tenants: tenant.tenants)
            let token = try #require(platform.mail.sent(to: "ada@example.org").last?.token)
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        do {
                            try await platform.lms.accounts.resetPassword(
                                Secret(token),
                                to: try Password("battery staple \(number)"),
                                at: tenant.tenant,
                                tenants: tenant.tenants
                            )
                            return true
                        } catch AccountError.invalidToken {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
        }
    }

    @Test func `forgotten-password enumeration by time: both addresses cost the same round trips`() async throws {
        try await withTenant { tenant in
            let platform = try TestPlatform()
            _ = try await platform.register("ada", at: tenant.tenant, tenants: tenant.tenants)
            let counting = CountingDatabase(tenant.installation.cell)
            let tenants = Tenants(
                cells: [.main: counting],
                placement: { _ throws(DatabaseError) in
                    tenant.tenant.placement
                }
            )
            func cost(_ name: String) async throws -> Int {
                let before = counting.roundTrips
                let email = try TestPlatform.email(name)
                try await platform.lms.accounts.requestPasswordReset(email, at: tenant.tenant, tenants: tenants)
                return counting.roundTrips - before
            }
            // The recorded mail costs none; the platform's is one statement, for which the unknown address has one that does nothing.
            let known = try await cost("ada") + 1
            #expect(try await cost("nobody") == known)
            // Asked again within a minute: no mail, and no fewer round trips.
            #expect(try await cost("ada") == known)
        }
    }

    @Test(arguments: [
        ("lovelace", PasswordProblem.resemblesAccount), ("Lovelace1815", .resemblesAccount),
        ("ada-lovelace", .resemblesAccount),
        ("qwertyuiop", .tooCommon), ("Trustno1", .tooCommon), ("aaaaaaaaaaaa", .tooCommon), ("1234567", .tooShort),
    ])
    func `a password that is guessed first is refused`(text: String, problem: PasswordProblem) async throws {
        try await withTenant { tenant in
            let policy = PasswordPolicy(
                tenant.tenant,
                email: try #require(Email("ada@example.org")),
                names: ["Ada Lovelace", nil]
            )
            #expect(throws: problem) { try policy.check(try Password(text)) }
        }
    }

    @Test(arguments: ["correct horse", "lovelace loves numbers", "no digits at all", "пароль без правил", "🐎🔋📎🐎🔋📎🐎🔋"])
    func `length counts and composition does not`(text: String) async throws {
        try await withTenant { tenant in
            let policy = PasswordPolicy(tenant.tenant, email: try TestPlatform.email("ada"), names: ["Ada Lovelace"])
            try policy.check(try Password(text))
        }
    }

    @Test func `the list is in order, in lower case and of passwords that are long enough`() {
        let list = CommonPasswords.text.split(whereSeparator: \.isWhitespace)
        #expect(list.count > 11_000)
        #expect(list.allSatisfy { $0.count >= 8 && $0.lowercased() == $0 })
        #expect(zip(list, list.dropFirst()).allSatisfy { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }
}
