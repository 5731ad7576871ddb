// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

#if QRCode
    internal import LMSQRCodeDriver
#endif

/// What people show besides a password.
struct SecondFactorRoutes: Sendable {
    let signIn: SignIn
    let factors: SecondFactors

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/auth/login/mfa",
                "Go on with a sign-in that asks for a second factor",
                access: .anonymous,
                problems: [
                    .invalidChallenge, .invalidCode, .signInThrottled, .accountInactive, .networkNotAllowed,
                    .hoursNotAllowed,
                ],
                rate: .auth,
                handler: answer
            ),
            Route(
                .post,
                "/api/v1/auth/login/mfa/email-code",
                "Send a code for a sign-in that asks for a second factor",
                access: .anonymous,
                status: .noContent,
                problems: [.invalidChallenge, .mailNotAvailable],
                rate: .auth,
                handler: sendCode
            ),
            Route(
                .get,
                "/api/v1/auth/mfa",
                "Show my second factors",
                access: .signedIn,
                assurance: .limited,
                handler: show
            ),
            Route(
                .post,
                "/api/v1/auth/mfa/enable/request",
                "Begin to set up a second factor",
                access: .signedIn,
                problems: [
                    .reauthenticationRequired, .invalidCredentials, .codeNeeded, .signInThrottled, .mailNotAvailable,
                    .qrCodeNotBuilt,
                ],
                rate: .auth,
                assurance: .limited,
                handler: begin
            ),
            Route(
                .post,
                "/api/v1/auth/mfa/enable/confirm",
                "Confirm a second factor with its first code",
                access: .signedIn,
                problems: [.factorNotSetUp, .invalidCode, .signInThrottled],
                rate: .auth,
                assurance: .limited,
                handler: confirm
            ),
            Route(
                .post,
                "/api/v1/auth/mfa/disable",
                "Take a second factor away",
                access: .signedIn,
                status: .noContent,
                problems: [.factorNotSetUp, .factorMandatory, .invalidCode, .signInThrottled],
                rate: .auth,
                handler: disable
            ),
            Route(
                .post,
                "/api/v1/auth/mfa/recovery-codes",
                "Make new recovery codes",
                access: .signedIn,
                problems: [.factorNotSetUp],
                rate: .auth,
                assurance: .recent,
                handler: renewCodes
            ),
            Route(
                .post,
                "/api/v1/auth/mfa/email-code",
                "Send me a code",
                access: .signedIn,
                status: .noContent,
                problems: [.factorNotSetUp, .mailNotAvailable],
                rate: .auth,
                assurance: .limited,
                handler: sendMyCode
            ),
            Route(
                .post,
                "/api/v1/auth/reauthenticate",
                "Show again who I am",
                access: .signedIn,
                problems: [.invalidCredentials, .invalidCode, .codeNeeded, .signInThrottled],
                rate: .auth,
                assurance: .limited,
                handler: reauthenticate
            ),
            Route(
                .delete,
                "/api/v1/users/{userId}/mfa",
                "Take a user's second factors, which ends their sessions",
                access: .permission(.userDeactivate),
                status: .noContent,
                problems: [.notFound, .ownAccount, .beyondOwnGrants],
                assurance: .recent,
                keys: .refused,
                handler: reset
            ),
        ]
    }

    private func reset(
        _ input: Input<UserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let tenant = context.tenant
        try await context.transaction { session in
            try await signIn.resetFactors(of: input.path.userId, at: tenant, session: session)
        }
        return .noContent
    }

    private func answer(
        _ input: Input<Nothing, Nothing, ChallengeAnswer>,
        _ context: RequestContext
    ) async throws -> Reply<SignedInBody> {
        let signedIn = try await signIn.answer(
            input.body.challenge,
            code: input.body.code.reveal(),
            from: context.client(on: input.body.device),
            at: context.tenant,
            tenants: context.tenants
        )
        return .ok(SignedInBody(signedIn))
    }

    private func sendCode(
        _ input: Input<Nothing, Nothing, ChallengeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await signIn.sendCode(
            for: input.body.challenge,
            from: context.client,
            at: context.tenant.id,
            tenants: context.tenants
        )
        return .noContent
    }

    private func show(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FactorOverviewBody> {
        .ok(FactorOverviewBody(try await factors.overview(of: try context.ownID, reader: context.reader)))
    }

    private func begin(
        _ input: Input<Nothing, Nothing, FactorRequest>,
        _ context: RequestContext
    ) async throws -> Reply<FactorSetupBody> {
        let body = input.body
        if body.isQRCodeWanted, QRCodes.encoder == nil { throw Problem(.qrCodeNotBuilt) }
        if let password = body.password {
            try await reauthenticate(password: password, code: nil, context)
        } else {
            try context.requireRecent()
        }
        let setup = try await factors.begin(
            body.method.kind,
            as: context.acting,
            at: context.tenant,
            tenants: context.tenants
        )
        return .ok(FactorSetupBody(setup, qrCodes: body.isQRCodeWanted ? QRCodes.encoder : nil))
    }

    private func confirm(
        _ input: Input<Nothing, Nothing, FactorConfirmation>,
        _ context: RequestContext
    ) async throws -> Reply<RecoveryCodesBody> {
        let codes = try await factors.confirm(
            input.body.method.kind,
            code: input.body.code.reveal(),
            in: context.token?.session,
            as: context.acting,
            at: context.tenant,
            tenants: context.tenants
        )
        return .ok(RecoveryCodesBody(codes: codes))
    }

    private func disable(
        _ input: Input<Nothing, Nothing, FactorRemoval>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await factors.disable(
            input.body.method.kind,
            code: input.body.code.reveal(),
            in: context.token?.session,
            as: context.acting,
            at: context.tenant,
            tenants: context.tenants
        )
        return .noContent
    }

    private func renewCodes(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<RecoveryCodesBody> {
        let principal = context.acting
        return .ok(
            RecoveryCodesBody(
                codes: try await context.transaction {
                    try await factors.renewRecoveryCodes(as: principal, session: $0)
                }
            )
        )
    }

    private func sendMyCode(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await factors.sendCode(as: context.acting, at: context.tenant.id, tenants: context.tenants)
        return .noContent
    }

    private func reauthenticate(
        _ input: Input<Nothing, Nothing, Reauthentication>,
        _ context: RequestContext
    ) async throws -> Reply<ReauthenticatedBody> {
        try await reauthenticate(password: input.body.password, code: input.body.code?.reveal(), context)
        return .ok(ReauthenticatedBody(seconds: Int(Assurance.recentSeconds)))
    }

    private func reauthenticate(
        password: Secret<String>?,
        code: String?,
        _ context: RequestContext
    ) async throws {
        guard let session = context.token?.session else { throw Problem(.unauthenticated) }
        try await signIn.reauthenticate(
            context.acting,
            in: session,
            password: password,
            code: code,
            from: context.client,
            at: context.tenant.id,
            tenants: context.tenants
        )
    }
}

/// The QR codes of this build.
enum QRCodes {
    /// Encodes; `nil` in a build without libqrencode.
    static var encoder: (any QRCodeEncoding)? {
        #if QRCode
            QRCodeEncoder()
        #else
            nil
        #endif
    }
}

extension Problem {
    /// Asks whoever signed in to show again who they are (RFC 9470 §3).
    static var stale: Problem {
        var problem = Problem(.reauthenticationRequired)
        let age = Int(Assurance.recentSeconds)
        problem.challenge = #"Bearer error="insufficient_user_authentication", max_age="\#(age)""#
        return problem
    }
}

extension RequestContext {
    /// Refuses whoever did not show who they are within the last minutes.
    func requireRecent() throws(Problem) {
        let age = token?.authenticatedAt.map { clock.now().timeIntervalSince($0) }
        guard let age, age <= Assurance.recentSeconds else { throw Problem.stale }
    }
}
