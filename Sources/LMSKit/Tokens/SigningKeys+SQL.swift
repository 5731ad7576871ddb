// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The signing key first, then those that were taken over from since a given time.
    static func selectSigningKeys(since instant: Date) -> SQL {
        """
        SELECT id, tenant_key_id, public_key, sealed_private_key FROM signing_keys
        WHERE retired_at IS NULL OR retired_at > \(instant)
        ORDER BY generation DESC
        """
    }

    static func newestSigningKey() -> SQL {
        "SELECT generation FROM signing_keys ORDER BY generation DESC LIMIT 1"
    }

    static func retireSigningKeys(at instant: Date) -> SQL {
        "UPDATE signing_keys SET retired_at = \(instant) WHERE retired_at IS NULL"
    }

    static func insertSigningKey(
        _ id: SigningKey.ID,
        generation: Int,
        dataKey: TenantKey.ID,
        publicKey: Bytes,
        sealed: Bytes,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO signing_keys (id, generation, tenant_key_id, public_key, sealed_private_key, created_at)
        VALUES (\(id), \(generation), \(dataKey), \(publicKey), \(sealed), \(instant))
        """
    }
}
