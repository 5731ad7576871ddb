-- What a learner has of a quiz, by its policy over the attempts that are submitted. Written under the lock of the learner's place in the
-- course, in the transaction of what changes it.
CREATE TABLE quiz_results (
    quiz_id uuid NOT NULL CONSTRAINT quiz_results_quiz_id_fk REFERENCES quizzes (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT quiz_results_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- In millionths of a point.
    score bigint NOT NULL CONSTRAINT quiz_results_score_ck CHECK (score BETWEEN 0 AND max_score),
    max_score bigint NOT NULL,
    attempts integer NOT NULL CONSTRAINT quiz_results_attempts_ck CHECK (attempts > 0),
    -- Whether something of it waits for somebody who grades it.
    is_provisional boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT quiz_results_key PRIMARY KEY (quiz_id, user_id)
) WITH (fillfactor = 80);
CREATE INDEX quiz_results_user_id_idx ON quiz_results (user_id);
