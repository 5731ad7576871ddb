-- What is said in a course. A thread is its title and its flags; what opens it is its first post. Positions are given out under the
-- lock of the thread's row, under which everything in it is changed.
CREATE TABLE discussion_threads (
    id uuid CONSTRAINT discussion_threads_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT discussion_threads_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    lesson_id uuid CONSTRAINT discussion_threads_lesson_id_fk REFERENCES lessons (id) ON DELETE SET NULL,
    author_id uuid CONSTRAINT discussion_threads_author_id_fk REFERENCES users (id) ON DELETE SET NULL,
    kind text NOT NULL
        CONSTRAINT discussion_threads_kind_ck CHECK (kind IN ('discussion', 'question', 'announcement')),
    -- Whoever was erased leaves none.
    title text NOT NULL CONSTRAINT discussion_threads_title_ck
        CHECK (char_length(title) <= 200 AND (title ~ '\S' OR author_id IS NULL)),
    tags text[] NOT NULL DEFAULT '{}' CONSTRAINT discussion_threads_tags_ck CHECK (cardinality(tags) <= 10),
    is_pinned boolean NOT NULL DEFAULT false,
    is_locked boolean NOT NULL DEFAULT false,
    is_featured boolean NOT NULL DEFAULT false,
    -- Its first post is hidden.
    is_hidden boolean NOT NULL DEFAULT false,
    accepted_post_id uuid,
    -- Of its first post.
    votes integer NOT NULL DEFAULT 0 CONSTRAINT discussion_threads_votes_ck CHECK (votes >= 0),
    last_position bigint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    last_activity_at timestamptz NOT NULL,
    search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple'::regconfig, title)) STORED,
    CONSTRAINT discussion_threads_id_course_id_uq UNIQUE (id, course_id)
) WITH (fillfactor = 80);
CREATE INDEX discussion_threads_activity_idx ON discussion_threads (course_id, is_pinned, last_activity_at, id);
CREATE INDEX discussion_threads_newest_idx ON discussion_threads (course_id, is_pinned, id);
CREATE INDEX discussion_threads_votes_idx ON discussion_threads (course_id, is_pinned, votes, id);
CREATE INDEX discussion_threads_lesson_id_idx ON discussion_threads (lesson_id);
CREATE INDEX discussion_threads_author_id_idx ON discussion_threads (author_id);
CREATE INDEX discussion_threads_search_idx ON discussion_threads USING gin (search);

CREATE TABLE discussion_posts (
    id uuid CONSTRAINT discussion_posts_key PRIMARY KEY,
    thread_id uuid NOT NULL,
    course_id uuid NOT NULL,
    position bigint NOT NULL CONSTRAINT discussion_posts_position_ck CHECK (position > 0),
    -- The post that it answers; NULL if it answers the thread. An answer to an answer has no place: its parent's depth would be 1.
    parent_id uuid,
    depth smallint NOT NULL GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END) STORED,
    parent_depth smallint GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN NULL ELSE 0 END) STORED,
    author_id uuid CONSTRAINT discussion_posts_author_id_fk REFERENCES users (id) ON DELETE SET NULL,
    status text NOT NULL DEFAULT 'published' CONSTRAINT discussion_posts_status_ck
        CHECK (status IN ('published', 'edited', 'deleted', 'hidden')),
    -- Plain text; what was deleted has none.
    body text NOT NULL CONSTRAINT discussion_posts_body_ck
        CHECK (CASE status WHEN 'deleted' THEN body = '' ELSE char_length(body) <= 10000 AND body ~ '\S' END),
    votes integer NOT NULL DEFAULT 0 CONSTRAINT discussion_posts_votes_ck CHECK (votes >= 0),
    hidden_reason text CONSTRAINT discussion_posts_hidden_reason_ck
        CHECK ((status = 'hidden') = (hidden_reason IS NOT NULL) AND char_length(hidden_reason) <= 500),
    created_at timestamptz NOT NULL,
    edited_at timestamptz,
    search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple'::regconfig, body)) STORED,
    CONSTRAINT discussion_posts_thread_id_position_uq UNIQUE (thread_id, position),
    CONSTRAINT discussion_posts_thread_id_id_uq UNIQUE (thread_id, id),
    CONSTRAINT discussion_posts_thread_id_id_depth_uq UNIQUE (thread_id, id, depth),
    CONSTRAINT discussion_posts_thread_id_fk FOREIGN KEY (thread_id, course_id)
        REFERENCES discussion_threads (id, course_id) ON DELETE CASCADE,
    CONSTRAINT discussion_posts_parent_id_fk FOREIGN KEY (thread_id, parent_id, parent_depth)
        REFERENCES discussion_posts (thread_id, id, depth)
) WITH (fillfactor = 90);
CREATE INDEX discussion_posts_parent_id_idx ON discussion_posts (thread_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX discussion_posts_author_id_idx ON discussion_posts (author_id, course_id);
CREATE INDEX discussion_posts_search_idx ON discussion_posts USING gin (search);

ALTER TABLE discussion_threads ADD CONSTRAINT discussion_threads_accepted_post_id_fk
    FOREIGN KEY (id, accepted_post_id) REFERENCES discussion_posts (thread_id, id);

-- What a post said before, for its author and moderators.
CREATE TABLE discussion_post_versions (
    post_id uuid NOT NULL
        CONSTRAINT discussion_post_versions_post_id_fk REFERENCES discussion_posts (id) ON DELETE CASCADE,
    replaced_at timestamptz NOT NULL,
    body text NOT NULL,
    CONSTRAINT discussion_post_versions_key PRIMARY KEY (post_id, replaced_at)
);

CREATE TABLE discussion_votes (
    post_id uuid NOT NULL CONSTRAINT discussion_votes_post_id_fk REFERENCES discussion_posts (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT discussion_votes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    voted_at timestamptz NOT NULL,
    CONSTRAINT discussion_votes_key PRIMARY KEY (post_id, user_id)
);
CREATE INDEX discussion_votes_user_id_idx ON discussion_votes (user_id);

CREATE TABLE discussion_mentions (
    post_id uuid NOT NULL CONSTRAINT discussion_mentions_post_id_fk REFERENCES discussion_posts (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT discussion_mentions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT discussion_mentions_key PRIMARY KEY (post_id, user_id)
);
CREATE INDEX discussion_mentions_user_id_idx ON discussion_mentions (user_id);

-- Who wants to hear of a thread, and up to where they have read.
CREATE TABLE discussion_followers (
    thread_id uuid NOT NULL
        CONSTRAINT discussion_followers_thread_id_fk REFERENCES discussion_threads (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT discussion_followers_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    is_subscribed boolean NOT NULL,
    read_position bigint NOT NULL DEFAULT 0,
    CONSTRAINT discussion_followers_key PRIMARY KEY (thread_id, user_id)
) WITH (fillfactor = 80);
CREATE INDEX discussion_followers_user_id_idx ON discussion_followers (user_id);

-- Who may not write in a course's discussions for a time.
CREATE TABLE discussion_suspensions (
    course_id uuid NOT NULL CONSTRAINT discussion_suspensions_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT discussion_suspensions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    reason text NOT NULL CONSTRAINT discussion_suspensions_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 500),
    suspended_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    suspended_by uuid CONSTRAINT discussion_suspensions_suspended_by_fk REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT discussion_suspensions_key PRIMARY KEY (course_id, user_id)
);
CREATE INDEX discussion_suspensions_user_id_idx ON discussion_suspensions (user_id);
CREATE INDEX discussion_suspensions_suspended_by_idx ON discussion_suspensions (suspended_by);
