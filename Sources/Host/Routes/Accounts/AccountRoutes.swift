// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Proof of addresses, forgotten and changed passwords.
struct AccountRoutes: Sendable {
    let accounts: Accounts

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/auth/forgot-password",
                "Ask for a link to choose a new password",
                access: .anonymous,
                status: .accepted,
                problems: [.mailNotOffered],
                rate: .auth,
                handler: forgot
            ),
            Route(
                .post,
                "/api/v1/auth/reset-password",
                "Choose a new password with the token of the link",
                access: .anonymous,
                status: .noContent,
                problems: [.invalidMailedToken, .unavailable],
                rate: .auth,
                handler: reset
            ),
            Route(
                .post,
                "/api/v1/auth/verify-email/request",
                "Ask for a link that shows that an address is mine",
                access: .anonymous,
                status: .accepted,
                problems: [.mailNotOffered],
                rate: .auth,
                handler: requestVerification
            ),
            Route(
                .post,
                "/api/v1/auth/verify-email/confirm",
                "Show with the token of the link that an address is mine",
                access: .anonymous,
                status: .noContent,
                problems: [.invalidMailedToken],
                rate: .auth,
                handler: confirmEmail
            ),
            Route(
                .post,
                "/api/v1/auth/change-email/confirm",
                "Sign in with the address that the token was mailed to from now on",
                access: .anonymous,
                status: .noContent,
                problems: [.invalidMailedToken, .emailTaken],
                rate: .auth,
                handler: confirmEmailChange
            ),
            Route(
                .post,
                "/api/v1/users/me/password",
                "Change my password, which ends my other sessions",
                access: .signedIn,
                problems: [.passwordNeeded, .signInThrottled, .unavailable],
                rate: .auth,
                handler: changePassword
            ),
            Route(
                .post,
                "/api/v1/users/me/email",
                "Ask to sign in with another address",
                access: .signedIn,
                status: .accepted,
                problems: [
                    .passwordNeeded, .reauthenticationRequired, .signInThrottled, .mailNotOffered, .unavailable,
                ],
                rate: .auth,
                handler: requestEmailChange
            ),
        ]
    }

    private func forgot(
        _ input: Input<Nothing, Nothing, MailboxRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await accounts.requestPasswordReset(
            input.body.email,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .accepted(Nothing())
    }

    private func reset(
        _ input: Input<Nothing, Nothing, PasswordResetRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await accounts.resetPassword(
            input.body.token,
            to: input.body.password,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .noContent
    }

    private func requestVerification(
        _ input: Input<Nothing, Nothing, MailboxRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await accounts.requestVerification(
            of: input.body.email,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .accepted(Nothing())
    }

    private func confirmEmail(
        _ input: Input<Nothing, Nothing, VerificationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await accounts.confirmEmail(
            input.body.token,
            at: context.tenant.id,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .noContent
    }

    private func confirmEmailChange(
        _ input: Input<Nothing, Nothing, EmailChangeConfirmation>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await accounts.confirmEmailChange(
            input.body.token,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .noContent
    }

    private func changePassword(
        _ input: Input<Nothing, Nothing, PasswordChangeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SignedInBody> {
        let signedIn = try await accounts.changePassword(
            of: try context.ownID,
            from: input.body.oldPassword,
            to: input.body.newPassword,
            clientAddress: context.host.client.text,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin,
            in: context.token?.session
        )
        return context.reply(giving: signedIn)
    }

    private func requestEmailChange(
        _ input: Input<Nothing, Nothing, EmailChangeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await accounts.requestEmailChange(
            to: input.body.email,
            of: try context.ownID,
            password: input.body.password,
            isRecent: context.isRecent,
            clientAddress: context.host.client.text,
            at: context.tenant,
            tenants: context.tenants,
            origin: context.host.origin
        )
        return .accepted(Nothing())
    }
}

extension RequestContext {
    /// Whether whoever signed in showed who they are within the last minutes.
    fileprivate var isRecent: Bool {
        token?.authenticatedAt.map { clock.now().timeIntervalSince($0) <= Assurance.recentSeconds } ?? false
    }
}
