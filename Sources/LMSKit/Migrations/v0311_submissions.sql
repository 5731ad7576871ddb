-- What learners hand in, each time as a version of its own, and what it was given. A learner's are changed under the lock of their place in the course.
CREATE TABLE submissions (
    id uuid CONSTRAINT submissions_key PRIMARY KEY,
    assignment_id uuid NOT NULL,
    course_id uuid NOT NULL,
    enrollment_id uuid NOT NULL CONSTRAINT submissions_enrollment_id_fk REFERENCES enrollments (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT submissions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT submissions_number_ck CHECK (number > 0),
    -- What graders call the learner who must not know who it is; the same in all their versions, and random.
    pseudonym text NOT NULL CONSTRAINT submissions_pseudonym_ck CHECK (pseudonym ~ '^[0-9a-f]{10}$'),
    status text NOT NULL DEFAULT 'draft'
        CONSTRAINT submissions_status_ck CHECK (status IN ('draft', 'submitted', 'graded', 'returned')),
    -- The last one that was handed in, which is graded.
    is_latest boolean NOT NULL DEFAULT false,
    body text NOT NULL CONSTRAINT submissions_body_ck CHECK (char_length(body) <= 50000),
    -- The client's number of the text; a lower one comes too late.
    sequence bigint NOT NULL CONSTRAINT submissions_sequence_ck CHECK (sequence > 0),
    saved_at timestamptz NOT NULL,
    received_at timestamptz,
    -- Started days after it was due; 0 for on time.
    late_days integer NOT NULL DEFAULT 0 CONSTRAINT submissions_late_days_ck CHECK (late_days >= 0),
    -- What the work earned, and that less what lateness costs.
    earned bigint CONSTRAINT submissions_earned_ck CHECK (earned >= 0),
    points bigint CONSTRAINT submissions_points_ck CHECK (points BETWEEN 0 AND earned),
    -- For each criterion of the rubric the level and what is said to it.
    levels jsonb CONSTRAINT submissions_levels_ck CHECK (octet_length(levels::text) <= 131072),
    feedback text CONSTRAINT submissions_feedback_ck CHECK (char_length(feedback) <= 10000),
    graded_by uuid CONSTRAINT submissions_graded_by_fk REFERENCES users (id) ON DELETE SET NULL,
    graded_at timestamptz,
    released_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT submissions_assignment_id_fk FOREIGN KEY (assignment_id, course_id)
        REFERENCES assignments (id, course_id) ON DELETE CASCADE,
    CONSTRAINT submissions_assignment_id_user_id_number_uq UNIQUE (assignment_id, user_id, number),
    CONSTRAINT submissions_received_at_ck CHECK ((status = 'draft') = (received_at IS NULL)),
    CONSTRAINT submissions_is_latest_ck CHECK (NOT is_latest OR status <> 'draft'),
    CONSTRAINT submissions_graded_at_ck CHECK (
        (status = 'graded') = (points IS NOT NULL) AND (earned IS NULL) = (points IS NULL)
        AND (status IN ('graded', 'returned')) = (graded_at IS NOT NULL)),
    CONSTRAINT submissions_released_at_ck CHECK (released_at IS NULL OR status = 'graded')
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX submissions_draft_uq ON submissions (assignment_id, user_id) WHERE status = 'draft';
CREATE UNIQUE INDEX submissions_latest_uq ON submissions (assignment_id, user_id) WHERE is_latest;
CREATE INDEX submissions_latest_idx ON submissions (assignment_id, id) WHERE is_latest;
CREATE INDEX submissions_status_idx ON submissions (assignment_id, status, id) WHERE is_latest;
CREATE INDEX submissions_held_idx ON submissions (assignment_id, enrollment_id)
    WHERE is_latest AND status = 'graded' AND released_at IS NULL;
CREATE INDEX submissions_user_id_idx ON submissions (user_id, course_id, id);
CREATE INDEX submissions_enrollment_id_idx ON submissions (enrollment_id);
CREATE INDEX submissions_graded_by_idx ON submissions (graded_by) WHERE graded_by IS NOT NULL;

-- What graders say to a part of a text, from one character to before another, counted in code points.
CREATE TABLE submission_comments (
    id uuid CONSTRAINT submission_comments_key PRIMARY KEY,
    submission_id uuid NOT NULL
        CONSTRAINT submission_comments_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    author_id uuid CONSTRAINT submission_comments_author_id_fk REFERENCES users (id) ON DELETE SET NULL,
    starts integer NOT NULL CONSTRAINT submission_comments_starts_ck CHECK (starts >= 0),
    ends integer NOT NULL,
    body text NOT NULL CONSTRAINT submission_comments_body_ck CHECK (char_length(body) BETWEEN 1 AND 2000),
    created_at timestamptz NOT NULL,
    CONSTRAINT submission_comments_ends_ck CHECK (ends > starts AND ends <= 50000)
);
CREATE INDEX submission_comments_submission_id_idx ON submission_comments (submission_id, id);
CREATE INDEX submission_comments_author_id_idx ON submission_comments (author_id) WHERE author_id IS NOT NULL;
