-- What regrading and graders changed: a row for each score that is another one than before.
CREATE TABLE quiz_score_changes (
    id uuid CONSTRAINT quiz_score_changes_key PRIMARY KEY,
    quiz_id uuid NOT NULL CONSTRAINT quiz_score_changes_quiz_id_fk REFERENCES quizzes (id) ON DELETE CASCADE,
    attempt_id uuid NOT NULL CONSTRAINT quiz_score_changes_attempt_id_fk REFERENCES quiz_attempts (id) ON DELETE CASCADE,
    question_id uuid NOT NULL
        CONSTRAINT quiz_score_changes_question_id_fk REFERENCES bank_questions (id) ON DELETE CASCADE,
    cause text NOT NULL CONSTRAINT quiz_score_changes_cause_ck CHECK (cause IN ('regrade', 'manual')),
    -- The versions whose keys the scores are by.
    version_before integer,
    version_after integer,
    -- In millionths of a point, of the question and of the attempt with it.
    score_before bigint NOT NULL,
    score_after bigint NOT NULL,
    total_before bigint NOT NULL,
    total_after bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid CONSTRAINT quiz_score_changes_changed_by_fk REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX quiz_score_changes_quiz_id_idx ON quiz_score_changes (quiz_id, id);
CREATE INDEX quiz_score_changes_attempt_id_idx ON quiz_score_changes (attempt_id);
CREATE INDEX quiz_score_changes_question_id_idx ON quiz_score_changes (question_id);
CREATE INDEX quiz_score_changes_changed_by_idx ON quiz_score_changes (changed_by);
