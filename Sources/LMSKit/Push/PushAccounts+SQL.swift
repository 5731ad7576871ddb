// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static let pushAccountColumns: SQL = """
        id, kind, public_key, project, client, key_name, team, topic, is_sandbox, tenant_key_id, sealed_key,
        version::bigint AS version, updated_at
        """

    static func selectPushAccounts() -> SQL { "SELECT \(SQL.pushAccountColumns) FROM push_accounts" }

    static func selectPushAccount(_ kind: PushTarget.Kind) -> SQL {
        "SELECT \(SQL.pushAccountColumns) FROM push_accounts WHERE kind = \(kind)"
    }

    /// The first key stays: browsers are bound to it.
    static func insertVAPIDKey(
        _ id: PushSettings.ID,
        _ publicKey: Bytes,
        _ secret: SealedSecret,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO push_accounts (id, kind, public_key, tenant_key_id, sealed_key, updated_at)
        VALUES (\(id), 'web', \(publicKey), \(secret.key), \(secret.bytes), \(instant))
        ON CONFLICT ON CONSTRAINT push_accounts_kind_uq DO NOTHING
        """
    }

    static func putPushAccount(
        _ id: PushSettings.ID,
        _ account: PushSettings.Account,
        _ secret: SealedSecret,
        at instant: Date
    ) -> SQL {
        let (fcm, apns) = (account.fcm, account.apns)
        return """
            INSERT INTO push_accounts AS a (id, kind, project, client, key_name, team, topic, is_sandbox, tenant_key_id, sealed_key,
                updated_at)
            VALUES (\(id), \(account.kind), \(fcm?.project), \(fcm?.client), \(fcm?.keyName ?? apns?.keyName), \(apns?.team),
                \(apns?.topic), \(apns?.isSandbox), \(secret.key), \(secret.bytes), \(instant))
            ON CONFLICT ON CONSTRAINT push_accounts_kind_uq DO UPDATE
            SET project = excluded.project, client = excluded.client, key_name = excluded.key_name, team = excluded.team,
                topic = excluded.topic, is_sandbox = excluded.is_sandbox, tenant_key_id = excluded.tenant_key_id,
                sealed_key = excluded.sealed_key, version = a.version + 1, updated_at = excluded.updated_at
            RETURNING id
            """
    }

    /// Only the app that the same key sends to.
    static func changeAPNsAccount(_ account: APNsAccount, at instant: Date) -> SQL {
        """
        UPDATE push_accounts
        SET topic = \(account.topic), is_sandbox = \(account.isSandbox), version = version + 1, updated_at = \(instant)
        WHERE kind = 'apns' AND key_name = \(account.keyName) AND team = \(account.team)
        RETURNING id
        """
    }

    static func deletePushAccount(_ kind: PushTarget.Kind) -> SQL {
        "DELETE FROM push_accounts WHERE kind = \(kind) RETURNING id"
    }
}
