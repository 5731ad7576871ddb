// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// Who shows what: an API key, a person's token or a program's.
extension Authentication {
    /// Verifies a token or key for a tenant, whose policies about networks a person's token obeys.
    static func of(
        _ token: String,
        at tenant: Tenant,
        from address: String,
        _ lms: LMSKit.LMS,
        _ tenants: Tenants
    ) async throws(AuthenticationError) -> Authentication {
        do throws(TokenError) {
            if APIKeySecret.isOne(token) {
                return Authentication(
                    try await lms.apiKeyAuthenticator.authenticate(token, at: tenant.id, tenants: tenants)
                )
            }
            do throws(TokenError) {
                let known = try await lms.authenticator.authenticate(
                    token,
                    at: tenant,
                    from: address,
                    tenants: tenants
                )
                return Authentication(principal: known.principal, token: TokenFacts(known))
            } catch {
                // No token is of both kinds: what is none of a person is at most a program's.
                guard error == .malformed else { throw error }
                return Authentication(
                    try await lms.serviceAuthenticator.authenticate(token, at: tenant.id, tenants: tenants)
                )
            }
        } catch {
            throw AuthenticationError(error)
        }
    }

    /// Says whether a sign-in still stands that something goes on with.
    static func renewed(
        _ claim: SessionClaim,
        at tenant: Tenant,
        from address: String,
        _ lms: LMSKit.LMS,
        _ tenants: Tenants
    ) async throws(AuthenticationError) -> Authentication {
        do throws(TokenError) {
            let renewed = try await lms.authenticator.renew(claim, at: tenant, from: address, tenants: tenants)
            let facts = TokenFacts(
                expiresAt: claim.expiresAt,
                session: claim.session,
                isLimited: renewed.isLimited,
                authenticatedAt: renewed.authenticatedAt,
                claim: claim
            )
            return Authentication(principal: renewed.principal, token: facts)
        } catch {
            throw AuthenticationError(error)
        }
    }

    /// Does the same from memory; `nil` if something has to be read.
    static func recalled(
        _ token: String,
        at tenant: Tenant,
        from address: String,
        _ lms: LMSKit.LMS
    ) throws(AuthenticationError) -> Authentication? {
        do throws(TokenError) {
            if APIKeySecret.isOne(token) {
                return try lms.apiKeyAuthenticator.recall(token, at: tenant.id).map { Authentication($0) }
            }
            if let known = try lms.authenticator.recall(token, at: tenant, from: address) {
                return Authentication(principal: known.principal, token: TokenFacts(known))
            }
            return try lms.serviceAuthenticator.recall(token, at: tenant.id).map { Authentication($0) }
        } catch {
            throw AuthenticationError(error)
        }
    }

    /// Takes up which program showed a token.
    private init(_ known: AuthenticatedService) {
        self.init(principal: known.principal, token: TokenFacts(expiresAt: known.token.expiresAt))
    }
}
