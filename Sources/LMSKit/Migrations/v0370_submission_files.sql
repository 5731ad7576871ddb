-- What an assignment takes, and the files of submissions: a file belongs to one submission at most, and goes with it.
ALTER TABLE assignments
    ADD COLUMN takes text NOT NULL DEFAULT 'text'
        CONSTRAINT assignments_takes_ck CHECK (takes IN ('text', 'files', 'text_and_files')),
    ADD COLUMN file_limit smallint NOT NULL DEFAULT 5 CONSTRAINT assignments_file_limit_ck CHECK (file_limit BETWEEN 1 AND 20),
    -- How long a file may be, where that is less than the tenant takes.
    ADD COLUMN file_byte_limit bigint
        CONSTRAINT assignments_file_byte_limit_ck CHECK (file_byte_limit BETWEEN 1 AND 41943040000),
    -- The endings of names that are taken; none: all that are taken for submissions.
    ADD COLUMN file_types text[] NOT NULL DEFAULT '{}'
        CONSTRAINT assignments_file_types_ck CHECK (cardinality(file_types) <= 40);

-- A draft that is begun with a file has no text, and so no number of one.
ALTER TABLE submissions
    DROP CONSTRAINT submissions_sequence_ck,
    ADD CONSTRAINT submissions_sequence_ck CHECK (sequence >= 0);

ALTER TABLE files
    ADD COLUMN submission_id uuid CONSTRAINT files_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    -- Its place among the submission's files, by which graders call it who must not know whose it is.
    ADD COLUMN submission_position smallint
        CONSTRAINT files_submission_position_ck CHECK (submission_position BETWEEN 1 AND 20),
    ADD CONSTRAINT files_submission_id_ck CHECK (
        submission_id IS NULL AND submission_position IS NULL
        OR submission_id IS NOT NULL AND submission_position IS NOT NULL AND use = 'submission');
CREATE UNIQUE INDEX files_submission_id_uq ON files (submission_id, submission_position) WHERE submission_id IS NOT NULL;
-- What was handed in with nothing is looked for by whoever tidies up.
CREATE INDEX files_unattached_idx ON files (created_at) WHERE use = 'submission' AND submission_id IS NULL;
