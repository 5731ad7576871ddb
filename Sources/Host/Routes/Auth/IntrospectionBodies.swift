// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `POST /api/v1/auth/introspect` (RFC 7662 §2.1).
struct IntrospectionRequest: RequestBody {
    static var formats: Set<BodyFormat> { [.form, .json] }

    let token: Secret<String>

    init(fields: inout FieldReader) {
        token = Secret(fields.required("token", .text(1...8192, example: "eyJhbGciOiJFZERTQSIs…")))
        // The kinds look different: no hint is needed, and RFC 7662 §2.1 allows to ignore it.
        fields.ignored("token_type_hint")
        fields.ignoreOthers()
    }
}

/// The reply of RFC 7662 §2.2, which keeps that standard's names; `{"active":false}` says no more, whatever the reason.
struct IntrospectionBody: ResponseBody {
    let token: IntrospectedToken?

    static var example: IntrospectionBody {
        let grants = BuiltInRole.student.grants
        return IntrospectionBody(
            token: IntrospectedToken(
                kind: .access(.example, grants),
                subject: Principal(.user(.example), grants: grants),
                session: .example,
                expiresAt: AccessToken.example.expiresAt
            )
        )
    }
    static var variations: [IntrospectionBody] { [IntrospectionBody(token: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("active", token != nil)
            guard let token else { return }
            object.field("sub", token.subject.user ?? token.subject.service)
            if let session = token.session { object.field("sid", session) }
            object.field("exp", Int(token.expiresAt.timeIntervalSince1970))
            switch token.kind {
            case .refresh: object.field("token_type", "refresh_token")
            case .apiKey(let key, let grants):
                object.field("token_type", "api_key")
                object.field("jti", key)
                object.field("scope", grants.scopeNames.joined(separator: " "))
            case .service(let access, let grants):
                object.field("token_type", "Bearer")
                object.field("client_id", access.account)
                object.field("iss", access.issuer)
                object.field("aud", access.audience)
                object.field("jti", access.identifier)
                object.field("iat", Int(access.issuedAt.timeIntervalSince1970))
                object.field("scope", grants.scopeNames.joined(separator: " "))
            case .access(let access, let grants):
                object.field("token_type", "Bearer")
                object.field("iss", access.issuer)
                object.field("aud", access.audience)
                object.field("jti", access.identifier)
                object.field("iat", Int(access.issuedAt.timeIntervalSince1970))
                object.field("scope", grants.permissions.map(\.description).sorted().joined(separator: " "))
            }
        }
    }
}
