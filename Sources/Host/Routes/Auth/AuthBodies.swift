// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `POST /api/v1/auth/register`.
struct Registration: RequestBody {
    let email: Email
    let password: Password
    let displayName: String?

    init(fields: inout FieldReader) {
        email = fields.required("email", .email)
        password = fields.required("password", .newPassword)
        displayName = fields.optional("displayName", .text(1...255, example: "Ada Lovelace"))
        // Who registers is a student, whatever they ask for.
        fields.ignored("role")
    }
}

/// `POST /api/v1/auth/login`.
struct LoginRequest: RequestBody {
    /// An address, the name to sign in with, or a verified number.
    let identifier: String
    let password: Secret<String>
    let device: DeviceFields

    init(fields: inout FieldReader) {
        // Which field it comes in does not matter: what was typed tells what it is.
        let names = [
            fields.optional("email", .text(1...254, format: "email", example: Email.example.address)),
            fields.optional("username", .text(1...254, example: Username.example.text)),
            fields.optional("identifier", .text(1...254, example: PhoneNumber.example.text)),
        ].compactMap(\.self)
        if names.isEmpty { fields.refuse("email", .required) }
        if names.count > 1 { fields.refuse("identifier", .repeated) }
        identifier = names.first ?? ""
        password = fields.required("password", .typedPassword)
        device = DeviceFields(fields: &fields)
    }
}

/// What a client says of the device that somebody signs in on.
struct DeviceFields: Sendable {
    /// What it keeps from the last time.
    let token: Secret<String>?
    /// Whether it is to be remembered.
    let isToBeRemembered: Bool

    init(fields: inout FieldReader) {
        token = fields.optional("deviceToken", .text(1...512)).map { Secret($0) }
        isToBeRemembered = fields.optional("rememberDevice", .flag, default: false)
    }
}

/// `POST /api/v1/auth/refresh`.
struct RefreshRequest: RequestBody {
    let refreshToken: Secret<String>

    init(fields: inout FieldReader) {
        refreshToken = Secret(fields.required("refreshToken", .text(1...512)))
    }
}

/// `POST /api/v1/auth/logout`.
struct LogoutRequest: RequestBody {
    let refreshToken: Secret<String>?

    init(fields: inout FieldReader) {
        refreshToken = fields.optional("refreshToken", .text(1...512)).map { Secret($0) }
    }
}

/// `POST /api/v1/auth/token` (RFC 6749 §§4.1.3, 4.3.2, 4.4.2, 6).
struct TokenRequest: RequestBody {
    static var formats: Set<BodyFormat> { [.form, .json] }

    let grantType: String
    let refreshToken: Secret<String>?
    let username: String?
    let password: Secret<String>?
    let code: Secret<String>?
    let codeVerifier: Secret<String>?
    let redirectURI: String?
    let clientID: String?
    let clientSecret: Secret<String>?
    let scope: String?

    init(fields: inout FieldReader) {
        grantType = fields.required("grant_type", .text(1...200, example: "refresh_token"))
        refreshToken = fields.optional("refresh_token", .text(1...512)).map { Secret($0) }
        username = fields.optional("username", .text(1...254, format: "email", example: Email.example.address))
        password = fields.optional("password", .typedPassword)
        code = fields.optional("code", .text(1...512)).map { Secret($0) }
        codeVerifier = fields.optional("code_verifier", .text(43...128)).map { Secret($0) }
        redirectURI = fields.optional("redirect_uri", .text(1...500))
        clientID = fields.optional("client_id", .text(1...512))
        clientSecret = fields.optional("client_secret", .text(1...512)).map { Secret($0) }
        scope = fields.optional("scope", .text(1...8192, example: "course:read:any"))
        // RFC 6749 §3.2: what is not known must be ignored.
        fields.ignoreOthers()
    }
}

/// A new user, with tokens unless they have to show first that the address is theirs.
struct RegisteredBody: ResponseBody {
    let user: UserBody
    let signedIn: SignedInBody?

    static var example: RegisteredBody { RegisteredBody(user: .example, signedIn: .example) }
    static var variations: [RegisteredBody] { [RegisteredBody(user: .example, signedIn: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("user", user)
            object.field("verificationRequired", signedIn == nil)
            signedIn?.writeTokens(to: &object)
        }
    }
}

/// A user and their tokens.
struct SignedInBody: ResponseBody {
    let user: UserBody
    let accessToken: Secret<String>
    let refreshToken: Secret<String>
    let expiresIn: Int
    /// Whether the tokens are good for setting up a second factor and nothing else.
    let isLimited: Bool
    /// What the device keeps if it was asked to be remembered.
    let device: Secret<String>?
    /// What a page shows with every change, if the tokens are in its browser's cookies and so are not told.
    let csrfToken: Secret<String>?

    init(_ signedIn: SignedIn, csrfToken: Secret<String>? = nil) {
        self.csrfToken = csrfToken
        device = signedIn.device
        isLimited = signedIn.isLimited
        user = UserBody(signedIn.user)
        accessToken = signedIn.tokens.accessToken
        refreshToken = signedIn.tokens.refreshToken
        expiresIn = signedIn.tokens.expiresInSeconds
    }

    private init(isLimited: Bool, csrfToken: Secret<String>? = nil) {
        self.csrfToken = csrfToken
        user = .example
        accessToken = Secret("eyJhbGciOiJFZERTQSIs…")
        refreshToken = Secret("kN0hT2…")
        expiresIn = 900
        self.isLimited = isLimited
        device = isLimited ? Secret("kN0hT2…") : nil
    }

