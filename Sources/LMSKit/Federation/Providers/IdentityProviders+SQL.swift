// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The columns of `IdentityProvider.init(row:)`, in its order.
    static var identityProviderColumns: SQL {
        """
        p.id, p.kind, p.name, p.issuer, p.client_id, p.sealed_client_secret IS NOT NULL, p.scopes, p.directories,
        p.email_domains, p.vouches_for_domains, p.provisioning, p.role_rules, p.enabled, p.version, p.created_at, p.updated_at
        """
    }

    static func listIdentityProviders() -> SQL {
        "SELECT \(.identityProviderColumns) FROM identity_providers p ORDER BY p.id"
    }

    static func selectIdentityProvider(_ id: IdentityProvider.ID) -> SQL {
        "SELECT \(.identityProviderColumns) FROM identity_providers p WHERE p.id = \(id)"
    }

    static func lockIdentityProvider(_ id: IdentityProvider.ID) -> SQL {
        "SELECT \(.identityProviderColumns) FROM identity_providers p WHERE p.id = \(id) FOR NO KEY UPDATE OF p"
    }

    static func selectClientSecret(of id: IdentityProvider.ID) -> SQL {
        "SELECT tenant_key_id, sealed_client_secret FROM identity_providers WHERE id = \(id)"
    }

    /// One at a time, so that the limit holds.
    static func lockIdentityProviders() -> SQL {
        "LOCK TABLE identity_providers IN SHARE ROW EXCLUSIVE MODE"
    }

    /// Returns no row if there are as many as there may be.
    static func insertIdentityProvider(
        _ id: IdentityProvider.ID,
        _ settings: IdentityProviderSettings,
        secret: SealedSecret?,
        limit: Int,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO identity_providers (id, kind, name, issuer, client_id, tenant_key_id, sealed_client_secret, scopes, directories,
            email_domains, vouches_for_domains, provisioning, role_rules, enabled, created_at, updated_at)
        SELECT \(id), \(settings.kind), \(settings.name), \(settings.issuer), \(settings.clientID), \(secret?.key),
            \(secret?.bytes), \(settings.scopes), \(settings.directories), \(settings.emailDomains),
            \(settings.vouchesForDomains), \(settings.provisioning), \(settings.roleRules.stored), \(settings.isEnabled),
            \(instant), \(instant)
        WHERE (SELECT count(*) FROM identity_providers) < \(limit)
        RETURNING id
        """
    }

    static func updateIdentityProvider(
        _ id: IdentityProvider.ID,
        _ settings: IdentityProviderSettings,
        at instant: Date
    ) -> SQL {
        """
        UPDATE identity_providers
        SET name = \(settings.name), issuer = \(settings.issuer), client_id = \(settings.clientID), scopes = \(settings.scopes),
            directories = \(settings.directories), email_domains = \(settings.emailDomains),
            vouches_for_domains = \(settings.vouchesForDomains), provisioning = \(settings.provisioning),
            role_rules = \(settings.roleRules.stored), enabled = \(settings.isEnabled), version = version + 1,
            updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func updateClientSecret(of id: IdentityProvider.ID, _ secret: SealedSecret?) -> SQL {
        """
        UPDATE identity_providers SET tenant_key_id = \(secret?.key), sealed_client_secret = \(secret?.bytes)
        WHERE id = \(id)
        """
    }

    static func deleteIdentityProvider(_ id: IdentityProvider.ID) -> SQL {
        "DELETE FROM identity_providers WHERE id = \(id)"
    }
}

/// A client secret as it is stored.
struct SealedSecret: Sendable {
    let key: TenantKey.ID
    let bytes: Bytes
}
