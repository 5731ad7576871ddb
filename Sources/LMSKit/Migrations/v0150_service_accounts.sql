-- Programs that act for the tenant and for nobody in it.
CREATE TABLE service_accounts (
    id uuid CONSTRAINT service_accounts_id_key PRIMARY KEY,
    name text NOT NULL CONSTRAINT service_accounts_name_uq UNIQUE
        CONSTRAINT service_accounts_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    description text NOT NULL DEFAULT ''
        CONSTRAINT service_accounts_description_ck CHECK (char_length(description) <= 500),
    -- Who answers for it; nobody once they are gone.
    owner_id uuid CONSTRAINT service_accounts_owner_id_fk REFERENCES users (id) ON DELETE SET NULL,
    built_in text CONSTRAINT service_accounts_built_in_ck
        CHECK (built_in IN ('owner', 'admin', 'instructor', 'assistant', 'student', 'auditor')),
    role_id uuid CONSTRAINT service_accounts_role_id_fk REFERENCES roles (id),
    -- resource:action:reach, such as course:read:any.
    permissions text[] NOT NULL DEFAULT '{}'
        CONSTRAINT service_accounts_permissions_ck CHECK (cardinality(permissions) <= 100),
    CONSTRAINT service_accounts_one_ck
        CHECK ((built_in IS NOT NULL)::int + (role_id IS NOT NULL)::int + (cardinality(permissions) > 0)::int = 1),
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT service_accounts_status_ck CHECK (status IN ('active', 'disabled')),
    -- A token of an earlier epoch is over.
    epoch integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    -- How the newest secret begins.
    hint text NOT NULL CONSTRAINT service_accounts_hint_ck CHECK (char_length(hint) = 8),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    rotated_at timestamptz,
    -- When the newest secret is over.
    expires_at timestamptz NOT NULL CONSTRAINT service_accounts_expires_at_ck CHECK (expires_at > created_at),
    -- When it got a token last.
    last_used_at timestamptz
) WITH (fillfactor = 90);
CREATE INDEX service_accounts_owner_id_idx ON service_accounts (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX service_accounts_role_id_idx ON service_accounts (role_id) WHERE role_id IS NOT NULL;

-- Their secrets by SHA-256; the secret itself is nowhere. After a rotation the one before is good for a while.
CREATE TABLE service_account_secrets (
    secret_hash bytea CONSTRAINT service_account_secrets_secret_hash_key PRIMARY KEY
        CONSTRAINT service_account_secrets_secret_hash_ck CHECK (octet_length(secret_hash) = 32),
    account_id uuid NOT NULL CONSTRAINT service_account_secrets_account_id_fk
        REFERENCES service_accounts (id) ON DELETE CASCADE,
    number integer NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT service_account_secrets_account_id_number_uq UNIQUE (account_id, number)
);

-- Tokens that were ended before their time, until that is over.
CREATE TABLE service_token_revocations (
    token_id uuid CONSTRAINT service_token_revocations_token_id_key PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX service_token_revocations_expires_at_idx ON service_token_revocations (expires_at);
