-- That learners of an assignment review each other's work. Changed under the lock of the assignment.
CREATE TABLE peer_review_settings (
    assignment_id uuid CONSTRAINT peer_review_settings_key PRIMARY KEY
        CONSTRAINT peer_review_settings_assignment_id_fk REFERENCES assignments (id) ON DELETE CASCADE,
    reviews_per_submission smallint NOT NULL
        CONSTRAINT peer_review_settings_reviews_per_submission_ck CHECK (reviews_per_submission BETWEEN 1 AND 10),
    due_at timestamptz NOT NULL,
    is_anonymous boolean NOT NULL,
    counting text NOT NULL CONSTRAINT peer_review_settings_counting_ck CHECK (counting IN ('advisory', 'median')),
    version integer NOT NULL DEFAULT 1,
    -- What the allocation was drawn from, so that it can be drawn again.
    seed bigint,
    allocated_at timestamptz,
    released_at timestamptz,
    CONSTRAINT peer_review_settings_seed_ck CHECK ((seed IS NULL) = (allocated_at IS NULL)),
    CONSTRAINT peer_review_settings_released_at_ck CHECK (released_at IS NULL OR allocated_at IS NOT NULL)
);

-- Who reviews which submission, and what they say. Identifiers are random: in the order in which they are made they would tell who has
-- which others.
CREATE TABLE peer_reviews (
    id uuid CONSTRAINT peer_reviews_key PRIMARY KEY,
    assignment_id uuid NOT NULL
        CONSTRAINT peer_reviews_assignment_id_fk REFERENCES peer_review_settings (assignment_id) ON DELETE CASCADE,
    submission_id uuid NOT NULL CONSTRAINT peer_reviews_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    reviewer_id uuid NOT NULL CONSTRAINT peer_reviews_reviewer_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- Of an example, whose points are known; it comes before the others and is no part of anybody's result.
    is_calibration boolean NOT NULL,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT peer_reviews_status_ck CHECK (status IN ('pending', 'in_progress', 'completed', 'cancelled')),
    points bigint CONSTRAINT peer_reviews_points_ck CHECK (points BETWEEN 0 AND 100000000000),
    levels jsonb CONSTRAINT peer_reviews_levels_ck CHECK (octet_length(levels::text) <= 131072),
    feedback text CONSTRAINT peer_reviews_feedback_ck CHECK (char_length(feedback) <= 10000),
    -- In millionths, what it counts in the result: decided by the examples when it is completed.
    weight integer CONSTRAINT peer_reviews_weight_ck CHECK (weight BETWEEN 1 AND 1000000),
    allocated_at timestamptz NOT NULL,
    saved_at timestamptz,
    completed_at timestamptz,
    withdrawn_at timestamptz,
    withdrawn_by uuid CONSTRAINT peer_reviews_withdrawn_by_fk REFERENCES users (id) ON DELETE SET NULL,
    withdrawal_reason text
        CONSTRAINT peer_reviews_withdrawal_reason_ck CHECK (char_length(withdrawal_reason) BETWEEN 1 AND 500),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT peer_reviews_submission_id_reviewer_id_uq UNIQUE (submission_id, reviewer_id),
    CONSTRAINT peer_reviews_completed_at_ck CHECK (
        (status = 'completed') = (completed_at IS NOT NULL) AND (status <> 'completed' OR points IS NOT NULL)
        AND (weight IS NOT NULL) = (status = 'completed' AND NOT is_calibration)),
    CONSTRAINT peer_reviews_saved_at_ck CHECK (status NOT IN ('in_progress', 'completed') OR saved_at IS NOT NULL),
    CONSTRAINT peer_reviews_withdrawn_at_ck CHECK (
        (withdrawn_at IS NULL) = (withdrawal_reason IS NULL)
        AND (withdrawn_at IS NULL OR status = 'completed' AND NOT is_calibration))
) WITH (fillfactor = 80);
CREATE INDEX peer_reviews_assignment_id_idx ON peer_reviews (assignment_id, reviewer_id);
CREATE INDEX peer_reviews_reviewer_id_idx ON peer_reviews (reviewer_id, id);
CREATE INDEX peer_reviews_withdrawn_by_idx ON peer_reviews (withdrawn_by) WHERE withdrawn_by IS NOT NULL;
