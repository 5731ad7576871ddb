// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// A session that a browser keeps in cookies, as its pages see it.
struct BrowserSessionBody: ResponseBody {
    let user: UserBody
    /// Shown as `X-CSRF-Token` with every change.
    let csrfToken: Secret<String>
    /// When the browser must renew the session, in seconds.
    let expiresIn: Int
    /// Whether the session is good for setting up a second factor and nothing else.
    let isLimited: Bool

    static var example: BrowserSessionBody { example(isLimited: false) }
    static var variations: [BrowserSessionBody] { [example(isLimited: true)] }

    private static func example(isLimited: Bool) -> BrowserSessionBody {
        BrowserSessionBody(user: .example, csrfToken: Secret("kN0hT2…"), expiresIn: 900, isLimited: isLimited)
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("user", user)
            object.field("csrfToken", csrfToken.reveal())
            object.field("expiresIn", expiresIn)
            if isLimited { object.field("mfaSetupRequired", true) }
        }
    }
}

/// What signing in with a browser comes to: a session, or a question for a second factor.
enum BrowserOutcomeBody: ResponseBody {
    case session(BrowserSessionBody)
    case question(ChallengeBody)

    static var example: BrowserOutcomeBody { .session(.example) }
    static var variations: [BrowserOutcomeBody] {
        [.question(.example)] + BrowserSessionBody.variations.map { .session($0) }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .session(let body): body.write(to: &json)
        case .question(let body): body.write(to: &json)
        }
    }
}

/// `GET /api/v1/auth/csrf`.
struct CSRFTokenBody: ResponseBody {
    let token: Secret<String>

    static var example: CSRFTokenBody { CSRFTokenBody(token: Secret("kN0hT2…")) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("csrfToken", token.reveal()) }
    }
}