    static var example: SignedInBody { SignedInBody(isLimited: false) }
    static var variations: [SignedInBody] { [SignedInBody(isLimited: true)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("user", user)
            writeTokens(to: &object)
        }
    }

    /// Writes the tokens alone, for a body that has more.
    func writeTokens(to object: inout JSONWriter) {
        if let csrfToken {
            object.field("csrfToken", csrfToken.reveal())
        } else {
            object.field("accessToken", accessToken.reveal())
            object.field("refreshToken", refreshToken.reveal())
            object.field("tokenType", "Bearer")
        }
        object.field("expiresIn", expiresIn)
        if isLimited { object.field("mfaSetupRequired", true) }
        if csrfToken == nil, let device { object.field("deviceToken", device.reveal()) }
    }
}

/// What signing in comes to: tokens, or a question for a second factor.
struct SignInOutcomeBody: ResponseBody {
    private let outcome: Outcome

    private enum Outcome: Sendable {
        case tokens(SignedInBody)
        case question(ChallengeBody)
    }

    init(_ outcome: SignInOutcome) {
        switch outcome {
        case .signedIn(let signedIn): self.outcome = .tokens(SignedInBody(signedIn))
        case .challenged(let challenge): self.outcome = .question(ChallengeBody(challenge: challenge))
        }
    }

    private init(_ outcome: Outcome) {
        self.outcome = outcome
    }

    static var example: SignInOutcomeBody { SignInOutcomeBody(.tokens(.example)) }
    static var variations: [SignInOutcomeBody] {
        [SignInOutcomeBody(.question(.example))] + SignedInBody.variations.map { Self(.tokens($0)) }
    }

    func write(to json: inout JSONWriter) {
        switch outcome {
        case .tokens(let body): body.write(to: &json)
        case .question(let body): body.write(to: &json)
        }
    }
}

/// The question for a second factor.
struct ChallengeBody: JSONWritable {
    let challenge: SignInChallenge

    static var example: ChallengeBody {
        ChallengeBody(
            challenge: SignInChallenge(
                token: Secret("kN0hT2…"),
                methods: [.totp, .recoveryCode],
                expiresInSeconds: 600
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("mfaRequired", true)
            object.field("challengeToken", challenge.token.reveal())
            object.field("methods", challenge.methods.map(\.rawValue))
            object.field("expiresInSeconds", challenge.expiresInSeconds)
        }
    }
}

/// The token reply of RFC 6749 §5.1, which keeps that standard's names.
struct TokenBody: ResponseBody {
    let accessToken: Secret<String>
    /// Absent for a program, which shows its secret again (RFC 6749 §4.4.3).
    let refreshToken: Secret<String>?
    let expiresIn: Int
    /// What a program's token may do at most; absent for a person's, which may what they may.
    let scope: String?

    init(_ tokens: TokenPair) {
        accessToken = tokens.accessToken
        refreshToken = tokens.refreshToken
        expiresIn = tokens.expiresInSeconds
        scope = nil
    }

    init(_ issued: IssuedServiceToken) {
        accessToken = issued.text
        refreshToken = nil
        expiresIn = issued.lifetimeInSeconds
        scope = issued.scopes.scopeNames.joined(separator: " ")
    }

    private init(isProgram: Bool) {
        accessToken = Secret("eyJhbGciOiJFZERTQSIs…")
        refreshToken = isProgram ? nil : Secret("kN0hT2…")
        expiresIn = isProgram ? 600 : 900
        scope = isProgram ? "course:read:any" : nil
    }

    static var example: TokenBody { TokenBody(isProgram: false) }
    static var variations: [TokenBody] { [TokenBody(isProgram: true)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("access_token", accessToken.reveal())
            object.field("token_type", "Bearer")
            object.field("expires_in", expiresIn)
            if let refreshToken { object.field("refresh_token", refreshToken.reveal()) }
            if let scope { object.field("scope", scope) }
        }
    }
}

/// `GET /api/v1/auth/me`: the user and what they may do with this token.
struct MeBody: ResponseBody {
    let user: UserBody
    let grants: Grants
    let expiresAt: Date
    /// What a page says above everything else while an operator acts as the user.
    var impersonation: ImpersonationBody?

    static var variations: [MeBody] {
        var impersonated = example
        impersonated.impersonation = .example
        return [impersonated]
    }

    static var example: MeBody {
        MeBody(
            user: .example,
            grants: BuiltInRole.student.grants,
            expiresAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("active", true)
            object.field("sub", user.id)
            object.field("exp", Int(expiresAt.timeIntervalSince1970))
            user.writeFields(to: &object)
            object.field("permissions", GrantBody.list(of: grants))
            if let impersonation { object.field("impersonation", impersonation) }
        }
    }
}

/// `GET /.well-known/jwks.json` (RFC 7517, RFC 8037).
struct KeySetBody: ResponseBody {
    let keys: [KeyBody]

    static var example: KeySetBody {
        KeySetBody(keys: [KeyBody(name: "01890a5d-ac96-774b-bcce-b302099a8057", bytes: Array(0..<32))])
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("keys", keys) }
    }
}

/// One public key.
struct KeyBody: JSONWritable {
    let name: String
    let bytes: [UInt8]

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("kty", "OKP")
            object.field("crv", "Ed25519")
            object.field("alg", "EdDSA")
            object.field("use", "sig")
            object.field("kid", name)
            object.field("x", Base64URL.encode(bytes))
        }
    }
}
