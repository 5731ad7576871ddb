// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/auth/federated/{providerId}`, `/identity-providers/{providerId}`.
struct ProviderPath: PathParameters {
    let providerId: IdentityProvider.ID

    init(fields: inout FieldReader) {
        providerId = fields.required("providerId", .id())
    }
}

/// `/users/{userId}/identities`.
struct IdentityOwnerPath: PathParameters {
    let userId: User.ID

    init(fields: inout FieldReader) {
        userId = fields.required("userId", .id())
    }
}

/// `/users/{userId}/identities/{identityId}`.
struct IdentityPath: PathParameters {
    let userId: User.ID
    let identityId: FederatedIdentity.ID

    init(fields: inout FieldReader) {
        userId = fields.required("userId", .id())
        identityId = fields.required("identityId", .id())
    }
}

/// What an app says when it sends a browser to a provider.
struct FederatedWishFields: Sendable {
    let returnTo: String
    let state: String?
    let codeChallenge: String

    init(fields: inout FieldReader) {
        returnTo = fields.required("returnTo", .returnAddress)
        state = fields.optional("state", .text(1...512))
        codeChallenge = fields.required("codeChallenge", .codeChallenge)
        // RFC 7636 §4.2: `plain` protects nothing.
        _ = fields.optional("codeChallengeMethod", .choice(CodeChallengeMethod.s256))
    }
}

/// The only method that is taken.
enum CodeChallengeMethod: String, CaseIterable, Sendable {
    case s256 = "S256"
}

/// The query of `GET /auth/federated/{providerId}`.
struct FederatedStartQuery: QueryParameters {
    let wish: FederatedWishFields

    init(fields: inout FieldReader) {
        wish = FederatedWishFields(fields: &fields)
    }
}

/// `POST /auth/federated/{providerId}/link`.
struct FederatedLinkRequest: RequestBody {
    let wish: FederatedWishFields

    init(fields: inout FieldReader) {
        wish = FederatedWishFields(fields: &fields)
    }
}

/// What a provider sends back with the browser (RFC 6749 §4.1.2).
struct FederatedCallbackQuery: QueryParameters {
    let state: String
    let code: String?
    let error: String?
    let issuer: String?

    init(fields: inout FieldReader) {
        state = fields.required("state", .text(1...512))
        code = fields.optional("code", .text(1...4096))
        error = fields.optional("error", .text(1...512))
        issuer = fields.optional("iss", .text(1...512))
        // RFC 6749 §4.1.2: what is not known must be ignored.
        fields.ignoreOthers()
    }
}

/// `POST /auth/login/federated`.
struct FederatedExchange: RequestBody {
    let code: Secret<String>
    let codeVerifier: Secret<String>
    let returnTo: String
    let device: DeviceFields

    init(fields: inout FieldReader) {
        code = Secret(fields.required("code", .text(1...512)))
        codeVerifier = Secret(fields.required("codeVerifier", .text(43...128)))
        returnTo = fields.required("returnTo", .returnAddress)
        device = DeviceFields(fields: &fields)
    }
}

/// `POST /auth/logout/federated`.
struct FederatedLogout: RequestBody {
    let returnTo: String
    let state: String?

    init(fields: inout FieldReader) {
        returnTo = fields.required("returnTo", .returnAddress)
        state = fields.optional("state", .text(1...512))
    }
}

/// What a provider sends when somebody signed out there (OpenID Connect Back-Channel Logout §2.5).
struct BackChannelLogout: RequestBody {
    static var formats: Set<BodyFormat> { [.form, .json] }

    let token: Secret<String>

    init(fields: inout FieldReader) {
        token = Secret(fields.required("logout_token", .text(1...16_384)))
        // The standard lets providers send more.
        fields.ignoreOthers()
    }
}

/// `POST /auth/discover`.
struct DiscoveryRequest: RequestBody {
    let email: Email?

    init(fields: inout FieldReader) {
        email = fields.optional("email", .email)
    }
}

/// Which ways in there are.
struct WaysInBody: ResponseBody {
    let password: Bool
    let providers: [WayInBody]

    init(_ ways: SignInDiscovery.Ways) {
        password = ways.password
        providers = ways.providers.map { WayInBody(id: $0.id, kind: $0.kind, name: $0.name) }
    }

    private init(password: Bool, providers: [WayInBody]) {
        self.password = password
        self.providers = providers
    }

    static var example: WaysInBody {
        let id = IdentityProvider.ID(FederatedIdentity.example.id.uuid)
        return WaysInBody(password: true, providers: [WayInBody(id: id, kind: .google, name: "Google")])
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("password", password)
            object.field("providers", providers)
        }
    }
}

/// A provider as a sign-in page shows it.
struct WayInBody: JSONWritable {
    let id: IdentityProvider.ID
    let kind: IdentityProvider.Kind
    let name: String

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("kind", kind.rawValue)
            object.field("name", name)
            object.field("startAt", "/api/v1/auth/federated/\(id)")
        }
    }
}

/// Where a browser is to go.
struct FederatedLocationBody: ResponseBody {
    let location: String

    static var example: FederatedLocationBody {
        FederatedLocationBody(location: "https://id.example.org/authorize?response_type=code")
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("location", location) }
    }
}

/// What links a user to a provider.
struct FederatedIdentityBody: ResponseBody {
    let identity: FederatedIdentity

    init(_ identity: FederatedIdentity) {
        self.identity = identity
    }

    static var example: FederatedIdentityBody { FederatedIdentityBody(.example) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", identity.id)
            object.field("provider", identity.provider)
            object.field("providerName", identity.providerName)
            object.field("kind", identity.kind.rawValue)
            object.field("email", identity.email?.address)
            object.field("linkedAt", identity.linkedAt)
            object.field("lastUsedAt", identity.lastUsedAt)
        }
    }
}

extension FieldRule where Self == ParsedRule<String> {
    /// Where an app takes browsers back: an address of `https`, of this machine, or of an app's own scheme (RFC 8252 §7).
    static var returnAddress: ParsedRule<String> {
        .parsed(format: "uri", 8...500, example: "https://learn.example.org/signed-in", placeholder: "") { text in
            guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), !text.contains("#"),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            let scheme = text[..<colon]
            let rest = text[text.index(after: colon)...]
            switch scheme {
            case "https": return rest.hasPrefix("//") && rest.count > 2 && !rest.contains("@") ? text : nil
            case "http":
                let isLocal = ["//127.0.0.1", "//[::1]", "//localhost"].contains { host in
                    rest == host || rest.hasPrefix(host + ":") || rest.hasPrefix(host + "/")
                }
                return isLocal && !rest.contains("@") ? text : nil
            // A scheme that is a domain turned around is somebody's; `javascript:` and `data:` are nobody's.
            default: return scheme.contains(".") && scheme == scheme.lowercased() ? text : nil
            }
        }
    }

    /// The SHA-256 of a PKCE verifier.
    static var codeChallenge: ParsedRule<String> {
        .parsed(format: "base64url", 43...43, example: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", placeholder: "") {
            Base64URL.decode($0)?.count == 32 ? $0 : nil
        }
    }
}
