-- What members want a moderator to look at: a message or a post, with what it said then.
CREATE TABLE moderation_reports (
    id uuid CONSTRAINT moderation_reports_key PRIMARY KEY,
    kind text NOT NULL CONSTRAINT moderation_reports_kind_ck CHECK (kind IN ('message', 'post')),
    message_id uuid CONSTRAINT moderation_reports_message_id_fk REFERENCES direct_messages (id) ON DELETE SET NULL,
    post_id uuid CONSTRAINT moderation_reports_post_id_fk REFERENCES discussion_posts (id) ON DELETE SET NULL,
    -- Whose staff decides besides those who moderate everything.
    course_id uuid CONSTRAINT moderation_reports_course_id_fk REFERENCES courses (id) ON DELETE SET NULL,
    reporter_id uuid CONSTRAINT moderation_reports_reporter_id_fk REFERENCES users (id) ON DELETE SET NULL,
    author_id uuid CONSTRAINT moderation_reports_author_id_fk REFERENCES users (id) ON DELETE SET NULL,
    reason text NOT NULL CONSTRAINT moderation_reports_reason_ck
        CHECK (reason IN ('abuse', 'spam', 'cheating', 'privacy', 'other')),
    note text NOT NULL DEFAULT '' CONSTRAINT moderation_reports_note_ck CHECK (char_length(note) <= 1000),
    quotation text NOT NULL,
    status text NOT NULL DEFAULT 'open' CONSTRAINT moderation_reports_status_ck CHECK (status IN ('open', 'upheld', 'dismissed')),
    verdict text CONSTRAINT moderation_reports_verdict_ck CHECK (char_length(verdict) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid CONSTRAINT moderation_reports_decided_by_fk REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT moderation_reports_message_id_reporter_id_uq UNIQUE (message_id, reporter_id),
    CONSTRAINT moderation_reports_post_id_reporter_id_uq UNIQUE (post_id, reporter_id),
    CONSTRAINT moderation_reports_message_id_ck
        CHECK (CASE kind WHEN 'message' THEN post_id IS NULL ELSE message_id IS NULL END),
    CONSTRAINT moderation_reports_decided_at_ck
        CHECK ((status = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (verdict IS NULL))
);
CREATE INDEX moderation_reports_status_idx ON moderation_reports (status, id);
CREATE INDEX moderation_reports_course_id_idx ON moderation_reports (course_id);
CREATE INDEX moderation_reports_reporter_id_idx ON moderation_reports (reporter_id);
CREATE INDEX moderation_reports_author_id_idx ON moderation_reports (author_id);
CREATE INDEX moderation_reports_decided_by_idx ON moderation_reports (decided_by);
