// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The end of what somebody or a program signs in with, for whoever has it (RFC 7009).
struct RevocationRoutes: Sendable {
    let lms: LMSKit.LMS

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/auth/revoke",
                "End a token with its session, an API key or a client's secret (RFC 7009)",
                access: .anonymous,
                rate: .auth,
                problemFormat: .oauth,
                handler: revoke
            )
        ]
    }

    /// What is no token, or over, is answered like what was ended (RFC 7009 §2.2).
    private func revoke(
        _ input: Input<Nothing, Nothing, RevocationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let (token, tenant, tenants, origin) = (
            input.body.token, context.tenant.id, context.tenants, context.host.origin
        )
        if APIKeySecret.isOne(token.reveal()) {
            try await lms.apiKeys.revoke(secret: token, from: origin, at: tenant, tenants: tenants)
        } else if ClientSecret.isOne(token.reveal()) || token.reveal().contains(".") {
            try await revokeSigned(token, context)
        } else {
            try await lms.signIn.signOut(refreshToken: token, at: tenant, tenants: tenants, origin: origin)
        }
        return Reply(.ok, Nothing())
    }

    private func revokeSigned(_ token: Secret<String>, _ context: RequestContext) async throws {
        let (tenant, tenants, origin) = (context.tenant.id, context.tenants, context.host.origin)
        do throws(TokenError) {
            guard !ClientSecret.isOne(token.reveal()) else {
                return try await lms.serviceSignIn.revoke(secret: token, from: origin, at: tenant, tenants: tenants)
            }
            try await lms.serviceAuthenticator.revoke(token, from: origin, at: tenant, tenants: tenants)
        } catch {
            throw AuthenticationError(error)
        }
        guard let shown = try await person(of: token, context) else { return }
        if let actor = shown.actor {
            // What an operator acts by is no session of the user's.
            let id = Impersonation.ID(shown.session.uuid)
            let operators = Operator.ID(actor.uuid)
            return try await lms.impersonations.end(id, of: operators, at: tenant, from: origin, tenants: tenants)
        }
        try await lms.signIn.signOut(shown.session, at: tenant, tenants: tenants, origin: origin)
    }

    /// What a person's token says; `nil` for what is none or is over.
    private func person(
        of token: Secret<String>,
        _ context: RequestContext
    ) async throws(AuthenticationError) -> AccessToken? {
        do throws(TokenError) {
            return try await lms.authenticator.authenticate(
                token.reveal(),
                at: context.tenant,
                tenants: context.tenants
            ).token
        } catch {
            switch error {
            case .malformed, .unknownKey, .badSignature, .foreignTenant, .expired, .revoked, .policy: return nil
            case .keys, .database: throw AuthenticationError(error)
            }
        }
    }
}

/// `POST /api/v1/auth/revoke` (RFC 7009 §2.1).
struct RevocationRequest: RequestBody {
    static var formats: Set<BodyFormat> { [.form, .json] }

    let token: Secret<String>

    init(fields: inout FieldReader) {
        token = Secret(fields.required("token", .text(1...8192, example: "kN0hT2…")))
        // The kinds look different: no hint is needed, and RFC 7009 §2.1 allows to ignore it.
        fields.ignored("token_type_hint")
        fields.ignoreOthers()
    }
}
