// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `PATCH /api/v1/tenant/settings`: what is absent stays.
struct TenantSettingsUpdate: RequestBody {
    let changes: TenantSettingsChanges

    init(fields: inout FieldReader) {
        var changes = TenantSettingsChanges()
        changes.set("locale", \.locale, fields.optional("locale", .choice(Language.english))?.rawValue)
        changes.set("selfRegistration", \.selfRegistration, fields.optional("selfRegistration", .flag))
        changes.set(
            "registrationDomains",
            \.registrationDomains,
            fields.optional("registrationDomains", .list(.domain, 0...100))
        )
        changes.set("verifiedEmailRequired", \.verifiedEmailRequired, fields.optional("verifiedEmailRequired", .flag))
        changes.set("invitationHours", \.invitationHours, fields.optional("invitationHours", .integer(1...720)))
        changes.set("auditDays", \.auditDays, fields.optional("auditDays", .integer(90...3650)))
        changes.set("auditOriginDays", \.auditOriginDays, fields.optional("auditOriginDays", .integer(1...3650)))
        changes.set("passwordLength", \.passwordLength, fields.optional("passwordLength", .integer(8...64)))
        changes.set("passwordGrant", \.passwordGrant, fields.optional("passwordGrant", .flag))
        changes.set("rememberedDevices", \.rememberedDevices, fields.optional("rememberedDevices", .flag))
        changes.set(
            "secondFactorRoles",
            \.secondFactorRoles,
            fields.optional("secondFactorRoles", .list(.text(1...64, example: "owner"), 0...50))
        )
        changes.set("timeZone", \.timeZone, fields.optional("timeZone", .timeZone)?.description)
        changes.set(
            "sessionPolicies",
            \.sessionPolicies,
            fields.optional("sessionPolicies", .list(.object(SessionPolicyFields.self), 0...50))?.map(\.policy)
        )
        changes.set("passwordSignIn", \.passwordSignIn, fields.optional("passwordSignIn", .flag))
        changes.set(
            "breakGlassUsers",
            \.breakGlassUsers,
            fields.optional("breakGlassUsers", .list(.id(Principal.self), 0...10))?.map(\.description)
        )
        changes.set(
            "returnAddresses",
            \.returnAddresses,
            fields.optional("returnAddresses", .list(.returnAddress, 0...50))
        )
        changes.set("corsOrigins", \.corsOrigins, fields.optional("corsOrigins", .list(.origin, 0...50)))
        changes.set("learnerMessages", \.learnerMessages, fields.optional("learnerMessages", .flag))
        changes.set("impersonation", \.impersonation, fields.optional("impersonation", .flag))
        changes.set("impersonationWrites", \.impersonationWrites, fields.optional("impersonationWrites", .flag))
        changes.set("impersonationOfOwners", \.impersonationOfOwners, fields.optional("impersonationOfOwners", .flag))
        self.changes = changes
    }
}

/// A tenant's settings, but for what only the operator decides.
struct TenantSettingsBody: ResponseBody {
    private let settings: TenantSettings
    /// The tag of this revision of this tenant's settings.
    let etag: ETag

    init(_ tenant: Tenant) {
        self.init(tenant.settings, of: Identifier(tenant.id.uuid))
    }

    private init(_ settings: TenantSettings, of tenant: Identifier<Tenant>) {
        self.settings = settings
        etag = ETag(version: settings.revision, of: tenant)
    }

    static var example: TenantSettingsBody {
        var settings = TenantSettings()
        settings.registrationDomains = ["example.org"]
        settings.secondFactorRoles = ["owner", "admin"]
        settings.timeZone = "Europe/Madrid"
        settings.sessionPolicies = [
            SessionPolicy(
                role: "owner",
                networks: ["192.0.2.0/24", "2001:db8::/32"],
                hours: AllowedHours(days: [1, 2, 3, 4, 5], start: 7 * 60, end: 20 * 60),
                idleMinutes: 30,
                absoluteMinutes: 600
            )
        ]
        settings.breakGlassUsers = ["01890a5d-ac96-774b-bcce-b302099a8057"]
        settings.returnAddresses = ["https://learn.example.org/signed-in"]
        settings.corsOrigins = ["https://learn.example.org"]
        return TenantSettingsBody(settings, of: Identifier(UUID(high: 0, low: 0)))
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("locale", settings.locale)
            object.field("selfRegistration", settings.selfRegistration)
            object.field("registrationDomains", settings.registrationDomains)
            object.field("verifiedEmailRequired", settings.verifiedEmailRequired)
            object.field("invitationHours", settings.invitationHours)
            object.field("auditDays", settings.auditDays)
            object.field("auditOriginDays", settings.auditOriginDays)
            object.field("passwordLength", settings.passwordLength)
            object.field("passwordGrant", settings.passwordGrant)
            object.field("rememberedDevices", settings.rememberedDevices)
            object.field("secondFactorRoles", settings.secondFactorRoles)
            object.field("timeZone", settings.timeZone)
            object.field("sessionPolicies", settings.sessionPolicies)
            object.field("passwordSignIn", settings.passwordSignIn)
            object.field("breakGlassUsers", settings.breakGlassUsers)
            object.field("returnAddresses", settings.returnAddresses)
            object.field("corsOrigins", settings.corsOrigins)
            object.field("learnerMessages", settings.learnerMessages)
            object.field("impersonation", settings.impersonation)
            object.field("impersonationWrites", settings.impersonationWrites)
            object.field("impersonationOfOwners", settings.impersonationOfOwners)
        }
    }
}

extension FieldRule where Self == ParsedRule<String> {
    /// The domain of e-mail addresses, which is brought into lower case.
    static var domain: ParsedRule<String> {
        .parsed(format: "hostname", 3...253, example: "example.org", placeholder: "") { text in
            Email("a@\(text)") == nil ? nil : text.lowercased()
        }
    }

    /// An origin as browsers send it (RFC 6454 §6.1): a scheme, a host and a port that is not the scheme's own.
    static var origin: ParsedRule<String> {
        .parsed(format: "uri", 8...253, example: "https://learn.example.org", placeholder: "") { text in
            guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
            let parts = text.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
            guard let host = parts.first, !host.isEmpty, parts.count <= 2, host == host.lowercased() else { return nil }
            guard host.utf8.allSatisfy({ $0.isHostByte }) else { return nil }
            if parts.count == 2 { guard let port = UInt16(parts[1]), port > 0 else { return nil } }
            return text
        }
    }
}

extension UInt8 {
    fileprivate var isHostByte: Bool {
        isLowerLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
    }
}
