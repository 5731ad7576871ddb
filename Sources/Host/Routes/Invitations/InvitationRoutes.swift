// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Ask people to come.
struct InvitationRoutes: Sendable {
    let invitations: Invitations

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/invitations",
                "List invitations",
                access: .permission(.userCreate),
                problems: [.invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/invitations",
                "Invite somebody",
                access: .permission(.userCreate),
                status: .created,
                problems: [
                    .emailTaken, .alreadyInvited, .roleUnknown, .beyondOwnGrants, .tooManyInvitations, .mailNotOffered,
                ],
                handler: invite
            ),
            Route(
                .get,
                "/api/v1/invitations/{invitationId}",
                "Show an invitation",
                access: .permission(.userCreate),
                problems: [.invitationNotFound],
                handler: show
            ),
            Route(
                .post,
                "/api/v1/invitations/{invitationId}/resend",
                "Mail a new link, which ends the one before",
                access: .permission(.userCreate),
                problems: [
                    .invitationNotFound, .invitationEnded, .beyondOwnGrants, .roleUnknown, .tooManyInvitations,
                    .mailNotOffered,
                ],
                handler: resend
            ),
            Route(
                .delete,
                "/api/v1/invitations/{invitationId}",
                "Take an invitation back",
                access: .permission(.userCreate),
                status: .noContent,
                problems: [.invitationNotFound, .invitationEnded],
                handler: revoke
            ),
            Route(
                .post,
                "/api/v1/auth/accept-invitation",
                "Come: choose a password with the token of the link",
                access: .anonymous,
                status: .created,
                problems: [.invalidMailedToken, .emailTaken, .unavailable],
                rate: .auth,
                handler: accept
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, InvitationQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<InvitationBody>> {
        let page = try await invitations.list(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        let items = page.items.map { InvitationBody($0, at: context.clock.now()) }
        return .ok(ListBody(items: items, nextCursor: context.cursor(page.next)))
    }

    private func invite(
        _ input: Input<Nothing, Nothing, InvitationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<InvitationBody> {
        let made = try await context.transaction { session in
            try await invitations.invite(input.body.invitation, at: context.tenant, session: session)
        }
        return .created(InvitationBody(made, at: context.clock.now()), at: "/api/v1/invitations/\(made.id)")
    }

    private func show(
        _ input: Input<InvitationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<InvitationBody> {
        let found = try await invitations.fetch(input.path.invitationId, reader: context.reader)
        return .ok(InvitationBody(found, at: context.clock.now()))
    }

    private func resend(
        _ input: Input<InvitationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<InvitationBody> {
        let sent = try await context.transaction { session in
            try await invitations.resend(input.path.invitationId, at: context.tenant, session: session)
        }
        return .ok(InvitationBody(sent, at: context.clock.now()))
    }

    private func revoke(
        _ input: Input<InvitationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await invitations.revoke(input.path.invitationId, session: $0) }
        return .noContent
    }

    private func accept(
        _ input: Input<Nothing, Nothing, InvitationAcceptance>,
        _ context: RequestContext
    ) async throws -> Reply<UserBody> {
        let user = try await invitations.accept(
            input.body.token,
            password: input.body.password,
            displayName: input.body.displayName,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .created(UserBody(user), at: "/api/v1/users/\(user.id)")
    }
}
