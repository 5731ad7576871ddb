-- The files of answers to quizzes: a file belongs to one answer of one attempt or to one submission at most, and goes with it.
ALTER TABLE files
    ADD COLUMN attempt_id uuid,
    ADD COLUMN attempt_question_id uuid,
    -- Full: no half of it is NULL alone.
    ADD CONSTRAINT files_attempt_id_fk FOREIGN KEY (attempt_id, attempt_question_id)
        REFERENCES quiz_attempt_questions (attempt_id, question_id) MATCH FULL ON DELETE CASCADE,
    ADD CONSTRAINT files_attempt_id_ck CHECK (attempt_id IS NULL OR submission_id IS NULL AND use = 'submission');
CREATE INDEX files_attempt_id_idx ON files (attempt_id, attempt_question_id) WHERE attempt_id IS NOT NULL;
-- What answers a question is no more among what whoever tidies up looks through.
DROP INDEX files_unattached_idx;
CREATE INDEX files_unattached_idx ON files (created_at)
    WHERE use = 'submission' AND submission_id IS NULL AND attempt_id IS NULL;
