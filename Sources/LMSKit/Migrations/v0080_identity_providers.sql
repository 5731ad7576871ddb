-- Who else vouches for people: OpenID Connect providers and Facebook.
CREATE TABLE identity_providers (
    id uuid CONSTRAINT identity_providers_id_key PRIMARY KEY,
    kind text NOT NULL CONSTRAINT identity_providers_kind_ck CHECK (kind IN ('oidc', 'google', 'microsoft', 'facebook')),
    name text NOT NULL CONSTRAINT identity_providers_name_uq UNIQUE
        CONSTRAINT identity_providers_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    issuer text NOT NULL CONSTRAINT identity_providers_issuer_ck
        CHECK (issuer ~ '^https?://[^ ?#]+$' AND char_length(issuer) <= 500),
    client_id text NOT NULL CONSTRAINT identity_providers_client_id_ck CHECK (char_length(client_id) BETWEEN 1 AND 255),
    -- Without a secret the client is a public one.
    tenant_key_id uuid CONSTRAINT identity_providers_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_client_secret bytea,
    scopes text[] NOT NULL CONSTRAINT identity_providers_scopes_ck CHECK (cardinality(scopes) <= 20),
    -- Microsoft's directories whose people may sign in; any if empty.
    directories text[] NOT NULL DEFAULT '{}',
    -- The domains of addresses that may sign in, and whose people are led here; any if empty.
    email_domains text[] NOT NULL DEFAULT '{}'
        CONSTRAINT identity_providers_email_domains_ck CHECK (cardinality(email_domains) <= 100),
    -- Whether the provider runs those domains, so that their addresses need no claim to be believed.
    vouches_for_domains boolean NOT NULL DEFAULT false,
    provisioning boolean NOT NULL,
    -- Which claim with which value gives which role, as [claim, value, role]; never "owner".
    role_rules jsonb NOT NULL DEFAULT '[]',
    enabled boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT identity_providers_secret_ck CHECK ((tenant_key_id IS NULL) = (sealed_client_secret IS NULL)),
    CONSTRAINT identity_providers_vouches_ck CHECK (NOT vouches_for_domains OR cardinality(email_domains) > 0)
);

-- Whom a provider knows by which name; the address is what it was when they were linked, and decides nothing.
CREATE TABLE federated_identities (
    id uuid CONSTRAINT federated_identities_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT federated_identities_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    provider_id uuid NOT NULL
        CONSTRAINT federated_identities_provider_id_fk REFERENCES identity_providers (id) ON DELETE CASCADE,
    issuer text NOT NULL,
    subject text NOT NULL CONSTRAINT federated_identities_subject_ck CHECK (octet_length(subject) BETWEEN 1 AND 255),
    email text,
    linked_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT federated_identities_provider_id_issuer_subject_uq UNIQUE (provider_id, issuer, subject)
);
CREATE INDEX federated_identities_user_id_idx ON federated_identities (user_id);

-- Sign-ins that were sent to a provider and did not come back yet. State and browser are known by their SHA-256 only;
-- nonce and PKCE verifier are derived from what the browser keeps and stored nowhere.
CREATE TABLE federated_flows (
    state_hash bytea CONSTRAINT federated_flows_state_hash_key PRIMARY KEY
        CONSTRAINT federated_flows_state_hash_ck CHECK (octet_length(state_hash) = 32),
    provider_id uuid NOT NULL
        CONSTRAINT federated_flows_provider_id_fk REFERENCES identity_providers (id) ON DELETE CASCADE,
    browser_hash bytea NOT NULL CONSTRAINT federated_flows_browser_hash_ck CHECK (octet_length(browser_hash) = 32),
    redirect_uri text NOT NULL,
    return_to text NOT NULL,
    app_state text,
    code_challenge text NOT NULL,
    -- Who was signed in and links; NULL for who signs in.
    user_id uuid CONSTRAINT federated_flows_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX federated_flows_expires_at_idx ON federated_flows (expires_at);
CREATE INDEX federated_flows_provider_id_idx ON federated_flows (provider_id);
CREATE INDEX federated_flows_user_id_idx ON federated_flows (user_id) WHERE user_id IS NOT NULL;

-- What a browser brings back to the app, good once for a minute and only with the app's PKCE verifier.
CREATE TABLE federated_codes (
    code_hash bytea CONSTRAINT federated_codes_code_hash_key PRIMARY KEY
        CONSTRAINT federated_codes_code_hash_ck CHECK (octet_length(code_hash) = 32),
    user_id uuid NOT NULL CONSTRAINT federated_codes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    provider_id uuid NOT NULL
        CONSTRAINT federated_codes_provider_id_fk REFERENCES identity_providers (id) ON DELETE CASCADE,
    return_to text NOT NULL,
    code_challenge text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX federated_codes_expires_at_idx ON federated_codes (expires_at);
CREATE INDEX federated_codes_user_id_idx ON federated_codes (user_id);
CREATE INDEX federated_codes_provider_id_idx ON federated_codes (provider_id);
