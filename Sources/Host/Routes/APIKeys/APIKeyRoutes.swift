// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Keys by which programs act for users and as service accounts; no key can be used here.
struct APIKeyRoutes: Sendable {
    let keys: APIKeys

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/api-keys",
                "List my keys, or everybody's",
                access: .signedIn,
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/api-keys",
                "Make a key; its secret is shown now and never again",
                access: .permission(.apiKeyCreate),
                status: .created,
                problems: [.beyondOwnGrants, .tooManyKeys, .serviceAccountNotFound],
                assurance: .recent,
                keys: .refused,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/api-keys/{apiKeyId}",
                "Show a key without its secret",
                access: .signedIn,
                problems: [.apiKeyNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .post,
                "/api/v1/api-keys/{apiKeyId}/rotate",
                "Give my key another secret; the one before is good for 48 hours more",
                access: .permission(.apiKeyCreate),
                problems: [.apiKeyNotFound, .apiKeyOver, .beyondOwnGrants],
                assurance: .recent,
                keys: .refused,
                handler: rotate
            ),
            Route(
                .delete,
                "/api/v1/api-keys/{apiKeyId}",
                "Revoke a key",
                access: .signedIn,
                status: .noContent,
                problems: [.apiKeyNotFound],
                handler: revoke
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, APIKeyQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<APIKeyBody>> {
        let (query, position) = (input.query, try context.position(input.query.cursor))
        let page =
            if let account = query.account {
                try await keys.list(of: account, after: position, limit: query.limit, reader: context.reader)
            } else {
                try await keys.list(of: query.owner, after: position, limit: query.limit, reader: context.reader)
            }
        return .ok(ListBody(items: page.items.map { APIKeyBody($0) }, nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewAPIKeyRequest>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedAPIKeyBody> {
        let body = input.body
        let issued = try await context.transaction { session in
            if let account = body.account {
                return try await keys.create(
                    body.name,
                    for: account,
                    scopes: body.scopes,
                    days: body.days,
                    session: session
                )
            }
            return try await keys.create(body.name, scopes: body.scopes, days: body.days, session: session)
        }
        return .created(IssuedAPIKeyBody(issued: issued), at: "/api/v1/api-keys/\(issued.key.id)")
    }

    private func show(
        _ input: Input<APIKeyPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<APIKeyBody> {
        .ok(APIKeyBody(try await keys.fetch(input.path.apiKeyId, reader: context.reader)))
    }

    private func rotate(
        _ input: Input<APIKeyPath, Nothing, APIKeyRotation>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedAPIKeyBody> {
        let issued = try await context.transaction { session in
            try await keys.rotate(input.path.apiKeyId, days: input.body.days, session: session)
        }
        return .ok(IssuedAPIKeyBody(issued: issued))
    }

    private func revoke(
        _ input: Input<APIKeyPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await keys.revoke(input.path.apiKeyId, session: $0) }
        return .noContent
    }
}
