// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Accounts of programs; no program can change them, not even its own.
struct ServiceAccountRoutes: Sendable {
    let accounts: ServiceAccounts

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/service-accounts",
                "List the accounts of programs",
                access: .permission(.serviceAccountManage),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/service-accounts",
                "Make an account for a program; its secret is shown now and never again",
                access: .permission(.serviceAccountManage),
                status: .created,
                problems: ServiceAccountError.writeProblems + [.tooManyServiceAccounts],
                keys: .refused,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/service-accounts/{serviceAccountId}",
                "Show an account of a program without its secret",
                access: .permission(.serviceAccountManage),
                problems: [.serviceAccountNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/service-accounts/{serviceAccountId}",
                "Change, disable or enable an account of a program, or hand it over",
                access: .permission(.serviceAccountManage),
                problems: ServiceAccountError.writeProblems + [.serviceAccountNotFound, .preconditionFailed],
                keys: .refused,
                handler: update
            ),
            Route(
                .post,
                "/api/v1/service-accounts/{serviceAccountId}/rotate",
                "Give an account another secret; the one before is good for 48 hours more",
                access: .permission(.serviceAccountManage),
                problems: [.serviceAccountNotFound, .beyondOwnGrants],
                keys: .refused,
                handler: rotate
            ),
            Route(
                .delete,
                "/api/v1/service-accounts/{serviceAccountId}",
                "Delete an account of a program",
                access: .permission(.serviceAccountManage),
                status: .noContent,
                problems: [.serviceAccountNotFound, .beyondOwnGrants],
                keys: .refused,
                handler: delete
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, ServiceAccountQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<ServiceAccountBody>> {
        let page = try await accounts.list(
            isOwnerActive: input.query.isOwnerActive,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map { ServiceAccountBody($0) }, nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewServiceAccountRequest>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedServiceAccountBody> {
        let issued = try await context.transaction { try await accounts.create(input.body.account, session: $0) }
        return .created(
            IssuedServiceAccountBody(issued: issued),
            at: "/api/v1/service-accounts/\(issued.account.id)",
            etag: issued.account.etag
        )
    }

    private func show(
        _ input: Input<ServiceAccountPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ServiceAccountBody> {
        let account = try await accounts.fetch(input.path.serviceAccountId, reader: context.reader)
        return .ok(ServiceAccountBody(account), etag: account.etag)
    }

    private func update(
        _ input: Input<ServiceAccountPath, Nothing, ServiceAccountUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<ServiceAccountBody> {
        let id = input.path.serviceAccountId
        let version = try context.expectedVersion(of: id)
        let account = try await context.transaction { session in
            try await accounts.update(id, input.body.changes, expecting: version, session: session)
        }
        return .ok(ServiceAccountBody(account), etag: account.etag)
    }

    private func rotate(
        _ input: Input<ServiceAccountPath, Nothing, ServiceAccountRotation>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedServiceAccountBody> {
        let (id, body) = (input.path.serviceAccountId, input.body)
        let issued = try await context.transaction { session in
            try await accounts.rotate(id, days: body.days, overlapping: !body.isImmediate, session: session)
        }
        return .ok(IssuedServiceAccountBody(issued: issued), etag: issued.account.etag)
    }

    private func delete(
        _ input: Input<ServiceAccountPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await accounts.delete(input.path.serviceAccountId, session: $0) }
        return .noContent
    }
}

extension ServiceAccount {
    fileprivate var etag: ETag { ETag(version: version, of: id) }
}
