// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The newest first, which may be yet to take over; none that was taken over from before a given time.
    static func selectSigningKeys(since instant: Date) -> SQL {
        """
        SELECT id, tenant_key_id, public_key, sealed_private_key, activates_at FROM signing_keys
        WHERE retired_at IS NULL OR retired_at > \(instant)
        ORDER BY generation DESC
        """
    }

    static func newestSigningKey() -> SQL {
        "SELECT generation, activates_at FROM signing_keys ORDER BY generation DESC LIMIT 1"
    }

    static func retireSigningKeys(at instant: Date) -> SQL {
        "UPDATE signing_keys SET retired_at = \(instant) WHERE retired_at IS NULL"
    }

    /// Also those that were taken over from a moment ago.
    static func dropSigningKeys(at instant: Date) -> SQL {
        "UPDATE signing_keys SET retired_at = \(instant) WHERE retired_at IS NULL OR retired_at > \(instant)"
    }

    static func listSigningKeys() -> SQL {
        "SELECT id, generation, created_at, activates_at, retired_at FROM signing_keys ORDER BY generation DESC LIMIT 10"
    }

    static func insertSigningKey(
        _ id: SigningKey.ID,
        generation: Int,
        dataKey: TenantKey.ID,
        publicKey: Bytes,
        sealed: Bytes,
        at instant: Date,
        activatesAt: Date
    ) -> SQL {
        """
        INSERT INTO signing_keys (id, generation, tenant_key_id, public_key, sealed_private_key, created_at, activates_at)
        VALUES (\(id), \(generation), \(dataKey), \(publicKey), \(sealed), \(instant), \(activatesAt))
        """
    }
}
