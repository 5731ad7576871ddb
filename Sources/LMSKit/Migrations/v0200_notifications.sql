-- What was told to many at once: by somebody, or by the platform to a course's learners. The fan-out keeps its place here.
CREATE TABLE notification_announcements (
    id uuid CONSTRAINT notification_announcements_id_key PRIMARY KEY,
    author_id uuid CONSTRAINT notification_announcements_author_id_fk REFERENCES users (id) ON DELETE SET NULL,
    type text NOT NULL CONSTRAINT notification_announcements_type_ck CHECK (char_length(type) BETWEEN 1 AND 60),
    priority text NOT NULL
        CONSTRAINT notification_announcements_priority_ck CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    audience text NOT NULL
        CONSTRAINT notification_announcements_audience_ck CHECK (audience IN ('all', 'role', 'course', 'users')),
    role text CONSTRAINT notification_announcements_role_ck CHECK ((role IS NOT NULL) = (audience = 'role')),
    course_id uuid CONSTRAINT notification_announcements_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    -- By language: {"en": {"title": …, "message": …}}; NULL for what the type's templates say.
    texts jsonb CONSTRAINT notification_announcements_texts_ck
        CHECK (jsonb_typeof(texts) = 'object' AND pg_column_size(texts) <= 16384),
    parameters jsonb NOT NULL DEFAULT '{}' CONSTRAINT notification_announcements_parameters_ck
        CHECK (jsonb_typeof(parameters) = 'object' AND pg_column_size(parameters) <= 2048),
    link text CONSTRAINT notification_announcements_link_ck CHECK (char_length(link) BETWEEN 1 AND 500),
    channels text[] NOT NULL CONSTRAINT notification_announcements_channels_ck
        CHECK (channels <@ ARRAY['in_app', 'email', 'push', 'sms'] AND cardinality(channels) BETWEEN 1 AND 4),
    -- The same cause gives one.
    cause text CONSTRAINT notification_announcements_cause_uq UNIQUE,
    status text NOT NULL CONSTRAINT notification_announcements_status_ck
        CHECK (status IN ('queued', 'running', 'finished', 'canceled')),
    -- The last user who was looked at, in the order of identifiers.
    reached_id uuid,
    notified integer NOT NULL DEFAULT 0 CONSTRAINT notification_announcements_notified_ck CHECK (notified >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT notification_announcements_course_ck CHECK (course_id IS NOT NULL OR audience <> 'course'),
    CONSTRAINT notification_announcements_finished_ck
        CHECK ((finished_at IS NOT NULL) = (status IN ('finished', 'canceled')))
);
CREATE INDEX notification_announcements_author_id_idx ON notification_announcements (author_id);
CREATE INDEX notification_announcements_course_id_idx ON notification_announcements (course_id, id);

-- Whoever adds a notification holds its user's row until the commit, so that positions are in the order of the commits.
CREATE TABLE notification_counters (
    user_id uuid CONSTRAINT notification_counters_user_id_key PRIMARY KEY
        CONSTRAINT notification_counters_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    last_position bigint NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE notifications (
    user_id uuid NOT NULL CONSTRAINT notifications_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    position bigint NOT NULL,
    id uuid NOT NULL CONSTRAINT notifications_id_uq UNIQUE,
    type text NOT NULL CONSTRAINT notifications_type_ck CHECK (char_length(type) BETWEEN 1 AND 60),
    priority text NOT NULL
        CONSTRAINT notifications_priority_ck CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    -- The values of the type's template: references and short texts.
    parameters jsonb NOT NULL DEFAULT '{}' CONSTRAINT notifications_parameters_ck
        CHECK (jsonb_typeof(parameters) = 'object' AND pg_column_size(parameters) <= 2048),
    announcement_id uuid CONSTRAINT notifications_announcement_id_fk
        REFERENCES notification_announcements (id) ON DELETE CASCADE,
    link text CONSTRAINT notifications_link_ck CHECK (char_length(link) BETWEEN 1 AND 500),
    course_id uuid CONSTRAINT notifications_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    -- The same cause tells somebody once.
    cause text NOT NULL CONSTRAINT notifications_cause_ck CHECK (char_length(cause) BETWEEN 1 AND 200),
    -- Whether it is in the list; otherwise it went by other channels alone.
    is_shown boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    read_at timestamptz,
    -- Whoever deletes one does not see it again; that they were told is kept until it expires, so that they are not told again.
    deleted_at timestamptz,
    CONSTRAINT notifications_user_id_position_key PRIMARY KEY (user_id, position),
    CONSTRAINT notifications_user_id_cause_uq UNIQUE (user_id, cause)
) WITH (fillfactor = 80);
CREATE INDEX notifications_unread_idx ON notifications (user_id, position)
    WHERE read_at IS NULL AND deleted_at IS NULL AND is_shown;
CREATE INDEX notifications_expires_at_idx ON notifications (expires_at);
CREATE INDEX notifications_course_id_idx ON notifications (course_id) WHERE course_id IS NOT NULL;
CREATE INDEX notifications_announcement_id_idx ON notifications (announcement_id) WHERE announcement_id IS NOT NULL;
