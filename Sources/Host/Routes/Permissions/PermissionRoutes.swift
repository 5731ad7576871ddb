// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What somebody may do, and why.
struct PermissionRoutes: Sendable {
    let permissions: Permissions

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/users/me/permissions",
                "Show what I may do, and why",
                access: .signedIn,
                caching: .revalidated,
                keys: .accepted,
                handler: listMine
            ),
            Route(
                .get,
                "/api/v1/users/me/permissions/check",
                "Say whether I may do something, and why",
                access: .signedIn,
                problems: [.permissionObjectNotFound, .permissionNotOfKind],
                keys: .accepted,
                handler: checkMine
            ),
            Route(
                .get,
                "/api/v1/users/{userId}/permissions",
                "Show what somebody may do, and why",
                access: .signedIn,
                problems: [.notFound],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .get,
                "/api/v1/users/{userId}/permissions/check",
                "Say whether somebody may do something, and why",
                access: .signedIn,
                problems: [.notFound, .permissionObjectNotFound, .permissionNotOfKind],
                handler: check
            ),
        ]
    }

    private func listMine(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PermissionsBody> {
        .ok(PermissionsBody(try await permissions.list(of: try context.ownID, reader: context.reader)))
    }

    private func list(
        _ input: Input<UserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PermissionsBody> {
        .ok(PermissionsBody(try await permissions.list(of: input.path.userId, reader: context.reader)))
    }

    private func checkMine(
        _ input: Input<Nothing, PermissionQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<VerdictBody> {
        try await check(input.query, by: try context.ownID, context)
    }

    private func check(
        _ input: Input<UserPath, PermissionQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<VerdictBody> {
        try await check(input.query, by: input.path.userId, context)
    }

    private func check(
        _ query: PermissionQuery,
        by user: User.ID,
        _ context: RequestContext
    ) async throws -> Reply<VerdictBody> {
        let verdict = try await permissions.check(
            query.permission,
            on: query.object,
            by: user,
            reader: context.reader
        )
        return .ok(VerdictBody(verdict))
    }
}

extension PermissionError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .objectNotFound: Problem(.permissionObjectNotFound)
        case .notOfThisKind: Problem(.permissionNotOfKind)
        case .database(let error): error.problem
        }
    }
}

extension ProblemCode {
    static let permissionObjectNotFound = ProblemCode(
        "OBJECT_NOT_FOUND",
        404,
        en: "There is no such object.",
        es: "No existe tal objeto.",
        ar: "لا يوجد كائن كهذا."
    )
    static let permissionNotOfKind = ProblemCode(
        "PERMISSION_NOT_OF_KIND",
        422,
        en: "This permission says nothing of objects of this kind; name another object, or none.",
        es: "Este permiso no se aplica a objetos de este tipo; indique otro objeto o ninguno.",
        ar: "لا ينطبق هذا الإذن على كائنات من هذا النوع؛ اذكر كائناً آخر أو لا تذكر أياً."
    )
}
