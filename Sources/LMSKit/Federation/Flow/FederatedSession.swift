// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The session at a provider that a sign-in came of.
struct FederatedSession: Sendable {
    let provider: IdentityProvider.ID
    /// The SHA-256 of what the provider calls it (`sid`), if it told.
    let sessionHash: Bytes?

    /// Reads what a code or a challenge keeps; `nil` for a sign-in that no provider vouched for.
    init?(row: Row) throws(DatabaseError) {
        let named: IdentityProvider.ID? = try row["provider_id"]
        guard let named else { return nil }
        provider = named
        sessionHash = try row["provider_session_hash"]
    }

    /// What is kept of a provider's name for a session.
    static func hash(of name: String?, _ cryptography: any Cryptography) -> Bytes? {
        name.map { Bytes(cryptography.sha256(Array($0.utf8))) }
    }
}

extension SQL {
    /// Notes whose word a session came of.
    static func link(_ session: SignInSession.ID, to federation: FederatedSession) -> SQL {
        """
        UPDATE sessions SET provider_id = \(federation.provider), provider_session_hash = \(federation.sessionHash)
        WHERE id = \(session)
        """
    }
}
