// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Somebody who vouches for a tenant's people, as the tenant set them up.
public struct IdentityProvider: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<IdentityProvider>
    /// The identifier.
    public let id: ID
    /// How it is set up.
    public let settings: IdentityProviderSettings
    /// Whether it has a client secret, which is never shown again.
    public let hasClientSecret: Bool
    /// Counts the changes.
    public let version: Int
    /// When it was made, in UTC.
    public let createdAt: Date
    /// When it was changed last, in UTC.
    public let updatedAt: Date
}

extension IdentityProvider {
    /// Any provider, for what only describes.
    package static var example: IdentityProvider {
        var settings = IdentityProviderSettings(.google, name: "Google", clientID: "1234.apps.example.org")
        settings.directories = ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"]
        settings.emailDomains = ["example.org"]
        settings.roleRules = [.init(claim: "groups", value: "teachers", role: Role.Name(.instructor))]
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return IdentityProvider(
            id: ID(FederatedIdentity.example.id.uuid),
            settings: settings,
            hasClientSecret: true,
            version: 1,
            createdAt: time,
            updatedAt: time
        )
    }
}

extension IdentityProvider {
    /// The dialects that providers speak.
    public enum Kind: String, Sendable, CaseIterable, DatabaseConvertible {
        /// OpenID Connect, as the standard has it.
        case oidc
        /// Google.
        case google
        /// Microsoft Entra.
        case microsoft
        /// Facebook's OAuth, which identifies by a profile instead of a token.
        case facebook
    }
}

/// How an identity provider is set up.
public struct IdentityProviderSettings: Sendable, Equatable {
    /// The dialect.
    public var kind: IdentityProvider.Kind
    /// What people read on the button, 1–100 characters; unique in the tenant.
    public var name: String
    /// The issuer's address, as its metadata have it.
    public var issuer: String
    /// What the provider calls us.
    public var clientID: String
    /// What is asked for.
    public var scopes: [String]
    /// Microsoft's directories whose people may sign in; any if empty.
    public var directories: [String]
    /// The domains of addresses, in lower case, whose people may become members and are led here; any if empty.
    public var emailDomains: [String]
    /// Whether the provider runs those domains, so that their addresses are believed without a claim that says so.
    public var vouchesForDomains: Bool
    /// Whether who comes for the first time becomes a member.
    public var provisioning: Bool
    /// Which roles new members get besides none; the first that fit, `student` if none does.
    public var roleRules: [RoleRule]
    /// Whether it may be used.
    public var isEnabled: Bool

    /// Gives a role to whom the provider says something of.
    public struct RoleRule: Sendable, Hashable {
        /// The claim: a text or a list of texts.
        public let claim: String
        /// The text that it must be or hold.
        public let value: String
        /// The role.
        public let role: Role.Name

        /// Makes a rule.
        ///
        /// - Parameters:
        ///   - claim: The claim.
        ///   - value: The text that it must be or hold.
        ///   - role: The role.
        public init(claim: String, value: String, role: Role.Name) {
            self.claim = claim
            self.value = value
            self.role = role
        }
    }

    /// A preset.
    ///
    /// - Parameters:
    ///   - kind: The dialect.
    ///   - name: What people read on the button.
    ///   - issuer: The issuer's address; the kind's own without one.
    ///   - clientID: What the provider calls us.
    public init(_ kind: IdentityProvider.Kind, name: String, issuer: String? = nil, clientID: String) {
        self.kind = kind
        self.name = name
        self.issuer = issuer ?? kind.usualIssuer
        self.clientID = clientID
        scopes = kind.usualScopes
        directories = []
        emailDomains = []
        vouchesForDomains = false
        provisioning = false
        roleRules = []
        isEnabled = true
    }
}

extension IdentityProvider.Kind {
    /// The issuer of all of a kind; empty where each has its own.
    public var usualIssuer: String {
        switch self {
        case .oidc: ""
        case .google: "https://accounts.google.com"
        case .microsoft: "https://login.microsoftonline.com/organizations/v2.0"
        case .facebook: "https://www.facebook.com"
        }
    }

    /// What is asked for unless said.
    public var usualScopes: [String] {
        switch self {
        case .oidc, .google, .microsoft: ["openid", "email", "profile"]
        case .facebook: ["public_profile", "email"]
        }
    }
}

extension IdentityProviderSettings.RoleRule {
    /// Whether the provider says it of somebody.
    func fits(_ claims: JSONValue) -> Bool {
        switch claims[claim] {
        case .string(let text): text == value
        case .array(let values): values.contains(.string(value))
        case .bool(let flag): value == (flag ? "true" : "false")
        default: false
        }
    }
}

extension [IdentityProviderSettings.RoleRule] {
    /// The stored form.
    var stored: JSONText {
        var json = JSONWriter()
        json.array { array in
            for rule in self { array.value([rule.claim, rule.value, rule.role.description]) }
        }
        return JSONText(json.bytes)
    }

    /// Reads the stored form; a rule that this version cannot read gives nothing.
    init(stored: JSONText) {
        guard let value = try? JSONValue.parse(stored.bytes), case .array(let rules) = value else {
            // What this type wrote is well-formed; a rule less gives less and never more.
            self = []
            return
        }
        self = rules.compactMap { rule in
            guard case .array(let parts) = rule, parts.count == 3, let claim = parts[0].text, let value = parts[1].text,
                let role = parts[2].text.flatMap(Role.Name.init)
            else { return nil }
            return .init(claim: claim, value: value, role: role)
        }
    }
}

extension IdentityProvider {
    /// Reads the columns of every statement of `IdentityProviders+SQL.swift` that returns providers.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        let kind: Kind = try fields.next()
        let name: String = try fields.next()
        let issuer: String = try fields.next()
        let clientID: String = try fields.next()
        var settings = IdentityProviderSettings(kind, name: name, issuer: issuer, clientID: clientID)
        hasClientSecret = try fields.next()
        settings.scopes = try fields.next()
        settings.directories = try fields.next()
        settings.emailDomains = try fields.next()
        settings.vouchesForDomains = try fields.next()
        settings.provisioning = try fields.next()
        let rules: JSONText = try fields.next()
        settings.roleRules = [IdentityProviderSettings.RoleRule](stored: rules)
        settings.isEnabled = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        self.settings = settings
    }
}
