// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The platform's own routes: operators, their sign-in and what they do to tenants.
///
/// They are on the base domain alone.
struct PlatformRoutes: Sendable {
    let services: PlatformServices

    var routes: [Route] { signInRoutes + tenantRoutes + impersonationRoutes }

    private var signInRoutes: [Route] {
        [
            .platform(
                .post,
                "/api/v1/platform/auth/login",
                "Sign an operator in with password and one-time code",
                access: .operatorSignIn,
                problems: [.invalidCredentials, .signInThrottled],
                rate: .auth,
                handler: signIn
            ),
            .platform(
                .post,
                "/api/v1/platform/auth/logout",
                "Sign the operator out",
                access: .operator(.readTenants),
                status: .noContent,
                handler: signOut
            ),
            .platform(
                .get,
                "/api/v1/platform/auth/me",
                "Show the operator",
                access: .operator(.readTenants),
                handler: me
            ),
            .platform(
                .get,
                "/api/v1/platform/audit",
                "List what was done on the platform",
                access: .operator(.readAudit),
                problems: [.invalidCursor],
                handler: audit
            ),
        ]
    }

    private var tenantRoutes: [Route] {
        [
            .platform(
                .get,
                "/api/v1/platform/tenants",
                "List tenants",
                access: .operator(.readTenants),
                problems: [.invalidCursor],
                handler: list
            ),
            .platform(
                .post,
                "/api/v1/platform/tenants",
                "Sign a tenant up",
                access: .operator(.manageTenants),
                status: .created,
                problems: [.tenantSlugTaken, .noSpareTenant],
                handler: create
            ),
            .platform(
                .get,
                "/api/v1/platform/tenants/{tenantId}",
                "Show a tenant",
                access: .operator(.readTenants),
                handler: show
            ),
            change("/api/v1/platform/tenants/{tenantId}/suspend", "Stop serving a tenant", "tenant.suspended") {
                try await $0.suspend($1)
            },
            change("/api/v1/platform/tenants/{tenantId}/resume", "Serve a tenant again", "tenant.resumed") {
                try await $0.resume($1)
            },
            .platform(
                .delete,
                "/api/v1/platform/tenants/{tenantId}",
                "Mark a tenant for purge",
                access: .operator(.manageTenants),
                status: .noContent,
                problems: [.tenantNotInState],
                handler: delete
            ),
        ]
    }

    private var impersonationRoutes: [Route] {
        [
            .platform(
                .post,
                "/api/v1/platform/tenants/{tenantId}/impersonations",
                "Act as a tenant's user",
                access: .operator(.impersonate),
                status: .created,
                problems: [.impersonationNotAllowed, .impersonationUserInactive, .tenantNotInState],
                handler: impersonate
            ),
            .platform(
                .delete,
                "/api/v1/platform/tenants/{tenantId}/impersonations/{impersonationId}",
                "Stop acting as a tenant's user",
                access: .operator(.impersonate),
                status: .noContent,
                handler: stop
            ),
        ]
    }

    private func change(
        _ path: StaticString,
        _ summary: String,
        _ event: StaticString,
        _ body: @escaping @Sendable (TenantAdministration, TenantID) async throws -> Void
    ) -> Route {
        .platform(
            .post,
            path,
            summary,
            access: .operator(.manageTenants),
            problems: [.tenantNotInState]
        ) { (input: Input<PlatformTenantPath, Nothing, Nothing>, context) async throws -> Reply<PlatformTenantBody> in
            .ok(PlatformTenantBody(try await change(input.path.tenantId, event, context, body)))
        }
    }

    /// Writes down what is about to be done, does it, and has this process see it at once.
    private func change(
        _ id: TenantID,
        _ event: StaticString,
        _ context: PlatformContext,
        _ body: @Sendable (TenantAdministration, TenantID) async throws -> Void
    ) async throws -> Tenant {
        _ = try await tenant(id)
        try await services.operators.record(event, at: id, by: try context.operator, from: context.origin)
        try await body(services.administration, id)
        services.directory.forgetAll()
        return try await tenant(id)
    }

    private func tenant(_ id: TenantID) async throws -> Tenant {
        guard let tenant = try await services.administration.find(id: id) else { throw Problem(.notFound) }
        return tenant
    }

