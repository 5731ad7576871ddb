// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension SecondFactors {
    /// Tells somebody what happened to their account, if the installation sends mail.
    func notify(
        _ message: AccountMessage,
        to email: Email,
        language: String,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        guard notices.isOffered else { return }
        try await notices.queue(message, to: email, language: language, session: session)
    }

    /// Tells somebody that a factor of theirs was set up or taken away.
    func tellOfChange(
        to user: User.ID,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        guard notices.isOffered, let row = try await session.execute(.selectHolder(user)).only else { return }
        let holder = try AccountHolder(row: row)
        let language = holder.locale ?? tenant.settings.locale
        try await notices.queue(.secondFactorChanged, to: holder.email, language: language, session: session)
    }
}
