-- Questions of a course, in banks. What a question asks and which answers are right is a version of it: whoever was asked is graded by
-- what there was, and a changed key is a new version.
CREATE TABLE question_banks (
    id uuid CONSTRAINT question_banks_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT question_banks_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    title text NOT NULL CONSTRAINT question_banks_title_ck CHECK (char_length(title) BETWEEN 1 AND 200 AND title ~ '\S'),
    description text NOT NULL DEFAULT ''
        CONSTRAINT question_banks_description_ck CHECK (char_length(description) <= 2000),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT question_banks_id_course_id_uq UNIQUE (id, course_id)
);
CREATE INDEX question_banks_course_id_idx ON question_banks (course_id, id);

CREATE TABLE bank_questions (
    id uuid CONSTRAINT bank_questions_key PRIMARY KEY,
    bank_id uuid NOT NULL,
    course_id uuid NOT NULL,
    -- The number of its newest version.
    version integer NOT NULL DEFAULT 1,
    tags text[] NOT NULL DEFAULT '{}' CONSTRAINT bank_questions_tags_ck CHECK (cardinality(tags) <= 10),
    -- Asked in no new attempt.
    is_retired boolean NOT NULL DEFAULT false,
    -- Raised by each change; for conditional updates.
    revision integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT bank_questions_id_course_id_uq UNIQUE (id, course_id),
    CONSTRAINT bank_questions_bank_id_fk FOREIGN KEY (bank_id, course_id)
        REFERENCES question_banks (id, course_id) ON DELETE CASCADE
);
CREATE INDEX bank_questions_bank_id_idx ON bank_questions (bank_id, id);

CREATE TABLE question_versions (
    question_id uuid NOT NULL
        CONSTRAINT question_versions_question_id_fk REFERENCES bank_questions (id) ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT question_versions_number_ck CHECK (number > 0),
    kind text NOT NULL CONSTRAINT question_versions_kind_ck CHECK (char_length(kind) BETWEEN 1 AND 40),
    content jsonb NOT NULL
        CONSTRAINT question_versions_content_ck CHECK (jsonb_typeof(content) = 'object' AND octet_length(content::text) <= 524288),
    written_at timestamptz NOT NULL,
    written_by uuid CONSTRAINT question_versions_written_by_fk REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT question_versions_key PRIMARY KEY (question_id, number)
);
CREATE INDEX question_versions_written_by_idx ON question_versions (written_by);
