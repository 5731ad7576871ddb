// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Whom a provider means.
    static func selectIdentity(_ identity: ForeignIdentity, by provider: IdentityProvider.ID) -> SQL {
        """
        SELECT i.id, i.user_id, u.status = 'active' AS is_active
        FROM federated_identities i JOIN users u ON u.id = i.user_id
        WHERE i.provider_id = \(provider) AND i.issuer = \(identity.issuer) AND i.subject = \(identity.subject)
        """
    }

    static func markIdentityUsed(_ id: FederatedIdentity.ID, at instant: Date) -> SQL {
        "UPDATE federated_identities SET last_used_at = \(instant) WHERE id = \(id)"
    }

    /// Returns no row if the identity is linked already.
    static func insertIdentity(
        _ id: FederatedIdentity.ID,
        _ identity: ForeignIdentity,
        of user: User.ID,
        by provider: IdentityProvider.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO federated_identities (id, user_id, provider_id, issuer, subject, email, linked_at, last_used_at)
        VALUES (\(id), \(user), \(provider), \(identity.issuer), \(identity.subject), \(identity.email), \(instant),
                \(instant))
        ON CONFLICT ON CONSTRAINT federated_identities_provider_id_issuer_subject_uq DO NOTHING
        RETURNING id
        """
    }

    static func listIdentities(of user: User.ID) -> SQL {
        """
        SELECT i.id, i.provider_id, p.name, p.kind, i.email, i.linked_at, i.last_used_at
        FROM federated_identities i JOIN identity_providers p ON p.id = i.provider_id
        WHERE i.user_id = \(user) ORDER BY i.id
        """
    }

    /// The user's row guards the ways in: whoever takes one away holds it.
    static func lockWaysIn(of user: User.ID) -> SQL {
        """
        SELECT u.password_hash IS NOT NULL AS has_password,
            (SELECT count(*) FROM federated_identities i JOIN identity_providers p ON p.id = i.provider_id
             WHERE i.user_id = u.id AND p.enabled) AS identities
        FROM users u WHERE u.id = \(user) FOR NO KEY UPDATE OF u
        """
    }

    static func deleteIdentity(_ id: FederatedIdentity.ID, of user: User.ID) -> SQL {
        "DELETE FROM federated_identities WHERE id = \(id) AND user_id = \(user) RETURNING id"
    }
}
