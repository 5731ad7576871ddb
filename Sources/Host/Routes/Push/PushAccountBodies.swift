// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `PUT /api/v1/tenant/push/fcm`: the file of a service account as the console gives it out.
struct FCMAccountRequest: RequestBody {
    /// `nil` if the file is none.
    let account: (FCMAccount, key: Secret<String>)?

    init(fields: inout FieldReader) {
        let file = fields.required("serviceAccount", .anything)
        func text(_ name: String) -> String { file[name]?.text ?? "" }
        let account = FCMAccount(
            project: text("project_id"),
            client: text("client_email"),
            keyName: text("private_key_id")
        )
        self.account = text("type") == "service_account" ? account.map { ($0, Secret(text("private_key"))) } : nil
    }
}

/// `PUT /api/v1/tenant/push/apns`.
struct APNsAccountRequest: RequestBody {
    let key: Secret<String>?
    /// `nil` if a part makes no sense.
    let account: APNsAccount?

    init(fields: inout FieldReader) {
        key = fields.optional("key", .multilineText(1...4_096)).map { Secret($0) }
        account = APNsAccount(
            keyName: fields.required("keyId", .text(10...10, example: "ABC123DEFG")),
            team: fields.required("teamId", .text(10...10, example: "DEF123GHIJ")),
            topic: fields.required("topic", .text(1...255, example: "org.example.academy")),
            isSandbox: fields.optional("environment", .choice(Environment.production), default: .production) == .sandbox
        )
    }

    /// Which of the service's two ends knows the tokens.
    enum Environment: String, Sendable, CaseIterable {
        case production
        case sandbox
    }
}

/// Who sends pushes in an organization's name; no private key is in any reply.
struct PushSettingsBody: ResponseBody {
    let settings: PushSettings

    static var example: PushSettingsBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let fcm = FCMAccount(
            project: "academy",
            client: "push@academy.iam.gserviceaccount.com",
            keyName: "0123456789abcdef"
        )
        let apns = APNsAccount(
            keyName: "ABC123DEFG",
            team: "DEF123GHIJ",
            topic: "org.example.academy",
            isSandbox: false
        )
        return PushSettingsBody(
            settings: PushSettings(
                vapidKey: PushKeyBody.example.key,
                fcm: fcm,
                fcmUpdatedAt: time,
                apns: apns,
                apnsUpdatedAt: time
            )
        )
    }
    static var variations: [PushSettingsBody] {
        [
            PushSettingsBody(
                settings: PushSettings(vapidKey: nil, fcm: nil, fcmUpdatedAt: nil, apns: nil, apnsUpdatedAt: nil)
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("vapidPublicKey", settings.vapidKey.map { Base64URL.encode($0) })
            object.field("fcm", settings.fcm.map { FCMBody(account: $0, updatedAt: settings.fcmUpdatedAt) })
            object.field("apns", settings.apns.map { APNsBody(account: $0, updatedAt: settings.apnsUpdatedAt) })
        }
    }

    private struct FCMBody: JSONWritable {
        let account: FCMAccount
        let updatedAt: Date?

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("projectId", account.project)
                object.field("clientEmail", account.client)
                object.field("privateKeyId", account.keyName)
                object.field("updatedAt", updatedAt)
            }
        }
    }

    private struct APNsBody: JSONWritable {
        let account: APNsAccount
        let updatedAt: Date?

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("keyId", account.keyName)
                object.field("teamId", account.team)
                object.field("topic", account.topic)
                object.field("environment", account.isSandbox ? "sandbox" : "production")
                object.field("updatedAt", updatedAt)
            }
        }
    }
}
