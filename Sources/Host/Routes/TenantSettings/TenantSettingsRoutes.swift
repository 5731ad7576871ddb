// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What a tenant's owners choose for it.
struct TenantSettingsRoutes: Sendable {
    let settings: Settings

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/tenant/settings",
                "Show the organization's settings",
                access: .permission(.tenantRead),
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/tenant/settings",
                "Change the organization's settings",
                access: .permission(.tenantUpdate),
                problems: [.preconditionFailed, .settingsChanged],
                handler: change
            ),
        ]
    }

    private func show(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<TenantSettingsBody> {
        let body = TenantSettingsBody(try await settings.fetch(context.tenant.id, as: context.principal))
        return .ok(body, etag: body.etag)
    }

    private func change(
        _ input: Input<Nothing, Nothing, TenantSettingsUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<TenantSettingsBody> {
        let tenant = try await settings.fetch(context.tenant.id, as: context.principal)
        try context.requireMatch(TenantSettingsBody(tenant).etag)
        let changed = try await settings.change(
            input.body.changes,
            of: tenant,
            as: context.principal,
            tenants: context.tenants
        )
        let body = TenantSettingsBody(changed)
        return .ok(body, etag: body.etag)
    }
}

extension Settings {
    /// The service with no directory behind it, for what only describes the routes.
    init(describing lms: LMSKit.LMS) {
        let installation = InstallationPrefix.standard
        self.init(
            administration: TenantAdministration(control: NoDatabase(), installation: installation, schemaVersion: 0),
            directory: Directory(control: NoDatabase(), installation: installation),
            audit: lms.audit
        )
    }
}

/// Stands where there is no database.
struct NoDatabase: Database {
    func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] { throw .unavailable }
    func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] { throw .unavailable }
    func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction { throw .unavailable }
}

extension SettingsError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .changedMeanwhile: Problem(.settingsChanged)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let settingsChanged = ProblemCode(
        "SETTINGS_CHANGED",
        409,
        en: "Somebody changed the settings at the same time; read them again.",
        es: "Alguien cambió la configuración al mismo tiempo; vuelva a leerla.",
        ar: "غيّر شخص آخر الإعدادات في الوقت نفسه؛ اقرأها من جديد."
    )
}
