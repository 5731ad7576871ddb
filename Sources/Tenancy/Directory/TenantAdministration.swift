// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// Signs tenants up and changes what the directory says of them, without DDL.
public struct TenantAdministration: Sendable {
    private let control: any Database
    private let installation: InstallationPrefix
    private let schemaVersion: Int
    private let clock: WallClock
    private let changed: @Sendable () -> Void

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - control: The control database.
    ///   - installation: The installation's prefix.
    ///   - schemaVersion: The version that a spare must have to be claimed.
    ///   - clock: Dates the changes.
    ///   - changed: Is told after each change, so that what is known of tenants is read anew.
    public init(
        control: any Database,
        installation: InstallationPrefix,
        schemaVersion: Int,
        clock: WallClock = .system,
        changed: @escaping @Sendable () -> Void = {}
    ) {
        self.changed = changed
        self.control = control
        self.installation = installation
        self.schemaVersion = schemaVersion
        self.clock = clock
    }

    /// Gives a spare to a new tenant: one UPDATE.
    ///
    /// - Parameters:
    ///   - slug: The subdomain it is reached at.
    ///   - name: The organization's name, 1 through 200 characters.
    ///   - settings: What it starts with.
    ///   - requestKey: Makes a repeated call return the tenant of the first.
    /// - Returns: The tenant, which is served from now on.
    /// - Throws: `TenantAdministrationError.slugTaken`; `.noSpare` if the pool is empty at the moment.
    public func create(
        slug: TenantSlug,
        name: String,
        settings: TenantSettings = TenantSettings(),
        requestKey: String? = nil
    ) async throws(TenantAdministrationError) -> Tenant {
        let claim = SQL.claimSpare(
            slug: slug,
            name: name,
            settings: settings.stored,
            requestKey: requestKey,
            version: schemaVersion,
            at: clock.now()
        )
        do throws(DatabaseError) {
            let replies = try await write(claim)
            if let row = replies.first?.only { return try Tenant(row: row, installation: installation) }
        } catch .constraint(.unique, name: "tenants_slug_uq") {
            if let requestKey, let tenant = try await find(requestKey: requestKey) { return tenant }
            throw .slugTaken(slug)
        } catch .constraint(.unique, name: "tenants_request_key_uq") {
            if let requestKey, let tenant = try await find(requestKey: requestKey) { return tenant }
            throw .slugTaken(slug)
        } catch {
            throw .database(error)
        }
        throw .noSpare
    }

    /// Lists tenants by slug.
    ///
    /// - Parameters:
    ///   - slug: The slug after which the page starts; `nil` for the first page.
    ///   - limit: The largest number of tenants to return, 1 through 100.
    /// - Returns: The tenants, whatever their status.
    /// - Throws: `TenantAdministrationError.database`.
    public func list(after slug: TenantSlug? = nil, limit: Int = 100) async throws(TenantAdministrationError)
        -> [Tenant]
    {
        let rows = try await rows(.tenants(after: slug?.description ?? "", limit: limit))
        var tenants: [Tenant] = []
        for row in rows { tenants.append(try tenant(row)) }
        return tenants
    }

    /// Lists tenants by slug, those that a filter has.
    ///
    /// - Parameters:
    ///   - slug: The slug after which the page starts; `nil` for the first page.
    ///   - limit: The largest number of tenants to return, 1 through 100.
    ///   - status: Only tenants of this status.
    ///   - search: Only tenants with this text in the slug or the name, in any case.
    /// - Returns: The tenants.
    /// - Throws: `TenantAdministrationError.database`.
    public func list(
        after slug: TenantSlug?,
        limit: Int,
        status: Tenant.Status?,
        search: String?
    ) async throws(TenantAdministrationError) -> [Tenant] {
        let rows = try await rows(
            .tenants(after: slug?.description ?? "", limit: limit, status: status, search: search)
        )
        var tenants: [Tenant] = []
        for row in rows { tenants.append(try tenant(row)) }
        return tenants
    }

    /// Finds a tenant.
    ///
    /// - Parameter slug: The subdomain it is reached at.
    /// - Returns: The tenant, whatever its status, or `nil`.
    /// - Throws: `TenantAdministrationError.database`.
    public func find(slug: TenantSlug) async throws(TenantAdministrationError) -> Tenant? {
        guard let row = try await rows(.tenant(slug: slug)).only else { return nil }
        return try tenant(row)
    }

    /// Finds a tenant, as it is in the directory at this moment.
    ///
    /// - Parameter id: The tenant.
    /// - Returns: The tenant, whatever its status, or `nil`.
    /// - Throws: `TenantAdministrationError.database`.
    public func find(id: TenantID) async throws(TenantAdministrationError) -> Tenant? {
        guard let row = try await rows(.tenant(id: id)).only else { return nil }
        return try tenant(row)
    }

