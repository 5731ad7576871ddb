// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A tenant as a file declares it: `tenants/<slug>/tenant.json`.
public struct TenantManifest: Sendable {
    /// The subdomain it is reached at.
    public let slug: TenantSlug
    /// The organization's name.
    public let name: String
    /// Its own domains, in lower case; the operator vouches for them.
    public let domains: [String]
    /// What it starts with.
    public let settings: TenantSettings
    /// The people that it starts with.
    public let people: [Person]

    /// Somebody who is made with the tenant.
    public struct Person: Sendable {
        /// The address to sign in with.
        public let email: String
        /// The name that others see.
        public let name: String
        /// A built-in role, such as `owner` or `student`.
        public let role: String
    }
}

/// What is wrong with a declared tenant, and where.
public struct ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The field's path, such as `settings.locale`; empty for the whole file.
    public let field: String
    /// What is wrong and what to write instead.
    public let message: String

    /// Describes a mistake.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - field: The field's path; empty for the whole file.
    ///   - message: What is wrong and what to write instead.
    public init(file: String, field: String, message: String) {
        self.file = file
        self.field = field
        self.message = message
    }

    /// The file, the field and the message on one line.
    public var description: String {
        field.isEmpty ? "\(file): \(message)" : "\(file): \(field): \(message)"
    }
}

extension TenantManifest {
    /// Parses a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - file: The file's name, for the errors.
    /// - Throws: `ManifestError` for the first field that is wrong.
    public init(_ bytes: [UInt8], file: String) throws(ManifestError) {
        let json: JSONValue
        do {
            json = try JSONValue.parse(bytes)
        } catch {
            throw ManifestError(file: file, field: "", message: "not valid JSON: \(error)")
        }
        let root = ManifestObject(json, file: file, path: "")
        try root.allow(["slug", "name", "domains", "settings", "people"])
        let slugText = try root.text("slug", length: 2...40)
        guard let slug = TenantSlug(slugText) else {
            throw root.error("slug", "use lower-case letters, digits and inner dashes")
        }
        self.slug = slug
        name = try root.text("name", length: 1...200)
        domains = try root.texts("domains", length: 3...253)
        for domain in domains where domain != domain.lowercased() || !domain.contains(".") {
            throw root.error("domains", "\(domain) is not a domain name in lower case")
        }
        settings = try TenantSettings(manifest: try root.object("settings"))
        people = try root.objects("people").map { object throws(ManifestError) in try Person(manifest: object) }
    }
}

extension TenantManifest.Person {
    fileprivate static let roles = ["owner", "admin", "instructor", "assistant", "student", "auditor"]

    fileprivate init(manifest: ManifestObject) throws(ManifestError) {
        try manifest.allow(["email", "name", "role"])
        email = try manifest.text("email", length: 3...254)
        name = try manifest.text("name", length: 1...200)
        role = try manifest.text("role", length: 1...40)
        guard Self.roles.contains(role) else {
            throw manifest.error("role", "use one of \(Self.roles.joined(separator: ", "))")
        }
    }
}

extension TenantSettings {
    fileprivate init(manifest: ManifestObject?) throws(ManifestError) {
        self.init()
        guard let manifest else { return }
        try manifest.allow([
            "locale", "selfRegistration", "registrationDomains", "verifiedEmailRequired", "invitationHours",
            "passwordLength",
            "passwordGrant", "corsOrigins", "canary",
        ])
        locale = try manifest.optionalText("locale") ?? locale
        guard ["en", "es", "ar"].contains(locale) else { throw manifest.error("locale", "use en, es or ar") }
        selfRegistration = try manifest.optionalFlag("selfRegistration") ?? selfRegistration
        registrationDomains = try manifest.texts("registrationDomains", length: 3...253)
        for domain in registrationDomains where domain != domain.lowercased() || !domain.contains(".") {
            throw manifest.error("registrationDomains", "\(domain) is not a domain name in lower case")
        }
        verifiedEmailRequired = try manifest.optionalFlag("verifiedEmailRequired") ?? verifiedEmailRequired
        invitationHours = try manifest.optionalInteger("invitationHours", 1...720) ?? invitationHours
        passwordLength = try manifest.optionalInteger("passwordLength", 8...64) ?? passwordLength
        passwordGrant = try manifest.optionalFlag("passwordGrant") ?? passwordGrant
        canary = try manifest.optionalFlag("canary") ?? canary
        corsOrigins = try manifest.texts("corsOrigins", length: 8...253)
    }
}
