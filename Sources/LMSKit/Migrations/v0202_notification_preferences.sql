CREATE TABLE notification_preferences (
    id uuid CONSTRAINT notification_preferences_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT notification_preferences_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- NULL: wherever no row of the course says otherwise.
    course_id uuid CONSTRAINT notification_preferences_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    type text NOT NULL CONSTRAINT notification_preferences_type_ck CHECK (char_length(type) BETWEEN 1 AND 60),
    channel text NOT NULL CONSTRAINT notification_preferences_channel_ck
        CHECK (channel IN ('in_app', 'email', 'push', 'sms')),
    is_enabled boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT notification_preferences_user_course_type_channel_uq
        UNIQUE NULLS NOT DISTINCT (user_id, course_id, type, channel)
);
CREATE INDEX notification_preferences_course_id_idx ON notification_preferences (course_id)
    WHERE course_id IS NOT NULL;

-- When somebody wants to be left alone, and whether their mail is collected.
CREATE TABLE notification_schedules (
    user_id uuid CONSTRAINT notification_schedules_user_id_key PRIMARY KEY
        CONSTRAINT notification_schedules_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- Minutes of the day; an end before the start is on the next day.
    quiet_from integer CONSTRAINT notification_schedules_quiet_from_ck CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_until integer CONSTRAINT notification_schedules_quiet_until_ck CHECK (quiet_until BETWEEN 0 AND 1439),
    digest text NOT NULL DEFAULT 'off'
        CONSTRAINT notification_schedules_digest_ck CHECK (digest IN ('off', 'daily', 'weekly')),
    digest_minute integer NOT NULL DEFAULT 480
        CONSTRAINT notification_schedules_digest_minute_ck CHECK (digest_minute BETWEEN 0 AND 1439),
    -- 1 is Monday (ISO 8601).
    digest_weekday integer NOT NULL DEFAULT 1
        CONSTRAINT notification_schedules_digest_weekday_ck CHECK (digest_weekday BETWEEN 1 AND 7),
    -- The zone of those who have none of their own: the tenant's when this was set.
    time_zone text NOT NULL
        CONSTRAINT notification_schedules_time_zone_ck CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    updated_at timestamptz NOT NULL,
    CONSTRAINT notification_schedules_quiet_ck
        CHECK ((quiet_from IS NULL) = (quiet_until IS NULL) AND quiet_from <> quiet_until)
);
