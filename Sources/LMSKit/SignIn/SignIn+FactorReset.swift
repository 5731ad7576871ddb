// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension SignIn {
    /// Takes every second factor from somebody who lost them: their sessions end, their devices are forgotten, and they are told by
    /// mail.
    ///
    /// Whoever asks has made sure by other means who it is: from then on the password alone signs them in, to a session that is good
    /// for setting up a factor if their role must have one.
    ///
    /// - Parameters:
    ///   - id: The user; their row is locked until the transaction ends.
    ///   - tenant: The tenant, whose language the message has if the user has none.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `UserError.notFound`; `.forbidden` without `user:deactivate` for all users; `.ownAccount`; `.beyondOwnGrants` if
    ///   they may do more than the principal; `.database`.
    public func resetFactors(
        of id: User.ID,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(UserError) {
        try users.requireAdministrator(of: id, session.principal)
        let user = try await users.lock(id, for: .userDeactivate, session: session)
        guard session.principal.covers(try await users.grants(of: id, session: session)) else {
            throw .beyondOwnGrants
        }
        do {
            try await session.batch([
                .deleteFactors(of: id),
                .deleteRecoveryCodes(of: id),
                .deleteChallenges(of: id),
                .revokeSessions(of: id, because: .factorChanged, at: clock.now()),
                .forgetDevices(of: id),
                audit.recording(AuditEvent("factor.reset", on: id), by: session.principal),
            ])
            try await factors.notify(
                .secondFactorChanged,
                to: user.email,
                language: user.locale ?? tenant.settings.locale,
                session: session
            )
        } catch {
            throw UserError(error)
        }
    }
}

extension SQL {
    static func deleteFactors(of user: User.ID) -> SQL {
        "DELETE FROM factors WHERE user_id = \(user)"
    }

    static func deleteChallenges(of user: User.ID) -> SQL {
        "DELETE FROM sign_in_challenges WHERE user_id = \(user)"
    }
}
