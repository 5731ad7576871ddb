-- Devices that people asked to be remembered on, by the SHA-256 of what the device keeps.
CREATE TABLE remembered_devices (
    id uuid CONSTRAINT remembered_devices_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT remembered_devices_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT remembered_devices_token_hash_uq UNIQUE
        CONSTRAINT remembered_devices_token_hash_ck CHECK (octet_length(token_hash) = 32),
    -- Whether a second factor was shown on it, so that it may stand for one.
    is_verified boolean NOT NULL,
    address text CONSTRAINT remembered_devices_address_ck CHECK (char_length(address) <= 64),
    user_agent text CONSTRAINT remembered_devices_user_agent_ck CHECK (char_length(user_agent) <= 256),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX remembered_devices_user_id_idx ON remembered_devices (user_id, id);
