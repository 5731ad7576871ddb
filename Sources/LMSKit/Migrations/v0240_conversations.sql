-- Direct messages between members. A message's position is given out under the lock of its conversation's row: the order of
-- positions is the order of commits, so whoever has read up to one has missed nothing before it.
CREATE TABLE conversations (
    id uuid CONSTRAINT conversations_key PRIMARY KEY,
    kind text NOT NULL CONSTRAINT conversations_kind_ck CHECK (kind IN ('direct', 'group')),
    -- What let it begin: a course, the tenant's leave for learners, or a right to write to everybody.
    basis text NOT NULL CONSTRAINT conversations_basis_ck CHECK (basis IN ('course', 'peers', 'office')),
    -- The two of a direct one, the lower identifier first; NULL for who was erased.
    first_user_id uuid CONSTRAINT conversations_first_user_id_fk REFERENCES users (id) ON DELETE SET NULL,
    second_user_id uuid CONSTRAINT conversations_second_user_id_fk REFERENCES users (id) ON DELETE SET NULL,
    created_by uuid CONSTRAINT conversations_created_by_fk REFERENCES users (id) ON DELETE SET NULL,
    course_id uuid CONSTRAINT conversations_course_id_fk REFERENCES courses (id) ON DELETE SET NULL,
    title text CONSTRAINT conversations_title_ck CHECK (char_length(title) BETWEEN 1 AND 200),
    last_position bigint NOT NULL DEFAULT 0 CONSTRAINT conversations_last_position_ck CHECK (last_position >= 0),
    created_at timestamptz NOT NULL,
    last_message_at timestamptz NOT NULL,
    CONSTRAINT conversations_first_user_id_second_user_id_uq UNIQUE (first_user_id, second_user_id),
    CONSTRAINT conversations_first_user_id_ck
        CHECK (first_user_id < second_user_id AND (kind = 'direct' OR (first_user_id IS NULL AND second_user_id IS NULL)))
) WITH (fillfactor = 80);
CREATE INDEX conversations_second_user_id_idx ON conversations (second_user_id);
CREATE INDEX conversations_created_by_idx ON conversations (created_by, created_at);
CREATE INDEX conversations_course_id_idx ON conversations (course_id);

CREATE TABLE conversation_members (
    conversation_id uuid NOT NULL
        CONSTRAINT conversation_members_conversation_id_fk REFERENCES conversations (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT conversation_members_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    joined_at timestamptz NOT NULL,
    -- Who left a group sees nothing after this position.
    left_position bigint,
    left_at timestamptz,
    read_position bigint NOT NULL DEFAULT 0,
    is_muted boolean NOT NULL DEFAULT false,
    CONSTRAINT conversation_members_key PRIMARY KEY (conversation_id, user_id),
    CONSTRAINT conversation_members_left_at_ck CHECK ((left_at IS NULL) = (left_position IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX conversation_members_user_id_idx ON conversation_members (user_id);

CREATE TABLE direct_messages (
    id uuid CONSTRAINT direct_messages_key PRIMARY KEY,
    conversation_id uuid NOT NULL
        CONSTRAINT direct_messages_conversation_id_fk REFERENCES conversations (id) ON DELETE CASCADE,
    position bigint NOT NULL CONSTRAINT direct_messages_position_ck CHECK (position > 0),
    sender_id uuid CONSTRAINT direct_messages_sender_id_fk REFERENCES users (id) ON DELETE SET NULL,
    status text NOT NULL DEFAULT 'sent'
        CONSTRAINT direct_messages_status_ck CHECK (status IN ('sent', 'edited', 'deleted', 'hidden')),
    -- Plain text; what was deleted has none.
    body text NOT NULL CONSTRAINT direct_messages_body_ck
        CHECK (CASE status WHEN 'deleted' THEN body = '' ELSE char_length(body) <= 4000 AND body ~ '\S' END),
    sent_at timestamptz NOT NULL,
    edited_at timestamptz,
    CONSTRAINT direct_messages_conversation_id_position_uq UNIQUE (conversation_id, position)
);
CREATE INDEX direct_messages_sender_id_idx ON direct_messages (sender_id);

-- What a message said before it was edited, for moderators.
CREATE TABLE direct_message_versions (
    message_id uuid NOT NULL
        CONSTRAINT direct_message_versions_message_id_fk REFERENCES direct_messages (id) ON DELETE CASCADE,
    replaced_at timestamptz NOT NULL,
    body text NOT NULL,
    CONSTRAINT direct_message_versions_key PRIMARY KEY (message_id, replaced_at)
);

CREATE TABLE user_blocks (
    user_id uuid NOT NULL CONSTRAINT user_blocks_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    blocked_user_id uuid NOT NULL CONSTRAINT user_blocks_blocked_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    blocked_at timestamptz NOT NULL,
    CONSTRAINT user_blocks_key PRIMARY KEY (user_id, blocked_user_id),
    CONSTRAINT user_blocks_blocked_user_id_ck CHECK (user_id <> blocked_user_id)
);
CREATE INDEX user_blocks_blocked_user_id_idx ON user_blocks (blocked_user_id);
