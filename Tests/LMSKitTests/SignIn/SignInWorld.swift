// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport

@testable import LMSKit

/// A tenant with one student, `ada@example.org`, who registered.
struct SignInWorld: Sendable {
    let platform: TestPlatform
    let tenant: TestTenant
    let registered: SignedIn
    /// Another process on the same database.
    private let elsewhere: TestPlatform

    init(_ tenant: TestTenant) async throws {
        platform = try TestPlatform()
        elsewhere = try TestPlatform(clock: platform.clock)
        self.tenant = tenant
        registered = try await platform.register("ada", at: tenant.tenant, tenants: tenant.tenants)
    }

    func signIn(
        _ email: String,
        _ password: String = "correct horse",
        from address: String = "192.0.2.1"
    ) async throws -> SignedIn {
        let credentials = Credentials(email: email, password: Secret(password), clientAddress: address)
        let outcome = try await platform.lms.signIn.signIn(credentials, at: tenant.tenant, tenants: tenant.tenants)
        guard case .signedIn(let signedIn) = outcome else { throw TestFailure("a second factor is asked for") }
        return signedIn
    }

    func refresh(_ signedIn: SignedIn, retryKey: String? = nil) async throws -> SignedIn {
        try await platform.lms.signIn.refresh(
            signedIn.tokens.refreshToken,
            retryKey: retryKey,
            at: tenant.tenant,
            tenants: tenant.tenants
        )
    }

    /// Whether an access token is taken, here or by another process.
    func isGood(_ signedIn: SignedIn, elsewhere isElsewhere: Bool = false) async throws -> Bool {
        do {
            _ = try await (isElsewhere ? elsewhere : platform).lms.authenticator.authenticate(
                signedIn.tokens.accessToken.reveal(),
                at: tenant.tenant,
                tenants: tenant.tenants
            )
            return true
        } catch TokenError.revoked {
            return false
        }
    }

    func grants(_ signedIn: SignedIn) async throws -> Grants {
        try await platform.lms.authenticator.authenticate(
            signedIn.tokens.accessToken.reveal(),
            at: tenant.tenant,
            tenants: tenant.tenants
        ).principal.grants
    }
}
