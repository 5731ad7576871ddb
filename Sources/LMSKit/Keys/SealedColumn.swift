// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A column whose values are sealed under the tenant's data key, and how they are sealed anew when a new key takes over.
///
/// Every feature that seals a column adds it to `all`; a test compares the list with the schema.
struct SealedColumn: Sendable {
    /// `table.column`.
    let name: String
    /// Selects `id` and `sealed`, and what else `purpose` needs, in the order of `id`, and locks the rows.
    let select: @Sendable (_ after: UUID?, _ limit: Int) -> SQL
    /// What the value of a row was sealed for.
    let purpose: @Sendable (_ row: Row) throws(DatabaseError) -> String
    /// Stores the value that was sealed anew.
    let update: @Sendable (_ id: UUID, _ sealed: Bytes, _ key: TenantKey.ID) -> SQL

    /// Every sealed column.
    static let all: [SealedColumn] = [
        .signingKeys, .factors, .clientSecrets, .mail, .mailPasswords, .phoneCodes, .pushAccounts, .pushTargets,
        .webhookSecrets, .credentialKeys, .fileKeys, .certificateFileKeys, .uploadKeys, .mediaFileKeys,
    ]
}

extension SealedColumn {
    static let signingKeys = SealedColumn(
        name: "signing_keys.sealed_private_key",
        select: { after, limit in
            """
            SELECT id, sealed_private_key AS sealed FROM signing_keys
            WHERE \(after) IS NULL OR id > \(after) ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in SigningKey.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE signing_keys SET sealed_private_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let factors = SealedColumn(
        name: "factors.sealed_secret",
        select: { after, limit in
            """
            SELECT id, user_id, sealed_secret AS sealed FROM factors
            WHERE sealed_secret IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in SecondFactors.purpose(try row["user_id"]) },
        update: { id, sealed, key in
            "UPDATE factors SET sealed_secret = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let clientSecrets = SealedColumn(
        name: "identity_providers.sealed_client_secret",
        select: { after, limit in
            """
            SELECT id, sealed_client_secret AS sealed FROM identity_providers
            WHERE sealed_client_secret IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in IdentityProviders.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE identity_providers SET sealed_client_secret = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let mail = SealedColumn(
        name: "mail_messages.sealed",
        select: { after, limit in
            """
            SELECT id, sealed FROM mail_messages
            WHERE sealed IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in QueuedMail.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE mail_messages SET sealed = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let mailPasswords = SealedColumn(
        name: "mail_settings.sealed_password",
        select: { after, limit in
            """
            SELECT id, sealed_password AS sealed FROM mail_settings
            WHERE sealed_password IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in TenantMail.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE mail_settings SET sealed_password = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let phoneCodes = SealedColumn(
        name: "phone_proofs.sealed_code",
        select: { after, limit in
            """
            SELECT id, sealed_code AS sealed FROM phone_proofs
            WHERE sealed_code IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in PhoneProof.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE phone_proofs SET sealed_code = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let pushAccounts = SealedColumn(
        name: "push_accounts.sealed_key",
        select: { after, limit in
            """
            SELECT id, kind, sealed_key AS sealed FROM push_accounts
            WHERE \(after) IS NULL OR id > \(after) ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in PushAccounts.purpose(try row["kind"]) },
        update: { id, sealed, key in
            "UPDATE push_accounts SET sealed_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let pushTargets = SealedColumn(
        name: "push_subscriptions.sealed_target",
        select: { after, limit in
            """
            SELECT id, target_hash, sealed_target AS sealed FROM push_subscriptions
            WHERE \(after) IS NULL OR id > \(after) ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in PushSubscription.purpose(try row["target_hash"]) },
        update: { id, sealed, key in
            "UPDATE push_subscriptions SET sealed_target = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let webhookSecrets = SealedColumn(
        name: "webhook_secrets.sealed_secret",
        select: { after, limit in
            """
            SELECT id, sealed_secret AS sealed FROM webhook_secrets
            WHERE \(after) IS NULL OR id > \(after) ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in WebhookSecret.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE webhook_secrets SET sealed_secret = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let fileKeys = SealedColumn(
        name: "files.sealed_key",
        select: { after, limit in
            """
            SELECT id, sealed_key AS sealed FROM files
            WHERE sealed_key IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in SealedBlobs.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE files SET sealed_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let certificateFileKeys = SealedColumn(
        name: "certificates.sealed_key",
        select: { after, limit in
            """
            SELECT id, sealed_key AS sealed FROM certificates
            WHERE sealed_key IS NOT NULL AND (\(after) IS NULL OR id > \(after))
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in SealedBlobs.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE certificates SET sealed_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let uploadKeys = SealedColumn(
        name: "uploads.sealed_key",
        select: { after, limit in
            """
            SELECT id, file_id, sealed_key AS sealed FROM uploads
            WHERE \(after) IS NULL OR id > \(after)
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in SealedBlobs.purpose(try row["file_id"]) },
        update: { id, sealed, key in
            "UPDATE uploads SET sealed_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )

    static let mediaFileKeys = SealedColumn(
        name: "media_files.sealed_key",
        select: { after, limit in
            """
            SELECT id, sealed_key AS sealed FROM media_files
            WHERE \(after) IS NULL OR id > \(after) ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        },
        purpose: { row throws(DatabaseError) in SealedBlobs.purpose(try row["id"]) },
        update: { id, sealed, key in
            "UPDATE media_files SET sealed_key = \(sealed), tenant_key_id = \(key) WHERE id = \(id)"
        }
    )
}
