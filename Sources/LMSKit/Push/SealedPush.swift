// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Opens what is sealed of devices and accounts.
struct SealedPush: Sendable {
    /// All of the tenant's data keys.
    let keys: [TenantKey]
    let tenant: TenantID

    /// The device that a row of `selectPushDevices` tells of.
    func target(_ row: Row, _ kind: PushTarget.Kind) throws -> PushTarget {
        let sealed: Bytes = try row["sealed_target"]
        let purpose = PushSubscription.purpose(try row["target_hash"])
        guard let target = PushTarget(kind, written: try open(sealed, row, for: purpose)) else {
            throw KeyError.unusable
        }
        return target
    }

    /// The accounts that rows of `selectPushAccounts` tell of.
    func accounts(_ rows: Rows) throws -> [PushTarget.Kind: PushAccount] {
        var accounts: [PushTarget.Kind: PushAccount] = [:]
        for row in rows {
            let kind: PushTarget.Kind = try row["kind"]
            let id: PushSettings.ID = try row["id"]
            let version: Int = try row["version"]
            let sealed: Bytes = try row["sealed_key"]
            let key = try open(sealed, row, for: PushAccounts.purpose(kind))
            let credential: PushAccount.Credential
            switch kind {
            case .web:
                let publicKey: Bytes = try row["public_key"]
                credential = .vapid(P256KeyPair(privateKey: key, publicKey: publicKey.array))
            case .fcm:
                guard let account = try FCMAccount(row: row) else { throw KeyError.unusable }
                credential = .fcm(account, key: key)
            case .apns:
                guard let account = try APNsAccount(row: row) else { throw KeyError.unusable }
                credential = .apns(account, key: key)
            }
            accounts[kind] = PushAccount(identity: "\(tenant) \(id) \(version)", credential: credential)
        }
        return accounts
    }

    private func open(_ sealed: Bytes, _ row: Row, for purpose: String) throws -> Secret<[UInt8]> {
        let id: TenantKey.ID = try row["tenant_key_id"]
        guard let key = keys.first(where: { $0.id == id }) else { throw KeyError.unusable }
        return try key.open(sealed.array, for: purpose)
    }
}
