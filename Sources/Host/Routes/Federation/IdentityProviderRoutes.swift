// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Who vouches for a tenant's people.
struct IdentityProviderRoutes: Sendable {
    let providers: IdentityProviders

    private static let writingProblems: [ProblemCode] = [
        .identityProviderNameTaken, .tooManyIdentityProviders, .roleUnknown, .beyondOwnGrants,
    ]

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/identity-providers",
                "List the identity providers",
                access: .permission(.identityManage),
                handler: list
            ),
            Route(
                .post,
                "/api/v1/identity-providers",
                "Set up an identity provider",
                access: .permission(.identityManage),
                status: .created,
                problems: Self.writingProblems,
                assurance: .recent,
                keys: .refused,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/identity-providers/{providerId}",
                "Show an identity provider",
                access: .permission(.identityManage),
                problems: [.identityProviderNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/identity-providers/{providerId}",
                "Change an identity provider",
                access: .permission(.identityManage),
                problems: Self.writingProblems + [.identityProviderNotFound, .preconditionFailed],
                assurance: .recent,
                keys: .refused,
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/identity-providers/{providerId}",
                "Delete an identity provider and what links people to it",
                access: .permission(.identityManage),
                status: .noContent,
                problems: [.identityProviderNotFound],
                assurance: .recent,
                keys: .refused,
                handler: delete
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<IdentityProviderBody>> {
        let providers = try await providers.list(reader: context.reader)
        return .ok(ListBody(items: providers.map(IdentityProviderBody.init), nextCursor: nil))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewIdentityProvider>,
        _ context: RequestContext
    ) async throws -> Reply<IdentityProviderBody> {
        let provider = try await context.transaction { session in
            try await providers.create(input.body.settings, secret: input.body.secret, session: session)
        }
        return .created(
            IdentityProviderBody(provider),
            at: "/api/v1/identity-providers/\(provider.id)",
            etag: ETag(version: provider.version, of: provider.id)
        )
    }

    private func show(
        _ input: Input<ProviderPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<IdentityProviderBody> {
        let provider = try await providers.fetch(input.path.providerId, reader: context.reader)
        return .ok(IdentityProviderBody(provider), etag: ETag(version: provider.version, of: provider.id))
    }

    private func update(
        _ input: Input<ProviderPath, Nothing, IdentityProviderUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<IdentityProviderBody> {
        var version: Int?
        if context[.ifMatch] != nil {
            let current = try await providers.fetch(input.path.providerId, reader: context.reader)
            try context.requireMatch(ETag(version: current.version, of: current.id))
            version = current.version
        }
        let (body, expected) = (input.body, version)
        let provider = try await context.transaction { session in
            try await providers.update(
                input.path.providerId,
                secret: body.secret,
                expecting: expected,
                session: session
            ) { body.apply(to: &$0) }
        }
        return .ok(IdentityProviderBody(provider), etag: ETag(version: provider.version, of: provider.id))
    }

    private func delete(
        _ input: Input<ProviderPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await providers.delete(input.path.providerId, session: session)
        }
        return .noContent
    }
}
