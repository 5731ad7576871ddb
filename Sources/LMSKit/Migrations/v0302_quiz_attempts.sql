-- Attempts at quizzes. Everything of an attempt is changed under the lock of its row, and nothing of anybody else's is locked with it.
CREATE TABLE quiz_attempts (
    id uuid CONSTRAINT quiz_attempts_key PRIMARY KEY,
    quiz_id uuid NOT NULL,
    course_id uuid NOT NULL,
    enrollment_id uuid NOT NULL
        CONSTRAINT quiz_attempts_enrollment_id_fk REFERENCES enrollments (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT quiz_attempts_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT quiz_attempts_number_ck CHECK (number > 0),
    -- submitted: something waits for somebody who grades it.
    status text NOT NULL DEFAULT 'in_progress'
        CONSTRAINT quiz_attempts_status_ck CHECK (status IN ('in_progress', 'submitted', 'graded')),
    -- What the order of its options comes from.
    seed bigint NOT NULL,
    started_at timestamptz NOT NULL,
    deadline_at timestamptz,
    -- The deadline with its grace: what comes later does not count.
    ends_at timestamptz,
    submitted_at timestamptz,
    closing text CONSTRAINT quiz_attempts_closing_ck CHECK (closing IN ('learner', 'deadline')),
    is_late boolean NOT NULL DEFAULT false,
    -- In millionths of a point. What penalties take away beyond what was earned is not taken from other attempts: never below zero.
    score bigint CONSTRAINT quiz_attempts_score_ck CHECK (score BETWEEN 0 AND max_score),
    max_score bigint NOT NULL CONSTRAINT quiz_attempts_max_score_ck CHECK (max_score >= 0),
    graded_at timestamptz,
    -- Raised by each change of its state or its score.
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT quiz_attempts_quiz_id_fk FOREIGN KEY (quiz_id, course_id) REFERENCES quizzes (id, course_id) ON DELETE CASCADE,
    CONSTRAINT quiz_attempts_quiz_id_user_id_number_uq UNIQUE (quiz_id, user_id, number),
    CONSTRAINT quiz_attempts_submitted_at_ck CHECK (
        (status = 'in_progress') = (submitted_at IS NULL) AND (submitted_at IS NULL) = (closing IS NULL)
        AND (submitted_at IS NULL) = (score IS NULL) AND (status = 'graded') = (graded_at IS NOT NULL)),
    CONSTRAINT quiz_attempts_ends_at_ck CHECK ((deadline_at IS NULL) = (ends_at IS NULL) AND ends_at >= deadline_at)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX quiz_attempts_open_uq ON quiz_attempts (quiz_id, user_id) WHERE status = 'in_progress';
CREATE INDEX quiz_attempts_quiz_id_idx ON quiz_attempts (quiz_id, id);
CREATE INDEX quiz_attempts_to_grade_idx ON quiz_attempts (quiz_id, id) WHERE status = 'submitted';
CREATE INDEX quiz_attempts_user_id_idx ON quiz_attempts (user_id, id);
CREATE INDEX quiz_attempts_enrollment_id_idx ON quiz_attempts (enrollment_id);

-- What an attempt asks: which version of which question at which place, the answer that was saved last, and what it is worth.
CREATE TABLE quiz_attempt_questions (
    attempt_id uuid NOT NULL
        CONSTRAINT quiz_attempt_questions_attempt_id_fk REFERENCES quiz_attempts (id) ON DELETE CASCADE,
    question_id uuid NOT NULL,
    question_version integer NOT NULL,
    position integer NOT NULL CONSTRAINT quiz_attempt_questions_position_ck CHECK (position > 0),
    points bigint NOT NULL CONSTRAINT quiz_attempt_questions_points_ck CHECK (points >= 0),
    answer jsonb CONSTRAINT quiz_attempt_questions_answer_ck CHECK (octet_length(answer::text) <= 524288),
    -- The client's number of the answer; a lower one comes too late.
    sequence bigint NOT NULL DEFAULT 0 CONSTRAINT quiz_attempt_questions_sequence_ck CHECK (sequence >= 0),
    answered_at timestamptz,
    -- The version whose key it was graded by; NULL before.
    graded_version integer,
    result jsonb,
    -- Below zero where a wrong answer costs something.
    score bigint CONSTRAINT quiz_attempt_questions_score_ck CHECK (score BETWEEN -points AND points),
    needs_grading boolean NOT NULL DEFAULT false,
    comment text CONSTRAINT quiz_attempt_questions_comment_ck CHECK (char_length(comment) <= 5000),
    graded_by uuid CONSTRAINT quiz_attempt_questions_graded_by_fk REFERENCES users (id) ON DELETE SET NULL,
    -- When somebody gave the score; it is theirs from then on.
    graded_at timestamptz,
    CONSTRAINT quiz_attempt_questions_key PRIMARY KEY (attempt_id, question_id),
    CONSTRAINT quiz_attempt_questions_attempt_id_position_uq UNIQUE (attempt_id, position),
    CONSTRAINT quiz_attempt_questions_question_id_fk FOREIGN KEY (question_id, question_version)
        REFERENCES question_versions (question_id, number) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX quiz_attempt_questions_question_id_idx ON quiz_attempt_questions (question_id, question_version);
CREATE INDEX quiz_attempt_questions_graded_by_idx ON quiz_attempt_questions (graded_by);
