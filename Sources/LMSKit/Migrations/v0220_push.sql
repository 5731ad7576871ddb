-- Who sends pushes in the tenant's name, one of each kind at most: a key pair for browsers, accounts for apps.
CREATE TABLE push_accounts (
    id uuid CONSTRAINT push_accounts_id_key PRIMARY KEY,
    kind text NOT NULL CONSTRAINT push_accounts_kind_uq UNIQUE
        CONSTRAINT push_accounts_kind_ck CHECK (kind IN ('web', 'fcm', 'apns')),
    public_key bytea CONSTRAINT push_accounts_public_key_ck CHECK (octet_length(public_key) = 65),
    project text CONSTRAINT push_accounts_project_ck CHECK (char_length(project) BETWEEN 1 AND 64),
    client text CONSTRAINT push_accounts_client_ck CHECK (char_length(client) BETWEEN 1 AND 255),
    key_name text CONSTRAINT push_accounts_key_name_ck CHECK (char_length(key_name) BETWEEN 1 AND 100),
    team text CONSTRAINT push_accounts_team_ck CHECK (char_length(team) = 10),
    topic text CONSTRAINT push_accounts_topic_ck CHECK (char_length(topic) BETWEEN 1 AND 255),
    is_sandbox boolean,
    tenant_key_id uuid NOT NULL CONSTRAINT push_accounts_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_key bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT push_accounts_account_ck CHECK (CASE kind
        WHEN 'web' THEN num_nonnulls(public_key) = 1 AND num_nonnulls(project, client, key_name, team, topic, is_sandbox) = 0
        WHEN 'fcm' THEN num_nonnulls(project, client, key_name) = 3 AND num_nonnulls(public_key, team, topic, is_sandbox) = 0
        ELSE num_nonnulls(key_name, team, topic, is_sandbox) = 4 AND num_nonnulls(public_key, project, client) = 0 END)
);

-- The devices that people want to be told on. Where a device listens is sealed: who has it can send there. A subscription lives as long
-- as the sign-in that it was made in; the digest stands for the device where only equality counts.
CREATE TABLE push_subscriptions (
    id uuid CONSTRAINT push_subscriptions_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT push_subscriptions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    session_id uuid NOT NULL CONSTRAINT push_subscriptions_session_id_fk REFERENCES sessions (id) ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT push_subscriptions_kind_ck CHECK (kind IN ('web', 'fcm', 'apns')),
    target_hash bytea NOT NULL CONSTRAINT push_subscriptions_target_hash_uq UNIQUE
        CONSTRAINT push_subscriptions_target_hash_ck CHECK (octet_length(target_hash) = 32),
    label text NOT NULL CONSTRAINT push_subscriptions_label_ck CHECK (char_length(label) <= 100),
    tenant_key_id uuid NOT NULL CONSTRAINT push_subscriptions_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_target bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- When the device showed last that it listens there.
    registered_at timestamptz NOT NULL,
    succeeded_at timestamptz,
    failed_at timestamptz,
    failure text CONSTRAINT push_subscriptions_failure_ck CHECK (char_length(failure) <= 80),
    CONSTRAINT push_subscriptions_failed_ck CHECK ((failed_at IS NULL) = (failure IS NULL))
);
CREATE INDEX push_subscriptions_user_id_idx ON push_subscriptions (user_id, registered_at);
CREATE INDEX push_subscriptions_session_id_idx ON push_subscriptions (session_id);
