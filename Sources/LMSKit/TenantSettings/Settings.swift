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
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - administration: Changes the directory.
    ///   - directory: Forgets what it knew of a tenant whose settings were changed here.
    ///   - audit: Records who changed them.
    ///   - clock: The time by which policies are judged.
    public init(
        administration: TenantAdministration,
        directory: Directory,
        audit: Audit,
        clock: WallClock = .system
    ) {
        self.administration = administration
        self.directory = directory
        self.audit = audit
        self.clock = clock
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
    ///   - principal: Who asks, with where they call from.
    ///   - signInSession: The session that they ask in; without one nothing is changed that decides who gets in.
    ///   - tenants: Opens the transaction of the record.
    /// - Returns: The tenant with its new settings.
    /// - Throws: `SettingsError.forbidden` without `tenant:update`; `.changedMeanwhile`; `.lockOut` if the new settings would refuse
    ///   this session or its user's next sign-in; `.sessionNeeded`; `.unknownTimeZone`.
    public func change(
        _ changes: TenantSettingsChanges,
        of tenant: Tenant,
        as principal: Principal,
        in signInSession: SignInSession.ID? = nil,
        tenants: Tenants
    ) async throws(SettingsError) -> Tenant {
        guard principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        guard !changes.names.isEmpty else { return tenant }
        let decidesWhoGetsIn = !changes.names.isDisjoint(with: Self.doors)
        let wanted = changes.applied(to: tenant.settings)
        let object = Identifier<Tenant>(tenant.id.uuid)
        do {
            let changed = try await tenants.transaction(for: tenant.id, as: principal) { session in
                if decidesWhoGetsIn {
                    try await requireWayIn(under: wanted, session: session, for: signInSession)
                }
                try await audit.record(AuditEvent("tenant.settings_changed", on: object), session: session)
                return try await administration.change(changes, of: tenant)
            }
            directory.forget(tenant.id)
            return changed
        } catch {
            throw SettingsError(error)
        }
    }

    /// The settings with which somebody could lock everybody out, by the names under which they are stored.
    public static let doors: Set<String> = [
        "sessionPolicies", "timeZone", "secondFactorRoles", "verifiedEmailRequired", "passwordSignIn",
        "breakGlassUsers",
    ]

    /// Refuses settings that would keep out who makes them: then nobody might be left to undo them.
    ///
    /// The policies of owners are tried too, whoever asks.
    private func requireWayIn(
        under settings: TenantSettings,
        session: borrowing TenantSession,
        for signInSession: SignInSession.ID?
    ) async throws {
        if case .system = session.principal.kind { return }
        guard let user = session.principal.user, let signInSession else { throw SettingsError.sessionNeeded }
        let now = clock.now()
        let replies = try await session.batch([
            .selectStanding(of: user, session: signInSession, at: now, in: settings.timeZone),
            .selectWaysIn(of: user),
        ])
        guard let row = replies.first?.only, let ways = replies.last?.only else { throw SettingsError.sessionNeeded }
        let standing = try Standing(row: row, at: now)
        var facts = standing.facts(from: session.principal.origin?.address ?? "")
        facts.roles.append(BuiltInRole.owner.rawValue)
        if let refusal = settings.refusal(of: facts) { throw SettingsError.lockOut(.policy(refusal)) }
        let isVerified: Bool = try ways["is_verified"]
        guard isVerified || !settings.verifiedEmailRequired else { throw SettingsError.lockOut(.unverifiedEmail) }
        let isFederated: Bool = try ways["is_federated"]
        let isOwner = standing.roles.contains(BuiltInRole.owner.rawValue)
        let hasBreakGlass = isOwner && settings.breakGlassUsers.contains(user.description)
        guard settings.passwordSignIn || isFederated || hasBreakGlass else {
            throw SettingsError.lockOut(.passwordOnly)
        }
    }
}

/// How settings would keep out who makes them.
@nonexhaustive
public enum LockOut: Sendable, Hashable {
    /// A session policy refuses the session that they are made in.
    case policy(SessionRefusal)
    /// They have not confirmed their own address.
    case unverifiedEmail
    /// They have no other way in than a password, which would be taken no more.
    case passwordOnly
}

extension SQL {
    fileprivate static func selectWaysIn(of user: User.ID) -> SQL {
        """
        SELECT u.email_verified_at IS NOT NULL AS is_verified,
            EXISTS (
                SELECT FROM federated_identities i JOIN identity_providers p ON p.id = i.provider_id
                WHERE i.user_id = u.id AND p.enabled
            ) AS is_federated
        FROM users u WHERE u.id = \(user)
        """
    }
}

/// Why a tenant's settings were not shown or changed.
@nonexhaustive
public enum SettingsError: Error, Sendable, Equatable {
    /// The principal may not do this.
    case forbidden
    /// Somebody changed them since they were read.
    case changedMeanwhile
    /// They would keep out who makes them.
    case lockOut(LockOut)
    /// They decide who gets in, and a program that is nobody would not notice that nobody does.
    case sessionNeeded
    /// There is no such time zone.
    case unknownTimeZone
    /// The directory or the tenant's database failed.
    case database(DatabaseError)
}

extension SettingsError {
    init(_ error: any Error) {
        switch error {
        case let error as SettingsError: self = error
        case TenantAdministrationError.settingsChanged: self = .changedMeanwhile
        case TenantAdministrationError.database(let error): self = .database(error)
        case DatabaseError.refused(sqlState: "22023"): self = .unknownTimeZone
        case let error as DatabaseError: self = .database(error)
        default: self = .database(.cancelled)
        }
    }
}
