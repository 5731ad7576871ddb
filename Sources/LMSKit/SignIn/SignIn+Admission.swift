// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension SignIn {
    /// Signs somebody in of whom it is known by other means than a password who they are.
    func admit(_ user: User.ID, at tenant: TenantID, tenants: Tenants) async throws(SignInError) -> SignedIn {
        do {
            let ring = try await keys.ring(of: tenant, tenants: tenants)
            let refreshToken = RefreshToken(cryptography)
            let started = start(for: user)
            let principal = Principal(.user(user), grants: Grants())
            let (signedIn, epoch) = try await tenants.transaction(for: tenant, as: principal) { session in
                guard let row = try await session.execute(.lockForSignIn(user)).only,
                    try row["status"] == User.Status.active
                else { throw SignInError.inactive }
                let epoch: Int = try row["token_epoch"]
                let replies = try await session.batch(
                    [
                        .markSignedIn(user, epoch: epoch, rehashed: nil, at: started.startedAt),
                        .deleteSessions(of: user, keeping: SignIn.sessionsPerUser - 1, at: started.startedAt),
                    ] + insertion(of: started, refreshToken) + [.selectUser(user)]
                )
                guard let row = replies.last?.only else { throw SignInError.inactive }
                return (try User(row: row), epoch)
            }
            return try self.signedIn(signedIn, started, refreshToken, epoch: epoch, tenant: tenant, ring: ring)
        } catch {
            throw SignInError(error)
        }
    }
}

extension SQL {
    static func lockForSignIn(_ user: User.ID) -> SQL {
        "SELECT status, token_epoch FROM users WHERE id = \(user) FOR NO KEY UPDATE"
    }
}