    private func signIn(
        _ input: Input<Nothing, Nothing, OperatorLogin>,
        _ context: PlatformContext
    ) async throws -> Reply<OperatorSessionBody> {
        let body = input.body
        let (session, token) = try await services.operators.signIn(
            body.email,
            password: body.password,
            code: body.code,
            from: context.origin
        )
        return .ok(OperatorSessionBody(session, token: token))
    }

    private func signOut(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<Nothing> {
        try await services.operators.signOut(try context.operator, from: context.origin)
        return .noContent
    }

    private func me(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<OperatorSessionBody> {
        .ok(OperatorSessionBody(try context.operator, token: nil))
    }

    private func audit(
        _ input: Input<Nothing, PlatformAuditQuery, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<ListBody<PlatformAuditBody>> {
        let limit = input.query.limit
        let events = try await services.operators.auditEvents(after: input.query.after, limit: limit + 1)
        let page = events.prefix(limit)
        return .ok(
            ListBody(
                items: page.map(PlatformAuditBody.init),
                nextCursor: events.count > limit ? page.last?.id.description : nil
            )
        )
    }

    private func list(
        _ input: Input<Nothing, PlatformTenantQuery, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<ListBody<PlatformTenantBody>> {
        let query = input.query
        let found = try await services.administration.list(
            after: query.after,
            limit: query.limit + 1,
            status: query.status,
            search: query.search
        )
        let page = found.prefix(query.limit)
        return .ok(
            ListBody(
                items: page.map(PlatformTenantBody.init),
                nextCursor: found.count > query.limit ? page.last?.slug.description : nil
            )
        )
    }

    private func show(
        _ input: Input<PlatformTenantPath, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<PlatformTenantBody> {
        .ok(PlatformTenantBody(try await tenant(input.path.tenantId)))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewTenantRequest>,
        _ context: PlatformContext
    ) async throws -> Reply<PlatformTenantBody> {
        try await services.operators.record("tenant.created", at: nil, by: try context.operator, from: context.origin)
        do {
            let tenant = try await services.administration.create(
                slug: input.body.slug,
                name: input.body.name,
                requestKey: input.body.requestKey
            )
            services.directory.forgetAll()
            return .created(PlatformTenantBody(tenant), at: "/api/v1/platform/tenants/\(tenant.id)")
        } catch .noSpare {
            throw Problem(.noSpareTenant).retrying(after: 5)
        }
    }

    private func delete(
        _ input: Input<PlatformTenantPath, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<Nothing> {
        _ = try await change(input.path.tenantId, "tenant.deleted", context) {
            try await $0.delete($1)
        }
        return .noContent
    }

    private func impersonate(
        _ input: Input<PlatformTenantPath, Nothing, ImpersonationRequest>,
        _ context: PlatformContext
    ) async throws -> Reply<BegunImpersonationBody> {
        let session = try context.operator
        let tenant = try await tenant(input.path.tenantId)
        guard tenant.status == .active else { throw Problem(.tenantNotInState) }
        let id: Impersonation.ID = services.identifiers.next()
        try await services.operators.beginImpersonation(
            id,
            by: session,
            at: tenant.id,
            minutes: input.body.request.minutes,
            from: context.origin
        )
        let begun = try await services.impersonations.begin(
            input.body.request,
            as: id,
            by: session.operator,
            at: tenant,
            from: context.origin,
            tenants: services.tenants
        )
        return .created(
            BegunImpersonationBody(begun.impersonation, token: begun.token, seconds: begun.seconds),
            at: "/api/v1/platform/tenants/\(tenant.id)/impersonations/\(id)"
        )
    }

    private func stop(
        _ input: Input<PlatformImpersonationPath, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<Nothing> {
        let tenant = try await tenant(input.path.tenantId)
        let session = try context.operator
        try await services.operators.record("impersonation.ended", at: tenant.id, by: session, from: context.origin)
        try await services.impersonations.end(
            input.path.impersonationId,
            of: session.operator.id,
            at: tenant.id,
            from: context.origin,
            tenants: services.tenants
        )
        return .noContent
    }
}
