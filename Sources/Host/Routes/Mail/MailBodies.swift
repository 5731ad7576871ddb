// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `PUT /api/v1/tenant/mail`: what is absent is not chosen any more.
struct MailSettingsRequest: RequestBody {
    let settings: MailSettings
    let password: Secret<String>?

    init(fields: inout FieldReader) {
        let sender = fields.optional("sender", .object(SenderFields.self))
        let server = fields.optional("server", .object(ServerFields.self))
        settings = MailSettings(
            senderName: sender?.name,
            senderAddress: sender?.address,
            replyTo: sender?.replyTo,
            server: server?.server
        )
        password = server?.password
    }

    struct SenderFields: FieldStructure {
        let name: String?
        let address: Email?
        let replyTo: Email?

        init(fields: inout FieldReader) {
            name = fields.optional("name", .text(1...100, example: "Academy"))
            address = fields.optional("address", .email)
            replyTo = fields.optional("replyTo", .email)
        }
    }

    struct ServerFields: FieldStructure {
        let server: TenantMailServer
        let password: Secret<String>?

        init(fields: inout FieldReader) {
            server = TenantMailServer(
                host: fields.required("host", .text(1...253, format: "hostname", example: "mail.example.org")),
                port: fields.required("port", .integer(1...65_535)),
                protection: fields.optional("protection", .choice(MailServer.Protection.startTLS), default: .startTLS),
                login: fields.optional("user", .text(1...255, example: "academy"))
            )
            password = fields.optional("password", .typedPassword)
        }
    }
}

/// Who sends a tenant's mail; the password is in no reply.
struct MailSettingsBody: ResponseBody {
    private let settings: MailSettings
    /// The tag of this version of this tenant's settings.
    let etag: ETag

    init(_ settings: MailSettings, of tenant: Tenant) {
        self.init(settings, of: Identifier<Tenant>(tenant.id.uuid))
    }

    private init(_ settings: MailSettings, of tenant: Identifier<Tenant>) {
        self.settings = settings
        etag = ETag(version: settings.version, of: tenant)
    }

    static var example: MailSettingsBody {
        let server = TenantMailServer(host: "mail.example.org", port: 587, protection: .startTLS, login: "academy")
        let settings = MailSettings(
            senderName: "Academy",
            senderAddress: .example,
            replyTo: .example,
            server: server
        )
        return MailSettingsBody(settings, of: Identifier(UUID(high: 0, low: 0)))
    }
    static var variations: [MailSettingsBody] { [MailSettingsBody(.none, of: Identifier(UUID(high: 0, low: 0)))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field(
                "sender",
                object: { sender in
                    sender.field("name", settings.senderName)
                    sender.field("address", settings.senderAddress?.address)
                    sender.field("replyTo", settings.replyTo?.address)
                }
            )
            object.field("server", settings.server.map(ServerBody.init))
        }
    }

    private struct ServerBody: JSONWritable {
        let server: TenantMailServer

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("host", server.host)
                object.field("port", server.port)
                object.field("protection", server.protection.rawValue)
                object.field("user", server.login)
            }
        }
    }
}

/// What became of a message that was sent to try the settings out.
struct MailTrialBody: ResponseBody {
    let trial: MailTrial

    static var example: MailTrialBody { MailTrialBody(trial: MailTrial(.refused, replyCode: 550)) }
    static var variations: [MailTrialBody] { [MailTrialBody(trial: MailTrial(.accepted))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("outcome", trial.outcome.rawValue)
            object.field("replyCode", trial.replyCode)
        }
    }
}
