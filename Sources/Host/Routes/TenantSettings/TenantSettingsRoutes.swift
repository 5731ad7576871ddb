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
                problems: [
                    .preconditionFailed, .settingsChanged, .wouldLockOut, .settingsNeedSession,
                    .reauthenticationRequired,
                ],
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
        if context.token?.key == nil, !input.body.changes.names.isDisjoint(with: Settings.doors) {
            try context.requireRecent()
        }
        let tenant = try await settings.fetch(context.tenant.id, as: context.principal)
        try context.requireMatch(TenantSettingsBody(tenant).etag)
        let changed = try await settings.change(
            input.body.changes,
            of: tenant,
            as: context.acting,
            in: context.token?.session,
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
        case .lockOut(let reason): Problem(.wouldLockOut, detail: reason.advice)
        case .sessionNeeded: Problem(.settingsNeedSession)
        case .unknownTimeZone: Problem.timeZoneUnknown
        case .database(let error): error.problem
        }
    }
}

extension LockOut {
    /// What is to be done first.
    fileprivate var advice: LocalizedText {
        switch self {
        case .policy(.network):
            LocalizedText(
                en:
                    "The policy does not allow the network that you use now: add it, or change the policy from an allowed one.",
                es: "La política no permite la red que usa ahora: añádala o cambie la política desde una permitida.",
                ar: "لا تسمح السياسة بالشبكة التي تستخدمها الآن: أضفها أو غيّر السياسة من شبكة مسموح بها."
            )
        case .policy(.hours):
            LocalizedText(
                en:
                    "The policy does not allow this hour: include it, check the time zone, or change the policy within its hours.",
                es:
                    "La política no permite esta hora: inclúyala, compruebe la zona horaria o cambie la política en su horario.",
                ar: "لا تسمح السياسة بهذه الساعة: أضفها أو تحقق من المنطقة الزمنية أو غيّر السياسة خلال ساعاتها."
            )
        case .policy:
            LocalizedText(
                en: "The policy would end your session at once: sign in again first, or allow more time.",
                es: "La política cerraría su sesión de inmediato: inicie sesión de nuevo antes o permita más tiempo.",
                ar: "ستُنهي السياسة جلستك فوراً: سجّل الدخول من جديد أولاً أو اسمح بوقت أطول."
            )
        case .unverifiedEmail:
            LocalizedText(
                en: "Confirm your own address first, at /api/v1/auth/verify-email/request.",
                es: "Confirme antes su propia dirección en /api/v1/auth/verify-email/request.",
                ar: "أكّد بريدك أنت أولاً عبر /api/v1/auth/verify-email/request."
            )
        case .passwordOnly:
            LocalizedText(
                en: "Link yourself to an identity provider first, or name yourself in breakGlassUsers.",
                es: "Vincúlese antes a un proveedor de identidad o inclúyase en breakGlassUsers.",
                ar: "اربط حسابك بموفّر هوية أولاً أو أضف نفسك إلى breakGlassUsers."
            )
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
