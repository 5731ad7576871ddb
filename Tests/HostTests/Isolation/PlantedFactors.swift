// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

/// Second factors with codes that are known, so that what asks for a code can be tried with a good one.
enum PlantedFactors {
    /// Shown with a second factor.
    static let challenge = Base64URL.encode(Array(repeating: 9, count: 32))
    /// Brought by a browser from a provider, for the verifier of `FederationWorld`.
    static let federatedCode = Base64URL.encode(Array(repeating: 8, count: 32))
    static let recoveryCode = "abcd-efgh-2345-ijkl-mnop-67qr"
    /// Confirms codes by mail.
    static let confirmation = "12345678"

    /// Gives somebody codes by mail, a number that waits to be confirmed, others that wait to be confirmed, a recovery code and a sign-in that waits.
    static func plant(for member: PlatformHost.Session, at tenant: TestTenant, _ host: PlatformHost) async throws {
        let user = try #require(User.ID(member.user))
        let (id, pending) = (Factor.ID(UUID()), Factor.ID(UUID()))
        let cryptography = host.platform.cryptography
        let now = host.platform.clock.wall.now()
        let end = now.addingTimeInterval(86_400)
        let confirmation = try await host.platform.lms.factors.hash(
            of: Secret(confirmation),
            for: pending.description,
            at: tenant.id,
            tenants: tenant.tenants
        )
        let phone = PhoneProof.ID(UUID())
        let phoneCode = try await host.platform.lms.factors.hash(
            of: Secret(Self.confirmation),
            for: phone.description,
            at: tenant.id,
            tenants: tenant.tenants
        )
        let number = "+1\(UInt64.random(in: 2_000_000_000...9_999_999_999))"
        let recovery = Bytes(cryptography.sha256(Array("recovery-code:\(recoveryCode)".utf8)))
        let token = Bytes(cryptography.sha256(Array(repeating: 9, count: 32)))
        let code = Bytes(cryptography.sha256(Array(repeating: 8, count: 32)))
        try await tenant.transaction { session in
            _ = try await session.batch([
                """
                INSERT INTO factors (id, user_id, kind, created_at, confirmed_at)
                VALUES (\(id), \(user), 'email', \(now), \(now))
                """,
                """
                INSERT INTO factors (id, user_id, kind, created_at, code_hash, code_expires_at)
                VALUES (\(pending), \(user), 'email', \(now), \(confirmation), \(end))
                """,
                "INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES (\(user), \(recovery), \(now))",
                """
                INSERT INTO sign_in_challenges (token_hash, user_id, token_epoch, methods, created_at, expires_at)
                SELECT \(token), id, token_epoch, '{pwd}', \(now), \(end) FROM users WHERE id = \(user)
                """,
                // Asked for long enough ago that the next may be.
                """
                INSERT INTO phone_proofs (id, user_id, phone, code_hash, first_requested_at, requested_at, expires_at)
                VALUES (\(phone), \(user), \(number), \(phoneCode), \(now.addingTimeInterval(-3_600)),
                    \(now.addingTimeInterval(-3_600)), \(end))
                """,
                // Of the provider that the settler made; without one there is no code.
                """
                INSERT INTO federated_codes (code_hash, user_id, provider_id, return_to, code_challenge, expires_at)
                SELECT \(code), \(user), id, 'https://learn.example.org/signed-in', \(FederationWorld.challenge), \(end)
                FROM identity_providers ORDER BY id LIMIT 1
                """,
            ])
        }
    }
}
