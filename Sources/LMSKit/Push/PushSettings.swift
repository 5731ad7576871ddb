// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Who sends pushes in a tenant's name, without any private key.
public struct PushSettings: Sendable {
    /// The identifier of an account.
    public typealias ID = Identifier<PushSettings>
    /// The public key that browsers subscribe with; `nil` until one asked for it.
    public let vapidKey: [UInt8]?
    /// What apps are reached with by Firebase Cloud Messaging.
    public let fcm: FCMAccount?
    /// When that was set, in UTC.
    public let fcmUpdatedAt: Date?
    /// What apps are reached with by the Apple Push Notification service.
    public let apns: APNsAccount?
    /// When that was set, in UTC.
    public let apnsUpdatedAt: Date?

    /// An account that a tenant sets up.
    enum Account: Sendable {
        case fcm(FCMAccount)
        case apns(APNsAccount)

        var kind: PushTarget.Kind {
            switch self {
            case .fcm: .fcm
            case .apns: .apns
            }
        }

        var fcm: FCMAccount? { if case .fcm(let account) = self { account } else { nil } }
        var apns: APNsAccount? { if case .apns(let account) = self { account } else { nil } }

        func signingKey(_ info: Secret<[UInt8]>) -> PrivateSigningKey {
            switch self {
            case .fcm: .rs256Info(info)
            case .apns: .es256Info(info)
            }
        }
    }

    /// Describes settings.
    package init(
        vapidKey: [UInt8]?,
        fcm: FCMAccount?,
        fcmUpdatedAt: Date?,
        apns: APNsAccount?,
        apnsUpdatedAt: Date?
    ) {
        self.vapidKey = vapidKey
        self.fcm = fcm
        self.fcmUpdatedAt = fcmUpdatedAt
        self.apns = apns
        self.apnsUpdatedAt = apnsUpdatedAt
    }

    init(rows: Rows) throws(DatabaseError) {
        var (vapidKey, fcm, apns) = ([UInt8]?.none, FCMAccount?.none, APNsAccount?.none)
        var (fcmUpdatedAt, apnsUpdatedAt) = (Date?.none, Date?.none)
        for row in rows {
            let kind: PushTarget.Kind = try row["kind"]
            switch kind {
            case .web:
                let key: Bytes = try row["public_key"]
                vapidKey = key.array
            case .fcm:
                fcm = try FCMAccount(row: row)
                fcmUpdatedAt = try row["updated_at"]
            case .apns:
                apns = try APNsAccount(row: row)
                apnsUpdatedAt = try row["updated_at"]
            }
        }
        self.init(
            vapidKey: vapidKey,
            fcm: fcm,
            fcmUpdatedAt: fcmUpdatedAt,
            apns: apns,
            apnsUpdatedAt: apnsUpdatedAt
        )
    }
}

extension FCMAccount {
    init?(row: Row) throws(DatabaseError) {
        self.init(project: try row["project"], client: try row["client"], keyName: try row["key_name"])
    }
}

extension APNsAccount {
    init?(row: Row) throws(DatabaseError) {
        self.init(
            keyName: try row["key_name"],
            team: try row["team"],
            topic: try row["topic"],
            isSandbox: try row["is_sandbox"]
        )
    }
}
