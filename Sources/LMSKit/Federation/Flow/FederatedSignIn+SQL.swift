// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func insertFlow(
        _ state: Bytes,
        browser: Bytes,
        provider: IdentityProvider.ID,
        _ wish: FederatedWish,
        linking user: User.ID?,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO federated_flows
            (state_hash, provider_id, browser_hash, redirect_uri, return_to, app_state, code_challenge, user_id, expires_at)
        VALUES (\(state), \(provider), \(browser), \(wish.redirectURI), \(wish.returnTo), \(wish.appState),
                \(wish.codeChallenge), \(user), \(end))
        """
    }

    /// Takes a flow out: whoever comes second finds none.
    static func takeFlow(_ state: Bytes, provider: IdentityProvider.ID, at instant: Date) -> SQL {
        """
        DELETE FROM federated_flows
        WHERE state_hash = \(state) AND provider_id = \(provider) AND expires_at > \(instant)
        RETURNING browser_hash, redirect_uri, return_to, app_state, code_challenge, user_id
        """
    }

    /// Deletes a few that are over: each start brings one and takes more than one.
    static func deleteExpiredFlows(at instant: Date) -> SQL {
        """
        DELETE FROM federated_flows
        WHERE state_hash = ANY(ARRAY(
            SELECT state_hash FROM federated_flows WHERE expires_at <= \(instant)
            ORDER BY expires_at LIMIT 5 FOR UPDATE SKIP LOCKED))
        """
    }

    static func insertFederatedCode(
        _ code: Bytes,
        of user: User.ID,
        by provider: IdentityProvider.ID,
        in session: Bytes?,
        _ flow: FederatedFlow,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO federated_codes
            (code_hash, user_id, provider_id, provider_session_hash, return_to, code_challenge, expires_at)
        VALUES (\(code), \(user), \(provider), \(session), \(flow.returnTo), \(flow.codeChallenge), \(end))
        """
    }

    /// Takes a code out: whoever comes second finds none.
    static func takeFederatedCode(_ code: Bytes) -> SQL {
        """
        DELETE FROM federated_codes WHERE code_hash = \(code)
        RETURNING user_id, provider_id, provider_session_hash, return_to, code_challenge, expires_at
        """
    }

    static func deleteExpiredFederatedCodes(at instant: Date) -> SQL {
        """
        DELETE FROM federated_codes
        WHERE code_hash = ANY(ARRAY(
            SELECT code_hash FROM federated_codes WHERE expires_at <= \(instant)
            ORDER BY expires_at LIMIT 5 FOR UPDATE SKIP LOCKED))
        """
    }

    static func listEnabledProviders() -> SQL {
        "SELECT \(.identityProviderColumns) FROM identity_providers p WHERE p.enabled ORDER BY p.id"
    }
}