    /// Changes what a tenant chose for itself; a later declaration of the operator leaves those settings alone.
    ///
    /// - Parameters:
    ///   - changes: What becomes of which setting.
    ///   - tenant: The tenant as it was read; nothing is changed if its settings were changed since.
    /// - Returns: The tenant with its new settings.
    /// - Throws: `TenantAdministrationError.settingsChanged` if somebody was faster, or the tenant is no longer served.
    public func change(
        _ changes: TenantSettingsChanges,
        of tenant: Tenant
    ) async throws(TenantAdministrationError) -> Tenant {
        let statement = SQL.changeSettings(
            of: tenant.id,
            to: changes.applied(to: tenant.settings).stored,
            choosing: changes.names.sorted(),
            revision: tenant.settings.revision
        )
        let row: Row?
        do throws(DatabaseError) {
            row = try await write(statement).first?.only
        } catch {
            throw .database(error)
        }
        guard let row else { throw .settingsChanged }
        return try self.tenant(row)
    }

    /// Stops serving a tenant; its data stays.
    ///
    /// - Parameter tenant: The tenant.
    /// - Throws: `TenantAdministrationError.notInState` if it is not active.
    public func suspend(_ tenant: TenantID) async throws(TenantAdministrationError) {
        try await change(tenant, from: [.active], to: .suspended)
    }

    /// Serves a suspended tenant again, or takes back a deletion whose grace period has not passed.
    ///
    /// - Parameter tenant: The tenant.
    /// - Throws: `TenantAdministrationError.notInState` if it is neither suspended nor deleted.
    public func resume(_ tenant: TenantID) async throws(TenantAdministrationError) {
        try await change(tenant, from: [.suspended, .deleted], to: .active)
    }

    /// Marks a tenant for purge after the grace period; requests for it answer 410 from now on.
    ///
    /// - Parameter tenant: The tenant.
    /// - Throws: `TenantAdministrationError.notInState` if it is deleted already.
    public func delete(_ tenant: TenantID) async throws(TenantAdministrationError) {
        try await change(tenant, from: [.active, .suspended], to: .deleted)
    }

    /// Changes a tenant's slug and name, and those of its settings that it did not choose itself.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - slug: The new subdomain; the old one is free at once.
    ///   - name: The new name.
    ///   - settings: The new settings.
    /// - Returns: Whether anything was different.
    /// - Throws: `TenantAdministrationError.slugTaken`.
    @discardableResult
    public func update(
        _ tenant: TenantID,
        slug: TenantSlug,
        name: String,
        settings: TenantSettings
    ) async throws(TenantAdministrationError) -> Bool {
        do throws(DatabaseError) {
            let replies = try await write(
                .rename(tenant, to: slug, name: name, settings: settings.stored)
            )
            return replies.first?.only != nil
        } catch .constraint(.unique, name: "tenants_slug_uq") {
            throw .slugTaken(slug)
        } catch {
            throw .database(error)
        }
    }

    /// Makes a tenant's verified domains exactly these, for which the operator vouches.
    ///
    /// - Parameters:
    ///   - domains: The domains in lower case.
    ///   - tenant: The tenant.
    /// - Throws: `TenantAdministrationError.domainTaken` if another tenant has one.
    public func setDomains(_ domains: [String], of tenant: TenantID) async throws(TenantAdministrationError) {
        let set: Rows
        do throws(DatabaseError) {
            set = try await write(.setDomains(of: tenant, to: domains)).first ?? Rows.empty
        } catch {
            throw .database(error)
        }
        guard set.count == Set(domains).count else { throw .domainTaken }
    }

    private func change(
        _ tenant: TenantID,
        from: [Tenant.Status],
        to status: Tenant.Status
    ) async throws(TenantAdministrationError) {
        let replies: [Rows]
        do throws(DatabaseError) {
            replies = try await write(
                .changeStatus(of: tenant, from: from, to: status, at: clock.now())
            )
        } catch {
            throw .database(error)
        }
        guard replies.first?.only != nil else { throw .notInState(from) }
    }

    /// Makes a change and tells of it, also if nobody knows whether it was made.
    private func write(_ statement: SQL) async throws(DatabaseError) -> [Rows] {
        defer { changed() }
        return try await control.write([statement], scope: .control)
    }

    private func find(requestKey: String) async throws(TenantAdministrationError) -> Tenant? {
        guard let row = try await rows(.tenant(requestKey: requestKey)).only else { return nil }
        return try tenant(row)
    }

    private func rows(_ statement: SQL) async throws(TenantAdministrationError) -> Rows {
        do throws(DatabaseError) {
            return try await control.read([statement], scope: .control).first ?? Rows.empty
        } catch {
            throw .database(error)
        }
    }

    private func tenant(_ row: Row) throws(TenantAdministrationError) -> Tenant {
        do throws(DatabaseError) {
            return try Tenant(row: row, installation: installation)
        } catch {
            throw .database(error)
        }
    }
}

/// Why a tenant was not signed up or changed.
@nonexhaustive
public enum TenantAdministrationError: Error, Sendable, Equatable {
    /// Another tenant has the subdomain.
    case slugTaken(TenantSlug)
    /// Another tenant has one of the domains.
    case domainTaken
    /// No spare is ready; the provisioner is building some.
    case noSpare
    /// The tenant is not in one of these states.
    case notInState([Tenant.Status])
    /// The tenant's settings were changed since they were read.
    case settingsChanged
    /// The directory could not be read or written.
    case database(DatabaseError)
}
