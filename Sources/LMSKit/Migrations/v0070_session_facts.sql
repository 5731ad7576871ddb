-- How and from where a session began, when it was used last, and what the tenant's policy made of it.
ALTER TABLE sessions
    -- RFC 8176's names, and some of ours: pwd, otp, fed, rec …
    ADD COLUMN methods text[] NOT NULL DEFAULT '{}'
        CONSTRAINT sessions_methods_ck CHECK (cardinality(methods) <= 8),
    -- When its user showed last who they are; NULL for sessions from before this was kept.
    ADD COLUMN authenticated_at timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN address text CONSTRAINT sessions_address_ck CHECK (char_length(address) <= 64),
    ADD COLUMN user_agent text CONSTRAINT sessions_user_agent_ck CHECK (char_length(user_agent) <= 256),
    -- Good for nothing but setting up the second factor that the user must have.
    ADD COLUMN is_limited boolean NOT NULL DEFAULT false,
    -- Ends it when it is not used for as long as this.
    ADD COLUMN idle_seconds integer CONSTRAINT sessions_idle_seconds_ck CHECK (idle_seconds > 0),
    -- The end of the hours that the policy allows, as of the latest refresh.
    ADD COLUMN allowed_until timestamptz,
    DROP CONSTRAINT sessions_revoked_because_ck,
    ADD CONSTRAINT sessions_revoked_because_ck CHECK (revoked_because IN
        ('signed_out', 'token_reused', 'user_inactive', 'password_changed', 'revoked', 'factor_changed', 'policy'));
