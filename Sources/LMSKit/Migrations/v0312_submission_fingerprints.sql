-- Fingerprints of what learners handed in last, by which texts of a course that have passages in common are found.
CREATE TABLE submission_fingerprints (
    submission_id uuid NOT NULL
        CONSTRAINT submission_fingerprints_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT submission_fingerprints_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    hash bigint NOT NULL,
    -- The part of the text that it is of, in code points.
    starts integer NOT NULL CONSTRAINT submission_fingerprints_starts_ck CHECK (starts >= 0),
    ends integer NOT NULL,
    CONSTRAINT submission_fingerprints_key PRIMARY KEY (submission_id, starts),
    CONSTRAINT submission_fingerprints_ends_ck CHECK (ends > starts)
);
CREATE INDEX submission_fingerprints_hash_idx ON submission_fingerprints (course_id, hash);

-- That a submission was compared, and how many different fingerprints it has.
CREATE TABLE submission_comparisons (
    submission_id uuid NOT NULL CONSTRAINT submission_comparisons_key PRIMARY KEY
        CONSTRAINT submission_comparisons_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    hashes integer NOT NULL CONSTRAINT submission_comparisons_hashes_ck CHECK (hashes >= 0),
    compared_at timestamptz NOT NULL
);

-- What a submission has in common with another learner's; each pair is there from both sides.
CREATE TABLE submission_matches (
    submission_id uuid NOT NULL
        CONSTRAINT submission_matches_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    other_id uuid NOT NULL CONSTRAINT submission_matches_other_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    shared integer NOT NULL CONSTRAINT submission_matches_shared_ck CHECK (shared > 0),
    -- Of each passage where it starts and ends here, and there.
    passages jsonb NOT NULL CONSTRAINT submission_matches_passages_ck CHECK (octet_length(passages::text) <= 16384),
    CONSTRAINT submission_matches_key PRIMARY KEY (submission_id, other_id),
    CONSTRAINT submission_matches_other_id_ck CHECK (other_id <> submission_id)
);
CREATE INDEX submission_matches_other_id_idx ON submission_matches (other_id);
