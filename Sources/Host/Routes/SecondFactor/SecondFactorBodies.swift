// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `POST /api/v1/auth/login/mfa`.
struct ChallengeAnswer: RequestBody {
    let challenge: Secret<String>
    let code: Secret<String>
    let device: DeviceFields

    init(fields: inout FieldReader) {
        device = DeviceFields(fields: &fields)
        challenge = Secret(fields.required("challengeToken", .text(1...512)))
        code = Secret(fields.required("code", .code))
    }
}

/// `POST /api/v1/auth/login/mfa/email-code`.
struct ChallengeRequest: RequestBody {
    let challenge: Secret<String>

    init(fields: inout FieldReader) {
        challenge = Secret(fields.required("challengeToken", .text(1...512)))
    }
}

/// A kind of factor that can be set up.
enum FactorMethod: String, CaseIterable, Sendable {
    case totp
    case email

    var kind: FactorKind {
        switch self {
        case .totp: .totp
        case .email: .email
        }
    }
}

/// `POST /api/v1/auth/mfa/enable/request`.
struct FactorRequest: RequestBody {
    let method: FactorMethod
    let password: Secret<String>?
    let isQRCodeWanted: Bool

    init(fields: inout FieldReader) {
        method = fields.optional("method", .choice(FactorMethod.totp), default: .totp)
        password = fields.optional("password", .typedPassword)
        isQRCodeWanted = fields.optional("qrCode", .flag, default: false)
    }
}

/// `POST /api/v1/auth/mfa/disable`.
struct FactorRemoval: RequestBody {
    let method: FactorMethod
    let code: Secret<String>

    init(fields: inout FieldReader) {
        method = fields.optional("method", .choice(FactorMethod.totp), default: .totp)
        code = Secret(fields.required("code", .code))
    }
}

/// `POST /api/v1/auth/mfa/enable/confirm`.
struct FactorConfirmation: RequestBody {
    let method: FactorMethod
    let code: Secret<String>

    init(fields: inout FieldReader) {
        method = fields.optional("method", .choice(FactorMethod.totp), default: .totp)
        code = Secret(fields.required("code", .code))
    }
}

/// `POST /api/v1/auth/reauthenticate`.
struct Reauthentication: RequestBody {
    let password: Secret<String>?
    let code: Secret<String>?

    init(fields: inout FieldReader) {
        password = fields.optional("password", .typedPassword)
        code = fields.optional("code", .code).map { Secret($0) }
    }
}

extension FieldRule where Self == TextRule {
    /// A code as it was typed: whatever it is, it is compared.
    static var code: TextRule { .text(4...40, example: "123456") }
}

/// What somebody has of second factors.
struct FactorOverviewBody: ResponseBody {
    private let overview: FactorOverview

    init(_ overview: FactorOverview) {
        self.overview = overview
    }

    static var example: FactorOverviewBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let factors = [Factor(id: .example, kind: .totp, confirmedAt: time, lastUsedAt: time)]
        return FactorOverviewBody(FactorOverview(factors: factors, recoveryCodes: 10))
    }
    static var variations: [FactorOverviewBody] {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let factors = [Factor(id: .example, kind: .email, confirmedAt: time, lastUsedAt: nil)]
        return [FactorOverviewBody(FactorOverview(factors: factors, recoveryCodes: 0))]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("factors", overview.factors.map(FactorBody.init))
            object.field("recoveryCodesLeft", overview.recoveryCodes)
        }
    }
}

/// One factor.
struct FactorBody: JSONWritable {
    let factor: Factor

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", factor.id)
            object.field("method", factor.kind.rawValue)
            object.field("confirmedAt", factor.confirmedAt)
            object.field("lastUsedAt", factor.lastUsedAt)
        }
    }
}

/// What to show to somebody who sets up a factor; shown once.
struct FactorSetupBody: ResponseBody {
    private let setup: FactorSetup
    private let svg: Secret<String>?

    init(_ setup: FactorSetup, qrCodes: (any QRCodeEncoding)?) {
        self.setup = setup
        if case .totp(_, let uri) = setup {
            svg = qrCodes?.encode(uri.reveal()).map { Secret($0.svg) }
        } else {
            svg = nil
        }
    }

    private init(_ setup: FactorSetup, svg: Secret<String>?) {
        self.setup = setup
        self.svg = svg
    }

    static var example: FactorSetupBody {
        let uri = "otpauth://totp/Acme:ada%40example.org?secret=JBSWY3DPEHPK3PXP&issuer=Acme"
        return FactorSetupBody(.totp(secret: Secret("JBSWY3DPEHPK3PXP"), uri: Secret(uri)), svg: Secret("<svg …"))
    }
    static var variations: [FactorSetupBody] { [FactorSetupBody(.email, svg: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            switch setup {
            case .totp(let secret, let uri):
                object.field("method", "totp")
                object.field("secret", secret.reveal())
                object.field("uri", uri.reveal())
                if let svg { object.field("qrCode", svg.reveal()) }
            case .email: object.field("method", "email")
            }
        }
    }
}

/// Recovery codes, shown once; none if there were some already.
struct RecoveryCodesBody: ResponseBody {
    let codes: [Secret<String>]

    static var example: RecoveryCodesBody { RecoveryCodesBody(codes: [Secret("abcd-efgh-2345-ijkl-mnop-67qr")]) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("recoveryCodes", codes.map { $0.reveal() }) }
    }
}

/// How long what asks for a recent authentication is open.
struct ReauthenticatedBody: ResponseBody {
    let seconds: Int

    static var example: ReauthenticatedBody { ReauthenticatedBody(seconds: 600) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("expiresInSeconds", seconds) }
    }
}
