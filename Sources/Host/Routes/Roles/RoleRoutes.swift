// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What may be done in a tenant, and the roles that it makes for itself.
struct RoleRoutes: Sendable {
    let roles: Roles

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/roles",
                "List roles, built in and own",
                access: .permission(.roleRead),
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/roles",
                "Make a role",
                access: .permission(.roleManage),
                status: .created,
                problems: [.roleNameTaken, .beyondOwnGrants, .tooManyRoles],
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/roles/{roleId}",
                "Show a role",
                access: .permission(.roleRead),
                problems: [.notFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/roles/{roleId}",
                "Change a role",
                access: .permission(.roleManage),
                problems: [.notFound, .beyondOwnGrants, .preconditionFailed],
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/roles/{roleId}",
                "Delete a role that nobody holds",
                access: .permission(.roleManage),
                status: .noContent,
                problems: [.notFound, .beyondOwnGrants, .roleInUse],
                handler: delete
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<RoleBody>> {
        let own = try await context.transaction { try await roles.list(session: $0) }
        return .ok(ListBody(items: BuiltInRole.allCases.map(RoleBody.init) + own.map(RoleBody.init), nextCursor: nil))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewRoleRequest>,
        _ context: RequestContext
    ) async throws -> Reply<RoleBody> {
        let body = input.body
        return try await context.idempotently { session in
            let role = try await roles.create(
                body.name,
                description: body.description,
                grants: body.grants,
                session: session
            )
            return .created(
                RoleBody(role),
                at: "/api/v1/roles/\(role.id)",
                etag: ETag(version: role.version, of: role.id)
            )
        }
    }

    private func show(
        _ input: Input<RolePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<RoleBody> {
        let role = try await context.transaction { try await roles.fetch(input.path.roleId, session: $0) }
        return .ok(RoleBody(role), etag: ETag(version: role.version, of: role.id))
    }

    private func update(
        _ input: Input<RolePath, Nothing, RoleUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<RoleBody> {
        let role = try await context.transaction { session in
            var version: Int?
            if context[.ifMatch] != nil {
                let current = try await roles.fetch(input.path.roleId, session: session)
                try context.requireMatch(ETag(version: current.version, of: current.id))
                version = current.version
            }
            return try await roles.update(
                input.path.roleId,
                description: input.body.description,
                grants: input.body.grants,
                expecting: version,
                session: session
            )
        }
        return .ok(RoleBody(role), etag: ETag(version: role.version, of: role.id))
    }

    private func delete(
        _ input: Input<RolePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await roles.delete(input.path.roleId, session: $0) }
        return .noContent
    }
}
