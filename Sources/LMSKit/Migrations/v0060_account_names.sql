-- What people sign in with besides their address, what they choose for themselves, and who has not come yet.
ALTER TABLE users
    ADD COLUMN username text CONSTRAINT users_username_ck CHECK (username ~ '^[A-Za-z][A-Za-z0-9._-]{1,28}[A-Za-z0-9]$'),
    ADD COLUMN phone text CONSTRAINT users_phone_ck CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    ADD COLUMN phone_verified_at timestamptz,
    ADD COLUMN locale text CONSTRAINT users_locale_ck CHECK (locale IN ('en', 'es', 'ar')),
    ADD COLUMN time_zone text CONSTRAINT users_time_zone_ck CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT users_preferences_ck CHECK (jsonb_typeof(preferences) = 'object' AND pg_column_size(preferences) <= 2048),
    ADD COLUMN email_verified_at timestamptz,
    ADD CONSTRAINT users_phone_verified_at_ck CHECK (phone IS NOT NULL OR phone_verified_at IS NULL),
    DROP CONSTRAINT users_status_ck,
    ADD CONSTRAINT users_status_ck CHECK (status IN ('invited', 'active', 'suspended', 'deactivated'));
-- Two spellings of one name are one; a number is somebody's only once they showed that it is.
CREATE UNIQUE INDEX users_username_uq ON users (lower(username)) WHERE username IS NOT NULL;
CREATE UNIQUE INDEX users_phone_uq ON users (phone) WHERE phone_verified_at IS NOT NULL;
