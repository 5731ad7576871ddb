// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `POST /identity-providers`.
struct NewIdentityProvider: RequestBody {
    let settings: IdentityProviderSettings
    let secret: Secret<String>?

    init(fields: inout FieldReader) {
        let kind = fields.required("kind", .choice(IdentityProvider.Kind.google))
        let issuer = fields.optional("issuer", .issuer)
        var settings = IdentityProviderSettings(
            kind,
            name: fields.required("name", .text(1...100, example: "Google")),
            issuer: issuer,
            clientID: fields.required("clientId", .text(1...255, example: "1234.apps.example.org"))
        )
        if kind == .oidc, issuer == nil { fields.refuse("issuer", .required) }
        secret = fields.optional("clientSecret", .text(1...500)).map { Secret($0) }
        settings.scopes = fields.optional("scopes", .scopes, default: kind.usualScopes)
        settings.directories = fields.optional("directories", .list(.directory, 0...50), default: [])
        settings.emailDomains = fields.optional("emailDomains", .list(.domain, 0...100), default: [])
        settings.vouchesForDomains = fields.optional("vouchesForDomains", .flag, default: false)
        settings.provisioning = fields.optional("provisioning", .flag, default: false)
        settings.roleRules = fields.optional("roleRules", .roleRules, default: []).map(\.rule)
        settings.isEnabled = fields.optional("enabled", .flag, default: true)
        if settings.vouchesForDomains, settings.emailDomains.isEmpty { fields.refuse("emailDomains", .required) }
        self.settings = settings
    }
}

/// `PATCH /identity-providers/{providerId}`.
struct IdentityProviderUpdate: RequestBody {
    let secret: Change<Secret<String>?>
    private let name: String?
    private let issuer: String?
    private let clientID: String?
    private let scopes: [String]?
    private let directories: [String]?
    private let emailDomains: [String]?
    private let vouchesForDomains: Bool?
    private let provisioning: Bool?
    private let roleRules: [RoleRuleRequest]?
    private let isEnabled: Bool?

    init(fields: inout FieldReader) {
        name = fields.optional("name", .text(1...100, example: "Google"))
        issuer = fields.optional("issuer", .issuer)
        clientID = fields.optional("clientId", .text(1...255, example: "1234.apps.example.org"))
        switch fields.clearableChange("clientSecret", .text(1...500)) {
        case .keep: secret = .keep
        case .set(let text): secret = .set(text.map { Secret($0) })
        }
        scopes = fields.optional("scopes", .scopes)
        directories = fields.optional("directories", .list(.directory, 0...50))
        emailDomains = fields.optional("emailDomains", .list(.domain, 0...100))
        vouchesForDomains = fields.optional("vouchesForDomains", .flag)
        provisioning = fields.optional("provisioning", .flag)
        roleRules = fields.optional("roleRules", .roleRules)
        isEnabled = fields.optional("enabled", .flag)
    }

    func apply(to settings: inout IdentityProviderSettings) {
        settings.name = name ?? settings.name
        settings.issuer = issuer ?? settings.issuer
        settings.clientID = clientID ?? settings.clientID
        settings.scopes = scopes ?? settings.scopes
        settings.directories = directories ?? settings.directories
        settings.emailDomains = emailDomains ?? settings.emailDomains
        settings.vouchesForDomains = vouchesForDomains ?? settings.vouchesForDomains
        settings.provisioning = provisioning ?? settings.provisioning
        settings.roleRules = roleRules?.map(\.rule) ?? settings.roleRules
        settings.isEnabled = isEnabled ?? settings.isEnabled
    }
}

/// Which claim with which value gives which role.
struct RoleRuleRequest: FieldStructure {
    let rule: IdentityProviderSettings.RoleRule

    init(fields: inout FieldReader) {
        rule = IdentityProviderSettings.RoleRule(
            claim: fields.required("claim", .text(1...100, example: "groups")),
            value: fields.required("value", .text(1...200, example: "teachers")),
            role: fields.required("role", .roleName)
        )
    }
}

/// An identity provider; its secret is not shown.
struct IdentityProviderBody: ResponseBody {
    private let provider: IdentityProvider

    init(_ provider: IdentityProvider) {
        self.provider = provider
    }

    static var example: IdentityProviderBody { IdentityProviderBody(.example) }

    func write(to json: inout JSONWriter) {
        let settings = provider.settings
        json.object { object in
            object.field("id", provider.id)
            object.field("kind", settings.kind.rawValue)
            object.field("name", settings.name)
            object.field("issuer", settings.issuer)
            object.field("clientId", settings.clientID)
            object.field("hasClientSecret", provider.hasClientSecret)
            object.field("scopes", settings.scopes)
            object.field("directories", settings.directories)
            object.field("emailDomains", settings.emailDomains)
            object.field("vouchesForDomains", settings.vouchesForDomains)
            object.field("provisioning", settings.provisioning)
            object.field("roleRules", settings.roleRules.map(RoleRuleBody.init))
            object.field("enabled", settings.isEnabled)
            object.field("callbackPath", "/api/v1/auth/federated/\(provider.id)/callback")
            object.field("createdAt", provider.createdAt)
            object.field("updatedAt", provider.updatedAt)
        }
    }
}

private struct RoleRuleBody: JSONWritable {
    let rule: IdentityProviderSettings.RoleRule

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("claim", rule.claim)
            object.field("value", rule.value)
            object.field("role", rule.role.description)
        }
    }
}

extension FieldRule where Self == ParsedRule<String> {
    /// An issuer's address (OpenID Connect Discovery §2): no query, no fragment.
    static var issuer: ParsedRule<String> {
        .parsed(format: "uri", 10...500, example: "https://id.example.org", placeholder: "") { text in
            guard text.hasPrefix("https://") || text.hasPrefix("http://"),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"?#@\\\"<>".utf8.contains($0) })
            else { return nil }
            return text
        }
    }

    /// A directory of Microsoft's.
    static var directory: ParsedRule<String> {
        .parsed(format: "uuid", 36...36, example: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490", placeholder: "") { text in
            UUID(uuidString: text) == nil ? nil : text.lowercased()
        }
    }

    /// A scope (RFC 6749 §3.3).
    fileprivate static var scope: ParsedRule<String> {
        .parsed(format: "scope", 1...200, example: "openid", placeholder: "") { text in
            text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
                ? text : nil
        }
    }
}

extension FieldRule where Self == ListRule<ParsedRule<String>> {
    fileprivate static var scopes: ListRule<ParsedRule<String>> { .list(.scope, 1...20) }
}

extension FieldRule where Self == ListRule<ObjectRule<RoleRuleRequest>> {
    fileprivate static var roleRules: ListRule<ObjectRule<RoleRuleRequest>> {
        .list(.object(RoleRuleRequest.self), 0...50)
    }
}
