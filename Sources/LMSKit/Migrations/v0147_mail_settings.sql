-- Who sends a tenant's mail, and through which server; one row at most.
CREATE TABLE mail_settings (
    id uuid CONSTRAINT mail_settings_id_key PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true CONSTRAINT mail_settings_only_one_uq UNIQUE
        CONSTRAINT mail_settings_only_one_ck CHECK (only_one),
    sender_name text CONSTRAINT mail_settings_sender_name_ck CHECK (char_length(sender_name) BETWEEN 1 AND 100),
    -- Only the tenant's own server may send from the tenant's own address.
    sender_address text,
    reply_to text,
    host text CONSTRAINT mail_settings_host_ck CHECK (char_length(host) BETWEEN 1 AND 253),
    port integer CONSTRAINT mail_settings_port_ck CHECK (port BETWEEN 1 AND 65535),
    protection text CONSTRAINT mail_settings_protection_ck CHECK (protection IN ('starttls', 'tls', 'none')),
    login text CONSTRAINT mail_settings_login_ck CHECK (char_length(login) BETWEEN 1 AND 255),
    tenant_key_id uuid CONSTRAINT mail_settings_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_password bytea,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT mail_settings_server_ck
        CHECK ((host IS NULL) = (port IS NULL) AND (host IS NULL) = (protection IS NULL)),
    CONSTRAINT mail_settings_sender_ck CHECK (sender_address IS NULL OR host IS NOT NULL),
    CONSTRAINT mail_settings_password_ck CHECK (
        (login IS NULL) = (sealed_password IS NULL) AND (tenant_key_id IS NULL) = (sealed_password IS NULL)
        AND (login IS NULL OR (host IS NOT NULL AND protection <> 'none')))
);
