// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a tenant's administrators chose; stored as one JSON object in the directory.
///
/// A new setting is a property here, a line in `init(json:)` and one in `stored`; one that a tenant's owner may change is also a line in the body
/// of `PATCH /api/v1/tenant/settings`, and one that a file under `tenants/` may declare a line in `TenantManifest`.
public struct TenantSettings: Sendable, Hashable {
    /// The language of its messages: `en`, `es` or `ar`.
    public var locale = "en"
    /// Whether anybody may register as a student.
    public var selfRegistration = true
    /// The domains of the addresses that may be registered with, in lower case; any if there is none.
    public var registrationDomains: [String] = []
    /// Whether who has not confirmed their address is kept from signing in.
    public var verifiedEmailRequired = false
    /// How long an invitation is good, in hours.
    public var invitationHours = 168
    /// The fewest characters of a password that is chosen.
    public var passwordLength = 8
    /// Whether the `password` grant of RFC 6749 is offered, which RFC 9700 forbids.
    public var passwordGrant = false
    /// The roles whose holders must have a second factor: names of built-in roles and of the tenant's own.
    public var secondFactorRoles: [String] = []
    /// From where, when and for how long the holders of roles may be signed in.
    public var sessionPolicies: [SessionPolicy] = []
    /// The time zone that its hours are in, by the name of the IANA database.
    public var timeZone = "UTC"
    /// Whether a device on which somebody showed a second factor stands for it for 30 days.
    public var rememberedDevices = false
    /// Whether a password may be typed to sign in; without, identity providers alone vouch for people.
    public var passwordSignIn = true
    /// The identifiers of those who may sign in with a password all the same, should every provider fail.
    public var breakGlassUsers: [String] = []
    /// The addresses that browsers may be sent back to after an identity provider vouched, byte for byte.
    public var returnAddresses: [String] = []
    /// The origins that browsers may call the API from.
    public var corsOrigins: [String] = []
    /// For how many days a row of the audit log is kept.
    public var auditDays = 365
    /// For how many days a row of the audit log has the address and the user agent.
    public var auditOriginDays = 90
    /// Whether learners who share a course may write to each other.
    public var learnerMessages = false
    /// Whether the platform's operators may act as its users, for reading.
    public var impersonation = false
    /// Whether they may also change things as them.
    public var impersonationWrites = false
    /// Whether they may act as its owners.
    public var impersonationOfOwners = false
    /// Whether migrations are tried on this tenant first.
    public var canary = false
    /// Counts the changes; what is stored under an older one is not overwritten unseen.
    public internal(set) var revision = 0
    /// The settings that the tenant itself changed, by name: a declaration of the operator leaves those alone.
    public internal(set) var chosenByTenant: Set<String> = []

    /// The settings of a new tenant.
    public init() {}
}

extension TenantSettings {
    /// Reads stored settings; what is missing has its default.
    ///
    /// - Parameter json: The stored object.
    public init(json: JSONValue) {
        if case .string(let value) = json["locale"] { locale = value }
        if case .bool(let value) = json["selfRegistration"] { selfRegistration = value }
        registrationDomains = json.texts("registrationDomains")
        if case .bool(let value) = json["verifiedEmailRequired"] { verifiedEmailRequired = value }
        invitationHours = json["invitationHours"]?.integer ?? invitationHours
        passwordLength = json["passwordLength"]?.integer ?? passwordLength
        if case .bool(let value) = json["passwordGrant"] { passwordGrant = value }
        auditDays = json["auditDays"]?.integer ?? auditDays
        auditOriginDays = json["auditOriginDays"]?.integer ?? auditOriginDays
        if case .bool(let value) = json["passwordSignIn"] { passwordSignIn = value }
        breakGlassUsers = json.texts("breakGlassUsers")
        returnAddresses = json.texts("returnAddresses")
        if case .bool(let value) = json["learnerMessages"] { learnerMessages = value }
        if case .bool(let value) = json["impersonation"] { impersonation = value }
        if case .bool(let value) = json["impersonationWrites"] { impersonationWrites = value }
        if case .bool(let value) = json["impersonationOfOwners"] { impersonationOfOwners = value }
        if case .bool(let value) = json["canary"] { canary = value }
        if case .bool(let value) = json["rememberedDevices"] { rememberedDevices = value }
        secondFactorRoles = json.texts("secondFactorRoles")
        if case .array(let policies) = json["sessionPolicies"] {
            sessionPolicies = policies.compactMap(SessionPolicy.init(json:))
        }
        timeZone = json["timeZone"]?.text ?? timeZone
        corsOrigins = json.texts("corsOrigins")
        revision = json["revision"]?.integer ?? 0
        chosenByTenant = Set(json.texts("chosenByTenant"))
    }
}

extension TenantSettings {
    /// The settings that the tenant chose and a declaration would have otherwise, by name.
    ///
    /// - Parameter declared: What a file declares.
    /// - Returns: The names, in order.
    public func chosen(against declared: TenantSettings) -> [String] {
        guard let own = try? JSONValue.parse(stored.bytes), let other = try? JSONValue.parse(declared.stored.bytes)
        else {
            // What this type wrote is well-formed; without it there would be nothing to compare.
            return chosenByTenant.sorted()
        }
        return chosenByTenant.filter { own[$0] != other[$0] }.sorted()
    }
}

extension TenantSettings {
    /// The object as it is stored, without what only counts and names changes.
    var stored: JSONText {
        var json = JSONWriter()
        json.object { object in
            object.field("locale", locale)
            object.field("selfRegistration", selfRegistration)
            object.field("registrationDomains", registrationDomains)
            object.field("verifiedEmailRequired", verifiedEmailRequired)
            object.field("invitationHours", invitationHours)
            object.field("auditDays", auditDays)
            object.field("auditOriginDays", auditOriginDays)
            object.field("passwordLength", passwordLength)
            object.field("passwordGrant", passwordGrant)
            object.field("rememberedDevices", rememberedDevices)
            object.field("secondFactorRoles", secondFactorRoles)
            object.field("sessionPolicies", sessionPolicies)
            object.field("timeZone", timeZone)
            object.field("passwordSignIn", passwordSignIn)
            object.field("breakGlassUsers", breakGlassUsers)
            object.field("returnAddresses", returnAddresses)
            object.field("corsOrigins", corsOrigins)
            object.field("learnerMessages", learnerMessages)
            object.field("impersonation", impersonation)
            object.field("impersonationWrites", impersonationWrites)
            object.field("impersonationOfOwners", impersonationOfOwners)
            object.field("canary", canary)
        }
        return JSONText(json.bytes)
    }
}

extension JSONValue {
    /// The texts of a member that is a list; none if it is not one.
    fileprivate func texts(_ name: String) -> [String] {
        guard case .array(let values) = self[name] else { return [] }
        return values.compactMap(\.text)
    }
}
