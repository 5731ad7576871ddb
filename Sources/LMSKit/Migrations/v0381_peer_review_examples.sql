-- Submissions that every reviewer reviews first, with the points that the staff gives them.
CREATE TABLE peer_review_examples (
    submission_id uuid CONSTRAINT peer_review_examples_key PRIMARY KEY
        CONSTRAINT peer_review_examples_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    assignment_id uuid NOT NULL
        CONSTRAINT peer_review_examples_assignment_id_fk REFERENCES peer_review_settings (assignment_id) ON DELETE CASCADE,
    points bigint NOT NULL CONSTRAINT peer_review_examples_points_ck CHECK (points BETWEEN 0 AND 100000000000),
    levels jsonb CONSTRAINT peer_review_examples_levels_ck CHECK (octet_length(levels::text) <= 131072)
);
CREATE INDEX peer_review_examples_assignment_id_idx ON peer_review_examples (assignment_id, submission_id);
