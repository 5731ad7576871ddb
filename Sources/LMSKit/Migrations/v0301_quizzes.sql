-- A quiz asks fixed questions and questions that are drawn for each attempt. Points are in millionths, so that sums are exact.
CREATE TABLE quizzes (
    id uuid CONSTRAINT quizzes_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT quizzes_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    lesson_id uuid CONSTRAINT quizzes_lesson_id_fk REFERENCES lessons (id) ON DELETE SET NULL,
    title text NOT NULL CONSTRAINT quizzes_title_ck CHECK (char_length(title) BETWEEN 3 AND 255 AND title ~ '\S'),
    instructions text NOT NULL DEFAULT ''
        CONSTRAINT quizzes_instructions_ck CHECK (char_length(instructions) <= 10000),
    status text NOT NULL DEFAULT 'draft' CONSTRAINT quizzes_status_ck CHECK (status IN ('draft', 'published', 'archived')),
    time_limit_seconds integer
        CONSTRAINT quizzes_time_limit_seconds_ck CHECK (time_limit_seconds BETWEEN 10 AND 2592000),
    -- What comes so much after the deadline still counts.
    grace_seconds integer NOT NULL DEFAULT 0 CONSTRAINT quizzes_grace_seconds_ck CHECK (grace_seconds BETWEEN 0 AND 3600),
    attempt_limit integer CONSTRAINT quizzes_attempt_limit_ck CHECK (attempt_limit BETWEEN 1 AND 1000),
    attempt_policy text NOT NULL DEFAULT 'best'
        CONSTRAINT quizzes_attempt_policy_ck CHECK (attempt_policy IN ('best', 'last', 'first', 'average')),
    opens_at timestamptz,
    closes_at timestamptz,
    shuffles_questions boolean NOT NULL DEFAULT true,
    shuffles_options boolean NOT NULL DEFAULT true,
    score_reveal text NOT NULL DEFAULT 'after_submit'
        CONSTRAINT quizzes_score_reveal_ck CHECK (score_reveal IN ('never', 'after_submit', 'after_close')),
    feedback_reveal text NOT NULL DEFAULT 'after_submit'
        CONSTRAINT quizzes_feedback_reveal_ck CHECK (feedback_reveal IN ('never', 'after_submit', 'after_close')),
    answer_reveal text NOT NULL DEFAULT 'never'
        CONSTRAINT quizzes_answer_reveal_ck CHECK (answer_reveal IN ('never', 'after_submit', 'after_close')),
    pass_percentage smallint CONSTRAINT quizzes_pass_percentage_ck CHECK (pass_percentage BETWEEN 0 AND 100),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT quizzes_id_course_id_uq UNIQUE (id, course_id),
    CONSTRAINT quizzes_closes_at_ck CHECK (closes_at > opens_at),
    CONSTRAINT quizzes_published_at_ck CHECK (status = 'draft' OR published_at IS NOT NULL)
);
CREATE INDEX quizzes_course_id_idx ON quizzes (course_id, id);
CREATE INDEX quizzes_lesson_id_idx ON quizzes (lesson_id);

-- A place in a quiz: one question, or some that are drawn from a bank. Everything is of the quiz's course by its foreign keys.
CREATE TABLE quiz_slots (
    quiz_id uuid NOT NULL,
    course_id uuid NOT NULL,
    position integer NOT NULL CONSTRAINT quiz_slots_position_ck CHECK (position BETWEEN 1 AND 200),
    question_id uuid,
    bank_id uuid,
    -- Only questions with it are drawn.
    tag text CONSTRAINT quiz_slots_tag_ck
        CHECK (tag IS NULL OR (bank_id IS NOT NULL AND char_length(tag) BETWEEN 1 AND 50)),
    draw_count integer NOT NULL DEFAULT 1 CONSTRAINT quiz_slots_draw_count_ck
        CHECK (draw_count BETWEEN 1 AND 200 AND (question_id IS NULL OR draw_count = 1)),
    points bigint NOT NULL CONSTRAINT quiz_slots_points_ck CHECK (points BETWEEN 0 AND 1000000000),
    CONSTRAINT quiz_slots_key PRIMARY KEY (quiz_id, position),
    CONSTRAINT quiz_slots_source_ck CHECK ((question_id IS NULL) <> (bank_id IS NULL)),
    CONSTRAINT quiz_slots_quiz_id_question_id_uq UNIQUE (quiz_id, question_id),
    CONSTRAINT quiz_slots_quiz_id_fk FOREIGN KEY (quiz_id, course_id) REFERENCES quizzes (id, course_id) ON DELETE CASCADE,
    CONSTRAINT quiz_slots_question_id_fk FOREIGN KEY (question_id, course_id)
        REFERENCES bank_questions (id, course_id) ON DELETE CASCADE,
    CONSTRAINT quiz_slots_bank_id_fk FOREIGN KEY (bank_id, course_id)
        REFERENCES question_banks (id, course_id) ON DELETE CASCADE
);
CREATE INDEX quiz_slots_question_id_idx ON quiz_slots (question_id);
CREATE INDEX quiz_slots_bank_id_idx ON quiz_slots (bank_id);

-- What a learner has besides what everybody has.
CREATE TABLE quiz_extensions (
    quiz_id uuid NOT NULL CONSTRAINT quiz_extensions_quiz_id_fk REFERENCES quizzes (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT quiz_extensions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    extra_seconds integer NOT NULL DEFAULT 0
        CONSTRAINT quiz_extensions_extra_seconds_ck CHECK (extra_seconds BETWEEN 0 AND 2592000),
    extra_attempts integer NOT NULL DEFAULT 0
        CONSTRAINT quiz_extensions_extra_attempts_ck CHECK (extra_attempts BETWEEN 0 AND 1000),
    -- In place of when the quiz closes for the others, if it is later.
    closes_at timestamptz,
    reason text NOT NULL CONSTRAINT quiz_extensions_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 500),
    granted_at timestamptz NOT NULL,
    granted_by uuid CONSTRAINT quiz_extensions_granted_by_fk REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT quiz_extensions_key PRIMARY KEY (quiz_id, user_id)
);
CREATE INDEX quiz_extensions_user_id_idx ON quiz_extensions (user_id);
CREATE INDEX quiz_extensions_granted_by_idx ON quiz_extensions (granted_by);
