// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSTenancy

/// Signs tenants up with their first people, for the commands and for declared tenants.
struct TenantOperations: Sendable {
    let installation: Installation
    let lms: LMSKit.LMS

    /// What was made for somebody; the password is shown once.
    struct Login: Sendable {
        let email: String
        let role: String
        let password: Secret<String>
    }

    /// Signs a tenant up; waits for a spare if none is ready.
    ///
    /// - Parameters:
    ///   - slug: The subdomain.
    ///   - name: The organization's name.
    ///   - settings: What it starts with.
    ///   - seconds: How long to wait for a spare.
    /// - Returns: The tenant, which is served from now on.
    /// - Throws: `TenantAdministrationError.slugTaken`; `.noSpare` after the time.
    func create(slug: TenantSlug, name: String, settings: TenantSettings, waitingSeconds seconds: Int) async throws
        -> Tenant
    {
        for _ in 0..<(seconds * 5) {
            if let tenant = try await claim(slug, name, settings) { return tenant }
            try await EventLoop.current?.sleep(for: .milliseconds(200))
        }
        throw TenantAdministrationError.noSpare
    }

    /// A spare under its new name; `nil` if none is ready.
    private func claim(_ slug: TenantSlug, _ name: String, _ settings: TenantSettings) async throws -> Tenant? {
        do {
            return try await installation.administration.create(slug: slug, name: name, settings: settings)
        } catch TenantAdministrationError.noSpare {
            return nil
        }
    }

    /// Makes somebody in a tenant with a random password; `nil` if the address has an account already.
    func add(email: Email, name: String?, role: Role.Name, to tenant: TenantID) async throws -> Login? {
        try await addOrFind(email: email, name: name, role: role, to: tenant).login
    }

    private func addOrFind(
        email: Email,
        name: String?,
        role: Role.Name,
        to tenant: TenantID
    ) async throws -> (user: User.ID, login: Login?) {
        let text = Base64URL.encode(installation.cryptography.randomBytes(15))
        let outcome = try await CreateUserOperation(lms: lms, tenants: installation.tenants)
            .run(email, displayName: name, password: try Password(text), roles: [role], at: tenant)
        switch outcome {
        case .created(let user):
            return (user.id, Login(email: email.address, role: role.description, password: Secret(text)))
        case .existed(let user): return (user.id, nil)
        }
    }

    /// Makes a declared tenant what its file says; a second time changes nothing.
    ///
    /// What the tenant's owners chose by themselves (`PATCH /api/v1/tenant/settings`) stays, and the changes name it.
    ///
    /// - Returns: The tenant's slug with what changed, and the logins that were made.
    func apply(_ manifest: TenantManifest) async throws -> Applied {
        let administration = installation.administration
        var changes: [String] = []
        let tenant: Tenant
        if let existing = try await administration.find(slug: manifest.slug) {
            tenant = existing
            let changed = try await administration.update(
                existing.id,
                slug: manifest.slug,
                name: manifest.name,
                settings: manifest.settings
            )
            if changed { changes.append("updated") }
            let kept = existing.settings.chosen(against: manifest.settings)
            if !kept.isEmpty { changes.append("\(kept.joined(separator: ", ")) left as the tenant chose") }
        } else {
            tenant = try await create(
                slug: manifest.slug,
                name: manifest.name,
                settings: manifest.settings,
                waitingSeconds: 60
            )
            changes.append("created")
        }
        if Set(tenant.domains) != Set(manifest.domains) {
            try await administration.setDomains(manifest.domains, of: tenant.id)
            changes.append("domains set")
        }
        var logins: [Login] = []
        var instructors: [User.ID] = []
        for person in manifest.people {
            guard let email = Email(person.email), let role = Role.Name(person.role) else { continue }
            let (user, login) = try await addOrFind(email: email, name: person.name, role: role, to: tenant.id)
            if let login { logins.append(login) }
            if role == Role.Name(.instructor) { instructors.append(user) }
        }
        return Applied(tenant: tenant, changes: changes, logins: logins, instructors: instructors)
    }

    /// What applying a declared tenant came to.
    struct Applied: Sendable {
        let tenant: Tenant
        let changes: [String]
        let logins: [Login]
        /// Those whom the file declares as instructors.
        let instructors: [User.ID]
    }
}
