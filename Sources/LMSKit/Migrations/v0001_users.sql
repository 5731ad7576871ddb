-- The people of the tenant. Two spellings of one address are one: email_key is the address in lower case.
CREATE TABLE users (
    id uuid CONSTRAINT users_id_key PRIMARY KEY,
    email text NOT NULL CONSTRAINT users_email_ck CHECK (char_length(email) BETWEEN 3 AND 254),
    email_key text NOT NULL CONSTRAINT users_email_key_uq UNIQUE
        CONSTRAINT users_email_key_ck CHECK (email_key = lower(email)),
    display_name text NOT NULL CONSTRAINT users_display_name_ck CHECK (char_length(display_name) BETWEEN 1 AND 255),
    avatar_url text CONSTRAINT users_avatar_url_ck CHECK (avatar_url LIKE 'https://%' AND char_length(avatar_url) <= 500),
    -- In crypt(5) form; NULL for somebody who cannot sign in with a password.
    password_hash text CONSTRAINT users_password_hash_ck CHECK (password_hash LIKE '$%'),
    status text NOT NULL CONSTRAINT users_status_ck CHECK (status IN ('active', 'suspended', 'deactivated')),
    -- Tokens carry the epoch they were made in; raising it ends all of them.
    token_epoch integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_sign_in_at timestamptz
) WITH (fillfactor = 90);
