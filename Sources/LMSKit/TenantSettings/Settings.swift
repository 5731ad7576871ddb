// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a tenant's owners choose for it, as they read and change it.
///
/// The settings are in the directory, which every process reads again within a second; the audit log is in the tenant's schema.
public struct Settings: Sendable {
    private let administration: TenantAdministration
    private let directory: Directory
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - administration: Changes the directory.
    ///   - directory: Forgets what it knew of a tenant whose settings were changed here.
    ///   - audit: Records who changed them.
    public init(administration: TenantAdministration, directory: Directory, audit: Audit) {
        self.administration = administration
        self.directory = directory
        self.audit = audit
    }

    /// Reads a tenant's settings as they are at this moment.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - principal: Who asks.
    /// - Returns: The tenant with its settings.
    /// - Throws: `SettingsError.forbidden` without `tenant:read`.
    public func fetch(_ tenant: TenantID, as principal: Principal) async throws(SettingsError) -> Tenant {
        guard principal.may(.tenantRead, on: .foreign) else { throw .forbidden }
        do {
            guard let found = try await administration.find(id: tenant) else {
                throw SettingsError.database(.unavailable)
            }
            return found
        } catch {
            throw SettingsError(error)
        }
    }

    /// Changes a tenant's settings; every process sees it within a second.
    ///
    /// The directory is another database than the tenant's, so the change is the last thing before the commit of the record of it: there is no
    /// change without a record, and a record without its change only if the process ends between the two.
    ///
    /// - Parameters:
    ///   - changes: What becomes of which setting.
    ///   - tenant: The tenant as it was read; nothing is changed if its settings were changed since.
    ///   - principal: Who asks.
    ///   - tenants: Opens the transaction of the record.
    /// - Returns: The tenant with its new settings.
    /// - Throws: `SettingsError.forbidden` without `tenant:update`; `.changedMeanwhile`.
    public func change(
        _ changes: TenantSettingsChanges,
        of tenant: Tenant,
        as principal: Principal,
        tenants: Tenants
    ) async throws(SettingsError) -> Tenant {
        guard principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        guard !changes.names.isEmpty else { return tenant }
        let object = Identifier<Tenant>(tenant.id.uuid)
        do {
            let changed = try await tenants.transaction(for: tenant.id, as: principal) { session in
                try await audit.record(AuditEvent("tenant.settings_changed", on: object), session: session)
                return try await administration.change(changes, of: tenant)
            }
            directory.forget(tenant.id)
            return changed
        } catch {
            throw SettingsError(error)
        }
    }
}

/// Why a tenant's settings were not shown or changed.
@nonexhaustive
public enum SettingsError: Error, Sendable, Equatable {
    /// The principal may not do this.
    case forbidden
    /// Somebody changed them since they were read.
    case changedMeanwhile
    /// The directory or the tenant's database failed.
    case database(DatabaseError)
}

extension SettingsError {
    init(_ error: any Error) {
        switch error {
        case let error as SettingsError: self = error
        case TenantAdministrationError.settingsChanged: self = .changedMeanwhile
        case TenantAdministrationError.database(let error): self = .database(error)
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}
